import struct
import wave

import numpy as np
import pytest

from narrator.errors import SoundError
from narrator.sound.resample import NoSoundError, decode_mono, decode_stereo, resample_pcm

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f0300"
    "08fc02fea7d26d9d0000000049454e44ae426082"
)


def tone(frequency, rate, seconds=2.0):
    return (np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate) * 20_000).astype(np.int16)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_length_and_gains_no_images(rate):
    samples = resample_pcm(tone(1000, rate), rate)
    assert samples.shape[1] == 1
    assert abs(len(samples) - 96_000) < 100
    middle = samples[24_000:72_000, 0] * np.hanning(48_000)
    power = np.abs(np.fft.rfft(middle)) ** 2
    near = slice(990, 1011)
    rest = power.sum() - power[near].sum()
    assert power.argmax() == 1000
    assert 10 * np.log10(rest / power[near].sum()) < -80


def make_wav(pcm, size=None, channels=1):
    """Return a WAV at 24 kHz, 16-bit or float, whose header says that it has `size` bytes of sound."""
    kind, width = (1, 2) if pcm.dtype.kind == "i" else (3, 4)
    head = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, kind, channels, 24_000, 24_000 * channels * width, channels * width, 8 * width
    )
    sound = pcm.tobytes()
    sound = struct.pack("<4sI", b"data", len(sound) if size is None else size) + sound
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(sound)) + b"WAVE" + head + sound


def test_files_are_decoded_to_mono():
    samples = decode_mono(make_wav(np.repeat(tone(500, 24_000), 2), channels=2), "wav")
    assert samples.shape == (len(samples), 1)
    assert abs(len(samples) - 96_000) < 100
    assert 0.5 < np.abs(samples).max() < 0.9


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000, 1000])
def test_the_length_in_a_wav_header_may_be_unknown(size):
    samples = decode_mono(make_wav(tone(500, 24_000), size), "wav")
    assert abs(len(samples) - (1000 if size == 1000 else 96_000)) < 100


NO_SOUND = {
    "nothing": b"",
    "no WAV that can be read": PICTURE,
    "no sound": make_wav(tone(500, 24_000, 0)),
    "only silence": make_wav(np.zeros(24_000, np.int16)),
    "sound that is cut short": make_wav(tone(500, 24_000), 96_001),
    "sound that has samples that are not numbers, or far over full scale": make_wav(
        np.array([0.5, np.nan] * 1000, np.float32)
    ),
}


@pytest.mark.parametrize(("said", "data"), NO_SOUND.items(), ids=list(NO_SOUND))
def test_the_output_of_a_voice_is_checked(said, data):
    with pytest.raises(NoSoundError, match=f"^{said}$"):
        decode_mono(data, "wav")


def test_a_playlist_opens_no_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "local.wav").write_bytes(make_wav(tone(500, 24_000)))
    for form in ("wav", "mp3"):
        with pytest.raises(NoSoundError, match=r"that can be read"):
            decode_mono(b"ffconcat version 1.0\nfile 'local.wav'\n", form)


def write_wav(path, pcm, rate=44_100):
    with wave.open(str(path), "wb") as out:
        out.setparams((pcm.shape[1], 2, rate, 0, "NONE", ""))
        out.writeframes(pcm.astype("<i2").tobytes())
    return path


def test_stereo_stays_stereo_and_mono_is_doubled_at_the_same_level(tmp_path):
    left, right = tone(500, 44_100)[:, None], tone(700, 44_100)[:, None] // 2
    both = decode_stereo(write_wav(tmp_path / "a.wav", np.hstack([left, right])))
    assert both.dtype == np.float32
    assert both.shape == (len(both), 2)
    assert abs(len(both) - 96_000) < 100
    assert np.abs(both).max(axis=0) == pytest.approx([20_000 / 32_768, 10_000 / 32_768], rel=0.02)
    power = np.abs(np.fft.rfft(both[:96_000], axis=0))
    assert list(power.argmax(axis=0)) == [1000, 1400]
    mono = decode_stereo(str(write_wav(tmp_path / "b.wav", left)))
    assert np.array_equal(mono[:, 0], mono[:, 1])
    assert np.abs(mono - both[:, :1]).max() < 1e-4


def test_decoding_stops_at_the_requested_length(tmp_path):
    path = write_wav(tmp_path / "a.wav", np.tile(tone(500, 44_100)[:, None], (20, 1)))
    assert len(decode_stereo(path, 1500)) == 1500 * 48


def test_every_bad_file_raises_the_same_error(tmp_path):
    good = write_wav(tmp_path / "good.wav", tone(500, 44_100)[:, None]).read_bytes()
    picture = tmp_path / "picture.png"
    picture.write_bytes(PICTURE)
    faulty = {
        "empty.wav": b"",
        "text.wav": b"hello there, this is text" * 40,
        "head.wav": good[:44],
        "half.flac": b"fLaC" + good[:400],
    }
    for name, data in faulty.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SoundError, match=name):
            decode_stereo(tmp_path / name)
    for path in (picture, tmp_path, tmp_path / "none.wav", "http://localhost:1/a.mp3"):
        with pytest.raises(SoundError):
            decode_stereo(path)
