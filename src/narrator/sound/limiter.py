"""A look-ahead limiter for true peaks with finite memory: its effect on a sample depends only on the surroundings.

So a passage limited in pieces, each with `REACH` ms before and after it, is the same as the passage limited whole.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from narrator.sound.fade import draw_rise
from narrator.sound.samples import Samples
from narrator.units import SAMPLES_PER_MS, Db, Ms, db_to_ratio

_BLOCK = SAMPLES_PER_MS
"""Samples that share one peak measurement: a millisecond."""
ATTACK: Ms = 8
"""Time before a peak at which the level starts to fall."""
_HOLD: Ms = 12
"""Time after a peak that the level stays down, so that a low tone is turned down and not distorted."""
_RELEASE: Ms = 80
"""Time in which the level recovers."""
REACH: Ms = ATTACK + _HOLD + _RELEASE + 2
"""Distance beyond which no sound affects a sample."""
_OVERSAMPLING = 4
_TAPS = 12
"""Filter taps for each point between two samples, as in ITU-R BS.1770-4, annex 2."""
_MARGIN: Db = -3.0
"""A true peak exceeds the highest sample near it by at most this (BS.1770-4: 0.7 dB at a quarter of the rate)."""


def limit_peaks(samples: Samples, ceiling: Db) -> Samples:
    """Lower true peaks to a ceiling (dBTP); samples of shape (frames, channels), frames being whole ms.

    If nothing comes near the ceiling, the same array is returned.
    """
    top = db_to_ratio(ceiling)
    peaks = np.abs(samples).reshape(-1, _BLOCK * samples.shape[1]).max(axis=1)
    near = np.flatnonzero(peaks > top * db_to_ratio(_MARGIN))
    if not near.size:
        return samples
    peaks[near] = np.maximum(peaks[near], _find_true_peaks(samples, near))
    if peaks[near].max() <= top:
        return samples
    needed = np.minimum(1.0, top / np.maximum(peaks, 1e-9))
    return (samples * _draw_gain(needed)[:, None]).astype(np.float32)


def _find_true_peaks(samples: Samples, blocks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the highest point of the wave through the samples, in each of the given blocks."""
    margin = _TAPS // 2
    padded = np.pad(samples, ((margin, margin), (0, 0)))
    windows = sliding_window_view(padded, _BLOCK + 2 * margin - 1, axis=0)[blocks * _BLOCK + 1]
    # (blocks, channels, samples) to (blocks, channels, points, taps), times (taps, phases)
    between = sliding_window_view(windows, _TAPS, axis=2) @ _make_phases()
    peaks: NDArray[np.float64] = np.abs(between).max(axis=(1, 2, 3))
    return peaks


def _make_phases() -> NDArray[np.float64]:
    """Return interpolating filters for a quarter, a half and three quarters past a sample: windowed sincs."""
    places = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - np.arange(1, _OVERSAMPLING)[None, :] / _OVERSAMPLING
    window = np.cos(np.pi * places / (_TAPS + 1)) ** 2
    taps = np.sinc(places) * window
    normed: NDArray[np.float64] = taps / taps.sum(axis=0)
    return normed


def _draw_gain(needed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a gain for each sample, never above what its block needs, without steps, and unity far from any peak.

    Each need, in dB, draws the same curve around it: a raised cosine down, a constant part, and a raised cosine up. At
    each place the lowest curve applies.
    """
    wanted = -20 * np.log10(needed)
    nodes = np.maximum(np.append(wanted, 0.0), np.append(0.0, wanted))
    fall, rise = (draw_rise(length + 1)[1:] for length in (ATTACK, _RELEASE))
    # From the farthest need before to the farthest need after.
    curve = np.concatenate([rise, np.ones(1 + _HOLD), fall[::-1]])
    padded = np.pad(nodes, (_HOLD + _RELEASE, ATTACK))
    lowered = (sliding_window_view(padded, len(curve)) * curve).max(axis=1)
    places = np.arange(_BLOCK * len(needed)) / _BLOCK
    gain: NDArray[np.float64] = 10 ** (-np.interp(places, np.arange(len(nodes)), lowered) / 20)
    return gain
