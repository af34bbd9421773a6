"""Tracks as Opus in Ogg files: small, and exactly as many samples as the timeline (RFC 7845)."""

import base64
import re
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from narrator.files import replace_track
from narrator.formats.ahead import map_ahead
from narrator.formats.comments import MOST_CHAPTERS, write_comments, write_picture
from narrator.formats.finished import (
    decode_track,
    has_picture,
    list_chapter_starts,
    open_track,
    read_tags,
    split_words,
)
from narrator.formats.format import Contents, Encoding, Measured, Mixdown
from narrator.formats.meter import Meter
from narrator.formats.ogg import PageWriter
from narrator.formats.opus_coding import DELAY, PACKET, OpusCoding
from narrator.formats.opus_runs import Packets, RunMaker, count_packets, list_packets
from narrator.formats.tags import MAKER, is_ours, make_tags
from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part
from narrator.sound.samples import Samples
from narrator.timeline import list_chapters
from narrator.units import SAMPLE_RATE, Ms, Ticks, ms_to_samples, ticks_to_ms

_BITRATES = {1: (24, 32, 40, 48, 56, 64, 80, 96, 112, 128), 2: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 256)}
_ON_PAGE = 40
"""Packets on a page: 0.8 s, with at most six bytes each for their lengths."""
_OPTIONS = "encoder_options"
"""Comment with the bit rate that was asked for: the actual one varies."""


class Opus:
    """The Opus format."""

    name = "Opus"
    bitrates = _BITRATES
    default_bitrates = {1: 48, 2: 64}  # noqa: RUF012 - never changed
    most_chapters = MOST_CHAPTERS

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; see `Format.write`."""
        coding, length = OpusCoding(encoding.bitrate, encoding.channels), mixdown.layout.length
        maker, meter, threads = RunMaker(mixdown.layout, mixdown.mixer, coding), Meter(), encoding.threads

        def follow(made: Iterator[Packets]) -> Iterator[Packets]:
            for run, packets in zip(maker.runs, made, strict=True):
                meter.add(packets.loudness)
                yield packets
                if report:
                    report(min(ticks_to_ms(run.end), length), length)

        with replace_track(path) as file, ThreadPoolExecutor(threads, "encode") as pool:
            made = follow(map_ahead(pool, maker.make, maker.runs, 2 * threads))
            file.writelines(_write_pages(mixdown, coding, list_packets(made, count_packets(length))))
        return Measured(ms_to_samples(length), meter.lufs, meter.peak)

    def inspect(self, path: Path, length: Ms) -> Contents:
        """Return what a finished file has besides its sound; see `Format.inspect`."""
        with open_track(path, "ogg") as container:
            chapters, words = list_chapter_starts(container, length), split_words(container)
            channels, options = container.streams.audio[0].channels, read_tags(container).get(_OPTIONS, "")
            has_cover = has_picture(container)
            packets = sum(bool(packet.size) for packet in container.demux(audio=0))
        found = re.fullmatch(r"--bitrate (\d{2,3})", options)
        coder = _Coder(OpusCoding(int(found[1]), channels)) if found else None
        return Contents(channels, chapters, words, (count_packets(length), packets), coder, has_cover)

    def decode(self, path: Path) -> Iterator[Samples]:
        """Yield the sound of a finished file; see `Format.decode`."""
        return decode_track(path, "ogg")

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""
        return is_ours(path, "ogg")


class _Coder:
    """Makes parts of a track as they are heard in this coding."""

    def __init__(self, coding: OpusCoding) -> None:
        self._coding = coding
        self._maker: RunMaker | None = None

    def __call__(self, part: Part, start: Ticks, layout: Layout, mixer: Mixer) -> Samples:
        self._maker = self._maker or RunMaker(layout, mixer, self._coding)
        return self._maker.hear(start, start + part.ticks)


def _write_pages(mixdown: Mixdown, coding: OpusCoding, packets: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pages of a file; the position of the last one says where the sound ends."""
    pages = PageWriter()
    yield from pages.write_header(_write_head(coding.channels), is_first=True)
    yield from pages.write_header(_write_tags(mixdown, coding))
    end = DELAY + ms_to_samples(mixdown.layout.length)
    at = 0
    waiting = list(islice(packets, _ON_PAGE))
    while waiting:
        following = list(islice(packets, _ON_PAGE))
        at += len(waiting) * PACKET
        yield pages.write(waiting, at if following else end, is_last=not following)
        waiting = following


def _write_head(channels: int) -> bytes:
    return b"OpusHead" + struct.pack("<BBHIhB", 1, channels, DELAY, SAMPLE_RATE, 0, 0)


def _write_tags(mixdown: Mixdown, coding: OpusCoding) -> bytes:
    heading = mixdown.heading
    tags = make_tags(heading) | {_OPTIONS: f"--bitrate {coding.bitrate}"}
    if mixdown.cover:
        tags["metadata_block_picture"] = base64.b64encode(write_picture(mixdown.cover)).decode()
    chapters = list_chapters(mixdown.timeline, heading.language, MOST_CHAPTERS)
    return b"OpusTags" + write_comments(MAKER, tags, chapters, mixdown.captions)


FORMAT = Opus()
