"""The weights of segments that are not used: attempts that are said again soon, coughs, and other words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from narrator.takes.heard import Heard
from narrator.takes.likeness import UNLIKE, compare_pairs
from narrator.takes.match import Weights
from narrator.units import Ms

_ATTEMPT, _NOISE, _OTHER_WORDS = -3.0, -2.0, -5.0
"""Weights of a segment that is said again, of a short one that is not a sentence, and of a longer one."""
_LONGEST_NOISE: Ms = 600
_SOON = 3
"""Segments after an attempt within which it is said again."""
_FIRST_STEPS, _ONLY_FIRST = 35, 0.05
"""The first words of an attempt, and what is added to their cost if only they are alike."""
_ALIKE, _STEEP = 0.34, 0.02
"""Cost at which two sounds may or may not be the same words of one speaker, and the cost for one unit of weight."""
_MOST_ALIKE = 8.0


def weigh_extras(heard: Heard, sentences: Sequence[str]) -> Weights:
    """Return the weight of each segment as an attempt that is said again soon, or as noise, before each sentence.

    If a sentence near it begins with the same words, being like what follows says little.
    """
    alike = np.minimum((_ALIKE - _compare_later(heard)) / _STEEP, _MOST_ALIKE)[:, None]
    near = [(at, at + after) for after in (1, 2) for at in range(len(sentences) - after)]
    shared = np.zeros(len(sentences) + 1)
    for pair in near:
        share = _share_start(*(sentences[at] for at in pair))
        shared[list(pair)] = np.maximum(shared[list(pair)], share)
    attempts = _ATTEMPT + np.where(alike > 0, alike * (1 - shared), alike)
    noises = [_NOISE if each.length < _LONGEST_NOISE else _OTHER_WORDS for each in heard.segments]
    weights: Weights = np.logaddexp(attempts, np.array(noises)[:, None])
    return weights


def _compare_later(heard: Heard) -> NDArray[np.float64]:
    """Return the cost of each segment as the beginning of what follows soon.

    Only the first words count where a person slips; and an attempt may have a pause within, too.
    """
    count = len(heard.segments)
    pairs, places, added = [], [], []
    for at in range(count):
        begin, end = heard.find_take(at)
        sounds = [(heard.sounds[at], 0.0), (heard.sounds[at][:_FIRST_STEPS], _ONLY_FIRST)]
        for later in range(at + 1, min(at + 1 + _SOON, end)):
            again = heard.cut(later, min(later + 2, end))
            more = [(heard.cut(at - 1, at + 1), 0.0)] if later == at + 1 and at > begin else []
            for sound, more_cost in sounds + more:
                pairs.append((sound, again))
                places.append(at)
                added.append(more_cost)
    costs = np.full(count, UNLIKE)
    np.minimum.at(costs, places, compare_pairs(pairs, open_end=True) + added)
    return costs


def _share_start(one: str, other: str) -> float:
    """Return which part of a sentence another begins with, from 0 to 1."""
    words, others = one.lower().split(), other.lower().split()
    same = 0
    while same < min(len(words), len(others)) and words[same].strip(".,") == others[same].strip(".,"):
        same += 1
    return same / max(len(words), 1)
