"""A text in parts that fit a screen: at most two lines each, cut at clauses rather than within, between words at least.

Japanese, Chinese and Thai have no spaces: there BudouX, a small model of where phrases end, says where a line may end.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import accumulate
from unicodedata import bidirectional, category

import budoux
from rich.cells import cell_len

from narrator.languages import fold_language, match_language

COLUMNS = 42
"""Width of a line, in columns: a character of Chinese or Japanese has two."""

_WITHIN_CLAUSE = 0.5
"""How much farther from the middle, as a share of the whole, a cut may be to be at the end of a clause."""
_WORD = re.compile(r"(?:[«„‹] )?[^ ]+(?: [-–—!?:;»›…%]{1,2}(?= |$)){0,2} *")
"""A word with what must not be parted from it: a sign that stands by itself, as French has them."""
_AFTER_DASH = re.compile(r"(?<=[^\W\d_][–—])(?=[^\W\d_])")
_CLAUSE_END = re.compile(r"[,;:.!?…–—、。，；：！？،؛؟।॥۔]['\"”’»›)\]」』）]*\s*$")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Scripts without spaces between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese."""
_KEPT_BEHIND = {"Mn", "Mc", "Me", "Lm", "Pe", "Pf", "Po", "Zs"}
_KEPT_BEFORE = {"Ps", "Pi"}
"""Kinds of characters that no line begins with, and that none ends with."""
_PHRASES: dict[str, Callable[[], budoux.Parser]] = {
    "ja": budoux.load_default_japanese_parser,
    "zh-hans": budoux.load_default_simplified_chinese_parser,
    "zh-hant": budoux.load_default_traditional_chinese_parser,
    "th": budoux.load_default_thai_parser,
}
_RIGHT_TO_LEFT = {"R", "AL"}
_MARKS = {True: "\u200f", False: "\u200e"}
"""Signs without width that say where a line begins: at the right, at the left."""


def split_text(text: str, language: str) -> list[tuple[str, ...]]:
    """Return the parts of a text, each of one or two lines that are `COLUMNS` wide at most.

    Lines keep the spaces behind them, so that all of them together are the text. A word that is wider by itself has a
    line of its own.
    """
    return list(_split(list_units(text, language)))


def list_units(text: str, language: str) -> list[str]:
    """Return a text in the smallest pieces that a line may end after, with the spaces behind them."""
    words = [unit for word in _WORD.findall(text) for unit in _AFTER_DASH.split(word)]
    parse = _find_parser(language)
    phrases = (phrase for word in words for phrase in (parse(word) if parse and not word.isascii() else [word]))
    return [unit for phrase in _join_loose(phrases) for unit in _cut_phrase(phrase)]


@cache
def _find_parser(language: str) -> Callable[[str], list[str]] | None:
    code = match_language(language, _PHRASES)
    return _PHRASES[fold_language(code)]().parse if code else None


def _join_loose(phrases: Iterable[str]) -> list[str]:
    """Put spaces, and signs that no line begins with, behind the phrase before."""
    joined: list[str] = []
    for phrase in phrases:
        is_loose = bool(phrase) and category(phrase[0]) in _KEPT_BEHIND and not (joined and joined[-1].endswith(" "))
        if joined and (is_loose or not phrase.strip()):
            joined[-1] += phrase
        elif phrase:
            joined.append(phrase)
    return joined


def _cut_phrase(phrase: str) -> list[str]:
    """Cut a phrase that is wider than a line between characters, where its script has no spaces."""
    if cell_len(phrase.rstrip()) <= COLUMNS or not _UNSPACED.search(phrase):
        return [phrase]
    units: list[str] = []
    for char in phrase:
        if units and (category(char) in _KEPT_BEHIND or category(units[-1][-1]) in _KEPT_BEFORE):
            units[-1] += char
        else:
            units.append(char)
    return units


def _split(units: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of each part: halves of halves, until each of them fits."""
    if not units:
        return
    ends = [0, *accumulate(map(cell_len, units))]
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
    """Return what it costs to cut before a unit, where so many columns are left and right of it."""
    return abs(left - right) / whole + (0 if ends_clause(units[at - 1]) else _WITHIN_CLAUSE)


def _measure_space(unit: str) -> int:
    return len(unit) - len(unit.rstrip())


def ends_clause(text: str) -> bool:
    """Return whether a text ends where a voice is likely to pause."""
    return bool(_CLAUSE_END.search(text))


def direct_line(line: str, text: str) -> str:
    """Return a line of a text so that it runs in the direction of the whole, whatever its first word is.

    What shows a line goes by its first letter: a line of Hebrew that begins with an English word would run from the
    left. A mark without width before it prevents that.
    """
    is_rtl = _runs_right_to_left(text)
    first = next((kind for kind in map(bidirectional, line) if kind in {"L", *_RIGHT_TO_LEFT}), None)
    return line if first is None or (first in _RIGHT_TO_LEFT) == is_rtl else _MARKS[is_rtl] + line


def _runs_right_to_left(text: str) -> bool:
    kinds = [kind for kind in map(bidirectional, text) if kind in {"L", *_RIGHT_TO_LEFT}]
    return 2 * sum(kind in _RIGHT_TO_LEFT for kind in kinds) > len(kinds)
