"""Segments: the stretches of a take in which something is heard, between its pauses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from narrator.takes.features import MOMENT, Analysis
from narrator.units import Db, Ms

PAUSE: Ms = 450
"""Shortest silence between two segments."""
_SHORTEST: Ms = 120
_RISE: Db = 9.0
"""Rise over the noise at which something is heard."""
_DEEPEST: Db = 42.0
"""Distance below the loud moments of a take under which nothing is speech."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a take, in ms; `end` is exclusive."""

    start: Ms
    end: Ms

    @property
    def length(self) -> Ms:
        """Length in ms."""
        return self.end - self.start


def find_heard(analysis: Analysis) -> NDArray[np.bool_]:
    """Return for each moment whether it is louder than the noise around it."""
    levels = _smooth(analysis.levels)
    if not len(levels):
        return np.zeros(0, bool)
    loud = float(np.percentile(levels, 95))
    threshold = np.maximum(_find_noise(levels) + _RISE, loud - _DEEPEST)
    heard: NDArray[np.bool_] = levels > threshold
    return heard


def _find_noise(levels: NDArray[np.float32], around: int = 1500) -> NDArray[np.float32]:
    """Return the level of the noise at each moment: the quiet moments of the 30 s around it."""
    centres = np.arange(0, len(levels), around)
    quiet = [float(np.percentile(levels[max(at - around, 0) : at + around], 10)) for at in centres]
    return np.interp(np.arange(len(levels)), centres, quiet).astype(np.float32)


def _smooth(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return levels averaged over three moments, which makes noise steadier."""
    if len(levels) < 3:
        return levels
    return np.convolve(np.pad(levels, 1, mode="edge"), np.full(3, 1 / 3), "valid").astype(np.float32)


def find_segments(analysis: Analysis, pause: Ms = PAUSE) -> list[Segment]:
    """Return the segments of a take, in order; clicks are left out."""
    heard = np.flatnonzero(find_heard(analysis))
    if not heard.size:
        return []
    breaks = np.flatnonzero(np.diff(heard) * MOMENT > pause)
    starts = heard[np.concatenate([[0], breaks + 1])]
    ends = heard[np.concatenate([breaks, [heard.size - 1]])] + 1
    found = [Segment(int(start) * MOMENT, int(end) * MOMENT) for start, end in zip(starts, ends, strict=True)]
    return [segment for segment in found if segment.length >= _SHORTEST]
