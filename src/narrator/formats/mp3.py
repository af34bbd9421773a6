"""A track as one MP3 file: constant bit rate, joint stereo, exactly as many samples as the timeline says."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import av
import numpy as np
from av.packet import Packet

from narrator.errors import PublishError
from narrator.files import replace_file
from narrator.formats.format import Encoding, Measured, Mixdown
from narrator.formats.mp3_frames import BITRATES, DELAY, OPTIONS, Meter, count_frames, encode, lay_frames
from narrator.formats.sink import Sink
from narrator.formats.tags import is_ours, make_tags
from narrator.timeline import Chapter, Timeline
from narrator.units import SAMPLE_RATE, TICK_SAMPLES, Ms, ms_to_samples

_TIME_BASE = Fraction(1, SAMPLE_RATE)


class Mp3:
    """The MP3 format."""

    name = "MP3"
    bitrates = BITRATES

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; see `Format.write`."""
        meter = Meter()
        layout, mixer, bitrate, threads = mixdown.layout, mixdown.mixer, encoding.bitrate, encoding.threads
        try:
            with replace_file(path) as file, ThreadPoolExecutor(threads, "encode") as pool:
                frames = lay_frames(layout, mixer, bitrate, pool, ahead=2 * threads, meter=meter, report=report)
                _mux(file, frames, mixdown.timeline, make_tags(mixdown.heading), bitrate)
        except OSError as error:
            # PyAV passes the error of a failed write on, some of them as its own kinds of OSError.
            message = f"cannot write {path}: {error.strerror or error}; free some space, or choose another place or name"
            raise PublishError(message, options=("output",)) from error
        return Measured(ms_to_samples(layout.length), meter.lufs, meter.peak)

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""
        return is_ours(path)


FORMAT = Mp3()


def _add_stream(container: Any, bitrate: int) -> Any:
    stream = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="stereo", format="fltp", options=OPTIONS)
    stream.bit_rate = bitrate * 1000
    return stream


def _mux(file: IO[bytes], frames: Iterator[bytes], timeline: Timeline, tags: dict[str, str], bitrate: int) -> None:
    """Write the tags, the Info frame and all frames.

    The muxer learns delay and padding from side data that only an encoder can make. So the first and the last packet
    are an encoder's own, from a scrap of silence that ends at the same sample of its frame as the track does, with
    the track's bytes put into them.
    """
    sink = Sink(file)
    with av.open(sink, "w", format="mp3", options={"id3v2_version": "3", "write_id3v1": "0"}) as container:
        container.metadata.update(tags)
        container.flags |= _BITEXACT
        stream = _add_stream(container, bitrate)
        container.set_chapters([_describe_chapter(number, chapter) for number, chapter in enumerate(timeline.chapters)])
        scrap = ms_to_samples(timeline.length) % TICK_SAMPLES + 2 * TICK_SAMPLES
        own = encode(np.zeros((scrap, 2), np.float32), bitrate, stream)
        first, last = own[0], own[-1]
        ending = count_frames(timeline.length) - 1
        for index, data in enumerate(frames):
            packet = first if index == 0 else last if index == ending else Packet(data)
            if packet is first or packet is last:
                packet.update(data)
            packet.stream = stream
            packet.time_base = _TIME_BASE
            packet.pts = packet.dts = index * TICK_SAMPLES - DELAY
            packet.duration = packet.duration or TICK_SAMPLES
            container.mux(packet)
            sink.check()

    sink.check()


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
