"""The right word for a wrong one."""

import difflib
from collections.abc import Iterable
from functools import lru_cache


def suggest(word: str, known: Iterable[str]) -> str:
    """Say which known word was likely meant, or list them all: the tail of an error message."""
    return _suggest(word, tuple(known))


@lru_cache(maxsize=512)
def _suggest(word: str, words: tuple[str, ...]) -> str:
    by_case = {known.lower(): known for known in reversed(words)}
    close = difflib.get_close_matches(word.lower(), by_case, n=1, cutoff=0.6)
    return f"did you mean {by_case[close[0]]!r}?" if close else f"known are: {', '.join(words)}"
