"""Frames that were encoded together, with their checksums and loudness."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from narrator.formats.ceiling import keep_below_ceiling
from narrator.formats.coding import DELAY, Coding, decode, encode
from narrator.formats.crc16 import crc_rows, join_crcs
from narrator.mix import Layout, Mixer
from narrator.mix.blends import Blend
from narrator.mix.parts import Part, Surroundings, mix_block
from narrator.sound.audio import Samples
from narrator.sound.loudness import Loudness
from narrator.units import TICK, TICK_SAMPLES, Ticks

_SETTLED, _STIRRED, _AFTER = 36, 12, 4
_AROUND_BLEND = 2
_BLOCK_TICKS = 100 / TICK
"""Ticks in a block of a loudness measurement."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Consecutive frames: their bytes, the checksum of these, and their loudness and peak when decoded."""

    data: bytes
    crc: int
    loudness: Loudness


@dataclass(frozen=True, slots=True)
class Encoded:
    """Frames that were encoded together; `crcs` are the checksums of the frames up to each, shape (frames,)."""

    data: bytes
    crcs: NDArray[np.uint16]
    loudness: Loudness

    @classmethod
    def gather(cls, frames: Sequence[bytes], loudness: Loudness) -> "Encoded":
        """Join frames of the same size."""
        size = len(frames[0])
        data = b"".join(frames)
        crcs = [int(crc) for crc in crc_rows(np.frombuffer(data, np.uint8).reshape(-1, size))]
        for index in range(1, len(crcs)):
            crcs[index] = join_crcs(crcs[index - 1], crcs[index], size)
        return cls(data, np.array(crcs, np.uint16), loudness)

    def cut(self, start: Ticks, ticks: Ticks) -> Frames:
        """Return some of the frames."""
        size = len(self.data) // len(self.crcs)
        end = start + ticks
        data = self.data[start * size : end * size]
        # Adding twice is subtracting: the checksum of what is before the cut is shifted by the length and added.
        crc = join_crcs(int(self.crcs[start - 1]) if start else 0, int(self.crcs[end - 1]), len(data))
        blocks = self.loudness.blocks[round(start / _BLOCK_TICKS) : round(end / _BLOCK_TICKS)]
        return Frames(data, crc, Loudness(blocks, self.loudness.peak))

    @property
    def whole(self) -> Frames:
        """Return all of the frames."""
        return Frames(self.data, int(self.crcs[-1]), self.loudness)

    def pack(self) -> bytes:
        """Return the bytes to store: a line of JSON, the checksums, the frames."""
        head = {"blocks": self.loudness.blocks, "peak": self.loudness.peak, "frames": len(self.crcs)}
        return json.dumps(head).encode() + b"\n" + self.crcs.astype("<u2").tobytes() + self.data

    @classmethod
    def unpack(cls, packed: bytes) -> "Encoded":
        """Read the bytes that `pack` returned."""
        start = packed.index(b"\n") + 1
        head = json.loads(packed[:start])
        crcs = np.frombuffer(packed, "<u2", head["frames"], start)
        return cls(packed[start + crcs.nbytes :], crcs, Loudness(tuple(head["blocks"]), head["peak"]))


def find_surroundings(part: Part, mixer: Mixer) -> Surroundings:
    """Return the surroundings that a part is encoded with; their frames are dropped.

    After digital silence LAME's model of what can be heard takes about 36 frames to settle: with fewer, a bell was up
    to 15 dB further from the mix than in a continuous encoding; with 36, never. Room tone keeps the model active: more
    than 12 frames made no difference. A blend joins two similar steady sounds: 2 are enough.
    """
    if isinstance(part, Blend):
        return Surroundings(_AROUND_BLEND, _AROUND_BLEND)
    return Surroundings(_SETTLED if mixer.floor is None else _STIRRED, _AFTER)


def encode_below_ceiling(
    block: Part, layout: Layout, mixer: Mixer, coding: Coding
) -> tuple[list[bytes], Samples, Loudness]:
    """Mix and encode a block so that it decodes to peaks under `CEILING`; see `keep_below_ceiling`.

    Return its frames, the sound that they decode to, and its loudness.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    around = find_surroundings(block, mixer)
    start = DELAY + around.before * TICK_SAMPLES

    def code(mixer: Mixer) -> tuple[list[bytes], Samples]:
        frames = encode(mix_block(block, layout, mixer, around), coding)
        return frames, decode(frames)[start : start + block.ticks * TICK_SAMPLES]

    frames, heard, loudness = keep_below_ceiling(mixer, code)
    return frames[around.before : around.before + block.ticks], heard, loudness


def code_block(coding: Coding, block: Part, _phase: Ticks, layout: Layout, mixer: Mixer) -> Samples:
    """Mix and encode a block, and decode it; float32 of shape (frames, 2)."""
    _, decoded, _ = encode_below_ceiling(block, layout, mixer, coding)
    return decoded
