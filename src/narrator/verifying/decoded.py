"""A track as decoded, and its parts as they are after encoding and decoding."""

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from narrator.formats.coding import Coding
from narrator.formats.encoded import encode_below_ceiling
from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part, find_block
from narrator.sound.audio import Samples
from narrator.sound.opened import DAMAGE, BadSoundError, decode_frames
from narrator.units import TICK_SAMPLES
from narrator.verifying.likeness import is_doubtful

if TYPE_CHECKING:
    from av.container import InputContainer

_KEPT = 16
"""Number of parts whose coded sound is kept, of at most 12 s each."""


class Decoder:
    """Reads the samples of a file in order, without keeping those already read."""

    def __init__(self, container: "InputContainer") -> None:
        self._frames = decode_frames(container)
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
            frame = next(self._frames, None)
        except (BadSoundError, *DAMAGE):
            frame = None
        if frame is None:
            return None
        samples = frame.to_ndarray().astype(np.float32).T
        self.samples += len(samples)
        return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


class Expected:
    """Finds the expected sound of each part: its mix, or, where the file differs, the mix after encoding and decoding.

    At a low bit rate an encoder cuts high frequencies and hides quiet sounds next to loud ones. That is not a fault.
    """

    def __init__(self, layout: Layout, mixer: Mixer, coding: Coding | None) -> None:
        self._layout, self._mixer, self._coding = layout, mixer, coding
        self._known: OrderedDict[Part, Samples] = OrderedDict()

    def find(self, part: Part, mixed: Samples, heard: Samples, *, is_masked: bool) -> Samples:
        """Return the sound to compare the file with, as long as the mix."""
        if self._coding is None or not (is_masked or is_doubtful(mixed, heard)):
            return mixed
        # A loop repeats often.
        if part not in self._known:
            self._known[part] = code_part(part, self._layout, self._mixer, self._coding)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return self._known[part][: len(mixed)]


def code_part(part: Part, layout: Layout, mixer: Mixer, coding: Coding) -> Samples:
    """Mix a part, encode it with its surroundings, and decode it; float32 of shape (frames, 2)."""
    block, inside = find_block(part, mixer)
    _, decoded, _ = encode_below_ceiling(block, layout, mixer, coding)
    return decoded[inside * TICK_SAMPLES :][: part.ticks * TICK_SAMPLES]
