"""The weights of what a recogniser hears in a take, by the words; see `match`."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from narrator.speech.takes.sentences import fold_sentence
from narrator.takes.match import Evidence, Weights

_HALF, _SAYS, _MOST = 0.6, 16.0, 7.0
"""Likeness of words that says nothing, weight of a difference of one from it, and the most weight."""
_START = 4.0
"""Weight of a segment that has the first words of the next sentence, and no others."""
LIKE = 0.72
"""Likeness at which the words are those of the sentence."""
_PLAUSIBLE = -8.0
_NEAR, _CLEARLY = 20, 0.04
"""Sentences before and after one that are compared with what was heard, and the likeness by which one is nearer."""


def weigh_words(evidence: Evidence, heard: Sequence[str], sentences: Sequence[str]) -> Evidence:
    """Return evidence with the weights of the words that were heard in each segment."""
    plain = [fold_words(text) for text in sentences]
    words = [fold_words(text) for text in heard]
    matches = {}
    for joined, weights in evidence.matches.items():
        said = np.zeros(weights.shape)
        for first, sentence in zip(*np.nonzero(weights > _PLAUSIBLE), strict=True):
            like = compare_words("".join(words[first : first + joined]), plain[sentence])
            said[first, sentence] = np.clip(_SAYS * (like - _HALF), -_MOST, _MOST)
        matches[joined] = np.where(weights > _PLAUSIBLE, weights + said, weights - _MOST)
    return Evidence(matches, evidence.extras + _weigh_starts(words, plain))


def _weigh_starts(words: Sequence[str], plain: Sequence[str]) -> Weights:
    """Return the weight of each segment as a false start of each sentence, shape (N, M + 1)."""
    weights = np.zeros((len(words), len(plain) + 1))
    for number, said in enumerate(words):
        for sentence, text in enumerate(plain):
            is_start = 3 < len(said) < 0.85 * len(text)
            if is_start and compare_words(said, text[: len(said)]) > 0.8:
                weights[number, sentence] = _START
    return weights


def fold_words(text: str) -> str:
    """Return the letters of a text as they are compared."""
    return "".join(char for char in fold_sentence(text) if char.isalnum())


def compare_words(heard: str, text: str) -> float:
    """Return how alike two texts are, from 0 to 1."""
    if not heard or not text or not 0.3 < len(heard) / len(text) < 3:
        return 0.0
    return SequenceMatcher(None, heard, text, autojunk=False).ratio()


def find_nearer(heard: str, own: int, plain: Sequence[str]) -> int | None:
    """Return the sentence near a sentence of which the words that were heard are clearly more like; None if none is.

    Left and right, or a number, can be the only difference between two sentences.
    """
    near = [at for at in range(max(own - _NEAR, 0), min(own + _NEAR + 1, len(plain))) if at != own]
    best = max(near, key=lambda at: compare_words(heard, plain[at]), default=None)
    least = compare_words(heard, plain[own]) + _CLEARLY
    return best if best is not None and compare_words(heard, plain[best]) > least else None
