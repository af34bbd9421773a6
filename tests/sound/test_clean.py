import numpy as np
import pytest

from narrator.sound.clean import clean_speech, trim_noise

RATE = 48_000


def make_voice(seconds=2.0):
    """A tone with overtones that comes and goes as syllables do."""
    time = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 140 * part * time) / part for part in range(1, 12))
    return (0.1 * tone * (np.sin(2 * np.pi * 2 * time) > -0.3)).astype(np.float32)


def add_noise(voice, level, seed=1):
    padded = np.pad(voice, RATE // 4)
    return (padded + np.random.default_rng(seed).standard_normal(len(padded)) * 10 ** (level / 20)).astype(np.float32)


def measure(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-15)


@pytest.mark.parametrize("level", [-70, -60, -50, -40])
def test_noise_is_lowered_by_twelve_db_and_stays_noise(level):
    noisy = add_noise(make_voice(), level)
    cleaned = clean_speech(noisy[:, None])[:, 0]
    pause = slice(2400, RATE // 4 - 2400)
    assert measure(noisy[pause]) - measure(cleaned[pause]) == pytest.approx(12, abs=1.5)
    # Tones that come and go would make the spectrum of what is left far more uneven than that of noise.
    windows = np.lib.stride_tricks.sliding_window_view(cleaned[pause], 1024)[::256] * np.hanning(1024)
    power = np.square(np.abs(np.fft.rfft(windows)))[:, 5:400]
    assert np.mean(np.square(power)) / np.mean(power) ** 2 < 2.6


def test_speech_is_kept_and_comes_nearer_to_what_was_said():
    voice = make_voice()
    noisy = add_noise(voice, -45)
    cleaned = clean_speech(noisy[:, None])[:, 0]
    clear = np.pad(voice, RATE // 4)
    assert measure(cleaned - clear) < measure(noisy - clear) - 4
    assert measure(cleaned) == pytest.approx(measure(clear), abs=0.2)


def test_a_clear_recording_is_hardly_changed_and_rumble_is_removed():
    voice = make_voice()
    time = np.arange(len(voice)) / RATE
    assert measure(clean_speech(voice[:, None])[:, 0] - voice) < measure(voice) - 28
    rumble = (0.05 * np.sin(2 * np.pi * 30 * time)).astype(np.float32)
    assert measure(clean_speech((voice + rumble)[:, None])[:, 0] - voice) < measure(rumble) - 20


@pytest.mark.parametrize("samples", [np.zeros((4000, 1)), np.zeros((0, 1)), np.ones((100, 1)) * 0.1])
def test_what_is_silent_or_short_is_left_as_it_is(samples):
    given = samples.astype(np.float32)
    assert (clean_speech(given) == given).all()
    assert (trim_noise(given) == given).all()


@pytest.mark.parametrize("level", [-70, -55, -45])
def test_noise_before_and_after_speech_is_cut_off(level):
    noisy = add_noise(make_voice(), level)
    assert len(trim_noise(noisy[:, None])) / RATE == pytest.approx(2.0, abs=0.25)
