"""A text split into pieces of a length that a service accepts."""

import re
import textwrap
from collections.abc import Iterable

from narrator.speech.text.breaths import has_words

_CLOSING = r"[\"'”’»)\]]"
_WIDE_CLOSING = r"[”’」』）]"


def _make_ends(stops: str, wide_stops: str) -> str:
    """Return a pattern for the places after stops, and after one or two closing quotes or brackets behind them.

    The wide stops of Chinese and Japanese have no space after them.
    """
    return (
        rf"(?:(?<=[{stops}])|(?<=[{stops}]{_CLOSING})|(?<=[{stops}]{_CLOSING}{{2}}))\s+"
        rf"|(?:(?<=[{wide_stops}])|(?<=[{wide_stops}]{_WIDE_CLOSING}))(?!{_WIDE_CLOSING})"
    )


_SENTENCES = re.compile(_make_ends(".!?…", "。！？"))
_CLAUSES = re.compile(_make_ends(".!?;:,…—–)", "。！？；：，、") + r"|\s+(?=[—–(])")


def split_pieces(text: str, most: int) -> list[str]:
    """Return pieces of at most that many characters, cut after sentences, else at clauses, else between words.

    Only a word that is too long by itself is cut. Pieces without letters are left out.
    """
    whole = " ".join(text.split())
    pieces = _pack(_split(whole, (_SENTENCES, _CLAUSES), most), most)
    return [piece for piece in pieces if has_words(piece)]


def _split(text: str, ways: tuple[re.Pattern[str], ...], most: int) -> list[str]:
    """Return parts that fit, each cut in the first way that makes it fit."""
    if len(text) <= most:
        return [text]
    if not ways:
        return textwrap.wrap(text, most, break_on_hyphens=False)
    return [part for each in ways[0].split(text) if each for part in _split(each, ways[1:], most)]


def _pack(parts: Iterable[str], most: int) -> list[str]:
    """Join neighbours while they fit, because fewer pieces sound better."""
    packed: list[str] = []
    for part in parts:
        if packed and len(packed[-1]) + 1 + len(part) <= most:
            packed[-1] += f" {part}"
        else:
            packed.append(part)
    return packed
