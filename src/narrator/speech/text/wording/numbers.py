"""Numbers in writing, and in words by CLDR's rules for spelling them out (Unicode TR 35, RBNF)."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

NUMBER = r"(?:\d+(?:[.,]\d+)*|(?<![\d.,])[.,]\d+)"
"""Pattern of a number, with points and commas in either role."""
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_LARGEST = 10**12
"""Limit above which numbers are codes or telephone numbers, and are read digit by digit."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number: the digits before and after its decimal sign, or its parts if it is not a single number."""

    whole: str
    decimals: str = ""

    @property
    def value(self) -> float:
        """The value, for comparison."""
        return float(f"{self.whole or 0}.{self.decimals or 0}")

    @property
    def is_one(self) -> bool:
        """Whether it is exactly one."""
        return self.whole == "1" and not self.decimals


def parse_number(text: str) -> Number | None:
    """Return a number where a comma is the decimal sign; so is a single point, unless three digits follow.

    Returns None for anything with several parts, such as the version 1.2.3.
    """
    points, commas = text.count("."), text.count(",")
    if not points and not commas:
        return Number(text)
    if points and commas:
        last = max(text.rfind("."), text.rfind(","))
        whole = re.sub(r"[.,]", "", text[:last])
        return Number(whole, text[last + 1 :]) if text.count(text[last]) == 1 else None
    sign = "." if points else ","
    if _GROUPED.fullmatch(text) and (sign == "." or commas > 1) and not text.startswith("0"):
        return Number(text.replace(sign, ""))
    if points + commas > 1:
        return None
    whole, _, decimals = text.partition(sign)
    return Number(whole or "0", decimals)


@cache
def _find_engine(code: str) -> Any:
    from unicode_rbnf import RbnfEngine

    return RbnfEngine.for_language(code)


@cache
def spell(value: int, code: str, rules: str = "spellout-numbering") -> str:
    """Return a whole number in words, by one of a language's rule sets."""
    found = _find_engine(code).format_number(value, ruleset_names=[rules])
    return str(found.text_by_ruleset[rules]).replace("\u00ad", "")


def spell_figures(figures: str, code: str) -> str:
    """Return digits one by one, in words."""
    return " ".join(spell(int(figure), code) for figure in figures)


def is_code(figures: str) -> bool:
    """Return whether digits are not an amount: they start with a zero, or are very many."""
    return (len(figures) > 1 and figures.startswith("0")) or int(figures) >= _LARGEST


_ROMAN = re.compile(r"X{0,4}(?:IX|IV|V?I{0,3})|L?X{0,3}(?:IX|IV|V?I{0,3})")
NOT_ROMAN = frozenset({"XL", "LI", "LV", "LX", "LL", "IL"})
"""Sizes and other words that look like numerals."""
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}


def read_roman(numeral: str) -> int | None:
    """Return the value of a Roman numeral below ninety in standard form; None for anything else."""
    if not _ROMAN.fullmatch(numeral) or not numeral:
        return None
    values = [_VALUES[letter] for letter in numeral]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
