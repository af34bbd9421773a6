"""A text in pieces that a service takes at a time."""

import re
import textwrap
from collections.abc import Iterable

from narrator.speech.text.breaths import has_words

_CLOSING = r"[\"'”’»)\]]"
_WIDE_CLOSING = r"[”’」』）]"


def _make_ends(stops: str, wide_stops: str) -> str:
    """Pattern of the places after stops, and after the one or two quotes or brackets that close on them.

    The wide stops of Chinese and Japanese have no space behind them.
    """
    return (
        rf"(?:(?<=[{stops}])|(?<=[{stops}]{_CLOSING})|(?<=[{stops}]{_CLOSING}{{2}}))\s+"
        rf"|(?:(?<=[{wide_stops}])|(?<=[{wide_stops}]{_WIDE_CLOSING}))(?!{_WIDE_CLOSING})"
    )


_SENTENCES = re.compile(_make_ends(".!?…", "。！？"))
_CLAUSES = re.compile(_make_ends(".!?;:,…—–)", "。！？；：，、") + r"|\s+(?=[—–(])")


def split_pieces(text: str, most: int) -> list[str]:
    """Pieces of at most so many characters, cut after sentences, else at clauses, else between words.

    Only a word that is longer by itself is cut. Pieces without letters are left out.
    """
    whole = " ".join(text.split())
    pieces = _pack(_split(whole, (_SENTENCES, _CLAUSES), most), most)
    return [piece for piece in pieces if has_words(piece)]


def _split(text: str, ways: tuple[re.Pattern[str], ...], most: int) -> list[str]:
    """Parts that fit, each cut in the first way that makes it so."""
    if len(text) <= most:
        return [text]
    if not ways:
        return textwrap.wrap(text, most, break_on_hyphens=False)
    return [part for each in ways[0].split(text) if each for part in _split(each, ways[1:], most)]


def _pack(parts: Iterable[str], most: int) -> list[str]:
    """Join neighbours as long as they fit: fewer pieces sound better."""
    packed: list[str] = []
    for part in parts:
        if packed and len(packed[-1]) + 1 + len(part) <= most:
            packed[-1] += f" {part}"
        else:
            packed.append(part)
    return packed
