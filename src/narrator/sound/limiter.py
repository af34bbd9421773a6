"""A look-ahead limiter for true peaks, of finite memory: what it does to a sample depends on its surroundings alone.

So a passage limited in pieces, each with `REACH` ms of what lies before and after it, is the passage limited at once.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from narrator.sound.audio import Samples
from narrator.sound.fade import draw_rise
from narrator.units import SAMPLES_PER_MS, Db, Ms, db_to_ratio

_BLOCK = SAMPLES_PER_MS
"""Samples that share one measurement of their peak: a millisecond."""
ATTACK: Ms = 8
"""The level starts to go down this long before a peak."""
_HOLD: Ms = 12
"""It stays down this long after one, so that a low tone is turned down, not bent."""
_RELEASE: Ms = 80
"""And it comes back over this long."""
REACH: Ms = ATTACK + _HOLD + _RELEASE + 2
"""No sample is changed by what lies further away than this."""
_OVERSAMPLING = 4
_TAPS = 12
"""Taps for each of the points between two samples, as in ITU-R BS.1770-4, annex 2."""
_SHY: Db = -3.0
"""No true peak lies further over the highest sample near it than this (BS.1770-4: 0.7 dB at a quarter of the rate)."""


def limit_peaks(samples: Samples, ceiling: Db) -> Samples:
    """Bring true peaks over a ceiling (dBTP) down to it; samples of shape (frames, channels), frames whole ms.

    Where nothing comes near the ceiling, the very samples that were given are given back.
    """
    top = db_to_ratio(ceiling)
    peaks = np.abs(samples).reshape(-1, _BLOCK * samples.shape[1]).max(axis=1)
    near = np.flatnonzero(peaks > top * db_to_ratio(_SHY))
    if not near.size:
        return samples
    peaks[near] = np.maximum(peaks[near], _find_true_peaks(samples, near))
    if peaks[near].max() <= top:
        return samples
    needed = np.minimum(1.0, top / np.maximum(peaks, 1e-9))
    return (samples * _draw_gain(needed)[:, None]).astype(np.float32)


def _find_true_peaks(samples: Samples, blocks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Highest point of the wave through the samples, in each of the blocks named."""
    margin = _TAPS // 2
    padded = np.pad(samples, ((margin, margin), (0, 0)))
    windows = sliding_window_view(padded, _BLOCK + 2 * margin - 1, axis=0)[blocks * _BLOCK + 1]
    # (blocks, channels, samples) to (blocks, channels, points, taps), times (taps, phases)
    between = sliding_window_view(windows, _TAPS, axis=2) @ _make_phases()
    peaks: NDArray[np.float64] = np.abs(between).max(axis=(1, 2, 3))
    return peaks


def _make_phases() -> NDArray[np.float64]:
    """Interpolating filters for the points a quarter, a half and three quarters past a sample: a windowed sinc."""
    places = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - np.arange(1, _OVERSAMPLING)[None, :] / _OVERSAMPLING
    window = np.cos(np.pi * places / (_TAPS + 1)) ** 2
    taps = np.sinc(places) * window
    normed: NDArray[np.float64] = taps / taps.sum(axis=0)
    return normed


def _draw_gain(needed: NDArray[np.float64]) -> NDArray[np.float64]:
    """A gain for each sample that is nowhere above what its block needs: no step in it, and unity far from any need.

    Each need, in dB, draws the same curve around it: a raised cosine down, a while at the bottom, a raised cosine up.
    The deepest curve at a place holds there.
    """
    wanted = -20 * np.log10(needed)
    nodes = np.maximum(np.append(wanted, 0.0), np.append(0.0, wanted))
    fall, rise = (draw_rise(length + 1)[1:] for length in (ATTACK, _RELEASE))
    # From the farthest need that is over already to the farthest that is still to come.
    curve = np.concatenate([rise, np.ones(1 + _HOLD), fall[::-1]])
    padded = np.pad(nodes, (_HOLD + _RELEASE, ATTACK))
    lowered = (sliding_window_view(padded, len(curve)) * curve).max(axis=1)
    places = np.arange(_BLOCK * len(needed)) / _BLOCK
    gain: NDArray[np.float64] = 10 ** (-np.interp(places, np.arange(len(nodes)), lowered) / 20)
    return gain
