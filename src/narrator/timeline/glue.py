"""Glue: lengths that stretch and shrink by one common factor, in exact arithmetic over ticks.

The way TeX sets a line (Knuth and Plass, "Breaking paragraphs into lines", 1981), but shared out tick by tick, so that
more room never makes a share smaller.
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
    """An unknown length in ticks that counts `count` times (the holds on both sides of a pose are one unknown).

    With a `block` it comes in whole rounds of breath only.
    """

    natural: Ticks
    least: Ticks
    most: Ticks
    count: int = 1
    block: BreathBlock | None = None

    def settle(self) -> Ticks:
        """Return its natural length, with the rounds of breath whole."""
        if self.block is None:
            return self.natural
        rounds = (self.natural * TICK + TICK // 2 - 1) // self.block.round
        return floor_ticks(self.block.measure(min(max(rounds, self.block.least), self.block.most)))


class Springs:
    """Several elastics stretched by one factor: each takes `factor x natural`, within its bounds.

    What they take together is a line that bends where one of them leaves its least or reaches its most. Such a bend is
    at a ratio of two whole numbers below 2^22 (a day has 3.6 million ticks): two that differ do so by more than 2^-44
    of their size, so that floating point puts them in their true order. All else is in whole numbers.
    """

    def __init__(self, glue: Sequence[Glue]) -> None:
        self._glue = glue
        self.least: Ticks = sum(g.least * g.count for g in glue)
        self.most: Ticks = sum(g.most * g.count for g in glue)
        bends = sorted(self._list_bends(), key=lambda bend: bend[0] / bend[1])
        self._bends = [bend[:2] for bend in bends]
        # What stands still and what stretches with the factor, before each bend.
        self._still = list(accumulate((bend[2] for bend in bends), initial=self.least))
        self._slope = list(accumulate((bend[3] for bend in bends), initial=0))

    def _list_bends(self) -> Iterator[tuple[int, int, Ticks, Ticks]]:
        for g in self._glue:
            yield g.least, g.natural, -g.least * g.count, g.natural * g.count
            yield g.most, g.natural, g.most * g.count, -g.natural * g.count

    def solve(self, ticks: Ticks) -> Fraction | None:
        """Return the factor at which they take exactly `ticks`, the least where several do; None out of reach.

        With all at their least it is the one from which on the first of them grows.
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
        """Share ticks out: each gets floor(factor x natural) within its bounds, at the largest factor that fits.

        Elastics that reach their next tick at the same factor are served in order, until one cannot be served whole. A
        larger `ticks` therefore never makes a share smaller. None when even the bounds cannot meet it.
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
    """Return what each block of breath takes beside the silences, when all together have `ticks`.

    All start with their fewest rounds. Further ones enter in one fixed order, round k of a block at the factor at which
    the block would be as long as k rounds: as long as there is room beside the least silences, and the silences'
    factor with it is no lower than its own. So rounds never become fewer as `ticks` grow.
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
    """Ticks of each elastic, and the common factor of the silences among them; None where there are none."""

    ticks: Mapping[ElasticId, Ticks]
    factor: Fraction | None


def fill(glue: Mapping[ElasticId, Glue], ticks: Ticks) -> Shares | None:
    """Share ticks among elastics: whole rounds of breath first, silences take the rest by one factor.

    What is left when all silences are at their most, less than the next round, stays over. None when the bounds cannot
    meet it.
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
