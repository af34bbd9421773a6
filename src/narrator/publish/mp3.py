"""Islands to one MP3 file: constant bit rate, joint stereo, exactly as many samples as the timeline says.

The bit reservoir is off, so every frame stands alone. Each island is encoded by itself, with a few frames of its own
silence on either side, and its frames are laid between copies of the one frame that silence encodes to. An hour of
session costs what its few minutes of sound cost; and since the frames are kept, a second length, or a track with one
sentence changed, costs only what is new.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet

from narrator import __version__
from narrator.cache import make_key, replace_file
from narrator.errors import PublishError
from narrator.mix import Island, make_up, mix_island
from narrator.publish.tags import make_tags
from narrator.script import Heading, list_speeches
from narrator.sound.audio import Samples
from narrator.sound.loudness import Loudness, integrate, measure_loudness
from narrator.speech import Clips
from narrator.timeline import Chapter, Timeline
from narrator.units import SAMPLE_RATE, TICK, TICK_SAMPLES, Db, Ms, floor_ticks, ms_to_samples, ticks_to_ms

_SHELF = "frames"
_FORMAT = 1
"""Raised whenever the same island would give other frames."""

BITRATES = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""Bit rates in kbit/s that an MP3 at 48 kHz can have and speech should."""

_LOWERED = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
_LOWERED_ELSEWHERE = 0.95
"""What LAME 3.100 multiplies its input by at a bit rate, unasked (its presets.c); made up for here."""

BEFORE, AFTER = 36, 4
"""Frames of its own surroundings that a piece of an island is encoded with on either side; they are discarded.

After silence LAME's idea of what can be heard takes some 36 frames to settle: with fewer, a bell came out up to 6 dB
further from the mix than in a straight encode, with these never."""
_BLOCK = 50 * TICK_SAMPLES
"""Samples handed to the encoder at a time."""
_DELAY = 1105
"""Samples that an MP3 lies behind its source: 576 of the encoder and 529 of every decoder."""


# Tracks rendered side by side often share islands: whoever comes second waits for the first one's frames.
_LOCKS = [threading.Lock() for _ in range(64)]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was written: samples per channel, and loudness and peak of the mix (None for a track without sound)."""

    samples: int
    lufs: float | None
    true_peak_db: float | None


def write_mp3(
    path: Path,
    heading: Heading,
    timeline: Timeline,
    islands: Sequence[Island],
    clips: Clips,
    gain: Db,
    *,
    bitrate: int = 128,
    threads: int = 1,
    report: Callable[[Ms, Ms], None] | None = None,
) -> Measured:
    """Mix, encode and write a track; it appears at `path` whole or not at all.

    `report` is told how many ms are done of how many.

    Raises:
        PublishError: the file cannot be written.
        SpeechError: a clip has vanished from the cache.

    """
    meter = _Meter()
    try:
        with replace_file(path) as file, ThreadPoolExecutor(threads, "encode") as pool:

            def encode(piece: _Piece) -> tuple[_Piece, list[bytes], Loudness]:
                key = _make_piece_key(piece, clips, gain, bitrate)
                with _LOCKS[hash(key) % len(_LOCKS)]:
                    return piece, *encode_once(piece, key)

            def encode_once(piece: _Piece, key: str) -> tuple[list[bytes], Loudness]:
                known = clips.cache.get(_SHELF, key)
                if known is not None:
                    return _unpack(known)
                samples = make_up(
                    mix_island(piece.island, clips, piece.start - BEFORE * TICK, piece.end + AFTER * TICK), gain
                )
                heard = samples[BEFORE * TICK_SAMPLES : len(samples) - AFTER * TICK_SAMPLES]
                frames = encode_piece(samples, bitrate, is_last=piece.is_last)
                loudness = measure_loudness(heard)
                clips.cache.put(_SHELF, key, _pack(frames, loudness))
                return frames, loudness

            encoded = _map_ahead(pool, encode, _list_pieces(islands), ahead=2 * threads)
            frames = _lay_frames(meter.watch(encoded), timeline.length, bitrate, report)
            _mux(file, frames, timeline, make_tags(heading), bitrate)
    except OSError as error:
        # PyAV passes the error of a failed write on, some of them as its own kinds of OSError.
        raise PublishError(
            f"cannot write {path}: {error.strerror or error}; free some space or choose --output"
        ) from error
    return Measured(ms_to_samples(timeline.length), meter.lufs, None if meter.lufs is None else meter.peak)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of an island, from `start` to `end` in it: what is encoded at a time."""

    island: Island
    start: Ms
    end: Ms

    @property
    def is_last(self) -> bool:
        return self.end == self.island.length


def _list_pieces(islands: Iterable[Island]) -> Iterator[_Piece]:
    for island in islands:
        for start, end in island.list_pieces():
            yield _Piece(island, start, end)


def _make_piece_key(piece: _Piece, clips: Clips, gain: Db, bitrate: int) -> str:
    """Name of a piece's frames in the cache: everything that its sound and their bytes depend on."""
    first, last = piece.start - BEFORE * TICK, piece.end + AFTER * TICK
    sounds = [
        (sound.start - first, repr(sound.cue), [clips.get_key(speech.spoken) for speech in list_speeches(sound.cue)])
        for sound in piece.island.sounds
        if sound.start < last and sound.end > first
    ]
    cut = piece.island.length - first if piece.island.is_cut else None
    length = piece.end - piece.start
    return make_key(_FORMAT, __version__, av.__version__, sounds, cut, length, piece.is_last, gain, bitrate)


def _pack(frames: list[bytes], loudness: Loudness) -> bytes:
    head = {"blocks": loudness.blocks, "peak": loudness.peak, "sizes": [len(frame) for frame in frames]}
    return json.dumps(head).encode() + b"\n" + b"".join(frames)


def _unpack(data: bytes) -> tuple[list[bytes], Loudness]:
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    ends = list(accumulate(head["sizes"]))
    frames = [body[end - size : end] for end, size in zip(ends, head["sizes"], strict=True)]
    return frames, Loudness(tuple(head["blocks"]), head["peak"])


class _Meter:
    """Gathers the loudness and peak of islands as they pass."""

    def __init__(self) -> None:
        self._blocks: list[float] = []
        self.peak: Db | None = None

    def watch(self, encoded: Iterable[tuple[_Piece, list[bytes], Loudness]]) -> Iterator[tuple[_Piece, list[bytes]]]:
        for piece, frames, loudness in encoded:
            self._blocks += loudness.blocks
            self.peak = loudness.peak if self.peak is None else max(self.peak, loudness.peak)
            yield piece, frames

    @property
    def lufs(self) -> float | None:
        return integrate(self._blocks)


def _map_ahead(pool: ThreadPoolExecutor, work: Callable[[Any], Any], items: Iterable[Any], ahead: int) -> Iterator[Any]:
    """Map in order on a pool, with at most `ahead` results waiting: memory stays small however long the track."""
    waiting: deque[Future[Any]] = deque()
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


def count_frames(length: Ms) -> int:
    """Frames of a track, the Info frame not counted."""
    return -(-(ms_to_samples(length) + _DELAY) // TICK_SAMPLES)


def encode_piece(samples: Samples, bitrate: int, *, is_last: bool) -> list[bytes]:
    """Frames of a piece, given with `BEFORE` and `AFTER` ticks of its surroundings, shape (frames, 2).

    The last piece of an island has one frame more than it has ticks, for the encoder's delay.
    """
    ticks = len(samples) // TICK_SAMPLES - BEFORE - AFTER
    packets = _encode(samples, bitrate)
    return [bytes(packet) for packet in packets[BEFORE : BEFORE + ticks + is_last]]


@cache
def _encode_silence(bitrate: int) -> bytes:
    """The frame that silence encodes to."""
    return bytes(_encode(np.zeros((2 * AFTER * TICK_SAMPLES, 2), np.float32), bitrate)[AFTER])


def _lay_frames(
    encoded: Iterable[tuple[_Piece, list[bytes]]],
    length: Ms,
    bitrate: int,
    report: Callable[[Ms, Ms], None] | None,
) -> Iterator[bytes]:
    """All frames of a track in order: those of the islands, and copies of the silent one between them."""
    silent = _encode_silence(bitrate)
    laid, total = 0, count_frames(length)
    for piece, frames in encoded:
        first = floor_ticks(piece.island.start + piece.start)
        yield from (silent for _ in range(first - laid))
        yield from frames
        laid = first + len(frames)
        if report:
            report(min(ticks_to_ms(laid), length), length)
    yield from (silent for _ in range(total - laid))
    if report:
        report(length, length)


def _add_stream(container: Any, bitrate: int) -> Any:
    stream = container.add_stream(
        "libmp3lame",
        rate=SAMPLE_RATE,
        layout="stereo",
        format="fltp",
        options={"reservoir": "0", "joint_stereo": "1"},
    )
    stream.bit_rate = bitrate * 1000
    return stream


def _encode(samples: Samples, bitrate: int, stream: Any = None) -> list["Packet[Any]"]:
    """Packets of samples of shape (frames, 2), by a new encoder, or by the one of a stream."""
    if stream is None:
        stream = av.CodecContext.create("libmp3lame", "w")
        stream.sample_rate, stream.layout, stream.format = SAMPLE_RATE, "stereo", "fltp"
        stream.bit_rate, stream.time_base = bitrate * 1000, Fraction(1, SAMPLE_RATE)
        stream.options = {"reservoir": "0", "joint_stereo": "1"}
    lowered = np.float32(_LOWERED.get(bitrate, _LOWERED_ELSEWHERE))
    packets: list[Packet[Any]] = []
    for start in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[start : start + _BLOCK].T / lowered)
        frame = AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        packets += stream.encode(frame)
    return packets + list(stream.encode(None))


def _mux(file: IO[bytes], frames: Iterator[bytes], timeline: Timeline, tags: dict[str, str], bitrate: int) -> None:
    """Write the tags, the Info frame and all frames.

    The muxer learns delay and padding from side data that only an encoder can make. So the first and the last packet
    are an encoder's own, from a scrap of silence that ends at the same sample of its frame as the track does, with
    the track's bytes put into them.
    """
    sink = _Sink(file)
    with av.open(sink, "w", format="mp3", options={"id3v2_version": "3", "write_id3v1": "0"}) as container:
        container.metadata.update(tags)
        container.flags |= _BITEXACT
        stream = _add_stream(container, bitrate)
        container.set_chapters([_describe_chapter(number, chapter) for number, chapter in enumerate(timeline.chapters)])
        scrap = ms_to_samples(timeline.length) % TICK_SAMPLES + 2 * TICK_SAMPLES
        own = _encode(np.zeros((scrap, 2), np.float32), bitrate, stream)
        first, last = own[0], own[-1]
        ending = count_frames(timeline.length) - 1
        for index, data in enumerate(frames):
            packet = first if index == 0 else last if index == ending else Packet(data)
            if packet is first or packet is last:
                packet.update(data)
            packet.stream = stream
            packet.time_base = Fraction(1, SAMPLE_RATE)
            packet.pts = packet.dts = index * TICK_SAMPLES - _DELAY
            packet.duration = packet.duration or TICK_SAMPLES
            container.mux(packet)
            sink.check()

    sink.check()


class _Sink:
    """What the muxer writes to: keeps a failure until it can be raised.

    An exception inside the muxer's own calls could be followed by a second one, and PyAV prints what it drops.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._error:
            raise self._error

    def write(self, data: bytes) -> int:
        try:
            if not self._error:
                self._file.write(data)
        except OSError as error:
            self._error = error
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The muxer goes back to fill in the Info frame at the end."""
        try:
            if not self._error:
                return self._file.seek(offset, whence)
        except OSError as error:
            self._error = error
        return 0

    def tell(self) -> int:
        return self._file.tell()


_BITEXACT = 0x0400
"""AVFMT_FLAG_BITEXACT: the muxer leaves its own version out of the file."""


def _describe_chapter(number: int, chapter: Chapter) -> Any:
    return {
        "id": number,
        "start": chapter.start,
        "end": chapter.end,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }
