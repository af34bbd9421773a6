"""Text split into captions of at most two lines, between words and if possible at the ends of clauses.

Japanese, Chinese and Thai have no spaces between words. For them BudouX, a small model, finds the ends of phrases.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import accumulate
from unicodedata import bidirectional, category

from rich.cells import cell_len

from narrator.languages import fold_language, match_language

COLUMNS = 42
"""Width of a line in columns; a Chinese or Japanese character takes two."""

_WITHIN_CLAUSE = 0.5
"""Cost of a cut within a clause, compared with the distance from the middle as a share of the whole."""
_WORD = re.compile(r"(?:[«„‹] )?[^ ]+(?: [-–—!?:;»›…%]{1,2}(?= |$)){0,2} *")
"""A word, and separate punctuation that stays on its line, as in French."""
_AFTER_DASH = re.compile(r"(?<=[^\W\d_][–—])(?=[^\W\d_])")
_CLAUSE_END = re.compile(r"[,;:.!?…–—、。，；：！？،؛؟।॥۔]['\"”’»›)\]」』）]*\s*$")
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
"""Scripts without spaces between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese."""
_KEPT_BEHIND = {"Mn", "Mc", "Me", "Lm", "Pe", "Pf", "Po", "Zs"}
_KEPT_BEFORE = {"Ps", "Pi"}
"""Categories of characters that no line starts with, and that no line ends with."""
_PHRASES = {"ja": "japanese", "zh-hans": "simplified_chinese", "zh-hant": "traditional_chinese", "th": "thai"}
"""Languages that BudouX has a model for, and its names for them."""
_RIGHT_TO_LEFT = {"R", "AL"}
_MARKS = {True: "\u200f", False: "\u200e"}
"""Invisible marks that set the direction of a line: right to left, left to right."""


@lru_cache(maxsize=4096)
def split_text(text: str, language: str) -> tuple[tuple[str, ...], ...]:
    """Return the captions of a text, each as one or two lines that are at most `COLUMNS` wide.

    Lines include the spaces after them, so that all of them joined are the text. A wider word is a line by itself.
    """
    return tuple(_split(list_units(text, language)))


def list_units(text: str, language: str) -> list[str]:
    """Return the smallest pieces of a text that a line can end after, including the spaces after them."""
    words = [unit for word in _WORD.findall(text) for unit in _AFTER_DASH.split(word)]
    parse = _find_parser(language)
    phrases = (phrase for word in words for phrase in (parse(word) if parse and not word.isascii() else [word]))
    return [unit for phrase in _join_loose(phrases) for unit in _cut_phrase(phrase)]


@cache
def _find_parser(language: str) -> Callable[[str], list[str]] | None:
    code = match_language(language, _PHRASES)
    if not code:
        return None
    import budoux

    parse: Callable[[str], list[str]] = getattr(budoux, f"load_default_{_PHRASES[fold_language(code)]}_parser")().parse
    return parse


def _join_loose(phrases: Iterable[str]) -> list[str]:
    """Append spaces, and signs that no line starts with, to the phrase before them."""
    joined: list[str] = []
    for phrase in phrases:
        is_loose = bool(phrase) and category(phrase[0]) in _KEPT_BEHIND and not (joined and joined[-1].endswith(" "))
        if joined and (is_loose or not phrase.strip()):
            joined[-1] += phrase
        elif phrase:
            joined.append(phrase)
    return joined


def _cut_phrase(phrase: str) -> list[str]:
    """Cut a phrase that is wider than a line between characters, if its script has no spaces."""
    if _measure_width(phrase.rstrip()) <= COLUMNS or not re.search(_UNSPACED, phrase):
        return [phrase]
    units: list[str] = []
    for char in phrase:
        if units and (category(char) in _KEPT_BEHIND or category(units[-1][-1]) in _KEPT_BEFORE):
            units[-1] += char
        else:
            units.append(char)
    return units


def _split(units: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of each caption; what does not fit is cut in two, and each half again."""
    if not units:
        return
    ends = [0, *accumulate(map(_measure_width, units))]
    widths = [(ends[at] - _measure_space(units[at - 1]), ends[-1] - ends[at]) for at in range(1, len(units))]
    whole = ends[-1] - _measure_space(units[-1])
    rate = partial(_rate_cut, units, whole)
    if whole <= COLUMNS or not widths:
        yield ("".join(units),)
        return
    last = _measure_space(units[-1])
    fitting = [at for at, (left, right) in enumerate(widths, 1) if left <= COLUMNS and right - last <= COLUMNS]
    if fitting:
        at = min(fitting, key=lambda at: rate(at, *widths[at - 1]))
        yield "".join(units[:at]), "".join(units[at:])
        return
    at = min(range(1, len(units)), key=lambda at: rate(at, *widths[at - 1]))
    yield from _split(units[:at])
    yield from _split(units[at:])


def _rate_cut(units: Sequence[str], whole: int, at: int, left: int, right: int) -> float:
    """Return the cost of a cut before a unit, with so many columns on its left and right."""
    return abs(left - right) / whole + (0 if ends_clause(units[at - 1]) else _WITHIN_CLAUSE)


def _measure_width(text: str) -> int:
    """Return the number of columns that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def _measure_space(unit: str) -> int:
    return len(unit) - len(unit.rstrip())


def ends_clause(text: str) -> bool:
    """Return whether a text ends with a sign at which voices pause."""
    return bool(_CLAUSE_END.search(text))


def direct_line(line: str, text: str) -> str:
    """Return a line with the direction of its text, whatever its first word is.

    Players take the direction from the first letter: a Hebrew line that starts with an English word would run from
    left to right. An invisible mark before it prevents that.
    """
    if text.isascii():
        return line
    is_rtl = _runs_right_to_left(text)
    first = next((kind for kind in map(bidirectional, line) if kind in {"L", *_RIGHT_TO_LEFT}), None)
    return line if first is None or (first in _RIGHT_TO_LEFT) == is_rtl else _MARKS[is_rtl] + line


def _runs_right_to_left(text: str) -> bool:
    kinds = [kind for kind in map(bidirectional, text) if kind in {"L", *_RIGHT_TO_LEFT}]
    return 2 * sum(kind in _RIGHT_TO_LEFT for kind in kinds) > len(kinds)
