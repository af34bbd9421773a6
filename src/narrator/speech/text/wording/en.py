"""English as a voice is to read it: figures, units, letters and signs that it would misread are put into words.

Plain numbers ("30", "3.5", "1st", "90%") are left as they are: the engines this is for read them well.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from narrator.routine.phrases import drop_sanskrit_marks


def word_english(text: str) -> str:
    """Put into words what an English voice would misread."""
    # One letter for each fraction becomes three, as in 1/2; thin and unbreakable spaces become plain ones.
    text = unicodedata.normalize("NFKC", re.sub(r"(?<=\d)([½¼¾⅓⅔⅛])", r" \1", text)).replace("\u2044", "/")
    # In one line first: the rules below may then look for one space where there could be any number.
    text = " ".join(drop_sanskrit_marks(_drop(text, {"Cf", "Mn"}, "")).split())
    for pattern, spoken in _RULES:
        text = pattern.sub(spoken, text)
    text = " ".join(_drop(re.sub(r"[*_#•]", " ", text), {"So", "Sk", "Sm", "Co"}, " ").split())
    return re.sub(r" (?=[,;:!?]|\.(?!\d))", "", text)


def _drop(text: str, categories: set[str], instead: str) -> str:
    """Text without the signs of some of Unicode's categories, whose names a voice would read out."""
    return "".join(instead if unicodedata.category(char) in categories else char for char in text)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_DASH = r" ?[-\u2010-\u2015\u2212] ?"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})++|\d++)(?:\.\d++)?"
_HALF_DAY = r" ?[ap]\.?m\b\.?"


# Letters and numerals that stand for themselves, and abbreviations

_ABBREVIATIONS = {
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "vs": "versus", "approx.": "about",
    "w/": "with", "w/o": "without", "Mt.": "Mount",
}  # fmt: skip
_ROMAN = {
    "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10, "XI": 11, "XII": 12,
}  # fmt: skip
_LETTERED = "(?:option|step|plan|vitamin|letter|point|position|side|part|type|version|variation|pose|group)s?"
_NUMBERED = r"(?:warrior|part|phase|level|type|stage|series|chapter|section|\w*asana|drahsunna)"
_ALONE = r"$| ?[.,;:!?)&\"”’]| (?:and|or|to|on|for|is|are)\b"
"""What follows a letter or numeral that stands for itself."""
_LETTER_A = "eigh"
"""Spelt so that it is never taken for the article."""

_LETTERS: Sequence[_Rule] = [
    # One whose full stop may also end the sentence.
    (re.compile(r"\betc\.(?=$| [A-Z])"), "et cetera."),
    (re.compile(rf"(?<!\w)({_either(_ABBREVIATIONS)})(?= |,|$)"), lambda found: _ABBREVIATIONS[found[1]]),
    (re.compile(r"\bNo\. ?(?=\d)"), "number "),
    (re.compile(r"(?<=[(\"“‘'])[aA](?=[)\"”’'])"), _LETTER_A),
    # A capital within a sentence; at its start only before another letter.
    (re.compile(rf"(?<=[a-z,] )A(?= [a-z]|{_ALONE})"), _LETTER_A),
    (re.compile(r"(?<![\w'’.])A(?= (?:and|or|to|&) [B-Z]\b|, [B-Z]\b)"), _LETTER_A),
    (re.compile(rf"\b({_LETTERED}) a(?={_ALONE})", re.IGNORECASE), rf"\1 {_LETTER_A}"),
    (re.compile(r"(?<=\w )(II|III|IV|VI|VII|VIII|IX|XI|XII)(?![\w'’-])"), lambda found: str(_ROMAN[found[1]])),
    (re.compile(rf"\b((?i:{_NUMBERED})) ([IVX])(?= pose\b|{_ALONE})"), lambda found: f"{found[1]} {_ROMAN[found[2]]}"),
]


# Units

_UNITS = {
    "mm": "millimetre", "cm": "centimetre", "m": "metre", "km": "kilometre", "ft": "foot", "ml": "millilitre",
    "mL": "millilitre", "l": "litre", "L": "litre", "mg": "milligram", "g": "gram", "kg": "kilogram", "oz": "ounce",
    "lb": "pound", "lbs": "pound", "ms": "millisecond", "s": "second", "sec": "second", "secs": "second",
    "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "bpm": "beat per minute",
    "kcal": "kilocalorie", "Hz": "hertz", "dB": "decibel", "°C": "degree Celsius", "°F": "degree Fahrenheit",
    "°": "degree", "x": "time", "×": "time",
}  # fmt: skip
_PLURALS = {"foot": "feet", "hertz": "hertz"}
_SPANS = {"s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour"} | {
    span: span for span in ("second", "minute", "hour", "day", "week")
}
_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}


def _pluralise(unit: str) -> str:
    first, _, rest = unit.partition(" ")
    return f"{_PLURALS.get(first, f'{first}s')} {rest}".rstrip() if unit else ""


def _add_article(unit: str) -> str:
    return f"{'an' if unit in {'eighth', 'hour', 'ounce'} else 'a'} {unit}"


# Times of day, ranges, rhythms, ratios and fractions

_PARTS = {2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"), 8: ("eighth", "eighths")}
_DECADES = (
    "thousands", "tens", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties",
)  # fmt: skip


def _say_ratio(found: re.Match[str]) -> str:
    _, *others = found[0].split(":")
    return found[0].replace(":", " to ") if any(len(figures) == 1 for figures in others) else found[0]


def _say_time(found: re.Match[str]) -> str:
    hour, minute, not_o_clock = found.groups()
    if minute == "00":
        return hour if not_o_clock else f"{hour} o'clock"
    return f"{hour} {'oh ' if minute[0] == '0' else ''}{int(minute)}"


def _say_half_day(found: re.Match[str]) -> str:
    """As letters; a full stop after them is kept where it also ends the sentence."""
    return f" {found[1].upper()}M{found[2] or ''}"


def _say_pattern(found: re.Match[str]) -> str:
    """Two rising numbers are a range; any others are a rhythm, each number for itself."""
    numbers = re.split(_DASH, found[1])
    is_range = len(numbers) == 2 and float(numbers[0].replace(",", "")) < float(numbers[1].replace(",", ""))
    if is_range:
        return f"{numbers[0]} to {numbers[1]}{found[2]}"
    return ", ".join(numbers) + (" " if found[2] else "")


def _say_fraction(found: re.Match[str]) -> str:
    article, whole, count, parts, unit = found.groups()
    if int(parts) not in _PARTS or not 0 < int(count) < int(parts):
        return found[0].replace("/", " of ")
    one, many = _PARTS[int(parts)]
    spoken = f"{count} {many}" if count != "1" else one
    if count == "1" and (article or whole or one != "half"):
        spoken = _add_article(one)
    name = _UNITS[unit] if unit else ""
    if whole:
        return f"{whole} and {spoken} {_pluralise(name)}".rstrip()
    return f"{spoken}{'' if one == 'half' else ' of'} {_add_article(name)}" if unit else spoken


def _say_decade(found: re.Match[str]) -> str:
    century, decade = found.groups()
    return "2 thousands" if (century, decade) == ("20", "0") else f"{century} {_DECADES[int(decade)]}"


_FIGURES: Sequence[_Rule] = [
    (re.compile(rf"(?<=\d:[0-5]\d){_DASH}(?=\d)"), " to "),
    # From a figure to another with the same after it.
    (
        re.compile(
            rf"(?<=\d)(%|°[CF]?|{_HALF_DAY}|st|nd|rd|th|[a-z]{{1,4}}){_DASH}"
            rf"(?=\d[\d.,:]*(?:\1|{_HALF_DAY}|(?:st|nd|rd|th)\b))",
            re.IGNORECASE,
        ),
        r"\1 to ",
    ),
    (
        re.compile(rf"(?:\b([Aa]n?) |\b(\d+) )?(?<![\d/.,])\b(\d)/(\d)(?![\d/])(?: ?({_either(_UNITS)})(?![\w'’]))?"),
        _say_fraction,
    ),
    (re.compile(r"(?<![\d/.,])(\d)/(\d{2,3})(?![\d/])"), r"\1 out of \2"),
    (re.compile(r"(?<![\d/])(\d{2,3})/(\d{2,3})(?![\d/])"), r"\1 over \2"),
    # Ratios: a time has two figures for its minutes.
    (re.compile(r"(?<![\d:.])\d++(?::\d++)++(?![\d:])"), _say_ratio),
    (
        re.compile(rf"(?<![\d:])(\d{{1,2}}):([0-5]\d)(?![\d:])(?=({_HALF_DAY}| ?min| hour| to \d)?)", re.IGNORECASE),
        _say_time,
    ),
    (re.compile(r"(?<=\d) ?([ap])\.?m\b(\.(?=[ \"'”’)]*$| (?-i:[A-Z])))?\.?", re.IGNORECASE), _say_half_day),
    (re.compile(rf"(?<![\w.,-])({_NUMBER}(?:{_DASH}{_NUMBER})+)(?![.,]?\d)(-(?=[A-Za-z])|)"), _say_pattern),
    (re.compile(rf"(?<=\d) ?[–—] ?(?={_NUMBER})"), " to "),
    (re.compile(r"\b(1[89]|20)(\d)0s\b"), _say_decade),
    (re.compile(r"['’]([2-9])0s\b"), lambda found: _DECADES[int(found[1])]),
    (
        re.compile(
            r"\b(in (?:the|his|her|their|your|my|our) (?:early |mid[- ]|late )?)([2-9])0s\b"
            r"(?:( (?:and|or|to) )([2-9])0s\b)?",
            re.IGNORECASE,
        ),
        lambda found: found[1] + _DECADES[int(found[2])] + (found[3] + _DECADES[int(found[4])] if found[3] else ""),
    ),
]


def _say_unit(found: re.Match[str]) -> str:
    number, tie, unit = found.groups()
    # One minute, and a five-minute rest, but five minutes.
    return f"{number} {_UNITS[unit] if number == '1' or tie == '-' else _pluralise(_UNITS[unit])}"


_MEASURES: Sequence[_Rule] = [
    (re.compile(r"° (?=[CF]\b)"), "°"),
    (
        re.compile(rf"(\d {_either(['', *_UNITS])}|\d(?:{_either(_UNITS)})|[a-z]s)/({_either(_SPANS)})\b"),
        lambda found: f"{found[1]} per {_SPANS[found[2]]}",
    ),
    (re.compile(r"\ball 4s\b", re.IGNORECASE), "all fours"),
    (re.compile(r"(?<=\d)x(?=\d)"), " times "),
    (re.compile(rf"(?<![\w.])(?<!\d,)({_NUMBER})( ?|-)({_either(_UNITS)})(?![\w'’])"), _say_unit),
    (re.compile(rf"([{''.join(_CURRENCIES)}]) ?({_NUMBER})"), lambda found: f"{found[2]} {_CURRENCIES[found[1]]}"),
]


# Signs

_WORDS = {"&": "and", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "→": "to", "≈": "about"}
_SIGNS: Sequence[_Rule] = [
    (re.compile(r"~ ?(?=\d)"), "about "),
    (re.compile(r"# ?(?=\d)"), "number "),
    (re.compile(r"(?<![^ (])[-−](?=\d)"), "minus "),
    (re.compile(rf" ?([{re.escape(''.join(_WORDS))}]) ?"), lambda found: f" {_WORDS[found[1]]} "),
    (re.compile(r"(?<=\w) ?/ ?(?=\w)"), " "),
]

_RULES = [*_LETTERS, *_FIGURES, *_MEASURES, *_SIGNS]
