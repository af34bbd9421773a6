"""Parse lengths of time in plain text: `1 min`, `20-40 sec`, `fünf Atemzüge`, `0:45`, `40''`."""

import re
from collections.abc import Iterable
from functools import cache

from narrator.routine.importers.words import find_words
from narrator.routine.text.durations import parse_pause
from narrator.routine.text.mark_words import find_mark_words
from narrator.units import LONGEST, Ms, format_duration, parse_duration

_DIGITS = r"\d{1,6}(?:[.,]\d{1,3})?"
_RANGE = r"\s*(?:\.\.+|…|[–—-]|\b(?:{to})\b)\s*"


def read_number(text: str, language: str) -> str | None:
    """Return a number written in figures or as a word, in figures; None for other texts."""
    text = text.strip()
    if re.fullmatch(_DIGITS, text):
        return text.replace(",", ".")
    length = parse_pause(f"{text} s", language) if re.fullmatch(r"[^\W\d_]+", text) else None
    return None if length is None or length % 1000 else str(length // 1000)


def read_silence(text: str, language: str) -> str | None:
    """Return a length, a range or a number of breaths in the notation of routines: `1m`, `20s..2m`, `5 breaths`.

    A number alone is in seconds. Return None for other texts.
    """
    text = text.strip(" .,;:")
    breaths = _match_breaths(language).fullmatch(text)
    if breaths:
        counts = [read_number(end, language) for end in (breaths["low"], breaths["high"]) if end]
        return None if None in counts else f"{'..'.join(map(str, counts))} breaths"
    ends = _split_range(language).split(text)
    if len(ends) == 2:
        high = _read_length(ends[1], language)
        unit = re.sub(r"^[\d.,\s]+", "", ends[1])
        low = _read_length(ends[0] if not ends[0].strip().isdecimal() else f"{ends[0]} {unit}", language)
        return None if low is None or high is None else f"{format_duration(low)}..{format_duration(high)}"
    length = _read_length(text, language)
    return None if length is None else format_duration(length)


def _read_length(text: str, language: str) -> Ms | None:
    text = text.strip()
    if re.fullmatch(_DIGITS, text):
        text = f"{text} s"
    length = parse_pause(text, language) if any(map(str.isalnum, text)) else None
    return length if length is not None and 0 < length <= LONGEST else None


@cache
def _split_range(language: str) -> re.Pattern[str]:
    return re.compile(
        _RANGE.format(to=_join(word for words in find_words(language) for word in words.to)), re.IGNORECASE
    )


@cache
def _match_breaths(language: str) -> re.Pattern[str]:
    word = _join(word for words in find_words(language) for word in words.breaths)
    number = rf"(?:{_DIGITS}|[^\W\d_]+)"
    to = _RANGE.format(to=_join(word for words in find_words(language) for word in words.to))
    return re.compile(rf"(?P<low>{number})(?:{to}(?P<high>{number}))?\s*(?:{word})", re.IGNORECASE)


def _join(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(set(words), key=len, reverse=True)))


# At the beginning or the end of an item ---------------------------------------------------------------------------


def take_length(text: str, language: str) -> tuple[Ms, int] | None:
    """Return the length at the beginning of a text, and the offset of the text after it; None if there is no length."""
    found = _match_length(language).match(text)
    if not found or not (length := _add_up(found)):
        return None
    return length, found.end()


def take_last_length(text: str, language: str) -> tuple[Ms, int] | None:
    """Return the length at the end of a text, after a colon, a dash or in parentheses, and its offset."""
    for found in re.finditer(r"\s*[:,(–—|]\s*|\s+-\s+", text):
        length = _match_length(language).match(text, found.end())
        if length and not text[length.end() :].strip(" ).,;|") and (total := _add_up(length)):
            return total, found.start()
    return None


def _add_up(found: re.Match[str]) -> Ms | None:
    if found["clock"]:
        total = parse_duration(found["clock"])
    else:
        minutes, seconds, more = (
            float((found[name] or "0").replace(",", ".")) for name in ("minutes", "seconds", "more")
        )
        total = round(minutes * 60_000 + (seconds + more) * 1000)
    return total if 0 < total <= LONGEST else None


@cache
def _match_length(language: str) -> re.Pattern[str]:
    words = find_mark_words(language)
    minutes = _join([*(word for each in words for word in each.minutes), "′", "'"])
    seconds = _join([*(word for each in words for word in each.seconds), "″", "''", '"'])
    end = r"(?![^\W\d_])\.?"
    return re.compile(
        rf"(?P<clock>\d{{1,2}}:[0-5]\d)(?![\d:])\s*"
        rf"|(?P<minutes>{_DIGITS})[\s-]*(?:{minutes})(?!'){end}"
        rf"(?:\s*(?:and|und|y|et|e)?\s*(?P<more>\d{{1,2}})\s*(?:{seconds}){end})?\s*"
        rf"|(?P<seconds>{_DIGITS})[\s-]*(?:{seconds}){end}\s*",
        re.IGNORECASE,
    )
