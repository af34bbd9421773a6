"""A passage: sound that is mixed, and encoded, in one go."""

from collections.abc import Callable
from dataclasses import dataclass

from narrator.sound.audio import Samples
from narrator.units import TICK_SAMPLES, Db, Ticks


@dataclass(frozen=True, slots=True)
class Passage:
    """So many ticks of sound, with ticks of their own surroundings `before` and after them.

    `mix_all` mixes it all with peaks up to a ceiling in dBTP, float32 of shape (frames, 2).
    """

    mix_all: Callable[[Db], Samples]
    before: Ticks
    ticks: Ticks

    def cut(self, samples: Samples) -> Samples:
        """Return the passage by itself, without its surroundings."""
        return samples[self.before * TICK_SAMPLES :][: self.ticks * TICK_SAMPLES]
