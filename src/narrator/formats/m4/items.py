"""The tags of an MP4 file: the list of items that iTunes introduced, and that all players read."""

import struct
from collections.abc import Mapping, Sequence

from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.formats.m4.boxes import write_box, write_full_box

_ITEMS = {
    "title": b"\xa9nam",
    "artist": b"\xa9ART",
    "album": b"\xa9alb",
    "genre": b"\xa9gen",
    "date": b"\xa9day",
    "comment": b"\xa9cmt",
    "copyright": b"cprt",
}
"""Items by name of tag; any other tag is an item in which the name is written out."""
_LYRICS, _MEDIA_TYPE, _COVER, _TRACK = b"\xa9lyr", b"stik", b"covr", b"trkn"
_BINARY, _TEXT, _JPEG, _NUMBER = 0, 1, 13, 21
AUDIOBOOK = 2
"""A media type."""
_OWNER = b"com.apple.iTunes"
"""The only owner of written-out names that most readers know."""


def write_items(
    tags: Mapping[str, str],
    captions: Sequence[Caption] = (),
    *,
    cover: Cover | None = None,
    media_type: int | None = None,
) -> bytes:
    """Return tags by name, the words without times, the cover, and the media type; what is empty is left out."""
    items = [_write_tag(name, text) for name, text in tags.items() if text]
    if captions:
        items.append(_write_text(_LYRICS, "\n".join(caption.text for caption in captions)))
    if media_type is not None:
        items.append(write_box(_MEDIA_TYPE, _write_data(_NUMBER, bytes([media_type]))))
    if cover:
        items.append(write_box(_COVER, _write_data(_JPEG, cover.data)))
    handler = write_full_box(b"hdlr", struct.pack(">4x4s4s8x", b"mdir", b"appl"), b"\0")
    return write_full_box(b"meta", handler, write_box(b"ilst", *items))


def _write_tag(name: str, text: str) -> bytes:
    if name in _ITEMS:
        return _write_text(_ITEMS[name], text)
    if name == "track":
        number, _, count = text.partition("/")
        return write_box(_TRACK, _write_data(_BINARY, struct.pack(">HHHH", 0, int(number), int(count or 0), 0)))
    head = write_full_box(b"mean", _OWNER) + write_full_box(b"name", name.encode())
    return write_box(b"----", head, _write_data(_TEXT, text.encode()))


def _write_text(kind: bytes, text: str) -> bytes:
    return write_box(kind, _write_data(_TEXT, text.encode()))


def _write_data(kind: int, value: bytes) -> bytes:
    return write_full_box(b"data", bytes(4), value, flags=kind)
