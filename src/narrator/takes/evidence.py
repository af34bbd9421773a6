"""The weights of what is heard in takes, from the sound alone: lengths, pauses, and the likeness to a reference.

Another voice is only roughly like the person's. So the sentences that are certain by that are used to imitate the
person, and all are compared with the imitation. Weights are logarithms of ratios of probabilities; see `match`.
"""

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from narrator.takes.attempts import weigh_extras
from narrator.takes.features import MOMENT, STEP, Analysis, Features, normalise
from narrator.takes.heard import Heard
from narrator.takes.imitation import imitate
from narrator.takes.likeness import compare_pairs
from narrator.takes.match import MOST_JOINED, Evidence, Match, Weights, match_segments, sum_ways
from narrator.units import Ms

LONGEST_PAUSE: Ms = 3000
"""Longest pause within a sentence."""
_SPREAD, _WIDE = 0.13, 0.7
"""Deviations of the logarithm of a length: of the sentence that is expected, and of any other sound."""
_JOIN, _SPLIT = -0.7, -2.0
"""Weight of a pause within a sentence, and what is added where the sentence has no comma for it."""
_USUAL: Ms = 850
_SLOW: Ms = 400
"""Pause within a sentence that is usual, and how much more it takes for one unit of weight."""
_SHORT, _STRAY = 0.2, -4.0
"""Part of a sentence that is more probably another sound, after a longer pause, and the weight of that."""
_BAND = 26
"""Sentences on both sides of the probable one that a segment is compared with."""
_SAYS, _HALF, _MOST = 1.3, 0.6, 4.0
"""Weight of the likeness to a reference for each deviation, the deviation at which it says nothing, and the most."""
_SCALES = np.exp(np.arange(-0.4, 0.9, 0.05))
"""Lengths that are tried for the person's, in relation to those that are expected."""
_KNOWN, _FEWEST = 0.9, 8
"""Probability of a sentence from which it is imitated, and the fewest of which the voice can be imitated."""
_PER_STEP = 2.4
"""What each step takes from the cost of a sentence that is said as it is imitated."""
_SAME, _OTHER = (0.0, 0.05), (0.27, 0.1)
"""Means and deviations of what a cost is over the usual: for the same words, and for others."""
_MOST_UNLIKE = 8.0


def weigh_sound(heard: Heard, sentences: Sequence[str], references: Sequence[Analysis] | None) -> Evidence:
    """Return the weights for takes of these sentences."""
    expected = _expect_lengths(sentences, references)
    extras = weigh_extras(heard, sentences)
    stops = np.array([len(re.findall(r"[,;:.?!…–—](?=\s)", text)) for text in sentences])
    tried = (Evidence(_weigh_lengths(heard, expected * scale, stops), extras, heard.begins) for scale in _SCALES)
    evidence = max(tried, key=sum_ways)
    if references is None:
        return evidence
    cuts = _normalise_references(references)
    rough = _add_likeness(evidence, heard, cuts, _weigh_other_voice)
    known = [match for match in match_segments(rough) if match.certainty > _KNOWN]
    if len(known) < _FEWEST:
        return rough
    imitated = imitate(cuts, [(match.sentence, heard.cut(match.first, match.last)) for match in known])
    usual = _find_usual(heard, imitated, known)
    return _add_likeness(evidence, heard, imitated, lambda costs: _weigh_own_voice(costs, imitated, usual))


def _expect_lengths(sentences: Sequence[str], references: Sequence[Analysis] | None) -> NDArray[np.float64]:
    """Return lengths to which those that are heard should be in proportion."""
    if references is not None:
        return np.array([max(_measure_speech(reference), 100) for reference in references], np.float64)
    counts = [3 + len(re.findall(r"\w", text)) + 2 * len(re.findall(r"[,;:.]\s", text)) for text in sentences]
    return 70.0 * np.array(counts, np.float64)


def _measure_speech(reference: Analysis) -> Ms:
    first, last = _find_speech(reference)
    return (last - first) * MOMENT


def _find_speech(reference: Analysis) -> tuple[int, int]:
    """Return the first moment in which a reference is heard, and the moment after the last."""
    heard = np.flatnonzero(reference.levels > reference.levels.max(initial=-100) - 40)
    return (int(heard[0]), int(heard[-1]) + 1) if heard.size else (0, 0)


def _weigh_lengths(heard: Heard, expected: NDArray[np.float64], stops: NDArray[np.int64]) -> dict[int, Weights]:
    matches = {}
    for joined in range(1, MOST_JOINED + 1):
        weights = np.full((len(heard.segments), len(expected)), -np.inf)
        for first, pauses in heard.list_groups(joined):
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


def _compare_normal(off: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of a deviation: that of the expected one relative to that of any."""
    near = -0.5 * np.square(off / _SPREAD) - np.log(_SPREAD)
    wide = -0.5 * np.square(off / _WIDE) - np.log(_WIDE)
    found: NDArray[np.float64] = np.maximum(near - wide, -12.0)
    return found


def _normalise_references(references: Sequence[Analysis]) -> list[Features]:
    """Return the coefficients of each reference, without the silence around it."""
    normal = normalise(np.concatenate([reference.features for reference in references]))
    edges = np.cumsum([0, *(len(reference.features) for reference in references)])
    cuts = []
    for reference, start in zip(references, edges, strict=False):
        first, last = _find_speech(reference)
        cuts.append(normal[start + first * MOMENT // STEP : start + last * MOMENT // STEP + 1])
    return cuts


def _add_likeness(
    evidence: Evidence, heard: Heard, cuts: Sequence[Features], weigh: Callable[[Weights], Weights]
) -> Evidence:
    """Return evidence with the weights of the likeness of each group of segments to the references near it."""
    found = [(match.first, match.sentence) for match in match_segments(evidence)] or [(0, 0)]
    starts, places = np.array(found).T
    middles = np.interp(np.arange(len(heard.segments)), starts, places)
    added = {}
    for joined, weights in evidence.matches.items():
        costs = _compare_near(heard, cuts, weights, joined, middles)
        added[joined] = weights + np.where(np.isfinite(costs), weigh(costs), -_MOST)
    return replace(evidence, matches=added)


def _weigh_other_voice(costs: Weights) -> Weights:
    """Return weights of the likeness to another voice.

    The voices differ, so only differences count: the cost of a pair is compared with those of the same sound and other
    sentences, and of the same sentence and other sounds.
    """
    with np.errstate(invalid="ignore"):
        said: Weights = np.clip(_SAYS * (-_level(costs) - _HALF), -_MOST, _MOST)
    return said


def _find_usual(heard: Heard, imitated: Sequence[Features], known: Sequence[Match]) -> float:
    """Return the usual cost of a long sentence that is said as it is imitated."""
    pairs = [(heard.cut(match.first, match.last), imitated[match.sentence]) for match in known]
    return float(np.median(compare_pairs(pairs) - _PER_STEP / _count_steps([pair[1] for pair in pairs])))


def _weigh_own_voice(costs: Weights, imitated: Sequence[Features], usual: float) -> Weights:
    """Return weights of the likeness to what is imitated: how much more likely it is of these words than of others."""
    off = np.maximum(costs - usual - _PER_STEP / _count_steps(imitated), 0)
    same, other = (-0.5 * np.square((off - mean) / spread) - np.log(spread) for mean, spread in (_SAME, _OTHER))
    found: Weights = np.maximum(same - other, -_MOST_UNLIKE)
    return found


def _count_steps(sounds: Sequence[Features]) -> NDArray[np.float64]:
    return np.array([len(sound) for sound in sounds], np.float64)


def _compare_near(
    heard: Heard, cuts: Sequence[Features], weights: Weights, joined: int, middles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the cost of each group of segments and each sentence near it; else not a number."""
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
    return costs


def _level(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return costs in deviations from what is usual for the same sentence and the same sound."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rows and columns without any cost
        for axis in (0, 1):
            costs = costs - np.nan_to_num(np.nanmedian(costs, axis=axis, keepdims=True))
        spread = np.nanstd(costs)
    return costs / max(float(np.nan_to_num(spread)), 1e-3)
