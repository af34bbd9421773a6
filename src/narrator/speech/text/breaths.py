"""A text cut into breaths: clauses, in groups that can be said in one breath."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from narrator.routine.text.breaths import (
    AFTER_CLAUSE,
    AFTER_SENTENCE,
    BEFORE_JOINING,
    BETWEEN_WORDS,
    choose_cuts,
    count_words,
    has_words,
)

__all__ = ["LONGEST_BREATH", "Clause", "count_words", "cut_breaths", "has_words", "split_breaths", "split_clauses"]

LONGEST_BREATH = 40
"""Most words that are spoken in one breath."""

_STOP = re.compile(r"\s*(?:(\.{3}|[,;:.?!…]|--)[\"'”’)\]]*(?=\s|$)|\s-\s|\s*[–—]\s*)\s*")
_SENTENCE_STOPS = {"?": "?", "!": "!", ".": ".", "...": ".", "…": "."}
_JOINING = frozenset({
    "and", "or", "but", "so", "then", "while", "as", "until", "before", "after", "where", "when", "that", "with",
})  # fmt: skip
"""Words before which one may breathe."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Words up to a stop, and the stop: one of `,` `.` `?` `!`, or empty at the end of a text without one."""

    words: str
    stop: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, and the stop after it if it ends a clause."""

    text: str
    stop: str | None = None


def split_clauses(text: str) -> list[Clause]:
    """Cut a text at its stops; clauses with neither letter nor digit are left out."""
    clauses = []
    start = 0
    for found in _STOP.finditer(text):
        clauses.append(Clause(text[start : found.start()], _SENTENCE_STOPS.get(found.group(1) or "", ",")))
        start = found.end()
    clauses.append(Clause(text[start:], ""))
    return [clause for clause in clauses if has_words(clause.words)]


def cut_breaths(text: str) -> list[str]:
    """Return a text in pieces that can each be said in one breath; a short text is one piece."""
    if count_words(text) <= LONGEST_BREATH:
        return [text] if has_words(text) else []
    return [" ".join(f"{clause.words}{clause.stop}" for clause in breath) for breath in split_breaths(text)]


def split_breaths(text: str) -> list[list[Clause]]:
    """Return the clauses of a text, in groups that can be said in one breath; a clause that is too long is cut as well.

    The cheapest way to cut is used: few breaths of about equal length, cut after sentences rather than after clauses,
    and after clauses rather than within.
    """
    words: list[_Word] = []
    for clause in split_clauses(text):
        *inner, last = clause.words.split()
        words += [*(_Word(word) for word in inner), _Word(last, clause.stop)]
    cuts = choose_cuts(
        [count_words(word.text) for word in words], lambda place: _rate_cut(words, place), LONGEST_BREATH
    )
    return [_join_words(words[start:end]) for start, end in pairwise([0, *cuts])]


def _rate_cut(words: Sequence[_Word], place: int) -> float:
    """Return the cost of a cut before a word."""
    stop = words[place - 1].stop
    if stop in _SENTENCE_STOPS:
        return AFTER_SENTENCE
    if stop is not None:
        return AFTER_CLAUSE
    return BEFORE_JOINING if words[place].text.lower() in _JOINING else BETWEEN_WORDS


def _join_words(words: Iterable[_Word]) -> list[Clause]:
    clauses = []
    open_words: list[str] = []
    for word in words:
        open_words.append(word.text)
        if word.stop is not None:
            clauses.append(Clause(" ".join(open_words), word.stop))
            open_words = []
    return [*clauses, Clause(" ".join(open_words), "")] if open_words else clauses
