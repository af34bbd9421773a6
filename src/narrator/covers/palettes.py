"""The colours of drawn covers: each palette is one light of one place."""

from typing import NamedTuple, TypeAlias

Color: TypeAlias = tuple[int, int, int]


class Palette(NamedTuple):
    """Colours from the back of the picture to its front, and that of the title."""

    top: Color
    """The sky, where the title is."""
    horizon: Color
    light: Color
    """The sun or the moon."""
    far: Color
    near: Color
    ink: Color


def _read(*colors: str) -> Palette:
    return Palette(*(tuple(bytes.fromhex(color)) for color in colors))  # type: ignore[arg-type]


PALETTES = (
    _read("f6e7d8", "f4c9a8", "fbf3e4", "dd9c84", "6d4a5b", "4a3140"),  # dawn
    _read("22314f", "54678c", "f3e6c4", "3d5078", "131d33", "f6efdf"),  # night
    _read("e4eee6", "b9d6c4", "fcf8e6", "86b39d", "24564c", "1d463f"),  # moss
    _read("2c2547", "8a5f88", "f7cfb2", "664a7c", "1c1733", "f8ebe0"),  # dusk
    _read("e3eef4", "a9cfe0", "fffaf0", "6fa6c2", "1f4f6d", "173f58"),  # lake
    _read("7c2f33", "d9764f", "fbdcae", "a8473f", "3f1723", "fdeedd"),  # ember
    _read("f7f0e1", "eed2a4", "fffaf0", "d9a873", "74492f", "59382a"),  # sand
    _read("0f3d45", "3f8a8a", "e9f3d8", "256670", "07252c", "eef6ea"),  # lagoon
    _read("efe6f2", "cdb8dd", "fff8f0", "9c84ba", "47366b", "3b2c5a"),  # lavender
    _read("1e3a2f", "6d9468", "f4ecc2", "3f6b4f", "0e2119", "f2f1dd"),  # forest
    _read("fbe9e4", "f2b8b0", "fff7ee", "cf7f84", "6b3450", "552a42"),  # rose
    _read("35435a", "9fb0b8", "f6f3ea", "6c8092", "202b3b", "f5f4ee"),  # mist
)
