"""A text cut where one breathes: clauses, and as many of them at a time as can be said in one breath."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

LONGEST_BREATH = 40
"""Words that are spoken in one breath, at most."""
_SHORTEST = 3
"""A breath of fewer words than this sounds cut off from what it belongs to."""

_STOP = re.compile(r"\s*(?:(\.{3}|[,;:.?!…]|--)[\"'”’)\]]*(?=\s|$)|\s-\s|\s*[–—]\s*)\s*")
_SENTENCE_STOPS = {"?": "?", "!": "!", ".": ".", "...": ".", "…": "."}
_JOINING = frozenset({
    "and", "or", "but", "so", "then", "while", "as", "until", "before", "after", "where", "when", "that", "with",
})  # fmt: skip
"""Words that one may breathe before."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Words up to a stop, and the stop: one of `,` `.` `?` `!`, or nothing at the end of a text without one."""

    words: str
    stop: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, and the stop after it where it ends a clause."""

    text: str
    stop: str | None = None


def has_words(text: str) -> bool:
    """Whether there is anything to say."""
    return any(char.isalnum() for char in text)


def count_words(words: str) -> int:
    """How many words are heard: a number is about as many as it has figures."""
    return sum(max(1, sum(map(str.isdigit, word))) for word in words.split())


def split_clauses(text: str) -> list[Clause]:
    """Cut a text at its stops; what has neither letter nor digit is left out."""
    clauses = []
    start = 0
    for found in _STOP.finditer(text):
        clauses.append(Clause(text[start : found.start()], _SENTENCE_STOPS.get(found.group(1) or "", ",")))
        start = found.end()
    clauses.append(Clause(text[start:], ""))
    return [clause for clause in clauses if has_words(clause.words)]


def cut_breaths(text: str) -> list[str]:
    """Return a text in pieces that can each be said in one breath: itself, unless it is longer than that."""
    if count_words(text) <= LONGEST_BREATH:
        return [text] if has_words(text) else []
    return [" ".join(f"{clause.words}{clause.stop}" for clause in breath) for breath in split_breaths(text)]


def split_breaths(text: str) -> list[list[Clause]]:
    """Clauses of a text, as many at a time as can be said in one breath; a clause that is too long is cut, too.

    Of all ways to cut, the cheapest is taken: few breaths, about equally long, cut after sentences rather than after
    clauses, and after clauses rather than within.
    """
    words: list[_Word] = []
    for clause in split_clauses(text):
        *inner, last = clause.words.split()
        words += [*(_Word(word) for word in inner), _Word(last, clause.stop)]
    heard = [0, *accumulate(count_words(word.text) for word in words)]
    ideal = heard[-1] / max(1, -(-heard[-1] // LONGEST_BREATH))
    # For each place between two words: the least cost of all that comes before it, and where its last breath starts.
    best = [(0.0, 0)]
    first = 0
    for end in range(1, len(words) + 1):
        while heard[end] - heard[first] > LONGEST_BREATH and first < end - 1:
            first += 1
        cut = _rate_cut(words, end)
        best.append(
            min(
                (best[start][0] + cut + _rate_length(heard[end] - heard[start], ideal), start)
                for start in range(first, end)
            )
        )
    breaths: list[list[Clause]] = []
    end = len(words)
    while end:
        start = best[end][1]
        breaths.insert(0, _join_words(words[start:end]))
        end = start
    return breaths


def _rate_length(count: int, ideal: float) -> float:
    """What a breath of so many words costs: each one something, more the further it is from the ideal."""
    return 1 + ((count - ideal) / LONGEST_BREATH) ** 2 + (count < _SHORTEST)


def _rate_cut(words: Sequence[_Word], place: int) -> float:
    """What it costs to cut before a word."""
    stop = words[place - 1].stop
    if place == len(words) or stop in _SENTENCE_STOPS:
        return 0.0
    if stop is not None:
        return 0.2
    return 0.6 if words[place].text.lower() in _JOINING else 1.0


def _join_words(words: Iterable[_Word]) -> list[Clause]:
    clauses = []
    open_words: list[str] = []
    for word in words:
        open_words.append(word.text)
        if word.stop is not None:
            clauses.append(Clause(" ".join(open_words), word.stop))
            open_words = []
    return [*clauses, Clause(" ".join(open_words), "")] if open_words else clauses
