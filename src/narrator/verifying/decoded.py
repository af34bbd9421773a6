"""A track as a decoder gives it, and its parts as they are mixed, and as they are once they are encoded and decoded."""

from dataclasses import replace
from typing import TYPE_CHECKING

import av
import numpy as np
from av.packet import Packet

from narrator.formats.mp3_frames import AFTER, DELAY, Part, Piece, count_before, encode, find_block, find_loop
from narrator.mix import Console, Layout, mix_background, mix_island
from narrator.sound.audio import Samples
from narrator.sound.opened import DAMAGE, BadSoundError, decode_frames
from narrator.units import TICK, TICK_SAMPLES, Ticks, ticks_to_ms

if TYPE_CHECKING:
    from av.container import InputContainer


def count_ticks(part: Part) -> Ticks:
    """Return how many ticks of a track are a part's."""
    return (part.end - part.start) // TICK + part.is_last if isinstance(part, Piece) else part.ticks


def mix_part(part: Part, layout: Layout, console: Console) -> Samples:
    """Mix a part as it is before it is encoded; float32 of shape (frames, 2)."""
    samples, start = _mix_around(part, layout, console)
    return samples[start : start + count_ticks(part) * TICK_SAMPLES]


def mix_part_background(part: Part, layout: Layout, console: Console) -> Samples:
    """Mix what a part would be without any cue in it."""
    if isinstance(part, Piece):
        part = replace(part, island=replace(part.island, sounds=()))
    return mix_part(part, layout, console)


def code_part(part: Part, layout: Layout, console: Console, bitrate: int) -> Samples:
    """Mix a part, encode it with its surroundings, and decode that again; float32 of shape (frames, 2)."""
    samples, start = _mix_around(part, layout, console)
    # The bytes alone: the encoder's own packets have the decoder leave out the delay.
    packets = [Packet(bytes(packet)) for packet in encode(samples, bitrate)]
    decoder = av.CodecContext.create("mp3float", "r")
    frames = [frame for packet in (*packets, None) for frame in decoder.decode(packet)]  # type: ignore[attr-defined]
    decoded = np.concatenate([frame.to_ndarray() for frame in frames], axis=1).T.astype(np.float32)
    return decoded[DELAY + start : DELAY + start + count_ticks(part) * TICK_SAMPLES]


def _mix_around(part: Part, layout: Layout, console: Console) -> tuple[Samples, int]:
    """Mix what is encoded together with a part; also says at which of these samples the part starts."""
    before = count_before(console)
    if isinstance(part, Piece):
        first, last = part.start - before * TICK, part.end + AFTER * TICK
        return mix_island(part.island, layout.curve, console, first, last), before * TICK_SAMPLES
    loop = find_loop(part.level, console)
    inside, start, end = find_block(part, loop) if loop else (0, 0, part.ticks)
    first, last = ticks_to_ms(start - before), ticks_to_ms(end + AFTER)
    return mix_background(part.level, first, last, console), (before + inside - start) * TICK_SAMPLES


class Decoder:
    """Samples of a file in the order they are asked for; what is asked for once is not held."""

    def __init__(self, container: "InputContainer") -> None:
        self._frames = decode_frames(container)
        self.bitrate = round((container.streams.audio[0].bit_rate or 0) / 1000) if container.streams.audio else 0
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
