"""A track as one MP3 file: constant bit rate, exactly as many samples as the timeline says."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from narrator.errors import PublishError
from narrator.files import replace_file
from narrator.formats.coding import Coding
from narrator.formats.mp3_frames import Meter
from narrator.formats.stream import TrackStream
from narrator.mix import Console
from narrator.script import Heading
from narrator.timeline import Timeline
from narrator.units import Ms, ms_to_samples


@dataclass(frozen=True, slots=True)
class Measured:
    """What was written: samples per channel, and loudness and peak (None for a track without sound)."""

    samples: int
    lufs: float | None
    true_peak_db: float | None


def write_mp3(
    path: Path,
    heading: Heading,
    timeline: Timeline,
    console: Console,
    *,
    coding: Coding,
    threads: int = 1,
    report: Callable[[Ms, Ms], None] | None = None,
) -> Measured:
    """Mix, encode and write a track; it appears at `path` whole or not at all.

    `report` is told how many ms are done of how many.

    Raises:
        PublishError: the file cannot be written.
        SpeechError: a clip has vanished from the cache.

    """
    stream = TrackStream(heading, timeline, console, coding)
    meter = Meter()
    try:
        with replace_file(path) as file, ThreadPoolExecutor(threads, "encode") as pool:
            # The head has a checksum of what follows it.
            file.seek(stream.head_size)
            for frames in stream.make_parts(pool, ahead=2 * threads, report=report):
                file.write(frames.data)
                meter.add(frames.loudness)
            file.seek(0)
            file.write(stream.make_head())
    except OSError as error:
        raise PublishError(
            f"cannot write {path}: {error.strerror or error}; free some space or choose --output"
        ) from error
    return Measured(ms_to_samples(timeline.length), meter.lufs, meter.peak)
