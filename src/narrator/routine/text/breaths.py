"""Places to cut a long text: after sentences, after clauses, before conjunctions, else between words."""

from collections.abc import Callable, Sequence
from itertools import accumulate

_SHORTEST = 3
"""Fewest words of a piece that does not sound cut off from its context."""

AFTER_SENTENCE, AFTER_CLAUSE, BEFORE_JOINING, BETWEEN_WORDS, WITHIN_WORD = 0.0, 0.2, 0.6, 1.0, 2.0
"""Costs of a cut at each kind of place."""


def has_words(text: str) -> bool:
    """Return whether a text has a letter or a digit."""
    return any(char.isalnum() for char in text)


def count_words(words: str) -> int:
    """Return the number of words heard; a number counts as one word for each digit."""
    return sum(max(1, sum(map(str.isdigit, word))) for word in words.split())


def choose_cuts(weights: Sequence[float], rate_cut: Callable[[int], float], most: float) -> list[int]:
    """Return the best places to cut a text, as numbers of words before them; the last is the end of the text.

    `weights` are the lengths of the words, `rate_cut` returns the cost of a cut after so many words, and `most` is the
    longest length of a piece; a single longer word is one piece. The cheapest way to cut is chosen: few pieces of about
    equal length, cut at the cheapest places.
    """
    heard = [0.0, *accumulate(weights)]
    ideal = heard[-1] / max(1, -(-heard[-1] // most))
    # For each place between two words: the least cost of the text before it, and where its last piece starts.
    best = [(0.0, 0)]
    first = 0
    for end in range(1, len(weights) + 1):
        while heard[end] - heard[first] > most and first < end - 1:
            first += 1
        cut = 0.0 if end == len(weights) else rate_cut(end)
        best.append(
            min(
                (best[start][0] + cut + _rate_length(heard[end] - heard[start], ideal, most), start)
                for start in range(first, end)
            )
        )
    cuts: list[int] = []
    end = len(weights)
    while end:
        cuts.append(end)
        end = best[end][1]
    return cuts[::-1]


def _rate_length(length: float, ideal: float, most: float) -> float:
    """Return the cost of a piece: a constant, plus more the further its length is from the ideal."""
    return 1 + ((length - ideal) / most) ** 2 + (length < _SHORTEST)
