"""The boxes of an MP4 file (ISO/IEC 14496-12, -14; for the chapters' track, Apple's "QuickTime File Format").

The index (`moov`) comes before the sound, so that a player can start before it has the whole file. The size of the
index follows from the number of packets, so it can be written last.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from narrator.formats.m4.aac import FRAME, Coding
from narrator.timeline import Chapter
from narrator.units import SAMPLE_RATE, Ms, ms_to_samples

_MOVIE_SCALE = 1000
"""Units of a second in the index: a length in ms is exact."""
_CHUNK = 48
"""Packets of a chunk: about a second."""
_SOUND, _TEXT = 1, 2
"""Numbers of the tracks."""
_IN_MOVIE, _ENABLED = 2, 1
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UTF_8 = bytes.fromhex("0000000c 656e6364 00000100")
"""A box after the text of a chapter that gives its encoding."""
_LARGEST_32 = 2**32 - 1
_LARGEST_PACKET = 768
"""Most bytes of a packet for each channel (ISO/IEC 14496-3, 4.5.3: 6,144 bits)."""
MOST_CHAPTERS = 255
"""Most chapters in Nero's list, whose count is a byte."""
_LONGEST_TITLE = 255
"""Most bytes of a title there."""


@dataclass(frozen=True, slots=True)
class Movie:
    """What the file is made of, except the bytes of the packets.

    `brand` is that of an M4A or M4B file, `items` the list of tags, `language` a code of ISO 639-2.
    """

    brand: bytes
    length: Ms
    coding: Coding
    language: str
    chapters: Sequence[Chapter]
    items: bytes


def write_box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box: its size, its type and its content."""
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def write_full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with a version and flags."""
    return write_box(kind, struct.pack(">I", version << 24 | flags), *parts)


def write_head(movie: Movie, sizes: Sequence[int]) -> bytes:
    """Return everything before the first packet: brand, index, and the head and the titles of the data.

    `sizes` are those of the packets in bytes. Only their number decides the size of the head.
    """
    titles = [_write_title(chapter.title) for chapter in movie.chapters]
    is_large = len(sizes) * _LARGEST_PACKET * movie.coding.channels + 2**20 > _LARGEST_32
    brand = write_box(b"ftyp", movie.brand, bytes(4), movie.brand, b"M4A mp42isom")
    size = sum(map(len, titles)) + sum(sizes)
    data = struct.pack(">I4sQ", 1, b"mdat", 16 + size) if is_large else struct.pack(">I4s", 8 + size, b"mdat")
    start = len(brand) + len(_write_index(movie, sizes, titles, 0, is_large=is_large)) + len(data)
    return brand + _write_index(movie, sizes, titles, start, is_large=is_large) + data + b"".join(titles)


def _write_index(movie: Movie, sizes: Sequence[int], titles: Sequence[bytes], start: int, *, is_large: bool) -> bytes:
    """Return the index of data whose titles start at a byte of the file, with the packets after them."""
    tracks = [_write_sound_track(movie, sizes, start + sum(map(len, titles)), is_large=is_large)]
    extras = [movie.items]
    if titles:
        tracks.append(_write_text_track(movie, titles, start, is_large=is_large))
        extras.append(_write_list(movie.chapters))
    times = struct.pack(">IIII", 0, 0, _MOVIE_SCALE, movie.length)
    head = struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + struct.pack(">I", len(tracks) + 1)
    return write_box(b"moov", write_full_box(b"mvhd", times, head), *tracks, write_box(b"udta", *extras))


def _write_sound_track(movie: Movie, sizes: Sequence[int], start: int, *, is_large: bool) -> bytes:
    count, length = len(sizes), FRAME + ms_to_samples(movie.length)
    # The edit leaves out the first frame, in which the encoder starts, and what the last one has too much.
    edit = write_full_box(b"elst", struct.pack(">IIIHH", 1, movie.length, FRAME, 1, 0))
    reference = write_box(b"tref", write_box(b"chap", struct.pack(">I", _TEXT))) if movie.chapters else b""
    durations = [(count - 1, FRAME), (1, length - (count - 1) * FRAME)]
    # A packet needs the one before it.
    roll = write_full_box(b"sgpd", struct.pack(">4sIIh", b"roll", 2, 1, -1), version=1)
    rolls = write_full_box(b"sbgp", struct.pack(">4sIII", b"roll", 1, count, 1))
    table = _write_table(_write_sound_entry(movie.coding), durations, sizes, _CHUNK, start, is_large=is_large)
    return write_box(
        b"trak",
        _write_track_head(_SOUND, movie.length, _IN_MOVIE | _ENABLED, 0x100),
        write_box(b"edts", edit),
        reference,
        _write_media(
            SAMPLE_RATE, length, movie.language, b"soun", write_full_box(b"smhd", bytes(4)), table + roll + rolls
        ),
    )


def _write_text_track(movie: Movie, titles: Sequence[bytes], start: int, *, is_large: bool) -> bytes:
    """Return the track of chapters: each is a text as long as the chapter."""
    durations = [(1, chapter.end - chapter.start) for chapter in movie.chapters]
    info = write_full_box(b"gmin", struct.pack(">HHHHhH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))
    media_head = write_box(b"gmhd", info, write_box(b"text", _MATRIX))
    entry = write_box(b"text", struct.pack(">6xHII", 1, 1, 1), bytes(6 + 8 + 8 + 2 + 2 + 1 + 2 + 6 + 1))
    table = _write_table(entry, durations, [len(title) for title in titles], len(titles), start, is_large=is_large)
    return write_box(
        b"trak",
        _write_track_head(_TEXT, movie.length, _IN_MOVIE, 0),
        _write_media(_MOVIE_SCALE, movie.length, movie.language, b"text", media_head, table),
    )


def _write_track_head(number: int, length: Ms, flags: int, volume: int) -> bytes:
    body = struct.pack(">IIIIIQHHHH", 0, 0, number, 0, length, 0, 0, 0, volume, 0) + _MATRIX + bytes(8)
    return write_full_box(b"tkhd", body, flags=flags)


def _write_media(scale: int, length: int, language: str, kind: bytes, media_head: bytes, table: bytes) -> bytes:
    """Return the media of a track, whose length is in units of its scale."""
    head = write_full_box(b"mdhd", struct.pack(">IIIIHH", 0, 0, scale, length, _pack_language(language), 0))
    handler = write_full_box(b"hdlr", struct.pack(">4x4s12x", kind), b"\0")
    here = write_full_box(b"url ", flags=1)
    sources = write_box(b"dinf", write_full_box(b"dref", struct.pack(">I", 1), here))
    return write_box(b"mdia", head, handler, write_box(b"minf", media_head, sources, write_box(b"stbl", table)))


def _pack_language(code: str) -> int:
    """Return a code of three letters in 15 bits."""
    if len(code) != 3 or not (code.isascii() and code.islower()):
        code = "und"
    first, second, third = (ord(letter) - 0x60 for letter in code)
    return first << 10 | second << 5 | third


def _write_table(
    entry: bytes,
    durations: Sequence[tuple[int, int]],
    sizes: Sequence[int],
    chunk: int,
    start: int,
    *,
    is_large: bool,
) -> bytes:
    """Return the tables of a track's samples: entry, durations as (count, duration), sizes, and places in the file."""
    starts = list(accumulate(sizes, initial=start))[: len(sizes) : chunk]
    whole, rest = divmod(len(sizes), chunk)
    runs = [(1, chunk, 1)] * (whole > 0) + [(whole + 1, rest, 1)] * (rest > 0)
    return b"".join(
        [
            write_full_box(b"stsd", struct.pack(">I", 1), entry),
            _write_rows(b"stts", ">II", durations),
            _write_rows(b"stsc", ">III", runs),
            write_full_box(b"stsz", struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes)),
            _write_rows(b"co64", ">Q", [(place,) for place in starts])
            if is_large
            else _write_rows(b"stco", ">I", [(place,) for place in starts]),
        ]
    )


def _write_rows(kind: bytes, form: str, rows: Sequence[tuple[int, ...]]) -> bytes:
    return write_full_box(kind, struct.pack(">I", len(rows)), *(struct.pack(form, *row) for row in rows))


def _write_sound_entry(coding: Coding) -> bytes:
    """Return the description of the sound, with the decoder's configuration."""
    rate = 1000 * coding.bitrate
    config = _write_descriptor(5, coding.config)
    # MPEG-4 audio, in an audio stream; at most and on average this many bits a second.
    decoder = _write_descriptor(4, struct.pack(">BB3xII", 0x40, 0x15, rate, rate) + config)
    stream = _write_descriptor(3, bytes(3) + decoder + _write_descriptor(6, b"\2"))
    head = struct.pack(">6xH8xHHHHI", 1, coding.channels, 16, 0, 0, SAMPLE_RATE << 16)
    return write_box(b"mp4a", head, write_full_box(b"esds", stream))


def _write_descriptor(tag: int, body: bytes) -> bytes:
    """Return a descriptor of ISO/IEC 14496-1, of fewer than 128 bytes."""
    return bytes([tag, len(body)]) + body


def _write_title(title: str) -> bytes:
    """Return the text of a chapter as a sample of the track."""
    data = title.encode()[: 2**16 - 1]
    return struct.pack(">H", len(data)) + data + _UTF_8


def _write_list(chapters: Sequence[Chapter]) -> bytes:
    """Return Nero's list of chapters: starts in units of 100 ns, and titles, cut between characters if too long."""
    rows = []
    for chapter in chapters:
        title = chapter.title.encode()[:_LONGEST_TITLE].decode(errors="ignore").encode()
        rows.append(struct.pack(">QB", chapter.start * 10_000, len(title)) + title)
    return write_full_box(b"chpl", struct.pack(">4xB", len(rows)), *rows, version=1)
