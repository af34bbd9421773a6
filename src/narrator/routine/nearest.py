"""Suggest known words for unknown ones."""

import difflib
from collections.abc import Iterable
from functools import lru_cache


def find_nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None if none is similar."""
    by_case = {each.lower(): each for each in reversed(list(known))}
    close = difflib.get_close_matches(word.lower(), by_case, n=1, cutoff=0.6)
    return by_case[close[0]] if close else None


def suggest(word: str, known: Iterable[str]) -> str:
    """Return the end of an error message: the known word that was probably meant, or a list of all."""
    return _suggest(word, tuple(known))


@lru_cache(maxsize=512)
def _suggest(word: str, words: tuple[str, ...]) -> str:
    nearest = find_nearest(word, words)
    return f"did you mean {nearest!r}?" if nearest else f"known are: {', '.join(words)}"
