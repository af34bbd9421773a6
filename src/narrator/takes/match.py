"""Which segments of a take are which sentences: the probabilities of all ways to read a list aloud.

A reader says the sentences in order. One may be missing; a segment may be extra (an attempt that is said again, or a
cough); and a sentence may have up to three segments. Each of these has a weight, a logarithm of how much more likely
what is heard is if it is so than if it is not. The sum over all ways through the take, forward and backward (Rabiner,
"A tutorial on hidden Markov models", Proc. IEEE 77, 1989), gives each decision its probability.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

MOST_JOINED = 3
"""Most segments of one sentence."""
Weights: TypeAlias = NDArray[np.float64]

_MISSING = -5.0
"""Weight of a sentence that is missing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Weights of a take of N segments and M sentences."""

    matches: Mapping[int, Weights]
    """By the number of segments joined, for each first segment and sentence, shape (N, M); -inf where impossible."""
    extras: Weights
    """For each segment, that it is extra before each sentence, or after the last: shape (N, M + 1)."""

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of segments and of sentences."""
        return self.extras.shape[0], self.extras.shape[1] - 1


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence and the segments from `first` up to, not including, `last`; none if it is missing."""

    sentence: int
    first: int
    last: int
    certainty: float
    """Probability that it is so."""
    weight: float
    """How much more likely what is heard is if it is this sentence, as a logarithm."""

    @property
    def is_missing(self) -> bool:
        """Whether nothing was found for it."""
        return self.first == self.last


def match_segments(evidence: Evidence) -> list[Match]:
    """Return the best match of each sentence, in order."""
    ahead, behind = _sum_paths(evidence), _reverse(_sum_paths(_turn(evidence)))
    whole = ahead[-1, -1]
    matches = []
    for sentence, first, last in _find_best(evidence):
        here, after = ahead[first, sentence], behind[last, sentence + 1]
        weight = _MISSING if first == last else evidence.matches[last - first][first, sentence]
        certainty = np.exp(here + weight + after - whole)
        if first == last:
            # A missing sentence is certain if it is missing wherever it would have been.
            certainty = np.exp(np.logaddexp.reduce(ahead[:, sentence] + _MISSING + behind[:, sentence + 1]) - whole)
        matches.append(Match(sentence, first, last, float(min(certainty, 1.0)), float(weight)))
    return matches


def sum_ways(evidence: Evidence) -> float:
    """Return the logarithm of the sum over all ways: how well the evidence explains the take."""
    return float(_sum_paths(evidence)[-1, -1])


def _turn(evidence: Evidence) -> Evidence:
    """Return the evidence of the take played backward."""
    turned = {}
    for joined, weights in evidence.matches.items():
        moved = np.full_like(weights, -np.inf)
        moved[: len(weights) - joined + 1] = weights[: len(weights) - joined + 1][::-1]
        turned[joined] = moved[:, ::-1]
    return Evidence(turned, evidence.extras[::-1, ::-1])


def _reverse(sums: NDArray[Any]) -> NDArray[Any]:
    return sums[::-1, ::-1]


def _sum_paths(evidence: Evidence) -> NDArray[np.float64]:
    """Return the logarithm of the sum over all ways to each place, shape (N + 1, M + 1)."""
    count, sentences = evidence.shape
    sums = np.full((count + 1, sentences + 1), -np.inf)
    sums[0, 0] = 0
    skipped = _MISSING * np.arange(sentences + 1)
    for at in range(count + 1):
        for weights, before in _list_ways(evidence, at):
            sums[at] = np.logaddexp(sums[at], _step(sums[before], weights))
        # Sentences that are missing here, any number of them.
        with np.errstate(invalid="ignore"):
            sums[at] = np.logaddexp.accumulate(sums[at] - skipped) + skipped
    return sums


def _list_ways(evidence: Evidence, at: int) -> Iterator[tuple[Weights, int]]:
    """Yield the weights of what ends before segment `at`, and where it begins."""
    if at:
        yield evidence.extras[at - 1], at - 1
    for joined, weights in evidence.matches.items():
        if at >= joined:
            yield weights[at - joined], at - joined


def _step(sums: Weights, weights: Weights) -> Weights:
    """Return the sums after a step: an extra segment (as many weights as sums), or a sentence."""
    if len(weights) == len(sums):
        return sums + weights
    return np.concatenate([[-np.inf], sums[:-1] + weights])


def _find_best(evidence: Evidence) -> list[tuple[int, int, int]]:
    """Return the single best way: for each sentence, its first segment and that after its last."""
    count, sentences = evidence.shape
    best = np.full((count + 1, sentences + 1), -np.inf)
    origin = np.zeros((count + 1, sentences + 1), np.int8)
    best[0, 0] = 0
    for at in range(count + 1):
        for weights, before in _list_ways(evidence, at):
            found = _step(best[before], weights)
            better = found > best[at]
            kind = 0 if len(weights) == sentences + 1 else at - before
            best[at] = np.where(better, found, best[at])
            origin[at] = np.where(better, kind, origin[at])
        for sentence in range(1, sentences + 1):
            if best[at, sentence - 1] + _MISSING > best[at, sentence]:
                best[at, sentence], origin[at, sentence] = best[at, sentence - 1] + _MISSING, -1
    return _trace(origin, count, sentences)


def _trace(origin: NDArray[np.int8], at: int, sentence: int) -> list[tuple[int, int, int]]:
    found = []
    while at or sentence:
        kind = int(origin[at, sentence])
        if kind == 0:
            at -= 1
        elif kind == -1:
            sentence -= 1
            found.append((sentence, at, at))
        else:
            sentence -= 1
            found.append((sentence, at - kind, at))
            at -= kind
    return found[::-1]
