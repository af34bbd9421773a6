"""Peaks of coded sound, which coding can raise by more than a decibel."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from narrator.mix import CEILING, Mixer
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.loudness import Loudness
from narrator.sound.samples import Samples
from narrator.units import Db

T = TypeVar("T")

_CLEAR: Db = 0.1
"""Margin of decoded peaks under the ceiling: decoders round differently, and neighbours overlap."""
_ATTEMPTS = 5


def keep_below_ceiling(mixer: Mixer, code: Callable[[Mixer], tuple[T, Samples]]) -> tuple[T, Samples, Loudness]:
    """Code sound so that it decodes to peaks under `CEILING`.

    `code` mixes and encodes with a mixer, and returns the result and the sound that it decodes to. If that is over the
    ceiling, it is called again with the mixer's ceiling lowered by the excess. After a few attempts the last result is
    used. Return it, its sound and its loudness.
    """
    for _ in range(_ATTEMPTS):
        coded, heard = code(mixer)
        loudness = measure_loudness(heard)
        excess = loudness.peak - (CEILING - _CLEAR)
        if excess <= 0:
            break
        mixer = replace(mixer, ceiling=mixer.ceiling - excess - _CLEAR)
    return coded, heard, loudness
