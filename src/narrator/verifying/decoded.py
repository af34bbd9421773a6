"""A track as decoded, and its parts as they are after encoding and decoding."""

from collections.abc import Iterator

import numpy as np

from narrator.formats.format import Coder
from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part
from narrator.sound.opened import DAMAGE, BadSoundError
from narrator.sound.samples import Samples
from narrator.units import Ticks
from narrator.verifying.likeness import is_doubtful


class Decoder:
    """Reads samples in order, without keeping those already read, from blocks of shape (frames, channels)."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self._waiting: Samples = np.zeros((0, 2), np.float32)
        self.samples = 0

    def read(self, count: int) -> Samples:
        """Return the next samples, shape (frames, 2); fewer if the file ends or cannot be decoded further."""
        parts = [self._waiting]
        have = len(self._waiting)
        while have < count and (part := self._decode()) is not None:
            parts.append(part)
            have += len(part)
        whole = np.concatenate(parts)
        self._waiting = whole[count:]
        return whole[:count]

    def _decode(self) -> Samples | None:
        try:
            samples = next(self._blocks, None)
        except (BadSoundError, *DAMAGE):
            samples = None
        if samples is None:
            return None
        self.samples += len(samples)
        return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


class Expected:
    """Finds the expected sound of each part: its mix, or, where the file differs, the mix after encoding and decoding.

    At a low bit rate an encoder cuts high frequencies and hides quiet sounds next to loud ones. That is not a fault.
    """

    def __init__(self, layout: Layout, mixer: Mixer, coder: Coder | None) -> None:
        self._layout, self._mixer, self._coder = layout, mixer, coder

    def find(self, part: Part, start: Ticks, mixed: Samples, heard: Samples, *, is_masked: bool) -> Samples:
        """Return the sound to compare the file with, as long as the mix."""
        if self._coder is None or not (is_masked or is_doubtful(mixed, heard)):
            return mixed
        return self._coder(part, start, self._layout, self._mixer)[: len(mixed)]
