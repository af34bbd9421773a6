"""Glue: lengths that stretch and shrink by one common factor, in exact arithmetic over ticks.

The method is that of TeX for setting a line (Knuth and Plass, "Breaking paragraphs into lines", 1981), but shares are
allotted tick by tick, so that more room never makes a share smaller.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import accumulate

from narrator.script import BreathBlock, ElasticId
from narrator.units import TICK, Ticks, floor_ticks


@dataclass(frozen=True, slots=True)
class Glue:
    """An unknown length in ticks that occurs `count` times (the holds on both sides of a pose are one unknown).

    With a `block`, it takes only whole breath rounds.
    """

    natural: Ticks
    least: Ticks
    most: Ticks
    count: int = 1
    block: BreathBlock | None = None

    def settle(self) -> Ticks:
        """Return the natural length, with whole breath rounds."""
        if self.block is None:
            return self.natural
        rounds = (self.natural * TICK + TICK // 2 - 1) // self.block.round
        return floor_ticks(self.block.measure(min(max(rounds, self.block.least), self.block.most)))


class Springs:
    """Several elastics stretched by one factor: each takes `factor x natural`, clamped to its bounds.

    Their total length is a piecewise linear function of the factor, with a bend where an elastic leaves its least or
    reaches its most. Each bend is a ratio of two integers below 2^22 (a day has 3.6 million ticks). Different bends
    therefore differ by more than 2^-44 of their size, and floating point sorts them correctly. Everything else is in
    integers.
    """

    def __init__(self, glue: Sequence[Glue]) -> None:
        self._glue = glue
        self.least: Ticks = sum(g.least * g.count for g in glue)
        self.most: Ticks = sum(g.most * g.count for g in glue)
        bends = sorted(self._list_bends(), key=lambda bend: bend[0] / bend[1])
        self._bends = [bend[:2] for bend in bends]
        # The constant and the slope of the total before each bend.
        self._still = list(accumulate((bend[2] for bend in bends), initial=self.least))
        self._slope = list(accumulate((bend[3] for bend in bends), initial=0))

    def _list_bends(self) -> Iterator[tuple[int, int, Ticks, Ticks]]:
        for g in self._glue:
            yield g.least, g.natural, -g.least * g.count, g.natural * g.count
            yield g.most, g.natural, g.most * g.count, -g.natural * g.count

    def solve(self, ticks: Ticks) -> Fraction | None:
        """Return the smallest factor at which they take exactly `ticks`; None if that is not possible.

        If all take their least, return the factor at which the first of them begins to grow.
        """
        if not self.least <= ticks <= self.most:
            return None
        if not self._bends:
            return Fraction(1)

        def reaches(index: int) -> bool:
            numerator, denominator = self._bends[index]
            return self._still[index] * denominator + self._slope[index] * numerator >= ticks * denominator

        index = bisect_left(range(len(self._bends)), True, key=reaches)
        if not self._slope[index]:
            return Fraction(*self._bends[index])
        return Fraction(ticks - self._still[index], self._slope[index])

    def share(self, ticks: Ticks) -> list[Ticks] | None:
        """Share ticks: each elastic gets floor(factor x natural) within its bounds, at the largest factor that fits.

        Elastics that reach their next tick at the same factor get it in order, until there is not enough left for one.
        A larger `ticks` therefore never makes a share smaller. Return None if the bounds do not allow `ticks`.
        """
        factor = self.solve(ticks)
        if factor is None:
            return None
        top, bottom = factor.numerator, factor.denominator
        shares = [min(max(top * g.natural // bottom, g.least), g.most) for g in self._glue]
        left = ticks - sum(share * g.count for share, g in zip(shares, self._glue, strict=True))
        due = [((shares[i] + 1) / g.natural, i) for i, g in enumerate(self._glue) if shares[i] < g.most]
        heapify(due)
        while due and self._glue[index := heappop(due)[1]].count <= left:
            g = self._glue[index]
            shares[index] += 1
            left -= g.count
            if shares[index] < g.most:
                heappush(due, ((shares[index] + 1) / g.natural, index))
        return shares


def enter_rounds(blocks: Sequence[Glue], silences: Springs, ticks: Ticks) -> list[Ticks]:
    """Return the ticks that each breath block takes if blocks and silences together have `ticks`.

    All blocks start with their fewest rounds. Further rounds enter in one fixed order: round k of a block has the
    factor at which the block would be as long as k rounds. A round enters if there is room for it besides the least
    silences, and if the factor of the silences does not fall below its own. The number of rounds therefore never falls
    as `ticks` grows.
    """
    shares = [g.least for g in blocks]
    room = ticks - sum(g.least * g.count for g in blocks)
    due: list[tuple[float, int, Ticks]] = []
    for index, g in enumerate(blocks):
        for rounds in range(g.block.least + 1, g.block.most + 1) if g.block else ():
            taken = floor_ticks(g.block.measure(rounds)) if g.block else 0
            due.append((taken / g.natural, index, taken))
    due.sort()
    added: list[Ticks] = []
    for _, index, taken in due:
        added.append((taken - shares[index]) * blocks[index].count)
        shares[index] = taken
    costs = list(accumulate(added))

    def is_refused(number: int) -> bool:
        left = room - costs[number]
        if left >= silences.most:
            return False
        factor = silences.solve(left)
        return factor is None or factor < Fraction(due[number][2], blocks[due[number][1]].natural)

    entered = bisect_left(range(len(due)), True, key=is_refused)
    shares = [g.least for g in blocks]
    for _, index, taken in due[:entered]:
        shares[index] = taken
    return shares


@dataclass(frozen=True, slots=True)
class Shares:
    """Ticks of each elastic, and the common factor of the silences among them; None if there are none."""

    ticks: Mapping[ElasticId, Ticks]
    factor: Fraction | None


def fill(glue: Mapping[ElasticId, Glue], ticks: Ticks) -> Shares | None:
    """Share ticks among elastics: whole breath rounds first, then the silences by one factor.

    If all silences are at their most, the rest, which is less than the next round, is not used. Return None if the
    bounds do not allow `ticks`.
    """
    blocks = {name: g for name, g in glue.items() if g.block}
    silences = {name: g for name, g in glue.items() if not g.block}
    springs = Springs(list(silences.values()))
    least = springs.least + sum(g.least * g.count for g in blocks.values())
    most = springs.most + sum(g.most * g.count for g in blocks.values())
    if not least <= ticks <= most:
        return None
    rounds = dict(zip(blocks, enter_rounds(list(blocks.values()), springs, ticks), strict=True))
    left = min(ticks - sum(rounds[name] * g.count for name, g in blocks.items()), springs.most)
    shares = dict(zip(silences, springs.share(left) or (), strict=True))
    return Shares(rounds | shares, springs.solve(left) if silences else None)
