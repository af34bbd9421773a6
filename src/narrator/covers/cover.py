"""The picture in a track's tags, as bytes that every player can show."""

import struct
from dataclasses import dataclass
from typing import ClassVar

import PIL

from narrator.cache import Cache, make_key
from narrator.script import Picture

_SHELF = "covers"
_FORMAT = 1
"""Version of the covers; raise it with every change that gives another cover for the same input."""
_SIZE = struct.Struct(">HH")


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover: the bytes of a JPEG in RGB, not progressive, and its width and height in pixels."""

    data: bytes
    width: int
    height: int

    mime: ClassVar[str] = "image/jpeg"
    depth: ClassVar[int] = 24
    """Bits of a pixel."""


def make_cover(wanted: Picture | None, cache: Cache) -> Cover | None:
    """Return the cover of a track, from the cache if it was made before; None for none.

    Raises:
        PictureError: the file is not a picture, is damaged, or cannot be read.

    """
    if wanted is None:
        return None
    key = make_key(_FORMAT, PIL.__version__, wanted)
    packed, _ = cache.get_or_make(_SHELF, key, lambda: _pack(_make(wanted)), must_keep=False)
    return Cover(packed[_SIZE.size :], *_SIZE.unpack_from(packed))


def _make(wanted: Picture) -> Cover:
    # Pillow takes a moment to load, and a cover is made once.
    from narrator.covers.picture import open_picture, write_jpeg

    image = open_picture(wanted)
    return Cover(write_jpeg(image), *image.size)


def _pack(cover: Cover) -> bytes:
    return _SIZE.pack(cover.width, cover.height) + cover.data
