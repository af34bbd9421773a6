"""What a take sounds like: its level, and its spectrum as few numbers, moment by moment.

The spectrum is given by mel-frequency cepstral coefficients (Davis and Mermelstein, "Comparison of parametric
representations for monosyllabic word recognition", IEEE Trans. ASSP 28, 1980), without the first, which is the level.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.units import Ms

RATE = 16_000
"""Sample rate of what is analysed, in Hz."""
MOMENT: Ms = 10
"""Time for which there is a level."""
STEP: Ms = 30
"""Time for which there are coefficients."""
COEFFICIENTS = 8
_WINDOW = 400
_SIZE = 512
_BANDS = 24
_LOWEST, _HIGHEST = 120.0, 3800.0
"""Range of the bands in Hz; a telephone has no more."""
_HOP = RATE * MOMENT // 1000
_STRIDE = STEP // MOMENT

Features = NDArray[np.float32]
"""Coefficients, shape (steps, COEFFICIENTS)."""


@dataclass(frozen=True)
class Analysis:
    """A sound: its level in dBFS every 10 ms, and its coefficients every 30 ms."""

    levels: NDArray[np.float32]
    features: Features

    @property
    def length(self) -> Ms:
        """Length in ms."""
        return len(self.levels) * MOMENT

    def cut(self, start: Ms, end: Ms) -> Features:
        """Return the coefficients between two times."""
        return self.features[start // STEP : max(end // STEP, start // STEP + 1)]


def analyse(blocks: Iterable[NDArray[np.float32]]) -> Analysis:
    """Analyse mono sound at 16 kHz, in blocks of any length."""
    levels, features = [np.zeros(0, np.float32)], [np.zeros((0, COEFFICIENTS), np.float32)]
    for part in _regroup(blocks):
        levels.append(_measure_levels(part[:-_WINDOW]))
        features.append(_find_features(part))
    return Analysis(np.concatenate(levels), np.concatenate(features))


def _regroup(blocks: Iterable[NDArray[np.float32]], size: int = 1002 * _HOP) -> Iterator[NDArray[np.float32]]:
    """Yield blocks of ten seconds (the last padded to whole steps), each with the window's length that follows it."""
    waiting = np.zeros(0, np.float32)
    parts: list[NDArray[np.float32]] = []
    held = 0
    for block in blocks:
        parts.append(block)
        held += len(block)
        if held >= size + _WINDOW:
            waiting = np.concatenate(parts)
            while len(waiting) >= size + _WINDOW:
                yield waiting[: size + _WINDOW]
                waiting = waiting[size:]
            parts, held = [waiting], len(waiting)
    waiting = np.concatenate(parts) if parts else waiting
    if len(waiting):
        yield np.pad(waiting, (0, -len(waiting) % (_STRIDE * _HOP) + _WINDOW))


def _measure_levels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    power = np.square(samples.reshape(-1, _HOP), dtype=np.float64).mean(axis=1)
    levels: NDArray[np.float32] = (10 * np.log10(power + 1e-10)).astype(np.float32)
    return levels


def _find_features(samples: NDArray[np.float32]) -> Features:
    """Return the coefficients of each step of a sound that has a window's length more than its steps."""
    hop = _STRIDE * _HOP
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[: len(samples) - _WINDOW : hop]
    power = np.square(np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), _SIZE)))
    bands = np.log(power @ _make_bands() + 1e-5)
    found: Features = (bands @ _make_cosines()).astype(np.float32)
    return found


@lru_cache(maxsize=1)
def _make_bands() -> NDArray[Any]:
    """Return triangles of equal width on the mel scale, shape (frequencies, bands)."""
    low, high = (2595 * np.log10(1 + edge / 700) for edge in (_LOWEST, _HIGHEST))
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    at = np.fft.rfftfreq(_SIZE, 1 / RATE)[:, None]
    rise = (at - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - at) / (edges[2:] - edges[1:-1])
    return np.maximum(np.minimum(rise, fall), 0)


@lru_cache(maxsize=1)
def _make_cosines() -> NDArray[Any]:
    places = np.pi / _BANDS * (np.arange(_BANDS) + 0.5)
    cosines: NDArray[Any] = np.cos(places[:, None] * np.arange(1, COEFFICIENTS + 1))
    return cosines


def normalise(features: Features, heard: NDArray[np.bool_] | None = None) -> Features:
    """Return coefficients with mean 0 and deviation 1 over what is heard, so that speakers compare.

    `heard` has a value for each moment.
    """
    steps = None if heard is None else heard[::_STRIDE][: len(features)]
    known = features if steps is None or not steps.any() else features[: len(steps)][steps]
    if not len(known):
        return features
    normal: Features = (features - known.mean(axis=0)) / (known.std(axis=0) + 1e-3)
    return normal
