"""Place a `Script` on a `Timeline` of a given length: boxes and glue, in exact integer arithmetic over ticks.

Speech and bells are rigid boxes. Holds are glue: each has a natural length and bounds. First, material is added or
left out; then all holds stretch or shrink by one common factor until the track has the requested length.
"""

from narrator.timeline.breaths import check_words, measure_words
from narrator.timeline.chapters import list_chapters
from narrator.timeline.grow import Growth
from narrator.timeline.jumps import Jump, find_jumps
from narrator.timeline.layout import lay_out, measure_range
from narrator.timeline.placed import (
    BELL_ROOM,
    BedLine,
    Change,
    Chapter,
    Hold,
    Lengths,
    Made,
    Range,
    Segment,
    StepPlace,
    Timeline,
    describe_places,
    show_length,
)
from narrator.timeline.refusal import describe_spans

__all__ = [
    "BELL_ROOM",
    "BedLine",
    "Change",
    "Chapter",
    "Growth",
    "Hold",
    "Jump",
    "Lengths",
    "Made",
    "Range",
    "Segment",
    "StepPlace",
    "Timeline",
    "check_words",
    "describe_places",
    "describe_spans",
    "find_jumps",
    "lay_out",
    "list_chapters",
    "measure_range",
    "measure_words",
    "show_length",
]
