"""What is heard in takes: their segments, as sounds that compare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from narrator.takes.features import Analysis, Features, normalise
from narrator.takes.segments import Segment, find_heard
from narrator.units import Ms


@dataclass(frozen=True)
class Heard:
    """The segments of some takes of one person, one take after the other."""

    segments: Sequence[Segment]
    """With the times in their own take."""
    sounds: Sequence[Features]
    """Their coefficients, which compare with those of other speakers."""
    begins: frozenset[int]
    """Segments that are the first of a take."""

    @classmethod
    def of(cls, takes: Sequence[tuple[Analysis, Sequence[Segment]]]) -> "Heard":
        """Return what is heard in takes."""
        sounds: list[Features] = []
        begins = set()
        for analysis, segments in takes:
            begins.add(len(sounds))
            normal = Analysis(analysis.levels, normalise(analysis.features, find_heard(analysis)))
            sounds += [normal.cut(segment.start, segment.end) for segment in segments]
        return cls([segment for _, segments in takes for segment in segments], sounds, frozenset(begins))

    def find_take(self, at: int) -> tuple[int, int]:
        """Return the first segment of the take of a segment, and that after the last."""
        first = max(begin for begin in self.begins if begin <= at)
        return first, min((begin for begin in self.begins if begin > at), default=len(self.segments))

    def list_groups(self, joined: int) -> Iterator[tuple[int, list[Ms]]]:
        """Yield the first of each group of so many segments of one take, and the pauses within the group."""
        for first in range(len(self.segments) - joined + 1):
            if self.begins.isdisjoint(range(first + 1, first + joined)):
                within = pairwise(self.segments[first : first + joined])
                yield first, [later.start - earlier.end for earlier, later in within]

    def cut(self, first: int, last: int) -> Features:
        """Return the coefficients of some segments, without the pauses between them."""
        return np.concatenate(self.sounds[first:last])

    def measure(self, first: int, last: int) -> Ms:
        """Return the length of some segments without the pauses between them."""
        return sum(each.length for each in self.segments[first:last])
