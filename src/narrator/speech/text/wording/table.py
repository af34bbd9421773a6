"""The table of a language: its words for units, signs and times, and how its numbers agree with nouns."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from narrator.speech.text.wording.numbers import Number, is_code, spell, spell_figures


def list_words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


class Unit(NamedTuple):
    """A unit: its name in the singular and the plural, and its gender (`m`, `f` or `n`)."""

    one: str
    many: str
    gender: str = "m"


class Table(ABC):
    """The words of a language, and its grammar of numbers; each language is a subclass."""

    code: str
    """Code in CLDR."""
    comma: str
    to: str
    """Word between the ends of a range."""
    times: str
    """Word between two factors."""
    ratio: str
    """Word between the parts of a ratio."""
    of: str
    """Word between a count and its total: 3 of 7."""
    over: str
    """Word between two numbers written one over the other: 120/80."""
    per: str
    number: str
    """Word before the number of a thing: No. 3."""
    plus_minus: str
    abbreviations: Mapping[str, str]
    units: Mapping[str, Unit]
    """Units by abbreviation, without full stop."""
    currencies: Mapping[str, Unit]
    signs: Mapping[str, str]
    months: Sequence[str]
    fractions: Mapping[int, tuple[str, str]]
    """Names of a share by denominator: singular, plural."""
    labels: frozenset[str]
    """Words, in lower case, that a number only labels: it does not count the word after it."""
    function_words: frozenset[str]
    """Words that a number before them does not count."""
    feminine: frozenset[str] = frozenset()
    masculine: frozenset[str] = frozenset()
    feminine_endings: tuple[str, ...] = ()
    am: str
    pm: tuple[str, str]
    """Words for the afternoon, and for the evening."""
    hour_minutes: str = "{hour} h {minute} min"
    """How hours and minutes written as 7h30 are expanded."""
    number_signs: str
    """Pattern of signs before the number of a thing."""

    @cached_property
    def unit_pattern(self) -> str:
        """Pattern of the units' abbreviations, the longest first."""
        return "|".join(re.escape(unit) for unit in sorted(self.units, key=len, reverse=True))

    @cached_property
    def unit_names(self) -> Mapping[str, Unit]:
        """Units by their names in the singular and the plural."""
        return {name: unit for unit in self.units.values() for name in (unit.one, unit.many)}

    def find_gender(self, noun: str) -> str:
        """Return the gender of a counted word, from its ending if it is unknown."""
        word = noun.lower()
        if word in self.masculine:
            return "m"
        return "f" if word in self.feminine or word.endswith(self.feminine_endings) else "m"

    def say(self, number: Number, gender: str = "", noun: str = "") -> str:
        """Return a number in words; with a gender it counts a noun, which may affect its form."""
        if is_code(number.whole):
            return spell_figures(number.whole, self.code)
        if number.decimals:
            return f"{self.say_whole(int(number.whole), '', '')} {self.comma} {self.say_decimals(number.decimals)}"
        return self.say_whole(int(number.whole), gender, noun)

    def say_decimals(self, figures: str) -> str:
        """Return the digits after the decimal sign: two as one number, more one by one."""
        if len(figures) == 2 and not figures.startswith("0"):
            return spell(int(figures), self.code)
        return spell_figures(figures, self.code)

    def is_single(self, number: Number) -> bool:
        """Return whether the counted noun is in the singular."""
        return number.is_one

    def join_times(self, number: str, unit: Unit) -> str:
        """Return how often something is done, from the number in words and the word for times."""
        return f"{number} {unit.one if number == self.say_whole(1, unit.gender, unit.one) else unit.many}"

    @abstractmethod
    def say_whole(self, value: int, gender: str, noun: str) -> str:
        """Return a whole number in words, in agreement with a noun if a gender is given."""

    @abstractmethod
    def say_ordinal(self, value: int, suffix: str, before: str, noun: str) -> str:
        """Return an ordinal in words; `suffix` was written after the digits, `before` and `noun` around them."""

    @abstractmethod
    def say_time(self, hour: int, minute: int) -> str:
        """Return a time of day in words."""

    @abstractmethod
    def say_date(self, day: int, month: int, year: int | None, before: str) -> str:
        """Return a date in words; `before` is the text before it."""

    @abstractmethod
    def say_half(self, whole: str, unit: Unit | None) -> str:
        """Return a half in words, or a whole number (in words, or empty) and a half, of a unit if one is given."""

    def say_share(self, count: int, parts: int, unit: Unit | None) -> str:
        """Return a fraction in words, of a unit if one is given."""
        one, many = self.fractions[parts]
        said = f"{self.say_whole(count, 'm', one)} {one if count == 1 else many}"
        return f"{said} {self.join_share(unit.one)}" if unit else said

    def join_share(self, noun: str) -> str:
        """Return the noun of a fraction with its preposition."""
        return f"{self.of} {noun}"
