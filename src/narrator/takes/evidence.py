"""The weights of what is heard in a take, from its sound alone: lengths, likeness to each other, and to a reference.

All weights are logarithms of ratios of probabilities; see `match`.
"""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from narrator.takes.features import Analysis, Features, normalise
from narrator.takes.likeness import UNLIKE, compare_pairs
from narrator.takes.match import MOST_JOINED, Evidence, Weights, match_segments, sum_ways
from narrator.takes.segments import Segment, find_heard
from narrator.units import Ms

LONGEST_PAUSE: Ms = 1700
"""Longest pause within a sentence."""
_SPREAD, _WIDE = 0.13, 0.7
"""Deviations of the logarithm of a length: of the sentence that is expected, and of any other sound."""
_EXTRA = -3.0
"""Weight of a segment that is extra, if nothing is known about it."""
_JOIN, _SPLIT = -0.7, -2.0
"""Weight of a pause within a sentence, and what is added where the sentence has no comma for it."""
_USUAL: Ms = 850
_SLOW: Ms = 400
"""Pause within a sentence that is usual, and how much more it takes for one unit of weight."""
_SHORT, _STRAY = 0.2, -3.0
"""Part of a sentence that is more probably another sound, after a longer pause, and the weight of that."""
_ALIKE, _STEEP = 0.36, 0.03
"""Cost at which two sounds may or may not be the same words of one speaker, and the cost for one unit of weight."""
_MOST_ALIKE = 6.0
_BAND = 14
"""Sentences on both sides of the probable one that a segment is compared with."""
_SAYS, _HALF, _MOST = 1.3, 0.6, 4.0
"""Weight of the likeness to a reference for each deviation, the deviation at which it says nothing, and the most."""
_SCALES = np.exp(np.arange(-0.4, 0.9, 0.05))
"""Lengths that are tried for the person's, in relation to those that are expected."""
_FEWEST = 4
"""Fewest sentences of a take in which likenesses can be compared."""


@dataclass(frozen=True)
class Heard:
    """A take: its segments, and the coefficients of the whole."""

    segments: Sequence[Segment]
    features: Features
    analysis: Analysis

    @classmethod
    def of(cls, analysis: Analysis, segments: Sequence[Segment]) -> "Heard":
        """Make one with coefficients that compare with those of other speakers."""
        return cls(segments, normalise(analysis.features, find_heard(analysis)), analysis)

    def cut(self, first: int, last: int) -> Features:
        """Return the coefficients of some segments, without the pauses between them."""
        parts = [
            Analysis(self.analysis.levels, self.features).cut(each.start, each.end)
            for each in self.segments[first:last]
        ]
        return np.concatenate(parts)

    def measure(self, first: int, last: int) -> Ms:
        """Return the length of some segments without the pauses between them."""
        return sum(each.length for each in self.segments[first:last])


def weigh_sound(heard: Heard, sentences: Sequence[str], references: Sequence[Analysis] | None) -> Evidence:
    """Return the weights for a take of these sentences."""
    expected = _expect_lengths(sentences, references)
    extras = _weigh_extras(heard, sentences)
    stops = np.array([len(re.findall(r"[,;:.?!…–—](?=\s)", text)) for text in sentences])
    tried = (Evidence(_weigh_lengths(heard, expected * scale, stops), extras) for scale in _SCALES)
    evidence = max(tried, key=sum_ways)
    if references is None:
        return evidence
    return Evidence(_add_references(evidence, heard, references), extras)


def _expect_lengths(sentences: Sequence[str], references: Sequence[Analysis] | None) -> NDArray[np.float64]:
    """Return lengths to which those that are heard should be in proportion."""
    if references is not None:
        return np.array([max(_measure_speech(reference), 100) for reference in references], np.float64)
    counts = [3 + len(re.findall(r"\w", text)) + 2 * len(re.findall(r"[,;:.]\s", text)) for text in sentences]
    return 70.0 * np.array(counts, np.float64)


def _measure_speech(reference: Analysis) -> Ms:
    heard = np.flatnonzero(reference.levels > reference.levels.max(initial=-100) - 40)
    return int(heard[-1] - heard[0] + 1) * 10 if heard.size else 0


def _weigh_lengths(heard: Heard, expected: NDArray[np.float64], stops: NDArray[np.int64]) -> dict[int, Weights]:
    count = len(heard.segments)
    matches = {}
    for joined in range(1, MOST_JOINED + 1):
        weights = np.full((count, len(expected)), -np.inf)
        for first in range(count - joined + 1):
            pauses = _list_pauses(heard, first, first + joined)
            if all(pause <= LONGEST_PAUSE for pause in pauses):
                off = np.log(heard.measure(first, first + joined) / expected)
                split = _SPLIT * np.maximum(joined - 1 - stops, 0)
                weights[first] = _compare_normal(off) + split + _weigh_pauses(heard, first, first + joined, pauses)
        matches[joined] = weights
    return matches


def _weigh_pauses(heard: Heard, first: int, last: int, pauses: Sequence[Ms]) -> float:
    """Return the weight of the pauses within a sentence; one that only parts off a short sound is improbable."""
    weight = sum(_JOIN - max(pause - _USUAL, 0) / _SLOW for pause in pauses)
    whole = heard.measure(first, last)
    for outer, pause in ((first, pauses[:1]), (last - 1, pauses[-1:])):
        if pause and pause[0] > _USUAL and heard.segments[outer].length < _SHORT * whole:
            weight += _STRAY
    return weight


def _list_pauses(heard: Heard, first: int, last: int) -> list[Ms]:
    return [heard.segments[at + 1].start - heard.segments[at].end for at in range(first, last - 1)]


def _compare_normal(off: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of a deviation: that of the expected one relative to that of any."""
    near = -0.5 * np.square(off / _SPREAD) - np.log(_SPREAD)
    wide = -0.5 * np.square(off / _WIDE) - np.log(_WIDE)
    found: NDArray[np.float64] = np.maximum(near - wide, -12.0)
    return found


def _weigh_extras(heard: Heard, sentences: Sequence[str]) -> Weights:
    """Return the weight of each segment as an attempt that is said again soon, before each sentence.

    If the next sentence begins with the same words, being like it says little.
    """
    count = len(heard.segments)
    cuts = [heard.cut(at, at + 1) for at in range(count)]
    places = [(at, at + after) for at in range(count) for after in (1, 2) if at + after < count]
    whole = compare_pairs([(cuts[at], heard.cut(later, min(later + 2, count))) for at, later in places], open_end=True)
    again = np.full(count, UNLIKE)
    for (at, _), cost in zip(places, whole, strict=True):
        again[at] = min(again[at], cost)
    alike = np.clip((_ALIKE - again) / _STEEP, -1.0, _MOST_ALIKE)
    shared = np.array([*(_share_start(one, next_) for one, next_ in pairwise(sentences)), 0, 0])
    return _EXTRA + np.where(alike[:, None] > 0, alike[:, None] * (1 - shared[None, :]), alike[:, None])


def _share_start(one: str, other: str) -> float:
    """Return which part of a sentence another begins with, from 0 to 1."""
    words, others = one.lower().split(), other.lower().split()
    same = 0
    while same < min(len(words), len(others)) and words[same].strip(".,") == others[same].strip(".,"):
        same += 1
    return same / max(len(words), 1)


def _add_references(evidence: Evidence, heard: Heard, references: Sequence[Analysis]) -> dict[int, Weights]:
    """Return the weights of matches with those of their likeness to a reference.

    The voices differ, so only differences count: the cost of a pair is compared with those of the same sound and other
    sentences, and of the same sentence and other sounds.
    """
    normal = normalise(np.concatenate([reference.features for reference in references]))
    edges = np.cumsum([0, *(len(reference.features) for reference in references)])
    cuts = [normal[first:last] for first, last in pairwise(edges)]
    found = [match for match in match_segments(evidence) if not match.is_missing]
    if len(found) < _FEWEST:
        return dict(evidence.matches)
    middles = np.interp(
        np.arange(len(heard.segments)), [match.first for match in found], [match.sentence for match in found]
    )
    added = {}
    for joined, weights in evidence.matches.items():
        costs = _compare_near(heard, cuts, weights, joined, middles)
        with np.errstate(invalid="ignore"):
            said = np.clip(_SAYS * (-costs - _HALF), -_MOST, _MOST)
        added[joined] = weights + np.where(np.isfinite(costs), said, -_MOST)
    return added


def _compare_near(
    heard: Heard, cuts: Sequence[Features], weights: Weights, joined: int, middles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the cost of each group of segments and each sentence near it, in relation to others; else infinite."""
    places = [
        (first, sentence)
        for first in range(len(heard.segments) - joined + 1)
        for sentence in range(max(int(middles[first]) - _BAND, 0), min(int(middles[first]) + _BAND + 1, len(cuts)))
        if weights[first, sentence] > -6
    ]
    found = compare_pairs([(heard.cut(first, first + joined), cuts[sentence]) for first, sentence in places])
    costs = np.full(weights.shape, np.nan)
    for (first, sentence), cost in zip(places, found, strict=True):
        costs[first, sentence] = cost
    return _level(costs)


def _level(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return costs in deviations from what is usual for the same sentence and the same sound."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rows and columns without any cost
        for axis in (0, 1):
            costs = costs - np.nan_to_num(np.nanmedian(costs, axis=axis, keepdims=True))
        spread = np.nanstd(costs)
    return costs / max(float(np.nan_to_num(spread)), 1e-3)
