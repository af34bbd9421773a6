"""Text as a voice is to read it: figures and signs that it would misread put into words, and cut where one breathes.

Plain numbers ("30", "3.5", "1st", "90%") are left as they are: the engines this is for read them well.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_BREATH = 40
"""Words that are spoken in one breath, at most."""

_NUMBER = r"\d+(?:\.\d+)?"
_DASH = r"\s*[-\u2010-\u2015\u2212]\s*"
_UNITS = {
    "mm": "millimetre", "cm": "centimetre", "m": "metre", "km": "kilometre", "ml": "millilitre", "l": "litre",
    "g": "gram", "kg": "kilogram", "lb": "pound", "lbs": "pound", "ms": "millisecond", "s": "second", "sec": "second",
    "secs": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour",
    "bpm": "beat per minute",
    "Hz": "hertz", "dB": "decibel", "°C": "degree Celsius", "°F": "degree Fahrenheit", "°": "degree",
}  # fmt: skip
_FRACTIONS = {"1/2": "half", "1/4": "quarter", "3/4": "three quarters", "1/3": "third", "2/3": "two thirds"}
_ABBREVIATIONS = {
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "approx.": "about", "w/": "with",
}  # fmt: skip
_SIGNS = {"&": "and", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "→": "to", "≈": "about"}


def word_english(text: str) -> str:
    """Put into words what an English voice would misread."""
    # One letter for each fraction becomes three, as in 1/2; thin and unbreakable spaces become plain ones.
    text = unicodedata.normalize("NFKC", re.sub(r"(?<=\d)([½¼¾⅓⅔])", r" \1", text)).replace("\u2044", "/")
    for pattern, spoken in _RULES:
        text = pattern.sub(spoken, text)
    return " ".join(_drop_pictures(text).split())


def has_words(text: str) -> bool:
    """Whether there is anything to say."""
    return any(char.isalnum() for char in text)


def _drop_pictures(text: str) -> str:
    """Text without emoji and other signs, whose names a voice would read out."""
    return "".join(" " if unicodedata.category(char) in {"So", "Sk", "Cf", "Co"} else char for char in text)


def _say_fraction(found: re.Match[str]) -> str:
    whole, fraction = found.groups()
    spoken = _FRACTIONS[fraction]
    if whole is None:
        return spoken if spoken == "half" or " " in spoken else f"a {spoken}"
    return f"{whole} and {spoken if ' ' in spoken else f'a {spoken}'}"


def _say_time(found: re.Match[str]) -> str:
    hour, minute, half = found.groups()
    if minute == "00":
        return hour if half else f"{hour} o'clock"
    return f"{hour} {'oh ' if minute[0] == '0' else ''}{int(minute)}"


def _say_half_day(found: re.Match[str]) -> str:
    """As letters; a full stop after them is kept where it also ends the sentence."""
    return f" {found.group(1).lower().translate({97: 'ay', 112: 'pee'})} em{found.group(2) or ''}"


def _say_pattern(found: re.Match[str]) -> str:
    """Two rising numbers are a range; any others are a rhythm, each number for itself."""
    numbers = re.split(_DASH, found.group())
    is_range = len(numbers) == 2 and float(numbers[0]) < float(numbers[1])
    return (" to " if is_range else ", ").join(numbers)


def _say_unit(found: re.Match[str]) -> str:
    number, unit = found.groups()
    name = _UNITS[unit]
    if number == "1" or name == "hertz":
        return f"{number} {name}"
    first, _, rest = name.partition(" ")
    return f"{number} {first}s {rest}".rstrip()


def _either(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_Spoken = str | Callable[[re.Match[str]], str]
_RULES: list[tuple[re.Pattern[str], _Spoken]] = [
    # The last full stop of an abbreviation also ends the sentence, if it stands at the end.
    (re.compile(rf"(?<!\w)({_either(_ABBREVIATIONS)})(?=\s|,|$)"), lambda found: _ABBREVIATIONS[found.group()]),
    (re.compile(rf"(?:(?<![\d/])(\d+)\s+)?(?<![\d/])({_either(_FRACTIONS)})(?![\d/])"), _say_fraction),
    (re.compile(r"(?<![\d:])(\d{1,2}):([0-5]\d)(?![\d:])(?=(\s*[ap]\.?m\b)?)", re.IGNORECASE), _say_time),
    (re.compile(r"(?<=\d)\s*([ap])\.?m\b(\.(?=[\s\"'”’)]*$|\s+(?-i:[A-Z])))?\.?", re.IGNORECASE), _say_half_day),
    (re.compile(rf"(?<![\w.,-]){_NUMBER}(?:{_DASH}{_NUMBER})+(?![\w-]|[.,]\d)"), _say_pattern),
    (re.compile(rf"(?<=\d)\s*[–—]\s*(?={_NUMBER})"), " to "),
    (re.compile(rf"(?<![\w.])({_NUMBER})\s*[-]?({_either(_UNITS)})(?![\w'’])"), _say_unit),
    (re.compile(r"(?<![\w)])[-−](?=\d)"), "minus "),
    (re.compile(rf"\s*([{re.escape(''.join(_SIGNS))}])\s*"), lambda found: f" {_SIGNS[found.group(1)]} "),
    (re.compile(r"(?<=\w)\s*/\s*(?=\w)"), " "),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """Words up to a stop, and the stop: one of `,` `.` `?` `!`, or nothing at the end of a text without one."""

    words: str
    stop: str


_STOP = re.compile(r"\s*(?:(\.{3}|[,;:.?!…]|--)[\"'”’)\]]*(?=\s|$)|\s-\s|\s*[–—]\s*)\s*")
_SENTENCE_STOPS = {"?": "?", "!": "!", ".": ".", "...": ".", "…": "."}


def split_clauses(text: str) -> list[Clause]:
    """Cut a text at its stops; what has neither letter nor digit is left out."""
    clauses = []
    start = 0
    for found in _STOP.finditer(text):
        clauses.append(Clause(text[start : found.start()], _SENTENCE_STOPS.get(found.group(1) or "", ",")))
        start = found.end()
    clauses.append(Clause(text[start:], ""))
    return [clause for clause in clauses if has_words(clause.words)]


def split_breaths(text: str, longest: int = LONGEST_BREATH) -> list[list[Clause]]:
    """Clauses of a text, as many at a time as can be said in one breath of about equal length."""
    clauses = [part for clause in split_clauses(text) for part in _cut_clause(clause, longest)]
    total = sum(map(_count_words, clauses))
    wanted = total / max(1, -(-total // longest))
    breaths: list[list[Clause]] = []
    words = 0
    for clause in clauses:
        count = _count_words(clause)
        if not breaths or words + count > longest or words >= wanted:
            breaths.append([])
            words = 0
        breaths[-1].append(clause)
        words += count
    return breaths


def _count_words(clause: Clause) -> int:
    return len(clause.words.split())


def _cut_clause(clause: Clause, longest: int) -> list[Clause]:
    """Cut a clause that no breath is long enough for into equal parts."""
    words = clause.words.split()
    size = -(-len(words) // -(-len(words) // longest))
    parts = [" ".join(words[start : start + size]) for start in range(0, len(words), size)]
    return [*(Clause(part, "") for part in parts[:-1]), Clause(parts[-1], clause.stop)]
