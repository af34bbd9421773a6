"""What a language's table holds: its words for units, signs and times, and how its numbers agree with their nouns."""

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
    """A unit: its name in the singular and in the plural, and its gender (`m`, `f` or `n`)."""

    one: str
    many: str
    gender: str = "m"


class Table(ABC):
    """The words of one language, and its grammar of numbers; a language is a class with its own."""

    code: str
    """As CLDR writes it."""
    comma: str
    to: str
    """Between the ends of a range."""
    times: str
    """Between two factors."""
    ratio: str
    """Between the parts of a ratio."""
    of: str
    """Between a count and the whole that it is of: 3 of 7."""
    over: str
    """Between a greater number and one that it is written over: 120/80."""
    per: str
    number: str
    """Before the number of a thing: No. 3."""
    plus_minus: str
    abbreviations: Mapping[str, str]
    units: Mapping[str, Unit]
    """By every abbreviation, without its full stop."""
    currencies: Mapping[str, Unit]
    signs: Mapping[str, str]
    months: Sequence[str]
    fractions: Mapping[int, tuple[str, str]]
    """Name of a share by its denominator: of one, of several."""
    labels: frozenset[str]
    """Words that a number only names, in small letters: it then does not count what follows."""
    function_words: frozenset[str]
    """Words that are not counted by a number before them."""
    feminine: frozenset[str] = frozenset()
    masculine: frozenset[str] = frozenset()
    feminine_endings: tuple[str, ...] = ()
    am: str
    pm: tuple[str, str]
    """In the afternoon, and in the evening."""
    hour_minutes: str = "{hour} h {minute} min"
    """How hours and minutes written as 7h30 are written out."""
    number_signs: str
    """Pattern of what is written before the number of a thing."""

    @cached_property
    def unit_pattern(self) -> str:
        """What matches a unit's abbreviation, the longest first."""
        return "|".join(re.escape(unit) for unit in sorted(self.units, key=len, reverse=True))

    @cached_property
    def unit_names(self) -> Mapping[str, Unit]:
        """Units by their names in either number."""
        return {name: unit for unit in self.units.values() for name in (unit.one, unit.many)}

    def find_gender(self, noun: str) -> str:
        """Return the gender of a word that is counted; by its ending, where it is not known."""
        word = noun.lower()
        if word in self.masculine:
            return "m"
        return "f" if word in self.feminine or word.endswith(self.feminine_endings) else "m"

    def say(self, number: Number, gender: str = "", noun: str = "") -> str:
        """Return a number in words; with a gender it counts a noun, whose name may decide its form."""
        if is_code(number.whole):
            return spell_figures(number.whole, self.code)
        if number.decimals:
            return f"{self.say_whole(int(number.whole), '', '')} {self.comma} {self.say_decimals(number.decimals)}"
        return self.say_whole(int(number.whole), gender, noun)

    def say_decimals(self, figures: str) -> str:
        """Return the figures after the decimal sign: two as one number, more one by one."""
        if len(figures) == 2 and not figures.startswith("0"):
            return spell(int(figures), self.code)
        return spell_figures(figures, self.code)

    def is_single(self, number: Number) -> bool:
        """Whether what is counted is in the singular."""
        return number.is_one

    def join_times(self, number: str, unit: Unit) -> str:
        """Return how often something is done, of the number's words and the word for times."""
        return f"{number} {unit.one if number == self.say_whole(1, unit.gender, unit.one) else unit.many}"

    @abstractmethod
    def say_whole(self, value: int, gender: str, noun: str) -> str:
        """Return a whole number in words, in agreement with a noun where a gender is given."""

    @abstractmethod
    def say_ordinal(self, value: int, suffix: str, before: str, noun: str) -> str:
        """Return an ordinal in words: `suffix` is what was written at the figures, around it the words beside it."""

    @abstractmethod
    def say_time(self, hour: int, minute: int) -> str:
        """Return a time of day in words."""

    @abstractmethod
    def say_date(self, day: int, month: int, year: int | None, before: str) -> str:
        """Return a date in words; `before` is the text before it."""

    @abstractmethod
    def say_half(self, whole: str, unit: Unit | None) -> str:
        """Return a half in words, or a whole number (in words; else empty) and a half, of a unit if one is given."""

    def say_share(self, count: int, parts: int, unit: Unit | None) -> str:
        """Return a fraction in words, of a unit if one is given."""
        one, many = self.fractions[parts]
        said = f"{self.say_whole(count, 'm', one)} {one if count == 1 else many}"
        return f"{said} {self.join_share(unit.one)}" if unit else said

    def join_share(self, noun: str) -> str:
        """Return what joins a fraction to what it is of, and that."""
        return f"{self.of} {noun}"
