"""Which segments of takes are which sentences: the probabilities of all ways to read a list aloud.

A reader says the sentences in order. Some may be missing; a segment may be extra (an attempt that is said again, or a
cough); a sentence may have up to three segments; and a take may begin and end anywhere in the list. Each of these has a
weight, a logarithm of how much more likely what is heard is if it is so than if it is not. The sum over all ways
through the takes, forward and backward (Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77, 1989), gives each
decision its probability.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

MOST_JOINED = 3
"""Most segments of one sentence."""
Weights: TypeAlias = NDArray[np.float64]

_MISSING, _MORE = -4.0, -0.5
"""Weights of a sentence that is missing, and of each that is missing after it."""
_JUMP = -3.0
"""Weight of a take that does not begin where the one before ends, shared by all places where it may begin."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Weights of N segments and M sentences."""

    matches: Mapping[int, Weights]
    """By the number of segments joined, for each first segment and sentence, shape (N, M); -inf where impossible."""
    extras: Weights
    """For each segment, that it is extra before each sentence, or after the last: shape (N, M + 1)."""
    begins: frozenset[int] = frozenset()
    """Segments that are the first of a take."""

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of segments and of sentences."""
        return self.extras.shape[0], self.extras.shape[1] - 1


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence and the segments from `first` up to, not including, `last`."""

    sentence: int
    first: int
    last: int
    certainty: float
    """Probability that it is so."""
    weight: float
    """How much more likely what is heard is if it is this sentence, as a logarithm."""


def match_segments(evidence: Evidence) -> list[Match]:
    """Return the matches of the best way, in order; in several takes, a sentence may have several."""
    ahead, behind = _sum_paths(evidence)[1], _sum_paths(_turn(evidence))[1][::-1, ::-1]
    matches = []
    for sentence, first, last in _find_best(evidence):
        weight = evidence.matches[last - first][first, sentence]
        sure = np.exp(ahead[first, sentence] + weight + behind[last, sentence + 1] - ahead[-1, -1])
        matches.append(Match(sentence, first, last, float(min(sure, 1.0)), float(weight)))
    return matches


def sum_ways(evidence: Evidence) -> float:
    """Return the logarithm of the sum over all ways: how well the evidence explains the takes."""
    return float(_sum_paths(evidence)[1][-1, -1])


def _turn(evidence: Evidence) -> Evidence:
    """Return the evidence of the takes played backward."""
    turned = {}
    for joined, weights in evidence.matches.items():
        moved = np.full_like(weights, -np.inf)
        moved[: len(weights) - joined + 1] = weights[: len(weights) - joined + 1][::-1]
        turned[joined] = moved[:, ::-1]
    begins = frozenset(len(evidence.extras) - at for at in evidence.begins)
    return Evidence(turned, evidence.extras[::-1, ::-1], begins)


def _sum_paths(evidence: Evidence, add: np.ufunc = np.logaddexp) -> tuple[Weights, Weights]:
    """Return the logarithm of the sum over all ways to each place, shape (N + 1, M + 1), before and after a move there.

    With `np.maximum`, it is the weight of the best way. A move passes over sentences that are missing, or jumps.
    """
    count, sentences = evidence.shape
    before = np.full((count + 1, sentences + 1), -np.inf)
    after = before.copy()
    before[0, 0] = 0
    run = _MORE * np.arange(sentences + 1)
    for at in range(count + 1):
        for weights, start in _list_ways(evidence, at):
            before[at] = add(before[at], _step(after[start], weights))
        with np.errstate(invalid="ignore"):
            passed = add.accumulate(before[at] - run)[:-1] + run[1:] + _MISSING - _MORE
        after[at] = add(before[at], np.concatenate([[-np.inf], passed]))
        if _may_jump(evidence, at):
            after[at] = add(after[at], add.reduce(before[at]) + _weigh_jump(sentences))
    return before, after


def _weigh_jump(sentences: int) -> float:
    return _JUMP - float(np.log(sentences + 1))


def _may_jump(evidence: Evidence, at: int) -> bool:
    return at in evidence.begins or at in (0, len(evidence.extras))


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
    """Return the single best way: each sentence, its first segment and that after its last."""
    before, after = _sum_paths(evidence, np.maximum)
    at, sentence = evidence.shape
    found: list[tuple[int, int, int]] = []
    while True:
        sentence = _find_origin(evidence, before[at], at, sentence)
        if not at:
            return found[::-1]
        ways = [(_step(after[start], weights)[sentence], weights, start) for weights, start in _list_ways(evidence, at)]
        _, weights, start = max(ways, key=lambda way: float(way[0]))
        if len(weights) < len(before[at]):
            sentence -= 1
            found.append((sentence, start, at))
        at = start


def _find_origin(evidence: Evidence, before: Weights, at: int, sentence: int) -> int:
    """Return where the best way was before it moved to a place in the list."""
    moves = np.full(len(before), _weigh_jump(len(before) - 1) if _may_jump(evidence, at) else -np.inf)
    passed = _MISSING + _MORE * np.arange(sentence - 1, -1, -1)
    moves[:sentence] = np.maximum(moves[:sentence], passed)
    moves[sentence] = 0
    return int((before + moves).argmax())
