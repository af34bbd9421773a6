"""`Timeline` + clips to islands: unbroken runs of sound, each mixed by itself. Silence is never held in memory."""

from narrator.mix.bed import BedCurve
from narrator.mix.islands import Island, Layout, find_islands, measure_stroke
from narrator.mix.levels import CEILING, MIX_CEILING, SPEECH, measure_gain
from narrator.mix.mixing import Console, mix_background, mix_island
from narrator.mix.passage import Passage

__all__ = [
    "CEILING",
    "MIX_CEILING",
    "SPEECH",
    "BedCurve",
    "Console",
    "Island",
    "Layout",
    "Passage",
    "find_islands",
    "measure_gain",
    "measure_stroke",
    "mix_background",
    "mix_island",
]
