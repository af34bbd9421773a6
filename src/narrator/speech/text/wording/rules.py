"""The rules that languages share: which figures and signs are put into words. Each language's table has the words.

The rules run in order, each on the result of those before; whatever has been put into words has no digits left.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TypeAlias

from narrator.speech.text.wording.numbers import NOT_ROMAN, NUMBER, Number, is_code, parse_number, read_roman
from narrator.speech.text.wording.table import Table, Unit

_DASH = r" ?[-\u2010-\u2015\u2212] ?"
_PLACE = r"[\ue000-\uf8ff]"
"""A word with a known pronunciation; see `speech.text.reading`."""
_HALVES = str.maketrans({"½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⅛": " 1/8", "⅜": " 3/8",
                         "⅝": " 5/8", "⅞": " 7/8", "⅕": " 1/5", "⅖": " 2/5", "⅗": " 3/5", "⅘": " 4/5",
                         "⅙": " 1/6", "⅚": " 5/6"})  # fmt: skip
_NUMBERED = r"(?i:krieger|guerrero|guerriero|guerrier|guerreiro|teil|parte|partie)"
"""Words that a single-letter numeral can follow."""
_CLASSES = {"de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "pt": "Portuguese"}

_Rule: TypeAlias = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


@cache
def find_table(base: str) -> Table | None:
    """Return the table of a language, by its code without region; None if there is none."""
    if base not in _CLASSES:
        return None
    table: Table = getattr(import_module(f"narrator.speech.text.wording.{base}"), _CLASSES[base])()
    return table


@cache
def _find_rules(base: str, *, european: bool) -> list[_Rule]:
    table = find_table(base)
    if table is None:
        raise LookupError(base)
    if european:
        from narrator.speech.text.wording.pt import Portuguese

        table = Portuguese("pt_PT")
    return _Rules(table).list_rules()


_PLAIN = re.compile(r"[^\W\d_]+(?:[ ,'’;!?-]+[^\W\d_]+)*[.!?…]?")
"""Only words and commas, without digits or signs."""
_SHORT = re.compile(r"[IVXL]{2}|\b(?:vs|[ds]x|Mme|Mlle|Dr|Ste?)\b")
"""What is put into words although it has neither digits nor signs."""


def word_with_table(text: str, table: Table, language: str) -> str:
    """Return a clean text in a language that has a table, with its figures and signs in words."""
    text = re.sub(r"\b(?:AUM|Aum|OM)\b|ॐ", "Om", text)
    text = " ".join(text.translate(_HALVES).split())
    if _PLAIN.fullmatch(text) and not _SHORT.search(text) and text.rpartition(" ")[2] not in table.abbreviations:
        return text
    for pattern, say in _find_rules(table.code, european=language.lower() == "pt-pt"):
        text = pattern.sub(say, text)
    text = "".join(" " if unicodedata.category(char) in {"So", "Sm", "Sk"} else char for char in text)
    text = re.sub(r" (?=[,;:!?)]|\.(?!\d))", "", " ".join(text.split()))
    return text.replace("un' ", "un'") if table.code == "it" else text


class _Rules:
    """The rules of a language, each a pattern and a function that returns the words."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def list_rules(self) -> list[_Rule]:
        """Return the rules in order."""
        rules = [*self._list_numbers(), *self._list_dates(), *self._list_quantities()]
        return [(re.compile(pattern), say) for pattern, say in rules]

    def _list_numbers(self) -> list[tuple[str, Callable[[re.Match[str]], str]]]:
        """Return the rules for numerals, groups of digits, abbreviations, and durations."""
        table = self.table
        abbreviations = "|".join(re.escape(word) for word in sorted(table.abbreviations, key=len, reverse=True))
        return [
            (r"(?<!\w)([IVXL]{2,7})(?=\W|er?\b|ème\b|$)", self._say_roman),
            (
                rf"({_NUMBERED}|{_PLACE}) ([IVX])(?=$|[,;:.!?)])",
                lambda found: f"{found[1]} {read_roman(found[2])}",
            ),
            # Separate groups of three digits: only where they cannot be two numbers.
            (
                r"(?<![\d.,])(\d{1,3})((?: \d{3})+)(?![\d.,]*\d)"
                if table.code == "fr"
                else r"(?<![\d.,])(\d{2,3})((?: \d{3})+)(?![\d.,]*\d)",
                lambda found: found[0].replace(" ", ""),
            ),
            (rf"(?:{table.number_signs}|#) ?(?=\d)", lambda _found: f"{table.number} "),
            # After a number it is a unit instead.
            (rf"(?<![\w.])(?<!\d )({abbreviations})(?=$|[ ,;:!?)])(\.(?=$))?", self._say_abbreviation),
            (r"(?<=\d) ?[x×] ?(?=\d)", lambda _found: f" {table.times} "),
            (r"(?<!\w)[x×] ?(\d+)(?![\d.,]*\d)", lambda found: f"{found[1]}x"),
            # Durations: 1m30s, 7h30.
            (r"(?<![\w.,])(\d+) ?m(?:in)? ?(\d{1,2}) ?s(?:e[ckg])?\b\.?", lambda found: f"{found[1]} min {found[2]} s"),
            (r"(?<![\w.,])(\d+) ?min ?(\d{1,2})(?! ?\w)(?![.,:]\d)", lambda found: f"{found[1]} min {found[2]} s"),
            (r"(?<![\w.,])(\d{1,2}) ?h ?(\d{1,2})(?: ?m(?:in|n)?\b\.?)?(?![\d:])", self._write_hours),
        ]

    def _list_dates(self) -> list[tuple[str, Callable[[re.Match[str]], str]]]:
        """Return the rules for dates, times, and other figures with colons."""
        table = self.table
        months = "|".join(table.months)
        return [
            (r"(?<![\d.,/-])(\d{4})-(\d\d)-(\d\d)(?![\d-])", self._say_iso_date),
            (r"(?<![\d.,/-])(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4})(?![\d/-])", self._say_date),
            (rf"\b(1\.?[º°]?|1er) (de )?({months})\b(?: (?:de )?(\d{{4}}))?", self._say_first),
            (rf"\b(\d{{1,2}})(\.?) (de )?({months})\b(?: (?:de )?(\d{{4}})(?!\w))?", self._say_month),
            *self._list_times(),
            # Ratios come after times: one of their parts has a single digit.
            (r"(?<![\d:.])\d++(?::\d++)++(?![\d:])", lambda found: found[0].replace(":", f" {table.ratio} ")),
            (r"\b24/7\b", lambda _found: "24 7"),
            (r"(?<![\d/.,])(\d{2,3})/(\d{2,3})(?![\d/%])", self._say_split),
        ]

    def _list_quantities(self) -> list[tuple[str, Callable[[re.Match[str]], str]]]:
        """Return the rules for ordinals, fractions, prices, and numbers with units and signs."""
        table, units = self.table, self.table.unit_pattern
        currencies = "|".join(map(re.escape, table.currencies))
        return [
            *self._list_ordinals(),
            (
                (
                    rf"(?<![\d/.,])(?:\b(\d+) )?\b(\d{{1,2}})/(\d{{1,3}})(?![\d/])"
                    rf"(?: ?({units})\b\.?(?!\w)| ([^\W\d_]{{3,}}))?"
                ),
                self._say_fraction,
            ),
            (rf"({currencies}) ?({NUMBER})|(?<![\w.,])({NUMBER}) ?({currencies})(?!\w)", self._say_price),
            (
                rf"(?<![\w)])[-\u2212](?={NUMBER})",
                lambda _found: "minus " if table.code == "de" else f"{_MINUS[table.code]} ",
            ),
            (r"° ?(?=[CF]\b)", lambda _found: "°"),
            (r"[<>](?! ?[\d.])", lambda _found: " "),
            (
                (
                    rf"(?<![\w.,])({NUMBER}(?:{_DASH}{NUMBER})*)(?:( ?|-)({units})(\.?)(?![\w'’])|(-)(?=[^\W\d_]))?"
                    rf"(?=(?: ([^\W\d_]+))?)"
                ),
                self._say_quantity,
            ),
            (r"(?<=[^\W\d_]) ?/ ?(min|Min|h|s|Std|Tag|Woche|[^\W\d_]{3,})\b", self._say_per),
            (rf" ?([{re.escape(''.join(table.signs))}]) ?", lambda found: f" {table.signs[found[1]]} "),
        ]

    def _list_times(self) -> list[tuple[str, Callable[[re.Match[str]], str]]]:
        table = self.table
        hours = r"(?: ?(?:Uhr|hrs?\.?|h|horas|heures|ore)\b)"
        return [
            (rf"(?<=:\d\d){_DASH}(?=\d{{1,2}}:\d\d)", lambda _found: f" {table.to} "),
            (r"\b(\d{1,2})\.([0-5]\d)(?= Uhr)", lambda found: f"{found[1]}:{found[2]}"),
            (r"\b(\d{1,2}):00 ?(?=(?:min|Min|hor|Stun|heur|ore)[^\W\d]*)(?!h\b)", lambda found: f"{found[1]} "),
            (
                r"\b(\d{1,2}):([0-5]\d) ?(?:min|mn|Min)\b\.?(?:uten?|utos|utes|uti)?",
                lambda found: f"{found[1]} min {found[2]} s",
            ),
            (r"(?<![\d:.,])([01]?\d|2[0-4])(?::([0-5]\d))? ?([aApP])\. ?[mM]\.?(?!\w)", self._say_half_day),
            (rf"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?![\d:]){hours}?", self._say_time),
            (r"\b1 (?=Uhr\b)", lambda _found: "ein "),
        ]

    def _list_ordinals(self) -> list[tuple[str, Callable[[re.Match[str]], str]]]:
        words = r"(?=(?: ([^\W\d_]+))?)"
        if self.table.code == "de":
            return [
                # A full stop makes an ordinal before a noun, or before an adjective after an article.
                (
                    (
                        r"(?:\b([^\W\d_]+(?: [^\W\d_]+)?) )?\b(\d{1,4})\."
                        r"(?= (?:(?:und|oder|bis) \d{1,4}\. )?([A-ZÄÖÜ][^\W\d_]+))"
                    ),
                    self._say_ordinal,
                ),
                (
                    r"\b((?i:die|der|das|den|dem|im|am|zum|zur|beim|vom)) (\d{1,4})\.(?= ([a-zäöü]+))",
                    self._say_ordinal,
                ),
                (rf"(?:\b([^\W\d_]+) )?\b(\d+)(s?te[nrsm]?)\b{words}", self._say_ordinal_suffixed),
            ]
        suffixes = {
            "es": r"\.?(?:º|ª)|er|ro|ra|do|da|to|ta|mo|ma|vo|va|no|na|o|a",
            "fr": r"ers?|res?|ères?|èmes?|emes?|es?|nde?s?",
            "it": r"\.?(?:º|ª)|o|a",
            "pt": r"\.?(?:º|ª)|o|a",
        }[self.table.code]
        return [
            # A degree sign is often typed as an ordinal's: for a small number before a word that is counted.
            (r"\b([1-9]|1[0-2])°(?= ([^\W\d_]{3,}))", self._say_degree_ordinal),
            (rf"(?:\b([^\W\d_]+) )?\b(\d{{1,3}})({suffixes})(?!\w){words}", self._say_ordinal_suffixed),
        ]

    # Words for what was found --------------------------------------------------------------------------------------

    def _say_roman(self, found: re.Match[str]) -> str:
        value = read_roman(found[1])
        if value is None or found[1] in NOT_ROMAN:
            return found[0]
        is_ordinal = self.table.code == "it" and found.string[found.end() :].startswith(" secolo")
        return f"{value}{'º' if is_ordinal else ''}"

    def _say_abbreviation(self, found: re.Match[str]) -> str:
        is_end = found[1].endswith(".") and found.end() == len(found.string)
        return self.table.abbreviations[found[1]] + ("." if is_end or found[2] else "")

    def _write_hours(self, found: re.Match[str]) -> str:
        return self.table.hour_minutes.format(hour=found[1], minute=int(found[2]))

    def _say_iso_date(self, found: re.Match[str]) -> str:
        return self._write_date(found, int(found[3]), int(found[2]), int(found[1]))

    def _say_date(self, found: re.Match[str]) -> str:
        return self._write_date(found, int(found[1]), int(found[3]), int(found[4]))

    def _write_date(self, found: re.Match[str], day: int, month: int, year: int) -> str:
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return found[0]
        return self.table.say_date(day, month, year, found.string[: found.start()])

    def _say_first(self, found: re.Match[str]) -> str:
        month = self.table.months.index(found[3]) + 1
        return self.table.say_date(1, month, int(found[4]) if found[4] else None, found.string[: found.start()])

    def _say_month(self, found: re.Match[str]) -> str:
        day, month = int(found[1]), self.table.months.index(found[4]) + 1
        if not 1 <= day <= 31 or (self.table.code == "de" and not found[2]):
            return found[0]
        return self.table.say_date(day, month, int(found[5]) if found[5] else None, found.string[: found.start()])

    def _say_half_day(self, found: re.Match[str]) -> str:
        hour = int(found[1])
        said = self.table.say_time(hour, int(found[2] or 0))
        part = self.table.am if found[3].lower() == "a" else self.table.pm[5 < hour < 12]
        # A full stop that also ends the sentence is kept.
        return f"{said} {part}{'.' if found.end() == len(found.string) and found[0].endswith('.') else ''}"

    def _say_time(self, found: re.Match[str]) -> str:
        return self.table.say_time(int(found[1]), int(found[2]))

    def _say_split(self, found: re.Match[str]) -> str:
        """Say shares that add up to a hundred, as in 50/50; others are one number out of, or over, another."""
        first, second = int(found[1]), int(found[2])
        if first + second == 100:
            return f"{first} {f'{self.table.ratio} ' if self.table.code == 'de' else ''}{second}"
        return f"{first} {self.table.of if first < second else self.table.over} {second}"

    def _say_ordinal(self, found: re.Match[str]) -> str:
        before = found[1] or ""
        said = self.table.say_ordinal(int(found[2]), "", before, found[3])
        return f"{before} {said}".lstrip()

    def _say_ordinal_suffixed(self, found: re.Match[str]) -> str:
        before = found[1] or ""
        said = self.table.say_ordinal(int(found[2]), found[3].lstrip("."), before, found[4] or "")
        return f"{before} {said}".lstrip()

    def _say_degree_ordinal(self, found: re.Match[str]) -> str:
        if found[2].lower() in self.table.function_words or found[2] in {"Celsius", "Fahrenheit"}:
            return found[0]
        suffix = "ª" if self.table.find_gender(found[2]) == "f" else "º"
        return self.table.say_ordinal(int(found[1]), suffix, "", found[2])

    def _say_fraction(self, found: re.Match[str]) -> str:
        whole, count, parts = found[1], int(found[2]), int(found[3])
        unit = self._find_unit(found[4], found[5])
        rest = f" {found[5]}" if found[5] and unit is None else ""
        known = parts == 2 or parts in self.table.fractions
        if not known or not 0 < count < parts:
            return found[0].replace("/", f" {self.table.of} ")
        if parts == 2:
            said = self._say_one(Number(whole), unit.gender if unit else "m", unit.one if unit else "") if whole else ""
            return self.table.say_half(said, unit) + rest
        share = self.table.say_share(count, parts, None if whole else unit)
        if not whole:
            return share + rest
        name = f" {unit.many}" if unit else ""
        return f"{self._say_one(Number(whole), '', '')} {self.table.signs['&']} {share}{name}{rest}"

    def _find_unit(self, abbreviation: str | None, noun: str | None) -> Unit | None:
        if abbreviation:
            return self.table.units[abbreviation]
        return self.table.unit_names.get(noun or "")

    def _say_price(self, found: re.Match[str]) -> str:
        sign, figures = (found[1], found[2]) if found[1] else (found[4], found[3])
        unit, number = self.table.currencies[sign], parse_number(figures)
        if number is None:
            return found[0]
        if len(number.decimals) == 2 and int(number.decimals):
            whole = Number(number.whole)
            name = unit.one if self.table.is_single(whole) else unit.many
            cents = self._say_one(Number(number.decimals.lstrip("0")), "m", "")
            return f"{self._say_one(whole, unit.gender, unit.one)} {name} {cents}"
        number = Number(number.whole, number.decimals.rstrip("0"))
        name = unit.one if self.table.is_single(number) else unit.many
        return f"{self._say_one(number, unit.gender, unit.one)} {name}"

    def _say_quantity(self, found: re.Match[str]) -> str:
        """Say numbers joined by dashes, and their unit: two rising numbers are a range, others a rhythm."""
        numbers = [parse_number(each) for each in re.split(_DASH, found[1])]
        if any(number is None for number in numbers):
            return " ".join(found[0].replace("-", " ").split())
        known = [number for number in numbers if number is not None]
        unit = self.table.units.get(found[3] or "")
        before = re.search(r"([^\W\d_]+) $", found.string[: found.start()])
        said = self._say_counted(known, unit, found[6] or "", before[1].lower() if before else "")
        if unit is None:
            return said + (" " if found[5] else "")
        if found[3] in {"x", "X", "×"}:
            return self.table.join_times(said, unit)
        # The full stop of an abbreviation is the sentence's only at its end.
        stop = "." if found[4] and found.end() == len(found.string) else ""
        name = unit.one if self.table.is_single(known[-1]) and len(known) == 1 else unit.many
        return f"{said}{'' if said.endswith(chr(39)) else ' '}{name}{stop}"

    def _say_counted(self, numbers: list[Number], unit: Unit | None, noun: str, before: str) -> str:
        if unit:
            gender, name = unit.gender, unit.one
        elif self._is_counted(noun, before):
            gender, name = self.table.find_gender(noun), noun
        else:
            gender, name = "", ""
        *first, last = numbers
        others = gender if gender == "f" else ""
        spoken = [self._say_one(number, others, name) for number in first]
        spoken.append(self._say_last(last, gender, name, before))
        if len(numbers) == 2 and numbers[0].value < numbers[1].value:
            return f" {self.table.to} ".join(spoken)
        return ", ".join(spoken)

    def _is_counted(self, noun: str, before: str) -> bool:
        return bool(noun) and before not in self.table.labels and noun.lower() not in self.table.function_words

    def _say_one(self, number: Number, gender: str, noun: str) -> str:
        return self.table.say(number, gender, noun)

    def _say_last(self, number: Number, gender: str, noun: str, before: str) -> str:
        if (
            number.is_one
            and gender
            and (inflect := getattr(self.table, "inflect_one", None))
            and not is_code(number.whole)
        ):
            return str(inflect(gender, before))
        return self._say_one(number, gender, noun)

    def _say_per(self, found: re.Match[str]) -> str:
        unit = self.table.units.get(found[1])
        name = unit.one if unit else found[1]
        return f" {self.table.per} {name}" if unit or name in self.table.unit_names else f" {name}"


_MINUS = {"es": "menos", "fr": "moins", "it": "meno", "pt": "menos"}
