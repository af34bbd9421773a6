"""Parts of a track as they are heard once coded, in formats where that depends at most on the phase of a part."""

from collections import OrderedDict
from collections.abc import Callable

from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part
from narrator.sound.audio import Samples
from narrator.units import Ticks

_KEPT = 16
"""Number of parts whose coded sound is kept, of at most 12 s each."""


class PartCoder:
    """Calls a function that codes a part; what it returned last is kept, because a loop repeats often.

    The function receives the part, and the phase in which it starts, of so many.
    """

    def __init__(self, code: Callable[[Part, Ticks, Layout, Mixer], Samples], phases: Ticks = 1) -> None:
        self._code, self._phases = code, phases
        self._known: OrderedDict[tuple[Part, Ticks], Samples] = OrderedDict()

    def __call__(self, part: Part, start: Ticks, layout: Layout, mixer: Mixer) -> Samples:
        """Return a part as it is heard; see `Coder`."""
        place = part, start % self._phases
        if place not in self._known:
            self._known[place] = self._code(*place, layout, mixer)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return self._known[place]
