"""Mixing a timeline and its clips into islands: unbroken runs of sound. Silence is never held in memory."""

from narrator.mix.bed import BedCurve
from narrator.mix.islands import Island, Layout, find_islands
from narrator.mix.levels import CEILING, MIX_CEILING, measure_gain, measure_words
from narrator.mix.mixer import Mixer

__all__ = [
    "CEILING",
    "MIX_CEILING",
    "BedCurve",
    "Island",
    "Layout",
    "Mixer",
    "find_islands",
    "measure_gain",
    "measure_words",
]
