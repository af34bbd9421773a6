"""When a place within a sentence is heard, from the pauses of the voice and the number of letters."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TypeAlias

from narrator.units import Ms

Span: TypeAlias = tuple[Ms, Ms]
"""Start and end of a pause, from the start of its clip."""

_CLAUSE_END = re.compile(
    r"(?:[,;:.!?…–—،؛؟।॥۔][\"'”’»›)\]]*(?=\s)|[、。，；：！？][」』）]*)(?=\s*\S)"
)  # fmt: skip
_LETTER, _SIGN, _STOP = 4, 1, 12
"""Relative lengths of a letter, of any other character, and of the pause at the end of a clause."""
_REACH = 0.2
"""Largest distance of a pause from its estimated time, as a share of the length."""


def find_times(text: str, places: Iterable[int], length: Ms, pauses: Sequence[Span]) -> list[Ms]:
    """Return the time at which a text goes on after each of the `places`, which are numbers of characters.

    `length` is the length of its clip. After a clause, the text goes on at the end of a pause. Elsewhere, and if the
    voice does not pause, times are interpolated by the number of letters.
    """
    ends = {found.end() for found in _CLAUSE_END.finditer(text)}
    weights = (_weigh(char) + _STOP * (end in ends) for end, char in enumerate(text, 1))
    heard = list(accumulate(weights, initial=0))
    clauses = [heard[end] for end in sorted(ends)]
    known = [(0, 0), *_match_pauses(clauses, pauses, heard[-1], length), (heard[-1], length)]
    return [_interpolate(heard[place], known) for place in places]


def _weigh(char: str) -> int:
    return _LETTER if char.isalnum() else 0 if char.isspace() else _SIGN


def _match_pauses(clauses: Sequence[int], pauses: Sequence[Span], whole: int, length: Ms) -> Iterator[tuple[int, Ms]]:
    """Yield the end of each clause, as the weight of the text up to it, and the time at which the next clause starts.

    Pauses between clauses are longer than those before consonants, so only the longest are used, one for each clause.
    """
    longest = sorted(pauses, key=lambda pause: pause[0] - pause[1])[: len(clauses)]
    resumed = sorted(end for _, end in longest)
    if len(resumed) < len(clauses):
        # Some clauses end without a pause: each pause belongs to the nearest end.
        nearest = {min(clauses, key=lambda at: abs(at * length - time * whole)): time for time in resumed[::-1]}
        clauses, resumed = list(nearest)[::-1], list(nearest.values())[::-1]
    for at, time in zip(clauses, resumed, strict=True):
        if abs(at * length - time * whole) <= _REACH * length * whole:
            yield at, time


def _interpolate(at: int, known: Sequence[tuple[int, Ms]]) -> Ms:
    number = min(bisect_right(known, at, key=lambda pair: pair[0]), len(known) - 1)
    (before, start), (after, end) = known[number - 1], known[number]
    return start + (end - start) * (at - before) // (after - before)
