import av
import numpy as np
import pytest

from narrator.errors import SoundError
from narrator.sound.audio import get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.rings import measure_ring


def write(path, samples, rate=44_100):
    """Write samples of shape (frames, channels) as 16-bit sound in the format of the path's suffix."""
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    with av.open(str(path), "w") as container:
        stream = container.add_stream({".flac": "flac", ".wav": "pcm_s16le"}[path.suffix], rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype("<i2").reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(path)


def make_stroke(seconds=2.0, lead=0.5, frequency=300, rate=44_100):
    time = np.arange(int(rate * seconds)) / rate
    stroke = 0.5 * np.sin(2 * np.pi * frequency * time) * 10 ** (-3 * time / seconds)
    return np.concatenate([np.zeros(int(rate * lead)), stroke, np.zeros(rate)])[:, None]


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_recording_is_a_bell(tmp_path, suffix):
    path = write(tmp_path / f"my{suffix}", make_stroke())
    samples = get_samples(strike_bell(path))
    assert len(samples) == measure_ring(path) * 48
    assert measure_ring(path) % 24 == 0
    assert measure_ring(path) == pytest.approx(2060, abs=60)
    assert measure_loudness(samples).momentary == pytest.approx(-23, abs=0.1)
    assert np.array_equal(samples[:, 0], samples[:, 1])
    first = np.flatnonzero(np.abs(samples[:, 0]) > 0.01)[0]
    assert first < 6 * 48
    assert np.abs(samples[0]).max() == 0
    assert np.abs(samples[-1]).max() < 1e-6
    assert measure_loudness(get_samples(strike_bell(path, level=-20))).momentary == pytest.approx(-36, abs=0.1)
    assert strike_bell(path, mallet="soft").raw_data == strike_bell(path).raw_data


def test_a_recording_is_cut_with_a_fade(tmp_path):
    path = write(tmp_path / "my.wav", make_stroke(4.0, 0.0))
    samples = get_samples(strike_bell(path, length=1000))
    assert measure_ring(path, length=1000) == 1008
    assert len(samples) == 1008 * 48
    assert np.abs(samples[-9 * 48 :]).max() < 1e-3
    assert np.abs(np.diff(samples[-24_000:, 0], 2)).max() < 1e-3


def test_a_long_recording_ends_after_a_minute(tmp_path):
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, (8000 * 70, 1))
    path = write(tmp_path / "my.wav", noise, 8000)
    assert measure_ring(path) == 60_000


def test_both_channels_of_a_recording_are_kept(tmp_path):
    left = make_stroke()
    samples = get_samples(strike_bell(write(tmp_path / "my.wav", np.hstack([left, left / 4]))))
    assert np.abs(samples[:, 0]).max() == pytest.approx(4 * np.abs(samples[:, 1]).max(), rel=0.01)


def test_a_recording_that_cannot_be_a_bell_is_refused(tmp_path):
    silent = write(tmp_path / "silent.wav", np.zeros((44_100, 1)))
    with pytest.raises(SoundError, match=r"silent\.wav is silent"):
        strike_bell(silent)
    with pytest.raises(SoundError, match="cannot read"):
        measure_ring(str(tmp_path / "none.wav"))
    with pytest.raises(ValueError, match="pitch cannot be set"):
        strike_bell(write(tmp_path / "my.wav", make_stroke()), 220.0)


def test_a_changed_recording_is_another_bell(tmp_path):
    path = write(tmp_path / "bell.wav", make_stroke())
    before = strike_bell(path)
    write(tmp_path / "bell.wav", make_stroke(frequency=600))
    assert strike_bell(path).raw_data != before.raw_data
