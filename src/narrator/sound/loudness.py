"""Loudness as it was measured, which `sound.ebur128` does.

A measurement keeps the momentary loudness of each 100 ms. So the loudness of several sounds together can be computed
from their measurements.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from narrator.units import Db, Lufs


@dataclass(frozen=True, slots=True)
class Loudness:
    """A measurement: momentary loudness above −70 LUFS, one value for each 100 ms, and the true peak in dBTP."""

    blocks: tuple[Lufs, ...]
    peak: Db

    @property
    def integrated(self) -> Lufs | None:
        """The gated loudness; None for silence."""
        return integrate(self.blocks)

    @property
    def momentary(self) -> Lufs | None:
        """The loudest 400 ms; None for silence."""
        return max(self.blocks, default=None)


def integrate(blocks: Iterable[Lufs], gate: Db = -10.0) -> Lufs | None:
    """Return the integrated loudness of blocks: their mean power without those below the relative gate.

    The gate is relative to the mean power of all blocks; in BS.1770-4, annex 1, it is -10 LU.
    """
    powers = [10 ** (block / 10) for block in blocks]
    if not powers:
        return None
    least = _find_mean(powers) * 10 ** (gate / 10)
    return 10 * math.log10(_find_mean([power for power in powers if power >= least]))


def _find_mean(powers: list[float]) -> float:
    return math.fsum(powers) / len(powers)
