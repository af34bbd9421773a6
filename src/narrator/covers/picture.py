"""Pictures from outside, and pictures as JPEG; every picture is opened here.

Pillow reads many formats, some of them with other programs: only three are opened, whose beginnings are known. The size
is checked before anything is decoded.
"""

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from PIL import Image, ImageCms, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from narrator.errors import PictureError
from narrator.paths import make_digest, read_file
from narrator.script import Picture

LARGEST = 1400
"""Longest side of a cover in pixels."""
MOST_BYTES = 32 * 2**20
"""Size in bytes of the largest picture file that is read."""
MOST_PIXELS = 64_000_000
"""Most pixels of a picture that is decoded."""
_KINDS: dict[bytes, Callable[[IO[bytes]], ImageFile]] = {
    b"\xff\xd8\xff": JpegImageFile,
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"RIFF": WebPImageFile,
}
"""The readers of the formats, by the bytes that these begin with."""
_QUALITY = 88
_PAPER = (255, 255, 255)
"""Colour behind transparent parts."""
_DAMAGE = (
    *(OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, EOFError, OverflowError),
    Image.DecompressionBombError,
)
"""Errors that Pillow raises for pictures that are damaged."""


def open_image(picture: Picture) -> Image.Image:
    """Return a picture as a player can show it: upright, RGB in sRGB, 8 bits, at most `LARGEST` pixels a side.

    Raises:
        PictureError: the file cannot be read, is too large or damaged, or is not a picture.

    """
    name = Path(picture.path).name
    data = _read(picture)
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise _fault(picture, f"{name} is not a picture in JPEG, PNG or WebP; save it as one of these")
    try:
        with kind(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                size = f"{image.width:,} x {image.height:,} pixels"
                raise _fault(picture, f"{name} is too large: {size}; make it smaller, such as 3,000 x 3,000")
            # A JPEG can be decoded at a half to an eighth of its size, which is faster.
            image.draft(None, (LARGEST, LARGEST))
            image.load()
            return _fit(_make_plain(_turn(image)))
    except MemoryError as error:
        raise _fault(picture, f"there is not enough memory for {name}; make it smaller") from error
    except _DAMAGE as error:
        reason = _describe(error)
        raise _fault(picture, f"{name} is damaged: {reason}; save it again, or choose another picture") from error


def _read(picture: Picture) -> bytes:
    try:
        data = read_file(Path(picture.path), MOST_BYTES)
    except OSError as error:
        reason = error.strerror or error
        raise _fault(picture, f"cannot read {picture.path}: {reason}; choose another picture") from error
    if make_digest(data) != picture.digest:
        raise _fault(picture, f"{picture.path} changed while it was in use; run the command again")
    return data


def write_jpeg(image: Image.Image, *, optimize: bool = False) -> bytes:
    """Return a picture as a JPEG without metadata, not progressive, because some players show no others.

    Only a picture without noise can be optimized: Pillow has no room for others.
    """
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, subsampling=0, optimize=optimize)
    return file.getvalue()


def convert_to_png(jpeg: bytes) -> bytes:
    """Return a picture of narrator's own as a PNG."""
    file = io.BytesIO()
    JpegImageFile(io.BytesIO(jpeg)).save(file, "PNG")
    return file.getvalue()


def _turn(image: Image.Image) -> Image.Image:
    """Turn a photograph as its camera was held."""
    with suppress(*_DAMAGE):  # damaged notes of a camera do not damage the picture
        return ImageOps.exif_transpose(image)
    return image


def _make_plain(image: Image.Image) -> Image.Image:
    """Return a picture in RGB with 8 bits, in sRGB, without transparency."""
    if image.mode.startswith(("I", "F")):
        # Grey with 16 bits, which conversion would clip.
        return image.point(lambda value: value / 257).convert("L").convert("RGB")
    if image.has_transparency_data:
        shown = image.convert("RGBA")
        paper = Image.new("RGBA", shown.size, (*_PAPER, 255))
        return Image.alpha_composite(paper, shown).convert("RGB")
    return _convert(image)


def _convert(image: Image.Image) -> Image.Image:
    """Convert the colours of a picture to sRGB, by its profile if it has one that can be used."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        with suppress(ImageCms.PyCMSError, *_DAMAGE):
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
    return image.convert("RGB")


def _fit(image: Image.Image) -> Image.Image:
    """Scale a picture down to `LARGEST` pixels a side, and return it without its metadata."""
    if max(image.size) > LARGEST:
        image = ImageOps.contain(image, (LARGEST, LARGEST), Image.Resampling.LANCZOS)
    plain = image.copy()
    plain.info = {}
    return plain


def _describe(error: BaseException) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__


def _fault(picture: Picture, message: str) -> PictureError:
    return PictureError(message, picture.mark, options=() if picture.mark else ("cover",))
