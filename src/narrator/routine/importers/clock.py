"""Parse and format times of subtitles and tables: 1:30, 90, 1m30s, 00:01:30.5, and with a decimal comma."""

import re
from collections.abc import Callable
from decimal import Decimal

from narrator.units import LONGEST, Ms, format_clock, format_duration, parse_duration

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_PRIMES = re.compile(r"(\d{1,9})\s*['′’]\s*(?:(\d{1,2}(?:\.\d{1,9})?)\s*(?:''|[\"″”])?)?", re.ASCII)
_SHOWN = 40


class ClockError(ValueError):
    """A text is not a time; has the time that was probably meant."""

    def __init__(self, message: str, meant: Ms | None = None) -> None:
        super().__init__(message)
        self.meant = meant


def parse_clock(text: str) -> Ms:
    """Parse a time; a bare number is in seconds.

    Raises:
        ClockError: it is not one, or not one that a track can have.

    """
    text = text.strip()
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    plain = text.replace(",", ".")
    if re.match(r"[-−–]\s*\d", plain):
        raise ClockError(f"{shown!r} is negative; the first time of a track is 0:00", 0)
    length = _parse(plain)
    if length is None:
        raise ClockError(f"{shown!r} is not a time; write one such as 1:30, 0:01:30.5, 90 or 1m30s", _find_meant(plain))
    if length > LONGEST:
        raise ClockError(f"{shown!r} is over {format_duration(LONGEST)}, the longest a track can be")
    return length


def _parse(text: str) -> Ms | None:
    if _SECONDS.fullmatch(text):
        return round(Decimal(text) * 1000)
    if found := _PRIMES.fullmatch(text):
        return round((60 * int(found[1]) + Decimal(found[2] or 0)) * 1000)
    try:
        return parse_duration(text)
    except ValueError:
        return None


def _find_meant(text: str) -> Ms | None:
    """Return the time that figures with any separators probably mean; None if that is not clear."""
    figures = re.findall(r"\d+", text)
    if not re.fullmatch(r"[\d:.;\s]+", text, re.ASCII) or not 2 <= len(figures) <= 4 or max(map(len, figures)) > 3:
        return None
    part = Decimal(f"0.{figures.pop()}") if len(figures) == 4 or re.search(r"[.]\s*\d+\s*$", text) else Decimal(0)
    if max(map(len, figures)) > 2:
        return None
    seconds = Decimal(0)
    for figure in figures:
        seconds = 60 * seconds + int(figure)
    meant = round((seconds + part) * 1000)
    return meant if meant <= LONGEST else None


def write_long(mark: str) -> Callable[[Ms], str]:
    """Return a function that writes a time as in subtitles, 00:01:30.500; `mark` comes before the fraction."""

    def write(time: Ms) -> str:
        seconds, part = divmod(time, 1000)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{part:03}"

    return write


def write_short(time: Ms) -> str:
    """Return a time as people write it in a table: 1:30, or 1:30.500."""
    return format_clock(time).removesuffix(".000")
