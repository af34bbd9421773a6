"""Parts of a track as they are heard once coded, in formats where that does not depend on the place of a part."""

from collections import OrderedDict
from collections.abc import Callable

from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part
from narrator.sound.audio import Samples
from narrator.units import Ticks

_KEPT = 16
"""Number of parts whose coded sound is kept, of at most 12 s each."""


class PartCoder:
    """Calls a function that codes a part; what it returned last is kept, because a loop repeats often."""

    def __init__(self, code: Callable[[Part, Layout, Mixer], Samples]) -> None:
        self._code = code
        self._known: OrderedDict[Part, Samples] = OrderedDict()

    def __call__(self, part: Part, _start: Ticks, layout: Layout, mixer: Mixer) -> Samples:
        """Return a part as it is heard; see `Coder`."""
        if part not in self._known:
            self._known[part] = self._code(part, layout, mixer)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return self._known[part]
