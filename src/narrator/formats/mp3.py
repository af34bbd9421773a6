"""Tracks as MP3 files: constant bit rate, and exactly as many samples as the timeline."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.files import replace_track
from narrator.formats.coding import BITRATES, Coding, find_coding
from narrator.formats.format import Contents, Encoding, Measured, Mixdown
from narrator.formats.id3 import MOST_CHAPTERS, holds_text
from narrator.formats.info_frame import SYNC
from narrator.formats.meter import Meter
from narrator.formats.mp3_frames import count_frames
from narrator.formats.stream import TrackStream
from narrator.formats.tags import MADE, MAKER, is_ours
from narrator.paths import open_regular
from narrator.units import Ms, ms_to_samples

if TYPE_CHECKING:
    from narrator.sound.samples import Samples


class Mp3:
    """The MP3 format."""

    name = "MP3"
    bitrates = BITRATES
    default_bitrates = {1: 128, 2: 128}  # noqa: RUF012 - never changed
    most_chapters = MOST_CHAPTERS

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; see `Format.write`."""
        stream = self.open(mixdown, encoding)
        meter, threads = Meter(), encoding.threads
        with replace_track(path) as file, ThreadPoolExecutor(threads, "encode") as pool:
            # The head has a checksum of everything after it.
            file.seek(stream.head_size)
            for frames in stream.make_parts(pool, ahead=2 * threads, report=report):
                file.write(frames.data)
                meter.add(frames.loudness)
            file.seek(0)
            file.write(stream.make_head())
        return Measured(ms_to_samples(stream.length), meter.lufs, meter.peak)

    def open(self, mixdown: Mixdown, encoding: Encoding) -> TrackStream:
        """Return the track as a stream of bytes."""
        return TrackStream(mixdown, Coding(encoding.bitrate, encoding.channels))

    def inspect(self, path: Path, length: Ms) -> Contents:
        """Return what a finished file has besides its sound; see `Format.inspect`."""
        from narrator.formats.encoding import make_coder
        from narrator.formats.finished import has_picture, list_container_chapters, open_track, split_words

        with open_track(path, "mp3") as container:
            chapters, words = list_container_chapters(container), split_words(container)
            channels, has_cover = container.streams.audio[0].channels, has_picture(container)
            sizes = [packet.size for packet in container.demux(audio=0) if packet.size]
        coding = find_coding(sizes[-1] if sizes else 0, channels)
        coder = make_coder(coding) if coding else None
        counts = count_frames(length), len(sizes)
        return Contents(coding.channels if coding else 2, chapters, words, counts, coder, has_cover)

    def decode(self, path: Path) -> "Iterator[Samples]":
        """Yield the sound of a finished file; see `Format.decode`."""
        from narrator.formats.finished import decode_track

        return decode_track(path, "mp3")

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""
        with suppress(OSError), open_regular(path) as file:
            if holds_text(file, MAKER, MADE) and file.read(len(SYNC)) == SYNC:
                return True
        # Another program may have written the tag again.
        return is_ours(path, "mp3")


FORMAT = Mp3()
