"""What is done to every voice before it is heard: a high-pass, warmth, de-essing, and slow compression.

Every level is relative to the clip's own, so that a quiet engine and a loud one are treated alike. The length stays.
"""

import numpy as np
from numpy.typing import NDArray

from narrator.sound.fade import draw_rise, ease
from narrator.sound.filters import apply_filters, make_high_pass, make_low_shelf
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, SAMPLES_PER_MS, Db, Ms

_TONE = (make_high_pass(70.0), make_low_shelf(230.0, 1.5))
"""Rumble and the thump of a breath go; the voice's lowest tones gain a little."""
_EVEN = 0.03
"""Second harmonic that the loudest moment gets, as a share of its amplitude."""
SIBILANTS = (5000.0, 9000.0)
"""Range of an s in Hz."""
_SIBILANT: Db = -9.0
"""Level of that range, relative to the whole, from which it is lowered."""
MOST_DE_ESSING: Db = 4.0
MOST_COMPRESSION: Db = 3.0
_EVERY_OTHER = 0.5
"""Share of what is over the mean level that the compression takes away: 2 to 1."""
_GATE: Db = -25.0
"""Moments that are quieter than the loudest by this much are pauses, and do not count in the mean."""
_QUICK: Ms = 16
_SLOW: Ms = 400


def polish_voice(samples: Samples) -> Samples:
    """Return a voice that is ready to be heard: mono at 48 kHz, shape (frames, 1), and silence as it is."""
    peak = np.abs(samples).max(initial=0.0)
    if not peak:
        return samples
    warm = samples + np.float32(_EVEN / peak) * samples**2
    return _compress(_soften_sibilants(apply_filters(warm, _TONE)))


def _soften_sibilants(samples: Samples) -> Samples:
    """Lower the range of sibilants where it outweighs the rest, by `MOST_DE_ESSING` at most."""
    band = _take_band(samples)
    powers = [_smooth(_measure_power(each), _QUICK) for each in (band, samples)]
    ratio = 10 * np.log10(np.maximum(powers[0], 1e-12) / np.maximum(powers[1], 1e-12))
    lowered = np.clip(ratio - _SIBILANT, 0.0, MOST_DE_ESSING)
    kept = _draw(10 ** (-_smooth(lowered, _QUICK) / 20), len(samples))
    return samples - band * (1 - kept)


def _take_band(samples: Samples) -> Samples:
    """Return the range of sibilants alone, its edges a quarter of an octave wide."""
    size = 1 << (len(samples) + SAMPLE_RATE // 10).bit_length()
    frequencies = np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 1.0)
    low, high = (4 * np.log2(frequencies / edge) for edge in SIBILANTS)
    share = ease(low + 0.5) * (1 - ease(high + 0.5))
    band = np.fft.irfft(np.fft.rfft(samples[:, 0], size) * share, size)
    return band[: len(samples), None].astype(np.float32)


def _compress(samples: Samples) -> Samples:
    """Lower what is louder than the mean, slowly, and by `MOST_COMPRESSION` at most."""
    power = _smooth(_measure_power(samples), _SLOW)
    mean = power[power > power.max() * 10 ** (_GATE / 10)].mean()
    over = 10 * np.log10(np.maximum(power, 1e-12) / mean)
    lowered = np.clip(over * _EVERY_OTHER, 0.0, MOST_COMPRESSION)
    return samples * _draw(10 ** (-_smooth(lowered, _SLOW) / 20), len(samples))


def _measure_power(samples: Samples) -> NDArray[np.float64]:
    """Return the power of each millisecond."""
    padded = np.pad(samples[:, 0].astype(np.float64), (0, -len(samples) % SAMPLES_PER_MS))
    power: NDArray[np.float64] = (padded.reshape(-1, SAMPLES_PER_MS) ** 2).mean(axis=1)
    return power


def _smooth(values: NDArray[np.float64], width: Ms) -> NDArray[np.float64]:
    """Return the mean of the values around each, weighted by a raised cosine; one value per ms."""
    rise = draw_rise(width // 2 + 1)[1:]
    window = np.concatenate([rise, [1.0], rise[::-1]])
    return np.convolve(np.pad(values, len(rise), mode="edge"), window / window.sum(), "valid")


def _draw(gain: NDArray[np.float64], frames: int) -> Samples:
    """Return the gain of each frame, shape (frames, 1), from one per ms."""
    places = (np.arange(frames) + 0.5) / SAMPLES_PER_MS
    return np.interp(places, np.arange(len(gain)) + 0.5, gain).astype(np.float32)[:, None]
