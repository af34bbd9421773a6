"""Tracks as MP3 files: constant bit rate, and exactly as many samples as the timeline."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from narrator.errors import PublishError
from narrator.files import replace_file
from narrator.formats.coding import BITRATES, Coding
from narrator.formats.format import Encoding, Measured, Mixdown
from narrator.formats.mp3_frames import Meter
from narrator.formats.stream import TrackStream
from narrator.formats.tags import is_ours
from narrator.units import Ms, ms_to_samples


class Mp3:
    """The MP3 format."""

    name = "MP3"
    bitrates = BITRATES

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; see `Format.write`."""
        stream = self.open(mixdown, encoding)
        meter, threads = Meter(), encoding.threads
        try:
            with replace_file(path) as file, ThreadPoolExecutor(threads, "encode") as pool:
                # The head has a checksum of everything after it.
                file.seek(stream.head_size)
                for frames in stream.make_parts(pool, ahead=2 * threads, report=report):
                    file.write(frames.data)
                    meter.add(frames.loudness)
                file.seek(0)
                file.write(stream.make_head())
        except OSError as error:
            message = f"cannot write {path}: {error.strerror or error}; free some space, or choose another place"
            raise PublishError(message, options=("output",)) from error
        return Measured(ms_to_samples(stream.length), meter.lufs, meter.peak)

    def open(self, mixdown: Mixdown, encoding: Encoding) -> TrackStream:
        """Return the track as a stream of bytes."""
        return TrackStream(mixdown, Coding(encoding.bitrate, encoding.channels))

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""
        return is_ours(path)


FORMAT = Mp3()
