"""The picture in a track's tags, as bytes that every player can show."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import PIL

from narrator.cache import Cache, make_key
from narrator.script import Picture, Sketch

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


def make_cover(wanted: Picture | Sketch | None, title: str, cache: Cache) -> Cover | None:
    """Return the cover of a track, a given picture or a drawn one, from the cache if it was made before; None for none.

    Raises:
        PictureError: the file is not a picture, is damaged, or cannot be read.

    """
    match wanted:
        case None:
            return None
        case Picture():
            return _keep(make_key(_FORMAT, PIL.__version__, wanted), lambda: _read(wanted), cache)
        case Sketch():
            return _keep(make_key(_FORMAT, PIL.__version__, wanted, title), lambda: _draw(wanted, title), cache)


def check_cover(wanted: Picture | Sketch | None, cache: Cache) -> None:
    """Check a given picture, and keep the cover made from it.

    Raises:
        PictureError: as `make_cover`.

    """
    if isinstance(wanted, Picture):
        make_cover(wanted, "", cache)


def _keep(key: str, make: Callable[[], Cover], cache: Cache) -> Cover:
    packed, _ = cache.get_or_make(_SHELF, key, lambda: _pack(make()), must_keep=False)
    return Cover(packed[_SIZE.size :], *_SIZE.unpack_from(packed))


# What draws and reads pictures takes a moment to load, and a cover is made once.


def _read(picture: Picture) -> Cover:
    from narrator.covers.picture import open_image, write_jpeg

    image = open_image(picture)
    return Cover(write_jpeg(image), *image.size)


def _draw(sketch: Sketch, title: str) -> Cover:
    from narrator.covers.drawing import draw_cover
    from narrator.covers.picture import write_jpeg

    image = draw_cover(sketch, title)
    return Cover(write_jpeg(image, optimize=True), *image.size)


def _pack(cover: Cover) -> bytes:
    return _SIZE.pack(cover.width, cover.height) + cover.data
