"""The parts of a track by their places, so that any span of it can be mixed."""

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

import numpy as np

from narrator.formats.encoded import find_surroundings
from narrator.mix import Layout, Mixer
from narrator.mix.mixing import mix_part
from narrator.mix.parts import Part, list_parts
from narrator.sound.samples import Samples
from narrator.units import TICK_SAMPLES, Ticks

_KEPT = 12
"""Number of mixed parts that are kept, because a span may end within one."""


class PlacedParts:
    """A track of that many ticks; many threads can mix spans of it at once."""

    def __init__(self, layout: Layout, mixer: Mixer, ticks: Ticks) -> None:
        self._layout, self._mixer = layout, mixer
        self._parts = list(list_parts(layout, mixer, ticks))
        self._starts = [*accumulate((part.ticks for part in self._parts), initial=0)]
        self._mix_part = lru_cache(maxsize=_KEPT)(self._mix)

    def mix(self, start: Ticks, end: Ticks) -> Samples:
        """Return the mix from one tick to another; float32 of shape (frames, 2).

        Raises:
            SpeechError: a clip has vanished from the cache.

        """
        mixed: list[Samples] = []
        index = max(bisect_right(self._starts, start) - 1, 0)
        while index < len(self._parts) and self._starts[index] < end:
            at = self._starts[index]
            first, last = max(start - at, 0), end - at
            mixed.append(self._mix_part(self._parts[index])[first * TICK_SAMPLES : last * TICK_SAMPLES])
            index += 1
        return np.concatenate(mixed)

    def _mix(self, part: Part) -> Samples:
        return mix_part(part, self._layout, self._mixer, find_surroundings(part, self._mixer))
