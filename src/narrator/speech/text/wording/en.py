"""English as a voice should read it: figures, units, letters and signs that it would misread are put into words.

Plain numbers ("30", "3.5", "1st", "90%") are not changed, because every engine reads them well.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from narrator.routine.lexicon import drop_sanskrit_marks
from narrator.speech.text.wording.numbers import NOT_ROMAN, read_roman, spell


def word_english(text: str) -> str:
    """Put into words what an English voice would misread."""
    # A fraction character becomes three, as in 1/2; thin and no-break spaces become plain ones.
    text = unicodedata.normalize("NFKC", re.sub(r"(?<=\d)([½¼¾⅓⅔⅛])", r" \1", text)).replace("\u2044", "/")
    # In one line first, so that the rules below can expect a single space.
    text = " ".join(drop_sanskrit_marks(_drop(text, {"Cf", "Mn"}, "")).split())
    text = _apply(_LETTERS, text)
    has_figures = _FIGURE.search(text)
    if has_figures:
        text = _apply([*_AMOUNTS, *_FIGURES, *_MEASURES], text)
    if has_figures or not _WORDS_ALONE.fullmatch(text):
        text = " ".join(_drop(re.sub(r"[*_#•]", " ", _apply(_SIGNS, text)), {"So", "Sk", "Sm"}, " ").split())
    return re.sub(r" (?=[,;:!?]|\.(?!\d))", "", text)


def _apply(rules: "Sequence[_Rule]", text: str) -> str:
    for pattern, spoken in rules:
        text = pattern.sub(spoken, text)
    return text


def _drop(text: str, categories: set[str], instead: str) -> str:
    """Return a text without the signs of some Unicode categories, whose names a voice would read out."""
    if text.isascii() and not categories & {"Sk", "Sm"}:
        return text
    return "".join(instead if unicodedata.category(char) in categories else char for char in text)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_FIGURE = re.compile(r"[\d/]")
_WORDS_ALONE = re.compile(r"[\w ,.;:!?'’\"-]*", re.ASCII)
_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_DASH = r" ?[-\u2010-\u2015\u2212] ?"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})++|\d++)(?:\.\d++)?"
_HALF_DAY = r" ?[ap]\.?m\b\.?"


# Single letters and numerals, and abbreviations

_ABBREVIATIONS = {
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "vs": "versus", "approx.": "about",
    "w/": "with", "w/o": "without", "Mt.": "Mount", "incl.": "including", "b/c": "because",
}  # fmt: skip
_LETTERED = "(?:option|step|plan|vitamin|letter|point|position|side|part|type|version|variation|pose|group)s?"
_NUMBERED = "(?:warrior|part|phase|level|type|stage|series|chapter|section|\\w*asana|drahsunna|[\ue000-\uf8ff])"
_ALONE = r"$| ?[.,;:!?)&\"”’]| (?:and|or|to|on|for|is|are)\b"
"""What follows a single letter or numeral."""
_LETTER_A = "eigh"
"""Spelling that is never taken for the article."""

_LETTERS: Sequence[_Rule] = [
    # Its full stop may also end the sentence.
    (re.compile(r"\betc\.(?=$| [A-Z])"), "et cetera."),
    (re.compile(rf"(?<!\w)({_either(_ABBREVIATIONS)})(?= |,|$)"), lambda found: _ABBREVIATIONS[found[1]]),
    (re.compile(r"\bNo\. ?(?=\d)"), "number "),
    (re.compile(r"(?<=[(\"“‘'])[aA](?=[)\"”’'])"), _LETTER_A),
    # A capital within a sentence; at the start only before another letter.
    (re.compile(rf"(?<=[a-z,] )A(?= [a-z]|{_ALONE})"), _LETTER_A),
    (re.compile(r"(?<![\w'’.])A(?= (?:and|or|to|&) [B-Z]\b|, [B-Z]\b)"), _LETTER_A),
    (re.compile(rf"\b({_LETTERED}) a(?={_ALONE})", re.IGNORECASE), rf"\1 {_LETTER_A}"),
    (re.compile(r"(?<![\w'’.-])([IVXL]{2,7})(?![\w-]|['’](?!s\b))"), lambda found: _read_numeral(found[1])),
    (
        re.compile(rf"(?<!\w)((?i:{_NUMBERED})) ([IVX])(?= pose\b|{_ALONE})"),
        lambda found: f"{found[1]} {read_roman(found[2])}",
    ),
]


def _read_numeral(numeral: str) -> str:
    value = read_roman(numeral)
    return numeral if value is None or numeral in NOT_ROMAN else str(value)


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
    """Return the half of the day as letters; a full stop after them is kept if it also ends the sentence."""
    return f" {found[1].upper()}M{found[2] or ''}"


def _say_pattern(found: re.Match[str]) -> str:
    """Say numbers joined by dashes: two rising numbers are a range, any others a rhythm."""
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
    # From one figure to another that has the same sign or unit.
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
    # Ratios: in a time, the minutes have two figures.
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
    # One minute and a five-minute rest, but five minutes.
    return f"{number} {_UNITS[unit] if number == '1' or tie == '-' else _pluralise(_UNITS[unit])}"


def _say_price(amount: str, sign: str) -> str:
    name = _CURRENCIES[sign]
    whole, _, cents = amount.partition(".")
    if len(cents) == 2 and int(cents):
        return f"{whole} {name.removesuffix('s') if whole == '1' else name} {int(cents)}"
    return f"{amount} {name.removesuffix('s') if amount == '1' else name}"


_MEASURES: Sequence[_Rule] = [
    (re.compile(r"° (?=[CF]\b)"), "°"),
    (
        re.compile(rf"(\d {_either(['', *_UNITS])}|\d(?:{_either(_UNITS)})|[a-z]s)/({_either(_SPANS)})\b"),
        lambda found: f"{found[1]} per {_SPANS[found[2]]}",
    ),
    (re.compile(r"\ball 4s\b", re.IGNORECASE), "all fours"),
    (re.compile(r"(?<=\d)x(?=\d)"), " times "),
    (re.compile(rf"(?<![\w.])(?<!\d,)({_NUMBER})( ?|-)({_either(_UNITS)})(?![\w'’])"), _say_unit),
    (re.compile(rf"([{''.join(_CURRENCIES)}]) ?({_NUMBER})"), lambda found: _say_price(found[2], found[1])),
    (re.compile(rf"(?<![\w.,])({_NUMBER}) ?([{''.join(_CURRENCIES)}])"), lambda found: _say_price(found[1], found[2])),
]


# Signs

_WORDS = {
    "&": "and", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "→": "to", "≈": "about",
    "±": "plus or minus", "≤": "at most", "≥": "at least", "≠": "is not", "<": "less than", ">": "more than",
}  # fmt: skip
_SIGNS: Sequence[_Rule] = [
    (re.compile(r"[<>](?! ?[\d.])"), " "),
    (re.compile(r"~ ?(?=\d)"), "about "),
    (re.compile(r"# ?(?=\d)"), "number "),
    (re.compile(r"(?<![^ (])[-−](?=\d)"), "minus "),
    (re.compile(rf" ?([{re.escape(''.join(_WORDS))}]) ?"), lambda found: f" {_WORDS[found[1]]} "),
    (re.compile(r"(?<=\w) ?/ ?(?=\w)"), " "),
]

# Amounts with their own notation

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _say_date(found: re.Match[str], year: int, month: int, day: int) -> str:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return f"{_MONTHS[month - 1]} {spell(day, 'en', 'spellout-ordinal')}, {year}"


def _say_slashed_date(found: re.Match[str]) -> str:
    """Say a date whose month and day cannot be confused; others are not changed."""
    first, second, year = map(int, found.groups())
    if first > 12 >= second:
        return _say_date(found, year, second, first)
    return _say_date(found, year, first, second) if second > 12 >= first or first == second else found[0]


def _say_shares(found: re.Match[str]) -> str:
    """Say shares that add up to a hundred: `fifty-fifty`."""
    first, second = int(found[1]), int(found[2])
    return f"{spell(first, 'en')}-{spell(second, 'en')}" if first + second == 100 else found[0]


def _say_inches(found: re.Match[str]) -> str:
    """Say inches; the full stop of the abbreviation also ends the sentence if nothing follows."""
    stop = "." if found.end() == len(found.string) and found[0].endswith(".") else ""
    return f"{found[1]} {'inch' if found[1] == '1' else 'inches'}{stop}"


_AMOUNTS: Sequence[_Rule] = [
    (
        re.compile(r"(?<![\d.,/-])(\d{4})-(\d\d)-(\d\d)(?![\d-])"),
        lambda found: _say_date(found, *map(int, found.groups())),
    ),
    (re.compile(r"(?<![\d.,/-])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/-])"), _say_slashed_date),
    (re.compile(r"\b24/7\b"), "24 7"),
    (re.compile(r"(?<![\d/.,])(\d{2})/(\d{2})(?![\d/%])"), _say_shares),
    # Durations: 1m30s, 1h30.
    (re.compile(r"(?<![\w.,])(\d+) ?m(?:ins?)? ?(\d{1,2}) ?s(?:ecs?)?\b"), r"\1 min \2 s"),
    (re.compile(r"(?<![\w.,])(\d+) ?h(?:rs?)? ?(\d{1,2})(?: ?m(?:ins?)?\b)?(?![\w:])"), r"\1 h \2 min"),
    (re.compile(r"(?<=\d) ?[x×] ?(?=\d)"), " times "),
    (
        re.compile(r"(?<!\w)[x×] ?(\d+)(?![\d.,]*\d)"),
        lambda found: f"{found[1]} {'time' if found[1] == '1' else 'times'}",
    ),
    (re.compile(r"(?<=\d)k(?!\w)"), " thousand"),
    (re.compile(r"(?<=\d) (?=%)"), ""),
    (re.compile(rf"(?<![\w.,])({_NUMBER})[ -]?(?:in\.(?=$| [a-z]|[,;)])|″)"), _say_inches),
    (re.compile(rf"(?<![\w.,])\.(\d+)(?= ?(?:{_either(_UNITS)})\b)"), r"0.\1"),
    # The full stop of an abbreviation, within a sentence.
    (re.compile(r"(?<=\d)([ -]?(?:secs?|mins?|hrs?|lbs?|oz|ft|cm))\.(?= [a-z]|[,;)])"), r"\1"),
]
