"""The title on a drawn cover, in Fraunces: as large as it fits, in lines of similar length.

The typeface has the letters of all languages in Latin script. A title with any other letter is not drawn, because a
title with boxes or gaps is worse than none; other signs, such as emoji, are left out.
"""

import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import NamedTuple

from PIL import ImageFont

LARGEST, SMALLEST = 216, 76
_STEP = 4
_LEADING = 1.06
"""Distance between two lines, in sizes of the typeface."""


def choose_letters(title: str) -> str:
    """Return what can be drawn of a title: all its letters, or nothing."""
    text = unicodedata.normalize("NFC", " ".join(title.split()))
    known = _list_letters()
    if any(letter not in known and unicodedata.category(letter)[0] in "LMN" for letter in text):
        return ""
    return " ".join("".join(letter if letter in known else " " for letter in text).split())


@cache
def _list_letters() -> frozenset[str]:
    return frozenset(files("narrator.covers").joinpath("face", "letters.txt").read_text("utf-8")) | {" "}


@cache
def open_face(size: int) -> ImageFont.FreeTypeFont:
    """Return the typeface at a size in pixels, without a layout library that only some machines have."""
    with as_file(files("narrator.covers") / "face" / "fraunces.ttf") as path:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


class Lettering(NamedTuple):
    """A title as it is drawn: its lines, and the size of the typeface in pixels."""

    lines: list[str]
    size: int = SMALLEST

    @property
    def leading(self) -> int:
        """Distance between two lines in pixels."""
        return get_leading(self.size)

    @property
    def height(self) -> int:
        """Height of all lines in pixels."""
        return self.leading * len(self.lines)


def set_title(title: str, width: int, height: int) -> Lettering:
    """Return a title in lines that are as large as they can be in a box; a title that is too long for it is cut."""
    words = choose_letters(title).split()
    for size in range(LARGEST, SMALLEST - 1, -_STEP):
        lines = _break_evenly(words, size, width) if words else []
        if lines and len(lines) * get_leading(size) <= height:
            return Lettering(lines, size)
    most = height // get_leading(SMALLEST)
    lines = _fill(_cut_words(words, width), SMALLEST, width)
    return Lettering([*lines[: most - 1], lines[most - 1] + "…"] if len(lines) > most else lines)


def get_leading(size: int) -> int:
    """Return the distance between two lines in pixels."""
    return round(size * _LEADING)


def measure(text: str, size: int) -> float:
    """Return the width of a line in pixels."""
    return open_face(size).getlength(text)


def _break_evenly(words: list[str], size: int, width: int) -> list[str]:
    """Return words in as few lines as possible, the longest of which is as short as possible; [] if one is too wide."""
    if any(measure(word, size) > width for word in words):
        return []
    lines = _fill(words, size, width)
    low, high = max(measure(word, size) for word in words), float(width)
    while high - low > 2:
        middle = (low + high) / 2
        tighter = _fill(words, size, middle)
        low, high, lines = (low, middle, tighter) if len(tighter) == len(lines) else (middle, high, lines)
    return lines


def _fill(words: list[str], size: int, width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut_words(words: list[str], width: int) -> list[str]:
    """Return words in pieces that fit in a line at the smallest size."""
    pieces: list[str] = []
    for word in words:
        start = 0
        for end in range(1, len(word) + 1):
            if measure(word[start:end], SMALLEST) > width:
                pieces.append(word[start : end - 1])
                start = end - 1
        pieces.append(word[start:])
    return pieces
