"""Loops: endless sound that can be read from any tick."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from narrator.units import TICK_SAMPLES, Ticks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from narrator.sound.samples import Samples

_PCM_SCALE = 2**15 - 1
_KEPT_PIECES = 3
"""Number of pieces of a loop that are kept in memory."""
_BLOCK = 2**20
Pcm: TypeAlias = "tuple[NDArray[np.int16], float]"
"""16-bit samples of shape (frames, 2), and the sample value of the largest number that they can hold."""


class Loop:
    """A repeating sound of `ticks` ticks; it is made, or loaded, when it is first read.

    `key` identifies it in the cache: two loops with the same key sound the same. `load` returns a piece of it by index;
    all but the last are `piece` ticks long (None for the whole loop). A few pieces are kept in memory.
    """

    def __init__(self, key: str, ticks: Ticks, load: Callable[[int], Pcm], piece: Ticks | None = None) -> None:
        self.key = key
        self.ticks = ticks
        self._piece = piece or ticks
        self._load = lru_cache(maxsize=_KEPT_PIECES)(load)

    def read(self, start: Ticks, ticks: Ticks) -> "Samples":
        """Return that many ticks from any tick, even before the first or past the last; float32, shape (frames, 2)."""
        import numpy as np

        scale = 0.0
        parts: list[NDArray[np.int16]] = []
        at, left = start % self.ticks, ticks
        while left > 0:
            inside = at % self._piece
            taken = min(left, self.ticks - at, self._piece - inside)
            pcm, scale = self._load(at // self._piece)
            parts.append(pcm[inside * TICK_SAMPLES : (inside + taken) * TICK_SAMPLES])
            at, left = (at + taken) % self.ticks, left - taken
        samples = np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, 2), np.float32)
        samples *= np.float32(scale) / np.float32(_PCM_SCALE)
        return samples


def pack_loop(samples: "Samples") -> Pcm:
    """Return samples of shape (frames, 2) in the form that a loop stores: half as large, with a range of 96 dB."""
    import numpy as np

    scale = float(max(samples.max(initial=1e-9), -samples.min(initial=-1e-9)))
    pcm = np.empty(samples.shape, np.int16)
    # In place: a copy of a long loop would fill the memory.
    for start in range(0, len(samples), _BLOCK):
        block = samples[start : start + _BLOCK]
        pcm[start : start + _BLOCK] = np.rint(block * (np.float32(_PCM_SCALE) / np.float32(scale)))
    return pcm, scale
