"""When a place within a sentence is heard: voices pause at the ends of clauses, and between these letters count."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TypeAlias

from narrator.units import Ms

Span: TypeAlias = tuple[Ms, Ms]
"""A pause: from when to when, from the start of the sound that it is in."""

_CLAUSE_END = re.compile(
    r"(?:[,;:.!?…–—،؛؟।॥۔][\"'”’»›)\]]*(?=\s)|[、。，；：！？][」』）]*)(?=\s*\S)"
)  # fmt: skip
_LETTER, _SIGN, _STOP = 4, 1, 12
"""How long a letter is heard, any other character, and the pause at the end of a clause: in quarters of a letter."""
_REACH = 0.2
"""How far a pause may be from where letters have it, as a share of the whole."""


def find_times(text: str, places: Iterable[int], length: Ms, pauses: Sequence[Span]) -> list[Ms]:
    """Return when a text goes on after so many of its characters, for each of some numbers of them.

    `length` is that of the text's sound. Where a clause ends, the text goes on at the end of a pause; elsewhere, and
    where the voice makes none, the share of letters between two such places decides.
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
    """Yield the ends of clauses, as what is heard until then, with the time when each next clause begins.

    Voices pause longer between clauses than before consonants: of so many clauses, the longest pauses count.
    """
    longest = sorted(pauses, key=lambda pause: pause[0] - pause[1])[: len(clauses)]
    resumed = sorted(end for _, end in longest)
    if len(resumed) < len(clauses):
        # Some clauses run on into the next: each pause is that of the one it is nearest to.
        nearest = {min(clauses, key=lambda at: abs(at * length - time * whole)): time for time in resumed[::-1]}
        clauses, resumed = list(nearest)[::-1], list(nearest.values())[::-1]
    for at, time in zip(clauses, resumed, strict=True):
        if abs(at * length - time * whole) <= _REACH * length * whole:
            yield at, time


def _interpolate(at: int, known: Sequence[tuple[int, Ms]]) -> Ms:
    number = min(bisect_right(known, at, key=lambda pair: pair[0]), len(known) - 1)
    (before, start), (after, end) = known[number - 1], known[number]
    return start + (end - start) * (at - before) // (after - before)
