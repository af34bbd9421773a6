"""Smooth lines through a sketch, made with nothing but exact arithmetic, so that they are the same on every machine."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]


def smooth(values: Sequence[float] | Line, width: int) -> Line:
    """Return the values after three moving averages over `width` of them, an odd number; the ends are held."""
    line = np.asarray(values, np.float64)
    for _ in range(3):
        padded = np.concatenate([np.full(width // 2, line[0]), line, np.full(width // 2, line[-1])])
        total = np.concatenate([[0.0], np.cumsum(padded)])
        line = (total[width:] - total[:-width]) / width
    return line


def level(line: Line) -> Line:
    """Return a line that is scaled to 0 at its lowest and 1 at its highest point; 0.5 if it is flat."""
    low, high = line.min(), line.max()
    return (line - low) / (high - low) if high - low > 1e-6 else np.full_like(line, 0.5)


def resample(line: Line, count: int) -> Line:
    """Return a line at `count` places, with cubic curves through its points (Catmull and Rom, 1974)."""
    at = np.linspace(0, len(line) - 1, count)
    index = np.minimum(at.astype(int), len(line) - 2)
    part = at - index
    padded = np.concatenate([[2 * line[0] - line[1]], line, [2 * line[-1] - line[-2]]])
    before, here, there, after = (padded[index + step] for step in range(4))
    slope, next_slope = (there - before) / 2, (after - here) / 2
    cubic = 2 * (here - there) + slope + next_slope
    square = 3 * (there - here) - 2 * slope - next_slope
    result: Line = ((cubic * part + square) * part + slope) * part + here
    return result


def sway(count: int, waves: float, shift: float) -> Line:
    """Return a wave between -1 and 1, with `waves` periods over `count` places, that starts `shift` periods in."""
    phase = (np.arange(count) / count * waves + shift) % 1.0
    ramp = 1 - np.abs(2 * phase - 1)
    wave: Line = 2 * (ramp * ramp * (3 - 2 * ramp)) - 1
    return wave
