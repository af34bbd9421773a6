"""Jumps: units so long that silences shrink suddenly when they enter."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from narrator.script import Unit
from narrator.timeline.glue import Springs
from narrator.timeline.grow import Growth, Material, MaterialSet
from narrator.units import Ms, Ticks, ticks_to_ms

_MOST_TRIED = 50
"""Most steps of a chain that are tried; of a longer chain, those that add most."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A unit, the length at which it enters, and the factor of the silences after that divided by that before."""

    unit: Unit
    length: Ms
    ratio: float


def find_jumps(growth: Growth, below: float) -> Iterator[Jump]:
    """Yield the jumps in a script's chains whose ratio is less than `below`."""
    ends = [*growth.starts[1:], None]
    for start, end in zip(growth.starts, ends, strict=True):
        for jump in _find_jumps_in(growth.find_material(start)):
            if jump.ratio < below and start <= jump.length and (end is None or jump.length < end):
                yield jump


def _find_jumps_in(material: Material) -> Iterator[Jump]:
    pairs = [pair for pair in pairwise(material.sets) if pair[1].least <= pair[0].most]
    pairs.sort(key=lambda pair: pair[0].natural - pair[1].natural)
    for smaller, larger in pairs[:_MOST_TRIED]:
        entering = [unit for unit in material.units[smaller.count : larger.count] if material.has_steps(unit)]
        if entering:
            yield _measure_jump(material, smaller, larger, entering[0])


def _measure_jump(material: Material, smaller: MaterialSet, larger: MaterialSet, unit: Unit) -> Jump:
    """Return the shortest length with the larger set, and the ratio of the factors there."""
    stretch_smaller, stretch_larger = (_Stretched(material, each.count) for each in (smaller, larger))
    first = max(larger.least, min(smaller.natural, smaller.most))
    reach = range(first, smaller.most + 1)
    index = bisect_left(
        reach, True, key=lambda ticks: stretch_smaller.find_factor(ticks) * stretch_larger.find_factor(ticks) > 1
    )
    before = min(first + index, smaller.most)
    ratio = stretch_larger.find_factor(max(before, larger.least)) / (stretch_smaller.find_factor(before) or 1)
    return Jump(unit, ticks_to_ms(first + index), float(ratio))


class _Stretched:
    """A set of material and its factor at each length."""

    def __init__(self, material: Material, count: int) -> None:
        self._rigid, glue = material.measure_set(count)
        self._springs = Springs(list(glue.values()))

    def find_factor(self, ticks: Ticks) -> Fraction:
        return self._springs.solve(ticks - self._rigid) or Fraction(1)
