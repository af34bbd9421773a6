"""The bed's level over time, drawn sample by sample."""

import numpy as np
from numpy.typing import NDArray

from narrator.mix.bed import ATTACK, RELEASE, BedCurve
from narrator.sound.fade import ease
from narrator.units import SAMPLES_PER_MS, Db, Ms, db_to_ratio


def draw_levels(curve: BedCurve, length: Ms) -> NDArray[np.float32]:
    """Return the amplitude of each sample from 0 to `length` ms, shape (frames, 1)."""
    time = np.arange(length * SAMPLES_PER_MS) / SAMPLES_PER_MS
    gain = np.full(len(time), _find_ratio(curve.level))
    for ramp in curve.ramps:
        before, after = _find_ratio(ramp.before), _find_ratio(ramp.after)
        first = max(ramp.start, 0) * SAMPLES_PER_MS
        along = (time[first:] - ramp.start) / (ramp.end - ramp.start)
        gain[first:] = before + (after - before) * ease(along)
    for duck in curve.ducks:
        down = ease((time - duck.span[0]) / ATTACK) * (1 - ease((time - duck.end) / RELEASE))
        gain *= 10 ** (-duck.depth / 20 * down)
    return gain.astype(np.float32)[:, None]


def _find_ratio(level: Db | None) -> float:
    return 0.0 if level is None else db_to_ratio(level)
