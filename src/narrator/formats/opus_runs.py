"""A track as runs of Opus packets: each is encoded once, cached by its samples, and joined with the others.

Packets of 20 ms and ticks of 24 ms meet every 120 ms, a beat. So the packets of a sentence depend on its place within a
beat, and a track of another length finds few of them in the cache until each sentence has been encoded in all five
places. Runs end where islands do, and in long ones every 24 s.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

import numpy as np

from narrator.cache import make_key
from narrator.formats.ceiling import keep_below_ceiling
from narrator.formats.opus_coding import DELAY, PACKET, OpusCoding, decode, encode
from narrator.formats.placed_parts import PlacedParts
from narrator.mix import Layout, Mixer
from narrator.sound.limiter import limit_peaks
from narrator.sound.loudness import Loudness
from narrator.sound.samples import Samples, mix_down
from narrator.units import TICK_SAMPLES, Ms, Ticks, ceil_ticks, floor_ticks, ms_to_samples
from narrator.versions import find_version

BEAT: Ticks = 5
_PACKETS = BEAT * TICK_SAMPLES // PACKET
"""Packets in a beat."""
_BEFORE: Ticks = 4 * BEAT
"""What is encoded before a run, and dropped."""
_AFTER: Ticks = 1
_LONGEST: Ticks = 200 * BEAT
_SHORTEST: Ticks = 4 * BEAT
_KEPT = 3
"""Number of runs whose coded sound is kept."""
_SHELF = "opus"
_FORMAT = 1
"""Version of the cached packets; raise it with every change that gives other packets for the same input."""


@dataclass(frozen=True, slots=True)
class Run:
    """Part of a track, from one tick to another; both are on beats."""

    start: Ticks
    end: Ticks


@dataclass(frozen=True, slots=True)
class Packets:
    """Packets that were encoded together, those of a run and its surroundings, and the loudness of the run."""

    run: tuple[bytes, ...]
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    loudness: Loudness

    def pack(self) -> bytes:
        """Return the bytes to store: a line of JSON, and the packets."""
        kinds = (self.before, self.run, self.after)
        head = {"blocks": self.loudness.blocks, "peak": self.loudness.peak}
        sizes = {"sizes": [[len(packet) for packet in kind] for kind in kinds]}
        return json.dumps(head | sizes).encode() + b"\n" + b"".join(packet for kind in kinds for packet in kind)

    @classmethod
    def unpack(cls, packed: bytes) -> "Packets":
        """Read the bytes that `pack` returned."""
        start = packed.index(b"\n") + 1
        head = json.loads(packed[:start])
        ends = accumulate((size for sizes in head["sizes"] for size in sizes), initial=start)
        packets = [packed[first:last] for first, last in pairwise(ends)]
        counts = [0, *accumulate(map(len, head["sizes"]))]
        before, run, after = (tuple(packets[first:last]) for first, last in pairwise(counts))
        return cls(run, before, after, Loudness(tuple(head["blocks"]), head["peak"]))

    def decode(self, channels: int) -> Samples:
        """Return the run as it is heard; float32 of shape (frames, 2)."""
        start = DELAY + len(self.before) * PACKET
        heard = decode((*self.before, *self.run, *self.after), channels)
        return heard[start : start + len(self.run) * PACKET]


def count_packets(length: Ms) -> int:
    """Return the number of packets of a track."""
    return -(-(ms_to_samples(length) + DELAY) // PACKET)


def list_runs(layout: Layout) -> list[Run]:
    """Return the runs of a track, in order and without gaps."""
    end = -(-count_packets(layout.length) // _PACKETS) * BEAT
    ends = {0, end}
    for island in layout.islands:
        ends |= {floor_ticks(island.start) // BEAT * BEAT, -(-(ceil_ticks(island.end) + 1) // BEAT) * BEAT}
    kept = [0]
    for at in sorted(ends):
        if at - kept[-1] >= _SHORTEST and (end - at >= _SHORTEST or at == end):
            kept += [*range(kept[-1] + _LONGEST, at - _SHORTEST, _LONGEST), at]
    kept[-1] = end
    return [Run(first, last) for first, last in pairwise(kept)] or [Run(0, end)]


class RunMaker:
    """Makes the packets of runs, or reads them from the cache; many threads can use it at once."""

    def __init__(self, layout: Layout, mixer: Mixer, coding: OpusCoding) -> None:
        self.runs = list_runs(layout)
        self._coding, self._mixer = coding, mixer
        self._hear_run = lru_cache(maxsize=_KEPT)(lambda run: self.make(run).decode(coding.channels))
        self._parts = PlacedParts(layout, mixer, self.runs[-1].end + _AFTER)

    def make(self, run: Run) -> Packets:
        """Return the packets of a run.

        Raises:
            SpeechError: a clip has vanished from the cache.

        """
        before = min(_BEFORE, run.start)
        samples = mix_down(self._parts.mix(run.start - before, run.end + _AFTER), self._coding.channels)
        digest = hashlib.blake2b(np.ascontiguousarray(samples).data).hexdigest()
        key = make_key(_FORMAT, find_version("av"), self._coding, before, digest)
        packed, _ = self._mixer.clips.cache.get_or_make(
            _SHELF, key, lambda: self._encode(samples, before, run.end - run.start).pack(), must_keep=False
        )
        return Packets.unpack(packed)

    def _encode(self, samples: Samples, before: Ticks, ticks: Ticks) -> Packets:
        first, last = (count * TICK_SAMPLES // PACKET for count in (before, before + ticks))

        def code(mixer: Mixer) -> tuple[list[bytes], Samples]:
            packets = encode(limit_peaks(samples, mixer.ceiling), self._coding)
            start = DELAY + first * PACKET
            return packets, decode(packets, self._coding.channels)[start : start + ticks * TICK_SAMPLES]

        packets, _, loudness = keep_below_ceiling(self._mixer, code)
        return Packets(tuple(packets[first:last]), tuple(packets[:first]), tuple(packets[last:]), loudness)

    def hear(self, start: Ticks, end: Ticks) -> Samples:
        """Return a span of the track as it is heard; float32 of shape (frames, 2)."""
        runs = [run for run in self.runs if run.start < end and run.end > start]
        heard = np.concatenate([self._hear_run(run) for run in runs])
        first = (start - runs[0].start) * TICK_SAMPLES
        return heard[first : first + (end - start) * TICK_SAMPLES]


def list_packets(made: Iterator[Packets], count: int) -> Iterator[bytes]:
    """Yield the packets of consecutive runs, only that many."""
    left = count
    for packets in made:
        yield from packets.run[:left]
        left -= len(packets.run)
