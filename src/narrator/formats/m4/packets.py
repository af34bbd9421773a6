"""The packets of parts: each island and each loop of background is encoded once for each phase, and cached.

A part is encoded with its surroundings, whose packets are dropped: so packets of different encodings join as if they
came from one.

Packets start on a tick only at every eighth: 8 ticks are 9 packets. So there are 8 ways, phases, in which the packets
of a track meet a part. At another length a part has the same phase only by chance; what is short and repeats often, a
loop, soon exists in all of them.
"""

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

import numpy as np

from narrator.cache import make_key
from narrator.formats.ceiling import keep_below_ceiling
from narrator.formats.m4.aac import FRAME, Coding, count_packets, decode, encode
from narrator.formats.names import PartNames
from narrator.mix import Layout, Mixer
from narrator.mix.mixing import mix_block
from narrator.mix.parts import Part, Piece, Stretch, Surroundings, find_block, find_loop, list_parts
from narrator.sound.loudness import Loudness
from narrator.sound.samples import Samples
from narrator.units import TICK, TICK_SAMPLES, Ticks
from narrator.versions import find_version

PHASES: Ticks = 8
"""Ticks after which packets meet the ticks in the same way."""
PHASE_PACKETS = PHASES * TICK_SAMPLES // FRAME
_SHELF = "frames"
_FORMAT = 1
"""Version of the cached packets; raise it with every change that gives other packets for the same input."""
_AROUND = Surroundings(before=16, after=4)
"""With 8 packets before it, the error of a joint was at most 2.4 dB above that in one encoding, with 12 or more no
different from it. So many ticks are 18 packets, and keep the phase."""
_BLOCK_TICKS = 100 / TICK
"""Ticks in a block of a loudness measurement."""
_KEPT = 16
"""Number of blocks of loops that are kept in memory."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A part, the tick of the track at which it starts, and its packets: from `first` up to `end`."""

    part: Part
    start: Ticks
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Packets:
    """Consecutive packets, and their loudness and peak when decoded."""

    packets: tuple[bytes, ...]
    loudness: Loudness

    def pack(self) -> bytes:
        """Return the bytes to store: a line of JSON, then the packets."""
        sizes = [len(packet) for packet in self.packets]
        head = {"blocks": self.loudness.blocks, "peak": self.loudness.peak, "sizes": sizes}
        return json.dumps(head).encode() + b"\n" + b"".join(self.packets)

    @classmethod
    def unpack(cls, packed: bytes) -> "Packets":
        """Read the bytes that `pack` returned."""
        line, _, data = packed.partition(b"\n")
        head = json.loads(line)
        ends = accumulate(head["sizes"], initial=0)
        packets = tuple(data[start:end] for start, end in pairwise(ends))
        return cls(packets, Loudness(tuple(head["blocks"]), head["peak"]))


def place_parts(layout: Layout, mixer: Mixer) -> list[Placed]:
    """Return the parts of a track that it has packets from, in order and without gaps."""
    count = count_packets(layout.length)
    parts = list(list_parts(layout, mixer, -(-count * FRAME // TICK_SAMPLES)))
    starts = list(accumulate((part.ticks for part in parts), initial=0))
    ends = [find_first(part, start) for part, start in zip(parts[1:], starts[1:], strict=False)]
    ends = [min(end, count) for end in [*ends, count]]
    placed = map(Placed, parts, starts, [0, *ends], ends)
    return [each for each in placed if each.first < each.end]


def find_first(part: Part, start: Ticks) -> int:
    """Return the first packet of a part that starts at a tick.

    A packet that holds anything of an island's start is the island's: a sound may start at once. Anything else leaves
    the packets that hold something of the tick before it to what ends there.
    """
    if isinstance(part, Piece):
        return start * TICK_SAMPLES // FRAME
    return -(-(start - 1) * TICK_SAMPLES // FRAME) + 1


class PacketMaker:
    """Makes the packets of parts, or reads them from the cache; many threads can use it at once."""

    def __init__(self, layout: Layout, mixer: Mixer, coding: Coding) -> None:
        self._layout, self._mixer, self._coding = layout, mixer, coding
        self._names = PartNames(layout, mixer, lambda *_: _AROUND, "AAC", _FORMAT, find_version("av"), coding)
        self._recent: OrderedDict[str, Packets] = OrderedDict()
        self._given_up = threading.Event()

    def make(self, placed: Placed) -> Packets:
        """Return the packets of a part.

        Raises:
            SpeechError: a clip has vanished from the cache.

        """
        part, count = placed.part, placed.end - placed.first
        if isinstance(part, Stretch) and find_loop(part.level, self._mixer) is None:
            return Packets((_encode_silence(self._coding),) * count, Loudness((), -120.0))
        block, inside = find_block(part, self._mixer)
        periods, phase = divmod(placed.start - inside, PHASES)
        whole = self._make_block(block, phase)
        first = placed.first - periods * PHASE_PACKETS - _find_range(block, phase)[0]
        blocks = whole.loudness.blocks[round(inside / _BLOCK_TICKS) : round((inside + part.ticks) / _BLOCK_TICKS)]
        return Packets(whole.packets[first : first + count], Loudness(blocks, whole.loudness.peak))

    def _make_block(self, block: Part, phase: Ticks) -> Packets:
        key = make_key(self._names.find(block), phase)
        if not isinstance(block, Stretch):
            return self._keep(key, block, phase)
        # A loop is short and repeats often.
        self._recent[key] = whole = self._recent.get(key) or self._keep(key, block, phase)
        while len(self._recent) > _KEPT:
            self._recent.popitem(last=False)
        return whole

    def _keep(self, key: str, block: Part, phase: Ticks) -> Packets:
        data, _ = self._mixer.clips.cache.get_or_make(
            _SHELF, key, lambda: self._encode(block, phase).pack(), must_keep=False, stop=self._given_up.is_set
        )
        return Packets.unpack(data)

    def _encode(self, block: Part, phase: Ticks) -> Packets:
        packets, _, loudness = encode_below_ceiling(block, phase, self._layout, self._mixer, self._coding)
        return Packets(tuple(packets), loudness)

    def give_up(self) -> None:
        """Stop waiting for what another process makes."""
        self._given_up.set()


def _find_range(block: Part, phase: Ticks) -> tuple[int, int]:
    """Return the first packet that can be of a block that starts in a phase, and the end of all that can be."""
    end = phase + block.ticks
    return phase * TICK_SAMPLES // FRAME, -(-end * TICK_SAMPLES // FRAME) + 1


def encode_below_ceiling(
    block: Part, phase: Ticks, layout: Layout, mixer: Mixer, coding: Coding
) -> tuple[list[bytes], Samples, Loudness]:
    """Mix and encode a block that starts in a phase, so that it decodes to peaks under `CEILING`.

    Return the packets of `_find_range`, the sound that the block decodes to, and its loudness.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    before = phase - _AROUND.before
    skipped = -before * TICK_SAMPLES % FRAME
    encoded = (before * TICK_SAMPLES + skipped) // FRAME
    start = FRAME + _AROUND.before * TICK_SAMPLES - skipped

    def code(mixer: Mixer) -> tuple[list[bytes], Samples]:
        packets = encode(mix_block(block, layout, mixer, _AROUND)[skipped:], coding)
        return packets, decode(packets, coding)[start : start + block.ticks * TICK_SAMPLES]

    packets, heard, loudness = keep_below_ceiling(mixer, code)
    first, end = _find_range(block, phase)
    return packets[first - encoded : end - encoded], heard, loudness


def code_block(coding: Coding, block: Part, phase: Ticks, layout: Layout, mixer: Mixer) -> Samples:
    """Mix and encode a block that starts in a phase, and decode it; float32 of shape (frames, 2)."""
    _, decoded, _ = encode_below_ceiling(block, phase, layout, mixer, coding)
    return decoded


@cache
def _encode_silence(coding: Coding) -> bytes:
    """Return the packet for silence."""
    return encode(np.zeros((8 * FRAME, 2), np.float32), coding)[4]
