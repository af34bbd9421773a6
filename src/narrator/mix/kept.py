"""Long sounds in the cache: they are stored in pieces, because a whole one would fill the memory."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from narrator.cache import Cache, make_key
from narrator.sound.loop import Loop, Pcm, pack_loop
from narrator.units import TICK_SAMPLES, Ticks

if TYPE_CHECKING:
    from narrator.sound.samples import Samples

PIECE: Ticks = 1250
"""Length of a cache entry, 30 s: memory use stays small, and damage is found before it is heard."""


@dataclass(frozen=True)
class Kept:
    """A sound that is made once, and stored on a shelf of the cache: a head, and its pieces.

    `make` returns samples of shape (whole ticks, 2) and what else belongs in the head.
    """

    shelf: str
    key: str
    make: "Callable[[], tuple[Samples, Mapping[str, Any]]]"
    cache: Cache

    def open(self) -> Loop:
        """Return the sound as a loop, which can be read from any tick."""
        return Loop(f"file {self.key}", self.read_head()["ticks"], self.load, PIECE)

    def read_head(self) -> dict[str, Any]:
        """Return its length in ticks, the scale of its samples, and what `make` added."""
        kept, _ = self.cache.get_or_make(self.shelf, self.key, lambda: self._keep()[0])
        head: dict[str, Any] = json.loads(kept)
        return head

    def load(self, piece: int) -> Pcm:
        """Return a piece; all are made again where it is missing or damaged."""
        import numpy as np

        scale = self.read_head()["scale"]
        data, _ = self.cache.get_or_make(self.shelf, make_key(self.key, piece), lambda: self._keep()[1][piece])
        return np.frombuffer(data, np.int16).reshape(-1, 2), scale

    def _keep(self) -> tuple[bytes, list[bytes]]:
        """Make the sound and store its pieces; return its head as JSON, and the pieces."""
        samples, described = self.make()
        pcm, scale = pack_loop(samples)
        del samples  # the pieces below take as much again
        step = PIECE * TICK_SAMPLES
        pieces = [pcm[start : start + step].tobytes() for start in range(0, len(pcm), step)]
        for number, piece in enumerate(pieces):
            self.cache.put(self.shelf, make_key(self.key, number), piece)
        head = {"ticks": len(pcm) // TICK_SAMPLES, "scale": scale, **described}
        return json.dumps(head).encode(), pieces
