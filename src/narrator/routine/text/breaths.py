"""Where a long text may be cut: after sentences, after clauses, before joining words, else between words."""

from collections.abc import Callable, Sequence
from itertools import accumulate

_SHORTEST = 3
"""A piece of fewer words than this sounds cut off from what it belongs to."""

AFTER_SENTENCE, AFTER_CLAUSE, BEFORE_JOINING, BETWEEN_WORDS, WITHIN_WORD = 0.0, 0.2, 0.6, 1.0, 2.0
"""What it costs to cut at a place."""


def has_words(text: str) -> bool:
    """Whether there is anything to say."""
    return any(char.isalnum() for char in text)


def count_words(words: str) -> int:
    """Return how many words are heard: a number is about as many as it has figures."""
    return sum(max(1, sum(map(str.isdigit, word))) for word in words.split())


def choose_cuts(weights: Sequence[float], rate_cut: Callable[[int], float], most: float) -> list[int]:
    """Return the places, as numbers of words before them, at which a text of such words is best cut.

    `weights` says how long each word is, `rate_cut` what it costs to cut after so many words, and `most` how long a
    piece may be; a word that is longer by itself is a piece of its own. Of all ways to cut, the cheapest is taken:
    few pieces, about equally long, cut at the cheapest places. The end of the text is the last of the places.
    """
    heard = [0.0, *accumulate(weights)]
    ideal = heard[-1] / max(1, -(-heard[-1] // most))
    # For each place between two words: the least cost of all that comes before it, and where its last piece starts.
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
    """Return what a piece of such a length costs: each one something, more the further it is from the ideal."""
    return 1 + ((length - ideal) / most) ** 2 + (length < _SHORTEST)
