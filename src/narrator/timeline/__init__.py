"""`Script` + measured lengths + target to `Timeline`: boxes and glue, in pure integer arithmetic over ticks.

Speech and bells are rigid boxes. Holds are glue: each has a natural length and bounds, and all of a track stretch or
shrink by one common factor until the track is as long as was asked.
"""

from narrator.timeline.breaths import check_words, measure_words
from narrator.timeline.layout import lay_out, measure_range
from narrator.timeline.placed import BELL_ROOM, BedLine, Chapter, Hold, Lengths, Range, Segment, Timeline

__all__ = [
    "BELL_ROOM",
    "BedLine",
    "Chapter",
    "Hold",
    "Lengths",
    "Range",
    "Segment",
    "Timeline",
    "check_words",
    "lay_out",
    "measure_range",
    "measure_words",
]
