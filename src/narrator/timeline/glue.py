"""Glue: lengths that stretch and shrink by one common factor, in integer arithmetic over ticks.

The way TeX sets a line (Knuth and Plass, "Breaking paragraphs into lines", 1981), but shared out tick by tick, so that
more room never makes a share smaller.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from narrator.script import BreathBlock
from narrator.units import Ticks, floor_ticks, ticks_to_ms


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

    def fix(self, ticks: Ticks, extra: int = 0) -> Ticks:
        """Ticks of the whole rounds that fit into `ticks`, and some more, within the bounds."""
        if self.block is None:
            return ticks
        rounds = (ticks_to_ms(ticks + 1) - 1) // self.block.round + extra
        return floor_ticks(self.block.measure(min(max(rounds, self.block.least), self.block.most)))


def share_rounds(glue: Sequence[Glue], ticks: Ticks) -> list[Ticks] | None:
    """As `share`, with the rounds of breath whole.

    The factor is first found with rounds continuous; then rounds are whole numbers and the silences are shared anew.
    What no silence can take becomes further rounds, in order, as far as they fit; what is left after that stays over.
    """
    shares = share(glue, ticks)
    if shares is None or all(g.block is None for g in glue):
        return shares
    fixed = [g.fix(value) for g, value in zip(glue, shares, strict=True)]
    silences = [index for index, g in enumerate(glue) if g.block is None]
    room = sum(glue[index].most * glue[index].count for index in silences)
    least = sum(glue[index].least * glue[index].count for index in silences)

    def left() -> Ticks:
        return ticks - sum(fixed[index] * g.count for index, g in enumerate(glue) if g.block is not None)

    for index, g in enumerate(glue):
        longer = g.fix(fixed[index], extra=1)
        if g.block is not None and left() > room and (longer - fixed[index]) * g.count <= left() - least:
            fixed[index] = longer
    again = share([glue[index] for index in silences], min(left(), room))
    for index, value in zip(silences, again or (), strict=True):
        fixed[index] = value
    return fixed


# How finely the common factor is searched. Two elastics reach their next tick at factors a/n and b/m; where these
# differ they do so by at least 1/(n·m), and no natural length is over a day: (3.6 million ticks)² < 2^44. In steps of
# 2^-48 each step therefore holds at most one such factor, and the search is exact.
_FINENESS = 48


def share(glue: Sequence[Glue], ticks: Ticks) -> list[Ticks] | None:
    """Share ticks among elastics: each gets floor(factor × natural) within its bounds, at the largest factor that fits.

    Elastics that reach their next tick at the same factor are served in order, until one cannot be served whole. A
    larger `ticks` therefore never makes a share smaller. None when even the bounds cannot meet it.
    """
    least = sum(g.least * g.count for g in glue)
    most = sum(g.most * g.count for g in glue)
    if not least <= ticks <= most:
        return None
    if ticks == most:
        return [g.most for g in glue]

    def stretch(factor: int) -> list[Ticks]:
        return [min(max(factor * g.natural >> _FINENESS, g.least), g.most) for g in glue]

    def total(shares: list[Ticks]) -> Ticks:
        return sum(value * g.count for value, g in zip(shares, glue, strict=True))

    low, high = 0, (max(g.most for g in glue) + 1) << _FINENESS
    while high - low > 1:
        middle = (low + high) // 2
        if total(stretch(middle)) <= ticks:
            low = middle
        else:
            high = middle
    shares, following = stretch(low), stretch(high)
    left = ticks - total(shares)
    for index, g in enumerate(glue):
        if following[index] > shares[index]:
            if g.count > left:
                break
            shares[index] += 1
            left -= g.count
    return shares
