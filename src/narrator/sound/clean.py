"""Cleaning of a person's recording: rumble is removed, and steady noise is lowered, gently.

The noise is attenuated and never removed: what is left of it hides the "musical" tones that a harder reduction makes.
The gain of each band follows the decision-directed estimate of the signal-to-noise ratio (Ephraim and Malah, "Speech
enhancement using a minimum mean-square error short-time spectral amplitude estimator", IEEE Trans. ASSP 32, 1984),
whose smoothing avoids such tones (Cappe, "Elimination of the musical noise phenomenon", IEEE Trans. SAP 2, 1994).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, SAMPLES_PER_MS, Db, Ms, db_to_ratio

VERSION = 1
"""Version of the cleaning and trimming; raise it with every change to their result."""
RUMBLE = 70.0
"""Frequency in Hz below which sound is lowered, as by a Butterworth filter of the fourth order."""
DEEPEST: Db = -12.0
"""Most that noise is lowered."""
_SIZE, _HOP = 1024, 256
_QUIET_SHARE = 0.1
"""Share of a recording that is between words: its quietest moments show the noise."""
_BIAS = 1.5
"""Power of noise in relation to that of its quietest moments."""
_MEMORY = 0.97
"""Weight of the last moment in the estimate of the present one."""

_MOMENT: Ms = 10
_RISE: Db = 10.0
"""Rise over the noise at which speech begins and ends."""
_LOWEST: Db = -50.0
"""Level relative to the loudest moment below which nothing belongs to speech."""
_BEFORE: Ms = 40
_AFTER: Ms = 120
"""Time that is kept before and after speech: a soft consonant, and the end of a breathed one."""


def clean_speech(samples: Samples) -> Samples:
    """Return speech without rumble and with less noise; mono at 48 kHz, shape (frames, 1)."""
    if len(samples) < _SIZE or not samples.any():
        return samples
    return _lower_noise(_remove_rumble(samples[:, 0]))[:, None]


def _remove_rumble(mono: NDArray[np.float32]) -> NDArray[np.float64]:
    # Padded, so that the end does not leak into the beginning.
    size = len(mono) + SAMPLE_RATE // 10
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    with np.errstate(divide="ignore"):
        gain = 1 / np.sqrt(1 + (RUMBLE / frequencies) ** 8)
    passed: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(mono, size) * gain, size)[: len(mono)]
    return passed


def _lower_noise(mono: NDArray[np.float64]) -> Samples:
    window = np.sqrt(np.hanning(_SIZE + 1)[:-1])
    padded = np.pad(mono, (_SIZE, _SIZE + -len(mono) % _HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP] * window
    spectra = np.fft.rfft(frames)
    spectra *= _find_gains(np.square(np.abs(spectra)))
    changed = np.fft.irfft(spectra, _SIZE) * window
    summed = np.zeros(len(padded))
    for number, frame in enumerate(changed):
        summed[number * _HOP : number * _HOP + _SIZE] += frame
    # Four windows overlap: the squares of their roots add up to two.
    return (summed[_SIZE : _SIZE + len(mono)] / 2).astype(np.float32)


def _find_gains(power: NDArray[Any]) -> NDArray[Any]:
    """Return the gain of each band at each moment, shape (moments, bands), from its power."""
    heard = np.flatnonzero(power.sum(axis=1))
    order = heard[np.argsort(power[heard].sum(axis=1), kind="stable")]
    quiet = order[: max(int(len(order) * _QUIET_SHARE), 4)]
    noise = _BIAS * _smooth(power[quiet].mean(axis=0)) + 1e-12
    ratio = power / noise
    gains = np.empty_like(power)
    floor, last = db_to_ratio(DEEPEST), np.zeros(power.shape[1])
    for number, now in enumerate(ratio):
        expected = _MEMORY * last + (1 - _MEMORY) * np.maximum(now - 1, 0)
        gains[number] = np.maximum(expected / (1 + expected), floor)
        last = np.square(gains[number]) * now
    return gains


def _smooth(bands: NDArray[Any]) -> NDArray[Any]:
    """Return a spectrum averaged over five neighbouring bands."""
    return np.convolve(np.pad(bands, 2, mode="edge"), np.full(5, 0.2), "valid")


def trim_noise(samples: Samples) -> Samples:
    """Return the part of a recording that rises over its noise, with a little around it; mono, shape (frames, 1)."""
    size = _MOMENT * SAMPLES_PER_MS
    if len(samples) < 2 * size:
        return samples
    moments = samples[: len(samples) // size * size, 0].reshape(-1, size)
    levels = 10 * np.log10(np.square(moments, dtype=np.float64).mean(axis=1) + 1e-12)
    threshold = max(float(np.percentile(levels, 5)) + _RISE, float(levels.max()) + _LOWEST)
    heard = np.flatnonzero(levels > threshold)
    if not heard.size:
        return samples
    start = max(int(heard[0]) * size - _BEFORE * SAMPLES_PER_MS, 0)
    return samples[start : (int(heard[-1]) + 1) * size + _AFTER * SAMPLES_PER_MS]
