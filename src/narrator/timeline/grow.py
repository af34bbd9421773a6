"""Material first, then silence: choose the optional steps, extras and rounds for a track of a given length.

Everything that may enter or leave forms one chain of nested sets; a longer track takes a larger set. Among the sets
that can take a length, the one is chosen whose silences are nearest to their natural lengths.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import heapify, heappop, heappush

from narrator.errors import RoutineError
from narrator.script import LEAD, ElasticId, Item, Script, Unit
from narrator.timeline.glue import Glue, Springs
from narrator.timeline.measure import Measured, measure_steps
from narrator.timeline.placed import Lengths
from narrator.timeline.sections import fit_sections
from narrator.units import Ms, Ticks, floor_ticks, ms_to_ticks, ticks_to_ms


@dataclass(frozen=True, slots=True)
class MaterialSet:
    """The first `count` units of a chain plus all fixed material, and its least, natural and longest length."""

    count: int
    least: Ticks
    natural: Ticks
    most: Ticks

    def can_take(self, ticks: Ticks) -> bool:
        """Return whether a track with this set can take so many ticks."""
        return self.least <= ticks <= self.most


def order_units(units: Sequence[Unit]) -> tuple[tuple[Unit, ...], int]:
    """Return units in the order in which they enter, and the number of them that are in at natural length.

    Units that are in at natural length come first, then the extras. Each group is sorted by number, then by order in
    the file, but no unit comes before those that it is within. Units within an extra are extra.
    """
    extras: set[ElasticId] = set()
    for unit in units:
        if unit.is_extra or not extras.isdisjoint(unit.within):
            extras.add(unit.name)
    natural = _order_group([unit for unit in units if unit.name not in extras])
    return (*natural, *_order_group([unit for unit in units if unit.name in extras])), len(natural)


def _order_group(units: Sequence[Unit]) -> list[Unit]:
    names = {unit.name for unit in units}
    waits = [sum(name in names for name in unit.within) for unit in units]
    inner: dict[ElasticId, list[int]] = {}
    for index, unit in enumerate(units):
        for name in unit.within:
            inner.setdefault(name, []).append(index)
    ready = [(_rank(unit), index) for index, unit in enumerate(units) if not waits[index]]
    heapify(ready)
    ordered: list[Unit] = []
    while ready:
        unit = units[heappop(ready)[1]]
        ordered.append(unit)
        for index in inner.get(unit.name, ()):
            waits[index] -= 1
            if not waits[index]:
                heappush(ready, (_rank(units[index]), index))
    return ordered


def _rank(unit: Unit) -> tuple[int, ElasticId, int]:
    return unit.number, unit.order, unit.round or 0


class Material:
    """The possible material of a script for tracks of a range of lengths: a chain of sets, the smallest first."""

    def __init__(self, script: Script, lengths: Lengths, *, strict: bool = True) -> None:
        self.units, self.natural_count = order_units(script.units)
        self.measured: Measured = fit_sections(measure_steps(script, lengths), strict=strict)
        ranks = {unit.name: number for number, unit in enumerate(self.units, 1)}
        self._enters = [max((ranks[name] for name in item.units), default=0) for item in script.steps]
        beyond = len(self.units) + 1
        self._leaves = [min((ranks[name] for name in item.yields), default=beyond) for item in script.steps]

    @cached_property
    def sets(self) -> tuple[MaterialSet, ...]:
        """Sets to choose from, the smallest first, none of them empty.

        A set whose least length exceeds that of a larger set is dropped; the cause can be a gap that is no longer
        needed, or the ring of a last bell. Of the sets that remain, a larger one is longer at every factor.
        """
        kept: list[MaterialSet] = []
        for each in reversed(self._measure_sets()):
            if not kept or each.least <= kept[-1].least:
                kept.append(each)
        return tuple(reversed(kept))

    def _measure_sets(self) -> list[MaterialSet]:
        """Measure each set that is neither empty nor equal to the one before, by updating one row of steps.

        A unit may have no steps here: they may exist only with other guidance, or at lengths that `from` and `until`
        admit.
        """
        entering: dict[int, list[int]] = {}
        leaving: dict[int, list[int]] = {}
        for index, (enters, leaves) in enumerate(zip(self._enters, self._leaves, strict=True)):
            if enters < leaves:
                entering.setdefault(enters, []).append(index)
                leaving.setdefault(leaves, []).append(index)
        row = _Row(self.measured)
        found: list[MaterialSet] = []
        for count in range(len(self.units) + 1):
            for index in leaving.get(count, ()):
                row.remove(index)
            for index in entering.get(count, ()):
                row.add(index)
            if row.indexes and (count in entering or count in leaving or not found):
                found.append(MaterialSet(count, row.least, row.natural, row.most))
        return found

    def find_natural_set(self) -> int:
        """Return the number of units at natural length; more if nothing would be heard with these.

        Raises:
            RoutineError: nothing would be heard with any number.

        """
        if self.list_steps(self.natural_count):
            return self.natural_count
        if not self.sets:
            script = self.measured.script
            raise RoutineError("nothing is heard at natural length; remove 'from' from a step", script.mark)
        return self.sets[0].count

    def list_steps(self, count: int) -> list[int]:
        """Return the indexes of the steps in the set of the first `count` units."""
        pairs = zip(self._enters, self._leaves, strict=True)
        return [index for index, (enters, leaves) in enumerate(pairs) if enters <= count < leaves]

    def has_steps(self, unit: Unit) -> bool:
        """Return whether a unit has steps at these lengths and with this guidance."""
        return unit.name in self._used

    @cached_property
    def _used(self) -> set[ElasticId]:
        return {name for item in self.measured.script.steps for name in item.units}

    def measure_set(self, count: int) -> tuple[Ticks, dict[ElasticId, Glue]]:
        """Return the ticks of a set's boxes, including the silence before the first cue, and its elastics."""
        steps = self.list_steps(count)
        return _LEAD + sum(self.measured.measure_boxes(steps)), self.measured.count_glue(steps)

    def find_factor(self, count: int, ticks: Ticks) -> Fraction | None:
        """Return the factor at which a set takes `ticks`, with breath as elastic; None if it cannot."""
        rigid, glue = self.measure_set(count)
        return Springs(list(glue.values())).solve(ticks - rigid)

    def choose(self, ticks: Ticks, fewest: int = 0) -> MaterialSet | None:
        """Return the set for a length, or None if no set can take it.

        It is the set whose factor is nearest to 1 in the logarithm: the last one whose natural length does not exceed
        it, or the next one. It has at least the first `fewest` units, if such a set can take the length.
        """
        sets = self.sets
        able = [index for index, each in enumerate(sets) if each.can_take(ticks)]
        if not able:
            return None
        below = bisect_right(sets, ticks, key=_get_natural) - 1
        best = below + self._is_next_nearer(below, ticks) if able[0] <= below < able[-1] else below
        floor = bisect_left(sets, fewest, key=_get_count)
        return sets[min(max(best, floor, able[0]), able[-1])]

    def _is_next_nearer(self, index: int, ticks: Ticks) -> bool:
        factors = [self.find_factor(each.count, ticks) for each in self.sets[index : index + 2]]
        return factors[0] is None or factors[1] is None or factors[0] * factors[1] > 1


def _get_natural(each: MaterialSet) -> Ticks:
    return each.natural


def _get_count(each: MaterialSet) -> int:
    return each.count


_LEAD: Ticks = ms_to_ticks(LEAD)


class _Row:
    """A sequence of steps and their total length; steps can be inserted and removed anywhere."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured
        self.indexes: list[int] = []
        self._rigid = _LEAD
        self._bounds = [0, 0, 0]

    @property
    def least(self) -> Ticks:
        """Shortest length."""
        return self._rigid + self._bounds[0]

    @property
    def natural(self) -> Ticks:
        """Natural length, with fractional breath rounds."""
        return self._rigid + self._bounds[1]

    @property
    def most(self) -> Ticks:
        """Longest length."""
        return self._rigid + self._bounds[2]

    def add(self, index: int) -> None:
        """Insert a step at its place."""
        at = bisect_left(self.indexes, index)
        self._rigid -= self._take(at - 1)
        self.indexes.insert(at, index)
        self._rigid += self._take(at - 1) + self._take(at)
        self._count(index, 1)

    def remove(self, index: int) -> None:
        """Remove a step."""
        at = bisect_left(self.indexes, index)
        self._rigid -= self._take(at - 1) + self._take(at)
        del self.indexes[at]
        self._rigid += self._take(at - 1)
        self._count(index, -1)

    def _count(self, index: int, sign: int) -> None:
        if g := self._measured.find_glue(index):
            for number, value in enumerate((g.least, g.natural, g.most)):
                self._bounds[number] += sign * value

    def _take(self, at: int) -> Ticks:
        """Return the ticks of the step at an index of the row; 0 for a negative one."""
        if at < 0:
            return 0
        steps = self._measured.script.steps
        following: Item | None = steps[self.indexes[at + 1]] if at + 1 < len(self.indexes) else None
        return self._measured.measure_box(self.indexes[at], following)


class Growth:
    """The material of a script at any length; it changes at the lengths named by `from` and `until`."""

    def __init__(self, script: Script, lengths: Lengths) -> None:
        self.script = script
        self.lengths = lengths
        windows = {window for item in script.steps for window in item.windows}
        edges = {edge for window in windows for edge in (window.since, window.until) if edge}
        self.starts: tuple[Ms, ...] = tuple(sorted({0, *edges}))
        """Lengths at which steps enter or leave because of `from` and `until`; the first is 0."""
        self._known: dict[int | None, Material] = {}
        self._fewest: dict[int, int] = {0: 0}

    @property
    def natural(self) -> Material:
        """Material at natural length: without steps that have `from`, with those that have `until`."""
        return self._find_material(None)

    def find_material(self, length: Ms) -> Material:
        """Return the material for a length."""
        return self._find_material(bisect_right(self.starts, length) - 1)

    def _find_material(self, era: int | None) -> Material:
        if era not in self._known:
            length = None if era is None else self.starts[era]
            steps = self.script.steps
            admitted = [i for i, item in enumerate(steps) if all(window.admits(length) for window in item.windows)]
            self._known[era] = Material(self.script.keep(admitted), self.lengths)
        return self._known[era]

    def choose(self, length: Ms) -> MaterialSet | None:
        """Return the set for a length, not smaller than that for a shorter length if possible."""
        era = bisect_right(self.starts, length) - 1
        return self._find_material(era).choose(floor_ticks(length), self._find_fewest(era))

    def _find_fewest(self, era: int) -> int:
        """Return the number of units in the longest track before an era, so that `from` steps displace none."""
        for each in range(1, era + 1):
            if each not in self._fewest:
                before = self._find_material(each - 1)
                end = floor_ticks(self.starts[each] - 1)
                reach = max((min(found.most, end) for found in before.sets if found.least <= end), default=None)
                chosen = None if reach is None else before.choose(reach, self._fewest[each - 1])
                self._fewest[each] = max(chosen.count if chosen else 0, self._fewest[each - 1])
        return self._fewest[era]

    def list_fullest(self) -> Iterator[Script]:
        """Yield the script with the most material that one track can have, for each range of lengths."""
        for start in self.starts:
            material = self.find_material(start)
            yield material.measured.script.keep(material.list_steps(len(material.units)))

    def list_spans(self) -> tuple[tuple[Ms, Ms], ...]:
        """Return the possible lengths as sorted intervals in ms, both ends included."""
        ends = [*(start - 1 for start in self.starts[1:]), None]
        found: list[tuple[Ms, Ms]] = []
        for start, end in zip(self.starts, ends, strict=True):
            for each in self.find_material(start).sets:
                low, high = max(ticks_to_ms(each.least), start), ticks_to_ms(each.most)
                high = high if end is None else min(high, end)
                found += [(low, high)] if low <= high else []
        return merge_spans(found)


def merge_spans(spans: Sequence[tuple[Ms, Ms]]) -> tuple[tuple[Ms, Ms], ...]:
    """Join intervals that touch or are at most a tick apart; silence at the end of the track fills the difference."""
    merged: list[tuple[Ms, Ms]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1] + ticks_to_ms(1):
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return tuple(merged)
