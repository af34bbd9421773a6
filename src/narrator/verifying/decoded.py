"""A track as a decoder gives it, and its parts as they are mixed, and as they are once they are encoded and decoded."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from narrator.formats.coding import Coding
from narrator.formats.encoded import encode_below_ceiling
from narrator.formats.mp3_frames import Part, Piece, find_passage
from narrator.mix import Console, Layout
from narrator.sound.audio import Samples
from narrator.sound.opened import DAMAGE, BadSoundError, decode_frames
from narrator.units import TICK_SAMPLES, Ticks

if TYPE_CHECKING:
    from av.container import InputContainer


def mix_part(part: Part, layout: Layout, console: Console) -> Samples:
    """Mix a part as it is before it is encoded; float32 of shape (frames, 2)."""
    passage, start = find_passage(part, layout, console)
    return _cut(passage.cut(passage.mix_all(console.ceiling)), start, part)


def mix_part_background(part: Part, layout: Layout, console: Console) -> Samples:
    """Mix what a part would be without any cue in it."""
    if isinstance(part, Piece):
        part = replace(part, island=replace(part.island, sounds=()))
    return mix_part(part, layout, console)


def code_part(part: Part, layout: Layout, console: Console, coding: Coding) -> Samples:
    """Mix a part, encode it with its surroundings, and decode that again; float32 of shape (frames, 2)."""
    passage, start = find_passage(part, layout, console)
    return _cut(encode_below_ceiling(passage, console.ceiling, coding)[1], start, part)


def _cut(samples: Samples, start: Ticks, part: Part) -> Samples:
    return samples[start * TICK_SAMPLES :][: part.ticks * TICK_SAMPLES]


class Decoder:
    """Samples of a file in the order they are asked for; what is asked for once is not held."""

    def __init__(self, container: "InputContainer") -> None:
        self._frames = decode_frames(container)
        self._waiting: Samples = np.zeros((0, 2), np.float32)
        self.samples = 0

    def read(self, count: int) -> Samples:
        """The next samples, shape (frames, 2); fewer where the file ends or cannot be decoded further."""
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
