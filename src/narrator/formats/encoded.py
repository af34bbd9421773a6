"""Frames that were encoded together, with their checksums and loudness."""

import json
import sys
from array import array
from dataclasses import dataclass

from narrator.formats.crc16 import join_crcs
from narrator.mix import Mixer
from narrator.mix.blends import Blend
from narrator.mix.parts import Part, Surroundings
from narrator.sound.loudness import Loudness
from narrator.units import TICK, Ticks

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
    """Frames that were encoded together; `crcs` are the checksums of the frames up to each, as 16-bit integers."""

    data: bytes
    crcs: "array[int]"
    loudness: Loudness

    def cut(self, start: Ticks, ticks: Ticks) -> Frames:
        """Return some of the frames."""
        size = len(self.data) // len(self.crcs)
        end = start + ticks
        data = self.data[start * size : end * size]
        # Adding twice is subtracting: the checksum of what is before the cut is shifted by the length and added.
        crc = join_crcs(self.crcs[start - 1] if start else 0, self.crcs[end - 1], len(data))
        blocks = self.loudness.blocks[round(start / _BLOCK_TICKS) : round(end / _BLOCK_TICKS)]
        return Frames(data, crc, Loudness(blocks, self.loudness.peak))

    @property
    def whole(self) -> Frames:
        """Return all of the frames."""
        return Frames(self.data, self.crcs[-1], self.loudness)

    def pack(self) -> bytes:
        """Return the bytes to store: a line of JSON, the checksums, the frames."""
        head = {"blocks": self.loudness.blocks, "peak": self.loudness.peak, "frames": len(self.crcs)}
        return json.dumps(head).encode() + b"\n" + _swap(self.crcs).tobytes() + self.data

    @classmethod
    def unpack(cls, packed: bytes) -> "Encoded":
        """Read the bytes that `pack` returned."""
        start = packed.index(b"\n") + 1
        head = json.loads(packed[:start])
        end = start + 2 * head["frames"]
        return cls(packed[end:], _swap(array("H", packed[start:end])), Loudness(tuple(head["blocks"]), head["peak"]))


def _swap(numbers: "array[int]") -> "array[int]":
    """Return numbers in the order of bytes that they are stored in, from this machine's order, or back."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers


def find_surroundings(part: Part, mixer: Mixer) -> Surroundings:
    """Return the surroundings that a part is encoded with; their frames are dropped.

    After digital silence LAME's model of what can be heard takes about 36 frames to settle: with fewer, a bell was up
    to 15 dB further from the mix than in a continuous encoding; with 36, never. Room tone keeps the model active: more
    than 12 frames made no difference. A blend joins two similar steady sounds: 2 are enough.
    """
    if isinstance(part, Blend):
        return Surroundings(_AROUND_BLEND, _AROUND_BLEND)
    return Surroundings(_SETTLED if mixer.floor is None else _STIRRED, _AFTER)
