"""MP3 frames: each island, and each loop of what lies between them, encoded once, kept, and laid side by side.

The bit reservoir is off, so every frame stands alone. Whatever is encoded is encoded with its own surroundings on
either side, and their frames are thrown away: then frames of different encodings meet as if they came from one. An hour
of session costs what its few minutes of sound cost; and since frames are kept, a second length, or a track with one
sentence changed, costs only what is new.
"""

import json
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame

from narrator.cache import make_key
from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part, Piece, Stretch, Surroundings, find_block, find_loop, list_parts, mix_block
from narrator.script import Cue, list_speeches
from narrator.sound.audio import Samples
from narrator.sound.loudness import Loudness, integrate, measure_loudness
from narrator.units import SAMPLE_RATE, TICK, TICK_SAMPLES, Db, Ms, Ticks, floor_ticks, ms_to_samples, ticks_to_ms

_SHELF = "frames"
_FORMAT = 4
"""Raised whenever the same input would give other frames, whatever of narrator makes their sound."""

BITRATES = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""Bit rates in kbit/s that an MP3 at 48 kHz can have and speech should."""

_LOWERED = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
_LOWERED_ELSEWHERE = 0.95
"""What LAME 3.100 multiplies its input by at a bit rate, unasked (its presets.c); made up for here."""

_SETTLED, _STIRRED = 36, 12
AFTER = 4
"""Frames of its own surroundings that everything is encoded with behind it; they are discarded."""
_BLOCK = 50 * TICK_SAMPLES
"""Samples handed to the encoder at a time."""
DELAY = 1105
"""Samples that an MP3 lies behind its source: 576 of the encoder and 529 of every decoder."""
_BLOCK_TICKS = 100 / TICK
"""Ticks in a block of a loudness measurement."""


def find_surroundings(mixer: Mixer) -> Surroundings:
    """Return the surroundings that everything is encoded with; their frames are discarded.

    After digital silence LAME's idea of what can be heard takes some 36 frames to settle: with fewer, a bell came out
    up to 15 dB further from the mix than in a straight encode, with these never. Room tone keeps it stirred: from 12
    frames on, more made no difference.
    """
    return Surroundings(_SETTLED if mixer.floor is None else _STIRRED, AFTER)


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames in order, and loudness and peak of the mix they were made from."""

    data: list[bytes]
    loudness: Loudness


def count_frames(length: Ms) -> int:
    """Frames of a track, the Info frame not counted."""
    return -(-(ms_to_samples(length) + DELAY) // TICK_SAMPLES)


class FrameMaker:
    """Makes the frames of parts, or finds them in the cache; many threads may ask at a time."""

    def __init__(self, layout: Layout, mixer: Mixer, bitrate: int) -> None:
        self._layout = layout
        self._mixer = mixer
        self._bitrate = bitrate
        self._around = find_surroundings(mixer)
        self._recent: OrderedDict[str, Frames] = OrderedDict()
        self._given_up = threading.Event()

    def make(self, part: Part) -> Frames:
        """Return the frames of a part.

        Raises:
            SpeechError: a clip has vanished from the cache.

        """
        return self._make_piece(part) if isinstance(part, Piece) else self._make_stretch(part)

    def _make_piece(self, piece: Piece) -> Frames:
        island, mixer = piece.island, self._mixer
        first, last = piece.start - self._around.before * TICK, piece.end + self._around.after * TICK
        curve = self._layout.curve.cut(island.start + first, island.start + last)
        sounds = [
            (sound.start - first, sound.cue, self._list_clips(sound.cue))
            for sound in island.sounds
            if sound.start < last and sound.end > first
        ]
        cut = island.length - first if island.is_cut else None
        floor_phase = mixer.floor and floor_ticks(first) % mixer.floor.ticks
        has_bed = mixer.bed and (curve.level is not None or curve.ramps)
        bed_phase = mixer.bed and has_bed and floor_ticks(island.start + first) % mixer.bed.ticks
        phases = floor_phase, bed_phase
        key = self._name("piece", sounds, cut, piece.end - piece.start, piece.is_last, curve, phases)
        return self._keep(key, piece)

    def _list_clips(self, cue: Cue) -> list[str]:
        return [self._mixer.clips.get_digest(speech.text) for speech in list_speeches(cue)]

    def _make_stretch(self, stretch: Stretch) -> Frames:
        if find_loop(stretch.level, self._mixer) is None:
            return Frames([_encode_silence(self._bitrate)] * stretch.ticks, Loudness((), -120.0))
        block, at = find_block(stretch, self._mixer)
        key = self._name("stretch", stretch.level, block.start, block.start + block.ticks)
        frames = self._recent.get(key) or self._keep(key, block)
        self._remember(key, frames)
        end = at + stretch.ticks
        blocks = frames.loudness.blocks[round(at / _BLOCK_TICKS) : round(end / _BLOCK_TICKS)]
        return Frames(frames.data[at:end], Loudness(blocks, frames.loudness.peak))

    def _remember(self, key: str, frames: Frames) -> None:
        """A loop is short and comes again and again: the pieces used last stay at hand."""
        self._recent[key] = frames
        while len(self._recent) > 16:
            self._recent.popitem(last=False)

    def _name(self, *parts: object) -> str:
        """Name of frames in the cache: everything that their sound and bytes depend on."""
        mixer = self._mixer
        loops = [loop and loop.key for loop in (mixer.floor, mixer.bed)]
        return make_key(_FORMAT, av.__version__, loops, mixer.gain, mixer.ceiling, self._bitrate, *parts)

    def _keep(self, key: str, block: Part) -> Frames:
        data, _ = self._mixer.clips.cache.get_or_make(
            _SHELF, key, lambda: _pack(self._encode(block)), must_keep=False, stop=self._given_up.is_set
        )
        return _unpack(data)

    def _encode(self, block: Part) -> Frames:
        before, after = self._around.before, self._around.after
        samples = mix_block(block, self._layout, self._mixer, self._around)
        heard = samples[before * TICK_SAMPLES : len(samples) - after * TICK_SAMPLES]
        packets = encode(samples, self._bitrate)
        return Frames([bytes(packet) for packet in packets[before : before + block.ticks]], measure_loudness(heard))

    def give_up(self) -> None:
        """Wait no longer for what another process makes."""
        self._given_up.set()


def _pack(frames: Frames) -> bytes:
    """All frames have one size: the bit rate is constant, and divides by 48 kHz."""
    head = {"blocks": frames.loudness.blocks, "peak": frames.loudness.peak, "frames": len(frames.data)}
    return json.dumps(head).encode() + b"\n" + b"".join(frames.data)


def _unpack(data: bytes) -> Frames:
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    size = len(body) // head["frames"]
    frames = [body[start : start + size] for start in range(0, len(body), size)]
    return Frames(frames, Loudness(tuple(head["blocks"]), head["peak"]))


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


def lay_frames(
    layout: Layout,
    mixer: Mixer,
    bitrate: int,
    pool: Executor,
    *,
    ahead: int,
    meter: Meter,
    report: Callable[[Ms, Ms], None] | None = None,
) -> Iterator[bytes]:
    """All frames of a track in order, made on a pool with at most `ahead` parts waiting; `report` is told of ms."""
    maker = FrameMaker(layout, mixer, bitrate)
    laid: Ticks = 0
    try:
        for frames in _map_ahead(pool, maker.make, list_parts(layout, mixer, count_frames(layout.length)), ahead):
            meter.add(frames.loudness)
            yield from frames.data
            laid += len(frames.data)
            if report:
                report(min(ticks_to_ms(laid), layout.length), layout.length)
    finally:
        maker.give_up()


def _map_ahead(pool: Executor, work: Callable[[Part], Frames], items: Iterable[Part], ahead: int) -> Iterator[Frames]:
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


@cache
def _encode_silence(bitrate: int) -> bytes:
    """The frame that silence encodes to."""
    return bytes(encode(np.zeros((2 * AFTER * TICK_SAMPLES, 2), np.float32), bitrate)[AFTER])


OPTIONS = {"reservoir": "0", "joint_stereo": "1"}
"""How LAME is set everywhere."""


def encode(samples: Samples, bitrate: int, stream: Any = None) -> list[Any]:
    """Packets of samples of shape (frames, 2), by a new encoder, or by the one of a stream."""
    if stream is None:
        stream = av.CodecContext.create("libmp3lame", "w")
        stream.sample_rate, stream.layout, stream.format = SAMPLE_RATE, "stereo", "fltp"
        stream.bit_rate, stream.time_base = bitrate * 1000, Fraction(1, SAMPLE_RATE)
        stream.options = OPTIONS
    lowered = np.float32(_LOWERED.get(bitrate, _LOWERED_ELSEWHERE))
    packets: list[Any] = []
    for start in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[start : start + _BLOCK].T / lowered)
        frame = AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        packets += stream.encode(frame)
    return packets + list(stream.encode(None))
