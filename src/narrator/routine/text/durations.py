"""Parse pauses in words: `pause 5 seconds`, `Pause: 5 Sek.`, `silencio 10 s`, `five second pause`."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from narrator.languages import find_base
from narrator.routine.text.mark_words import find_mark_words
from narrator.units import Ms, parse_duration

PAUSE: Ms = 4000
"""Length of a pause that is written without one."""
SHORT: Ms = 2000
LONG: Ms = 8000

_ONE = frozenset({"a", "an", "eine", "einer", "una", "un", "une", "d'une", "um", "uma", "een"})
_RANGE = re.compile(r"\d\s*[^\W\d_]*\s*(?:\.\.+|[…–—~-])\s*\d")
"""A range of two lengths, which is not a single pause."""
_UNITS = {"minutes": 60_000, "seconds": 1000, "thousandths": 1}
_LONGEST_MARK = 80
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"


def parse_pause(text: str, language: str, *, by_word: bool = False) -> Ms | None:
    """Return the length in ms of a pause in words, or None if the text is not a pause.

    With `by_word` the text must contain a word for a pause; a length alone is not enough. The words of `language` and
    of English are known. A number without a unit is in seconds.
    """
    parts = [] if _RANGE.search(text) else _list_parts(text.strip(), language)
    kinds = {kind for kind, _ in parts}
    if "pause" not in kinds and (by_word or not kinds):
        return None
    length = _add_up(parts, language)
    if length is not None or kinds & {"number", "word", "clock", *_UNITS}:
        return length
    return SHORT if "short" in kinds else LONG if "long" in kinds else PAUSE if "pause" in kinds else None


def is_pause_word(text: str, language: str) -> bool:
    """Return whether a text is the main word for a pause, which is rarely spoken if set apart."""
    return text.strip().lower() in {words.pause[0] for words in find_mark_words(language)}


def _list_parts(text: str, language: str) -> list[tuple[str, str]]:
    """Return the parts of a mark with their kinds; empty if any part is unknown."""
    try:
        return [("clock", text)] if parse_duration(text) >= 0 else []
    except ValueError:
        pass
    parts: list[tuple[str, str]] = []
    pattern = _make_pattern(language)
    place = 0
    while place < len(text):
        part = pattern.match(text, place) if len(text) <= _LONGEST_MARK else None
        if part is None:
            return []
        place = part.end()
        kind = part.lastgroup or ""
        parts.append((kind, part.group(kind).lower()))
    return parts


def _add_up(parts: Iterable[tuple[str, str]], language: str) -> Ms | None:
    """Return the sum of the lengths in a mark in ms, or None if there is none; `a minute` is one minute."""
    total: Ms | None = None
    number: float | None = None
    last = ""
    is_named = False
    for kind, value in parts:
        is_named |= kind == "pause"
        if kind in {"number", "word"}:
            if number is not None:
                return None
            number = float(value.replace(",", ".")) if kind == "number" else _spell(language)[value]
        elif kind == "clock":
            total = (total or 0) + parse_duration(value)
        elif kind in _UNITS:
            if number is None and last not in _ONE:
                return None
            total = (total or 0) + round((1 if number is None else number) * _UNITS[kind])
            number = None
        last = value
    if number is None:
        return total
    return round(number * 1000) if total is None and is_named else None


@cache
def _make_pattern(language: str) -> re.Pattern[str]:
    """Return the pattern of one part of a mark and the separators around it."""
    words = find_mark_words(language)
    groups = [
        ("clock", r"\d{1,3}:[0-5]\d(?![\d:])"),
        ("number", _NUMBER),
        ("thousandths", _join(["ms", "milliseconds", "millisecond"])),
        ("seconds", _join(word for each in words for word in each.seconds)),
        ("minutes", _join(word for each in words for word in each.minutes)),
        ("pause", _join(word for each in words for word in each.pause)),
        ("short", _join(word for each in words for word in each.short)),
        ("long", _join(word for each in words for word in each.long)),
        ("word", _join(_spell(language))),
        ("filler", _join(word for each in words for word in each.fillers)),
    ]
    parts = "|".join(f"(?P<{name}>{pattern})" for name, pattern in groups)
    return re.compile(rf"[\s:,;.=~/–—-]*(?:{parts})[\s:,;.!=~–—…-]*", re.IGNORECASE)


def _join(words: Iterable[str]) -> str:
    """Return a pattern of alternative words, the longest first; a word in Latin letters has to be whole."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word) + (r"(?![^\W\d_])" if "a" <= word[0].lower() <= "ɏ" else "") for word in ordered)


@cache
def _spell(language: str) -> Mapping[str, float]:
    """Return the numbers written in words of a language and of English."""
    from narrator.routine.phrases import find_phrases  # imported here, because it reads texts itself

    found: dict[str, float] = {}
    for code in (find_base(language), "en"):
        if phrases := find_phrases(code):
            found |= {word.lower(): number for number, word in enumerate(phrases.numbers) if word.lower() not in found}
    return found
