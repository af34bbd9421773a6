"""Chunks of RIFF files, with tags and markers.

They are described in "Multimedia Programming Interface and Data Specifications 1.0" by Microsoft and IBM.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence

from narrator.timeline import Chapter
from narrator.units import ms_to_samples

_POINT = struct.Struct("<II4sIII")
"""A cue point: its number, its place, the chunk that it is in, and its sample there."""
_INFO = {"title": b"INAM", "artist": b"IART", "album": b"IPRD", "genre": b"IGNR", "date": b"ICRD"}
"""Chunks by name of tag."""


def write_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk; one of odd length has another byte at its end."""
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def write_markers(chapters: Sequence[Chapter]) -> Iterator[bytes]:
    """Yield the chunks of cue points and labels, which editors show as markers; none without chapters."""
    if not chapters:
        return
    starts = [ms_to_samples(chapter.start) for chapter in chapters]
    points = (_POINT.pack(number, at, b"data", 0, 0, at) for number, at in enumerate(starts, 1))
    yield write_chunk(b"cue ", struct.pack("<I", len(chapters)) + b"".join(points))
    labels = (
        write_chunk(b"labl", struct.pack("<I", number) + chapter.title.encode() + b"\0")
        for number, chapter in enumerate(chapters, 1)
    )
    yield write_chunk(b"LIST", b"adtl" + b"".join(labels))


def write_info(tags: Mapping[str, str]) -> bytes:
    """Return the chunk of tags that most programs know; it has only the most common ones."""
    texts = ((_INFO[name], text) for name, text in tags.items() if text and name in _INFO)
    return write_chunk(b"LIST", b"INFO" + b"".join(write_chunk(kind, text.encode() + b"\0") for kind, text in texts))
