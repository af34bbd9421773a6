"""MP3 frames: each island, and each loop of what lies between them, encoded once, kept, and laid side by side.

The bit reservoir is off, so every frame stands alone. Whatever is encoded is encoded with its own surroundings on
either side, and their frames are thrown away: then frames of different encodings meet as if they came from one. An hour
of session costs what its few minutes of sound cost; and since frames are kept, a second length, or a track with one
sentence changed, costs only what is new.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

import av

from narrator.cache import make_key
from narrator.formats.coding import DELAY, Coding, encode_silence
from narrator.formats.encoded import Encoded, Frames, encode_below_ceiling
from narrator.mix import Console, Island, Layout, Passage, mix_background, mix_island
from narrator.script import Cue, list_speeches
from narrator.sound.audio import Samples
from narrator.sound.loop import Loop
from narrator.sound.loudness import Loudness, integrate
from narrator.units import TICK, TICK_SAMPLES, Db, Ms, Ticks, floor_ticks, ms_to_samples, ticks_to_ms

T = TypeVar("T")

_SHELF = "frames"
_FORMAT = 5
"""Raised whenever the same input would give other frames, whatever of narrator makes their sound."""

_SETTLED, _STIRRED = 36, 12
AFTER = 4
"""Frames of its own surroundings that everything is encoded with behind it; they are discarded."""
_STRETCH: Ticks = 500
"""Ticks of a loop that are encoded at a time."""


def count_before(console: Console) -> Ticks:
    """Frames of its own surroundings that everything is encoded with before it; they are discarded.

    After digital silence LAME's idea of what can be heard takes some 36 frames to settle: with fewer, a bell came out
    up to 15 dB further from the mix than in a straight encode, with these never. Room tone keeps it stirred: from 12
    frames on, more made no difference.
    """
    return _SETTLED if console.floor is None else _STIRRED


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an island, from `start` to `end` in it: what is encoded at a time."""

    island: Island
    start: Ms
    end: Ms

    @property
    def is_last(self) -> bool:
        """Whether the island ends with it: then it has one frame more than it has ticks, for the encoder's delay."""
        return self.end == self.island.length

    @property
    def ticks(self) -> Ticks:
        """Frames of the track that are its own."""
        return (self.end - self.start) // TICK + self.is_last


@dataclass(frozen=True, slots=True)
class Stretch:
    """Background with the bed at a constant level (None for no bed), so many frames of the track from a tick on."""

    level: Db | None
    start: Ticks
    ticks: Ticks


Part = Piece | Stretch


def list_parts(layout: Layout, console: Console) -> Iterator[Part]:
    """A track as parts, in order and without holes; stretches end where a piece of their loop does."""
    laid: Ticks = 0
    for island in layout.islands:
        yield from _list_stretches(laid, floor_ticks(island.start), layout, console)
        yield from (Piece(island, start, end) for start, end in island.list_pieces())
        laid = floor_ticks(island.end) + 1
    yield from _list_stretches(laid, count_frames(layout.length), layout, console)


def _list_stretches(start: Ticks, end: Ticks, layout: Layout, console: Console) -> Iterator[Stretch]:
    level = layout.curve.find_level(ticks_to_ms(start))
    loop = find_loop(level, console)
    while start < end:
        until = min(end, _find_next_seam(start, loop.ticks if loop else _STRETCH))
        yield Stretch(level, start, until - start)
        start = until


def find_loop(level: Db | None, console: Console) -> Loop | None:
    """Return the loop that sets the period of the background, None for digital silence."""
    return console.floor if level is None else console.bed


def find_block(stretch: Stretch, loop: Loop) -> tuple[Ticks, Ticks, Ticks]:
    """Return where in its loop a stretch starts, and start and end of what is encoded together there."""
    inside = stretch.start % loop.ticks
    first = inside // _STRETCH * _STRETCH
    return inside, first, min(first + _STRETCH, loop.ticks)


def _find_next_seam(tick: Ticks, period: Ticks) -> Ticks:
    """The next tick at which another piece of a loop begins: each `_STRETCH`, and at the loop's end."""
    inside = tick % period
    return tick - inside + min((inside // _STRETCH + 1) * _STRETCH, period)


def find_passage(part: Part, layout: Layout, console: Console) -> tuple[Passage, Ticks]:
    """Return what is mixed and encoded in one go with a part, and at which tick of that the part begins."""
    before = count_before(console)
    if isinstance(part, Piece):
        first, last = part.start - before * TICK, part.end + AFTER * TICK

        def mix_piece(ceiling: Db) -> Samples:
            return mix_island(part.island, layout.curve, replace(console, ceiling=ceiling), first, last)

        return Passage(mix_piece, before, part.ticks), 0
    loop = find_loop(part.level, console)
    inside, start, end = find_block(part, loop) if loop else (0, 0, part.ticks)

    def mix_stretch(ceiling: Db) -> Samples:
        first, last = ticks_to_ms(start - before), ticks_to_ms(end + AFTER)
        return mix_background(part.level, first, last, replace(console, ceiling=ceiling))

    return Passage(mix_stretch, before, end - start), inside - start


def count_frames(length: Ms) -> int:
    """Frames of a track, the Info frame not counted."""
    return -(-(ms_to_samples(length) + DELAY) // TICK_SAMPLES)


class FrameMaker:
    """Makes the frames of parts, or finds them in the cache; many threads may ask at a time."""

    def __init__(self, layout: Layout, console: Console, coding: Coding) -> None:
        self._layout = layout
        self._console = console
        self._coding = coding
        self._before = count_before(console)
        self._recent: OrderedDict[str, Encoded] = OrderedDict()
        self._given_up = threading.Event()

    def make(self, part: Part) -> Frames:
        """The frames of a part.

        Raises:
            SpeechError: a clip has vanished from the cache.

        """
        return self._make_piece(part) if isinstance(part, Piece) else self._make_stretch(part)

    def _make_piece(self, piece: Piece) -> Frames:
        island, console = piece.island, self._console
        first, last = piece.start - self._before * TICK, piece.end + AFTER * TICK
        curve = self._layout.curve.cut(island.start + first, island.start + last)
        sounds = [
            (sound.start - first, sound.cue, self._list_clips(sound.cue))
            for sound in island.sounds
            if sound.start < last and sound.end > first
        ]
        cut = island.length - first if island.is_cut else None
        floor_phase = console.floor and floor_ticks(first) % console.floor.ticks
        has_bed = console.bed and (curve.level is not None or curve.ramps)
        bed_phase = console.bed and has_bed and floor_ticks(island.start + first) % console.bed.ticks
        phases = floor_phase, bed_phase
        key = self._name("piece", sounds, cut, piece.end - piece.start, piece.is_last, curve, phases)
        return self._keep(key, piece).whole

    def _list_clips(self, cue: Cue) -> list[str]:
        return [self._console.clips.get_digest(speech.text) for speech in list_speeches(cue)]

    def _make_stretch(self, stretch: Stretch) -> Frames:
        loop = find_loop(stretch.level, self._console)
        if loop is None:
            return _lay_silence(self._coding).cut(0, stretch.ticks)
        inside, first, last = find_block(stretch, loop)
        key = self._name("stretch", stretch.level, first, last)
        encoded = self._recent.get(key) or self._keep(key, stretch)
        self._remember(key, encoded)
        return encoded.cut(inside - first, stretch.ticks)

    def _remember(self, key: str, encoded: Encoded) -> None:
        """A loop is short and comes again and again: the pieces used last stay at hand."""
        self._recent[key] = encoded
        while len(self._recent) > 16:
            self._recent.popitem(last=False)

    def _name(self, *parts: object) -> str:
        """Name of frames in the cache: everything that their sound and bytes depend on."""
        console = self._console
        loops = [loop and loop.key for loop in (console.floor, console.bed)]
        return make_key(_FORMAT, av.__version__, loops, console.gain, console.ceiling, self._coding, *parts)

    def _keep(self, key: str, part: Part) -> Encoded:
        data, _ = self._console.clips.cache.get_or_make(
            _SHELF, key, lambda: self._encode(part).pack(), must_keep=False, stop=self._given_up.is_set
        )
        return Encoded.unpack(data)

    def _encode(self, part: Part) -> Encoded:
        passage, _ = find_passage(part, self._layout, self._console)
        frames, _, loudness = encode_below_ceiling(passage, self._console.ceiling, self._coding)
        return Encoded.gather(frames, loudness)

    def give_up(self) -> None:
        """Wait no longer for what another process makes."""
        self._given_up.set()


@cache
def _lay_silence(coding: Coding) -> Encoded:
    """Return a stretch of silence."""
    return Encoded.gather([encode_silence(coding)] * _STRETCH, Loudness((), -120.0))


class Meter:
    """Gathers loudness and peak of the parts of a track as they pass."""

    def __init__(self) -> None:
        self._blocks: list[float] = []
        self._peak: Db | None = None

    def add(self, loudness: Loudness) -> None:
        """Take in the next part."""
        self._blocks += loudness.blocks
        self._peak = loudness.peak if self._peak is None else max(self._peak, loudness.peak)

    @property
    def lufs(self) -> float | None:
        """Integrated loudness of the whole; None where nothing can be heard."""
        return integrate(self._blocks)

    @property
    def peak(self) -> Db | None:
        """True peak of the whole in dBTP; None where nothing can be heard."""
        return self._peak if self._blocks else None


def map_ahead(pool: Executor, work: Callable[[T], Frames], items: Iterable[T], ahead: int) -> Iterator[Frames]:
    """Map in order on a pool, with at most `ahead` results waiting: memory stays small however long the track."""
    waiting: deque[Future[Frames]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
