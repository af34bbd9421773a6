"""Parts of a track as they are heard once coded, in formats where that depends at most on the phase of a part."""

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part, find_block
from narrator.units import TICK_SAMPLES, Ticks

if TYPE_CHECKING:
    from narrator.sound.samples import Samples

_KEPT = 16
"""Number of blocks whose coded sound is kept, of at most 12 s each."""


class PartCoder:
    """Calls a function that codes a block; what it returned last is kept, because a loop repeats often.

    The function receives the block, and the phase in which it starts, of so many.
    """

    def __init__(self, code: "Callable[[Part, Ticks, Layout, Mixer], Samples]", phases: Ticks = 1) -> None:
        self._code, self._phases = code, phases
        self._known: OrderedDict[tuple[Part, Ticks], Samples] = OrderedDict()

    def __call__(self, part: Part, start: Ticks, layout: Layout, mixer: Mixer) -> "Samples":
        """Return a part as it is heard; see `Coder`."""
        block, inside = find_block(part, mixer)
        place = block, (start - inside) % self._phases
        if place not in self._known:
            self._known[place] = self._code(*place, layout, mixer)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(place)
        return self._known[place][inside * TICK_SAMPLES :][: part.ticks * TICK_SAMPLES]
