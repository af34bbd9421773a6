"""Tracks as WAV files: samples as they are, with chapters that editors show as markers.

A file is RIFF, with the tag of an MP3 in a chunk, because no other chunk can have words. Beyond 4 GB it is RF64 (EBU
Tech 3306), whose sizes have 64 bits. Everything in it but the samples is known before they are mixed.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from narrator.files import replace_track
from narrator.formats.finished import decode_track, has_picture, list_chapter_starts, open_track, split_words
from narrator.formats.format import Contents, Encoding, Measured, Mixdown
from narrator.formats.id3 import write_id3
from narrator.formats.lossless import WIDTH, mix_pcm
from narrator.formats.meter import Meter
from narrator.formats.riff import write_chunk, write_info, write_markers
from narrator.formats.tags import is_ours, make_tags
from narrator.sound.samples import Samples
from narrator.timeline import list_chapters
from narrator.units import SAMPLE_RATE, Ms, ms_to_samples

_LARGEST = 2**32 - 1
_MOST_CHAPTERS = 1000
_PCM = 1


class Wav:
    """The WAV format."""

    name = "WAV"
    bitrates: dict[int, Sequence[int]] = {}  # noqa: RUF012 - never changed
    default_bitrates: dict[int, int] = {}  # noqa: RUF012
    most_chapters = _MOST_CHAPTERS

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix and write a track; see `Format.write`."""
        meter, samples = Meter(), ms_to_samples(mixdown.layout.length)
        size = samples * encoding.channels * WIDTH
        with replace_track(path) as file:
            file.write(write_head(mixdown, encoding.channels, size))
            for pcm in mix_pcm(mixdown, encoding, meter, report):
                file.write(pcm.astype("<i2", copy=False).tobytes())
        return Measured(samples, meter.lufs, meter.peak)

    def inspect(self, path: Path, length: Ms) -> Contents:
        """Return what a finished file has besides its sound; see `Format.inspect`."""
        with open_track(path, "wav") as container:
            channels = container.streams.audio[0].channels
            chapters, words = list_chapter_starts(container, length), split_words(container)
            return Contents(channels, chapters, words, has_cover=has_picture(container))

    def decode(self, path: Path) -> Iterator[Samples]:
        """Yield the sound of a finished file; see `Format.decode`."""
        return decode_track(path, "wav")

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""
        return is_ours(path, "wav")


def write_head(mixdown: Mixdown, channels: int, size: int) -> bytes:
    """Return everything before the samples, which have that many bytes in all."""
    heading, length = mixdown.heading, mixdown.layout.length
    tags, chapters = make_tags(heading), list_chapters(mixdown.timeline, heading.language, _MOST_CHAPTERS)
    frame = channels * WIDTH
    form = struct.pack("<HHIIHH", _PCM, channels, SAMPLE_RATE, SAMPLE_RATE * frame, frame, 8 * WIDTH)
    chunks = [
        write_chunk(b"fmt ", form),
        write_info(tags),
        *write_markers(chapters),
        write_chunk(b"id3 ", write_id3(tags, (), length, mixdown.captions, mixdown.cover)),
    ]
    body = b"".join(chunks)
    whole = 4 + len(body) + 8 + size
    if whole <= _LARGEST:
        return b"RIFF" + struct.pack("<I", whole) + b"WAVE" + body + b"data" + struct.pack("<I", size)
    sizes = struct.pack("<QQQI", whole + 36, size, size // frame, 0)
    body = write_chunk(b"ds64", sizes) + body
    return b"RF64" + struct.pack("<I", _LARGEST) + b"WAVE" + body + b"data" + struct.pack("<I", _LARGEST)


FORMAT = Wav()
