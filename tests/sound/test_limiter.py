import numpy as np
import pytest

from narrator.sound.ebur128 import measure_loudness
from narrator.sound.limiter import REACH, limit_peaks
from narrator.units import SAMPLES_PER_MS, db_to_ratio


def make_bursts(seconds=4.0, seed=1):
    """Return noise that swells and fades, with peaks far over full scale."""
    chance = np.random.default_rng(seed)
    count = int(seconds * 48_000)
    swell = 0.02 + 1.5 * np.clip(np.sin(np.arange(count) / 48_000 * 9), 0, 1) ** 8
    noise = chance.standard_normal((count, 2))
    # Smoothed like speech: most of it is below 4 kHz.
    noise = np.stack([np.convolve(noise[:, channel], np.hanning(12) / 6, "same") for channel in range(2)], axis=1)
    return (noise * swell[:, None]).astype(np.float32)


def test_quiet_samples_are_returned_unchanged():
    quiet = make_bursts() * np.float32(0.05)
    assert limit_peaks(quiet, -1.5) is quiet


@pytest.mark.parametrize("ceiling", [-1.5, -6.0])
def test_no_true_peak_exceeds_the_ceiling(ceiling):
    limited = limit_peaks(make_bursts(), ceiling)
    assert measure_loudness(limited).peak <= ceiling + 0.1
    assert np.abs(limited).max() <= db_to_ratio(ceiling) + 1e-6


def test_a_peak_between_two_samples_is_found():
    """A tone at a quarter of the rate, sampled beside its peaks, which are 3 dB higher than the samples."""
    tone = np.repeat(np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4)[:, None], 2, axis=1).astype(np.float32)
    assert np.abs(tone).max() == pytest.approx(db_to_ratio(-3.01), abs=1e-4)
    assert measure_loudness(limit_peaks(tone, -2.0)).peak == pytest.approx(-2.0, abs=0.3)


def test_the_gain_has_no_steps_and_is_unity_far_from_a_peak():
    steady = np.full((48_000, 2), 0.1, np.float32)
    steady[24_000] = 1.5
    limited = limit_peaks(steady, -6.0)
    gain = limited[:, 0] / steady[:, 0]
    assert np.abs(np.diff(gain)).max() < 0.01
    reach = REACH * SAMPLES_PER_MS
    assert np.array_equal(limited[: 24_000 - reach], steady[: 24_000 - reach])
    assert np.array_equal(limited[24_000 + reach :], steady[24_000 + reach :])


def test_a_tone_is_turned_down_without_distortion():
    tone = np.repeat(0.9 * np.sin(2 * np.pi * 100 * np.arange(96_000) / 48_000)[:, None], 2, axis=1).astype(np.float32)
    limited = limit_peaks(tone, -6.0)[24_000:72_000, 0]
    spectrum = np.abs(np.fft.rfft(limited * np.hanning(48_000)))
    assert spectrum[250:].max() < spectrum.max() * db_to_ratio(-60)


@pytest.mark.parametrize("start", [480, 24_000, 100_032])
def test_a_piece_with_its_surroundings_is_limited_like_the_whole(start):
    loud = make_bursts()
    whole = limit_peaks(loud, -1.5)
    reach = (REACH + 1) * SAMPLES_PER_MS
    first = max(start - reach, 0)
    piece = limit_peaks(loud[first : start + 48_000 + reach], -1.5)
    assert np.array_equal(piece[start - first :][:48_000], whole[start : start + 48_000])
