"""Tracks as MP4 files with AAC: exactly as many samples as the timeline, once the file's edit list is applied."""

import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from narrator.files import replace_track
from narrator.formats.ahead import map_ahead
from narrator.formats.finished import decode_track, has_picture, list_container_chapters, open_track, split_words
from narrator.formats.format import Contents, Encoding, Measured, Mixdown
from narrator.formats.m4.aac import BITRATES, DEFAULT_BITRATES, Coding, count_packets
from narrator.formats.m4.boxes import MOST_CHAPTERS, Movie, write_head
from narrator.formats.m4.items import write_items
from narrator.formats.m4.packets import PHASES, PacketMaker, Packets, code_block, place_parts
from narrator.formats.meter import Meter
from narrator.formats.part_coder import PartCoder
from narrator.formats.tags import is_ours, make_tags
from narrator.paths import open_regular
from narrator.sound.samples import Samples
from narrator.timeline import list_chapters
from narrator.units import Ms, ms_to_samples, ticks_to_ms

_DEMUXER = "mp4"


class M4:
    """An MP4 format: its name, its brand, and the media type in its tags (None for music)."""

    bitrates = BITRATES
    default_bitrates = DEFAULT_BITRATES
    most_chapters = MOST_CHAPTERS

    def __init__(self, name: str, brand: bytes, media_type: int | None = None) -> None:
        self.name, self._brand, self._media_type = name, brand, media_type

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; see `Format.write`."""
        coding = Coding(encoding.bitrate, encoding.channels)
        movie, length = self._describe(mixdown, coding), mixdown.layout.length
        count, meter = count_packets(length), Meter()
        sizes: list[int] = []
        with replace_track(path) as file:
            # The head has the size of every packet after it.
            file.seek(len(write_head(movie, [0] * count)))
            for packets in _make_packets(mixdown, coding, encoding.threads, report):
                file.writelines(packets.packets)
                sizes += map(len, packets.packets)
                meter.add(packets.loudness)
            file.seek(0)
            file.write(write_head(movie, sizes))
        return Measured(ms_to_samples(length), meter.lufs, meter.peak)

    def _describe(self, mixdown: Mixdown, coding: Coding) -> Movie:
        heading, tags = mixdown.heading, make_tags(mixdown.heading)
        chapters = list_chapters(mixdown.timeline, heading.language, MOST_CHAPTERS)
        # The language is that of the sound, not a tag of the file.
        language = tags.pop("language")
        items = write_items(tags, mixdown.captions, cover=mixdown.cover, media_type=self._media_type)
        return Movie(self._brand, mixdown.layout.length, coding, language, chapters, items)

    def inspect(self, path: Path, length: Ms) -> Contents:
        """Return what a finished file has besides its sound; see `Format.inspect`."""
        with open_track(path, _DEMUXER) as container:
            chapters, words = list_container_chapters(container), split_words(container)
            channels, has_cover = container.streams.audio[0].channels, has_picture(container)
            found = sum(bool(packet.size) for packet in container.demux(audio=0))
        bitrate = _read_bitrate(path)
        is_known = bitrate in BITRATES.get(channels, ())
        coder = PartCoder(partial(code_block, Coding(bitrate, channels)), PHASES) if is_known else None
        return Contents(channels, chapters, words, (count_packets(length), found), coder, has_cover)

    def decode(self, path: Path) -> Iterator[Samples]:
        """Yield the sound of a finished file; see `Format.decode`.

        Before PyAV 19, libav leaves out what is before the edit but not what is after it.
        """
        with open_track(path, _DEMUXER) as container:
            left = container.streams.audio[0].duration or 0
        for samples in decode_track(path, _DEMUXER):
            yield samples[:left]
            left -= min(len(samples), left)

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""
        return is_ours(path, _DEMUXER)


def _make_packets(
    mixdown: Mixdown, coding: Coding, threads: int, report: Callable[[Ms, Ms], None] | None
) -> Iterator[Packets]:
    """Yield the packets of each part in order, made on several threads."""
    layout, mixer = mixdown.layout, mixdown.mixer
    maker, parts = PacketMaker(layout, mixer, coding), place_parts(layout, mixer)
    with ThreadPoolExecutor(threads, "encode") as pool:
        try:
            for packets, placed in zip(map_ahead(pool, maker.make, parts, 2 * threads), parts, strict=True):
                yield packets
                if report:
                    report(min(ticks_to_ms(placed.start + placed.part.ticks), layout.length), layout.length)
        finally:
            maker.give_up()


def _read_bitrate(path: Path) -> int:
    """Return the bit rate in kbit/s that the description of the sound gives; 0 if there is none."""
    with open_regular(path) as file:
        head = file.read(2048)
    # In the description: tag and size, two bytes of type, and three for a buffer; see `boxes`.
    config = head.find(b"\x40\x15\0\0\0", head.find(b"esds"))
    return struct.unpack_from(">I", head, config + 5)[0] // 1000 if 0 <= config <= len(head) - 9 else 0
