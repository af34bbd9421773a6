"""What a mark says in words: `pause 5 seconds`, `Pause: 5 Sek.`, `silencio 10 s`, `five second pause`."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from narrator.languages import find_base
from narrator.routine.text.mark_words import find_mark_words
from narrator.units import Ms, parse_duration

PAUSE: Ms = 4000
"""How long a pause lasts that says nothing of its length."""
SHORT: Ms = 2000
LONG: Ms = 8000

_ONE = frozenset("a an eine einer una un une d'une um uma een".split())
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"


def parse_pause(text: str, language: str, *, by_word: bool = False) -> Ms | None:
    """Return the length in ms of the pause that the text in a mark stands for, or None if it stands for none.

    With `by_word` it needs a word for a pause; a length alone is not enough. `LANGUAGE`'s words count, and English
    ones. A number without a unit is seconds.
    """
    found = _read_parts(text.strip(), language)
    if found is None:
        return None
    has_word = "pause" in found
    if found.get("total") is not None:
        return found["total"] if has_word or not by_word else None
    if not has_word:
        return None
    if "bare" in found:
        return found["bare"]
    return SHORT if "short" in found else LONG if "long" in found else PAUSE


def is_pause_word(text: str, language: str) -> bool:
    """Whether a text is the very word for a pause, which is rarely meant to be spoken when it is set apart."""
    return text.strip().lower() in {words.pause[0] for words in find_mark_words(language)}


def _read_parts(text: str, language: str) -> dict[str, Ms] | None:
    """Return what a mark is made of, by kind, or None where anything in it is something else."""
    found: dict[str, Ms] = {}
    try:
        return {"total": parse_duration(text)}
    except ValueError:
        pass
    if len(text) > 80:
        return None
    pattern = _make_pattern(language)
    number: float | None = None
    article = False
    place = 0
    while place < len(text):
        part = pattern.match(text, place)
        if part is None:
            return None
        place = part.end()
        kind = part.lastgroup or ""
        value = part.group(kind)
        match kind:
            case "number" | "word":
                if number is not None or "bare" in found:
                    return None
                number = float(value.replace(",", ".")) if kind == "number" else _spell(language)[value.lower()]
            case "clock":
                found["total"] = found.get("total", 0) + parse_duration(value)
            case "minutes" | "seconds" | "thousandths":
                if number is None and not article:
                    return None
                factor = {"minutes": 60_000, "seconds": 1000, "thousandths": 1}[kind]
                found["total"] = found.get("total", 0) + round((1 if number is None else number) * factor)
                number = None
            case "pause" | "short" | "long":
                found[kind] = 0
            case "filler" if value.lower() in _ONE and number is None:
                article = True
                continue
        article = False
    if number is not None:
        found["bare"] = round(number * 1000)
        if "total" in found:
            return None
    return found


@cache
def _make_pattern(language: str) -> re.Pattern[str]:
    """Return the pattern of one part of a mark, and of what may stand between two."""
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
    """Return the pattern of one of the words, the longest first; a word of letters with spaces between ends there."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word) + (r"(?![^\W\d_])" if "a" <= word[0].lower() <= "ɏ" else "") for word in ordered)


@cache
def _spell(language: str) -> Mapping[str, float]:
    """Return the numbers that a language writes in words, as narrator knows them."""
    from narrator.routine.phrases import find_phrases  # it reads texts itself

    found: dict[str, float] = {}
    for code in (find_base(language), "en"):
        if phrases := find_phrases(code):
            found |= {word.lower(): number for number, word in enumerate(phrases.numbers) if word.lower() not in found}
    return found
