"""Authored texts by language and side and in several wordings, and the names of sides."""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import AfterValidator, PlainValidator, ValidationInfo, WithJsonSchema

from narrator.languages import LANGUAGE, match_language
from narrator.routine.nearest import suggest
from narrator.routine.text import check_braces, check_marks
from narrator.routine.translations import fold_context
from narrator.routine.values import fault_at
from narrator.routine.written import Written

Check: TypeAlias = Callable[[str, str], str]
"""Returns a line in a language in the form to keep, or raises ValueError if it cannot be spoken."""
Choose: TypeAlias = Callable[[Sequence[str]], str]
"""Returns one of several wordings."""

_MOST_LANGUAGES = 100
_RANDOM, _SIDES_KEY = "random", "sides"


class Wording(NamedTuple):
    """Alternative texts in a language ("" for the routine's own) on a side ("" for all)."""

    language: str
    side: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideNames:
    """The names of the side that a text is said on, and of all sides of its section, in lower case."""

    names: frozenset[str]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A text in one or several languages, for all sides or for each, in one or several wordings."""

    wordings: tuple[Wording, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts in the order of the file."""
        return tuple(text for wording in self.wordings for text in wording.texts)

    @property
    def has_words(self) -> bool:
        """Whether any of the texts is not empty."""
        return any(self.texts)

    def list_translations(self) -> Iterator[str]:
        """Yield the translations in PO files that are for all sides and sections, in all languages."""
        for text in self.texts:
            if isinstance(text, Written):
                found = map(text.say_in, text.translations.languages)
                yield from (translated for translated in found if translated is not None)

    def list_languages(self, own: str) -> list[str]:
        """Return the possible languages: those written here, then those of PO files."""
        files = (text.translations.languages for text in self.list_own(own) if isinstance(text, Written))
        return list(dict.fromkeys([*self.list_written(own), *next(files, ())]))

    def pick(
        self,
        language: str,
        own: str,
        choose: Choose,
        side: SideNames | None = None,
        titles: Iterable[str] = (),
    ) -> str:
        """Return the text in a language on a side, in sections of `titles`, innermost first.

        `own` is the routine's language; `choose` takes one of several wordings. A text written here takes precedence
        over one in a PO file.

        Raises:
            ValueError: there is no translation, or none for this side; the message says which there are.
            RoutineError: the PO file cannot be used.

        """
        written = self.list_written(own)
        code = match_language(language, self.list_languages(own))
        if code is not None and code not in written:
            text = choose(_find_side(self._find_source(own), side).texts)
            translated = text.say_in(code, list_contexts(side, titles)) if isinstance(text, Written) else None
            if translated is not None or not text:
                return translated or text
        code = match_language(language, written)
        if code is None:
            raise UntranslatedError(
                f"there is no text in {language!r} here, only in {', '.join(written)}; write '{language}: ...'"
            )
        return choose(_find_side(self._find_wordings(code, own), side).texts)

    def pick_name(self, language: str, own: str, side: SideNames | None = None, titles: Iterable[str] = ()) -> str:
        """Return the text like `pick`, for texts that are shown: fall back to the first one."""
        try:
            return self.pick(language, own, _choose_always, side, titles)
        except ValueError:
            return self.texts[0]

    def list_written(self, own: str) -> list[str]:
        """Return the languages written here; `own` is the routine's language."""
        return list(dict.fromkeys(wording.language or own for wording in self.wordings))

    def _find_wordings(self, code: str, own: str) -> list[Wording]:
        return [wording for wording in self.wordings if (wording.language or own) == code]

    def list_own(self, own: str) -> tuple[str, ...]:
        """Return the texts that PO files translate: those in the routine's language, else in the first one."""
        return tuple(text for wording in self._find_source(own) for text in wording.texts)

    def _find_source(self, own: str) -> list[Wording]:
        return self._find_wordings(own, own) or self._find_wordings(self.list_written(own)[0], own)


class UntranslatedError(ValueError):
    """There is no text in the requested language."""


def list_contexts(side: SideNames | None, titles: Iterable[str]) -> list[str]:
    """Return the contexts that may have their own text, the narrowest first."""
    names = sorted(side.names) if side else []
    folded = [fold_context(title.replace("|", " ")) for title in titles]
    return [context for title in folded for context in (*(f"{title}|{name}" for name in names), title)] + names


def _choose_always(texts: Sequence[str]) -> str:
    """Return one of several wordings, always the same."""
    return texts[0] if len(texts) == 1 else random.Random(0).choice(texts)  # noqa: S311 - nothing is secret here


def _find_side(wordings: list[Wording], side: SideNames | None) -> Wording:
    if not wordings[0].side:
        return wordings[0]
    if side is None:
        raise ValueError("'sides' in a text works only inside a section with 'sides'; write the text itself here")
    for wording in wordings:
        if wording.side.lower() not in side.known:
            raise ValueError(f"the section has no side {wording.side!r}; {suggest(wording.side, side.known)}")
    for wording in wordings:
        if wording.side.lower() in side.names:
            return wording
    missing = next(name for name in side.known if name in side.names)
    raise ValueError(f"there is no text for the side {missing!r} here; add '{missing}: ...'")


# Reading ----------------------------------------------------------------------------------------------------------


def check_text(text: str, language: str) -> str:
    """Refuse a text that cannot be spoken.

    Raises:
        ValueError: there is nothing to say, brackets or braces do not match, or markup would be spoken.

    """
    if not text.strip():
        raise ValueError("the text is empty; write what to say, or remove the step")
    check_braces(text)
    check_marks(text, language)
    return text


def _check_brief(text: str, language: str) -> str:
    return check_text(text, language) if text.strip() else ""


def _check_name(text: str, _language: str = "") -> str:
    if not text.strip():
        raise ValueError("this is empty; write something, or remove it")
    if len(text) > 200:
        raise ValueError("this is too long for a name; it takes at most 200 characters")
    return " ".join(text.split())


def find_own(info: ValidationInfo) -> str:
    """Return the language of the file being read; English by default."""
    return (info.context or {}).get("language") or "en"


def read_words(value: Any, check: Check, own: str, *, by_side: bool = True) -> Words:
    """Parse a text: a line, `{random: [...]}`, with `by_side` `{sides: {right: ..., left: ...}}`, or these by language.

    `check` refuses a line that cannot be spoken; `own` is the language of the file.

    Raises:
        ValueError: it is none of these.

    """
    if isinstance(value, Words):
        return value
    if not isinstance(value, Mapping) or set(value) & {_RANDOM, _SIDES_KEY}:
        return Words(_read_sided("", value, check, own, by_side=by_side))
    for key in value:
        if not re.fullmatch(LANGUAGE, key):
            forms = "{en: ..., de: ...}, {random: [...]} or {sides: {right: ..., left: ...}}"
            raise fault_at(key, f"{key!r} is not a language; a text is one line, {forms}")
    if not value:
        raise ValueError("the text is empty; write what to say, or remove the step")
    if len(value) > _MOST_LANGUAGES:
        raise ValueError(f"this text has too many languages; it takes at most {_MOST_LANGUAGES}")
    return Words(
        tuple(
            wording
            for language, text in value.items()
            for wording in _read_sided(language, text, check, language, by_side=by_side)
        )
    )


def _read_sided(language: str, value: Any, check: Check, own: str, *, by_side: bool) -> tuple[Wording, ...]:
    if not isinstance(value, Mapping) or _SIDES_KEY not in value:
        return (Wording(language, "", _read_wordings(value, check, own)),)
    by_name = value[_SIDES_KEY]
    if not by_side:
        raise ValueError("a title is one line for all sides; write {side} where the side's name should be")
    if len(value) > 1 or not isinstance(by_name, Mapping) or not by_name:
        raise ValueError("'sides' in a text needs a text for each side, such as {sides: {right: ..., left: ...}}")
    return tuple(Wording(language, name.strip(), _read_wordings(text, check, own)) for name, text in by_name.items())


def _read_wordings(value: Any, check: Check, own: str) -> tuple[str, ...]:
    if isinstance(value, Mapping) and set(value) == {_RANDOM}:
        options = value[_RANDOM]
        if not isinstance(options, list) or not options:
            raise ValueError("'random' is a list of wordings, such as {random: [Rest., Let go.]}")
        return tuple(_check_line(option, check, own) for option in options)
    return (_check_line(value, check, own),)


def _check_line(value: Any, check: Check, own: str) -> str:
    line = _need_line(value)
    checked = check(line, own)
    return line.reword(checked) if isinstance(line, Written) and checked is not line else checked


def _need_line(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"this is a text, not a {'mapping' if isinstance(value, Mapping) else 'list'}")
    return value


# Types ------------------------------------------------------------------------------------------------------------

_LINE = {"type": ["string", "number"], "pattern": r"\S"}


def make_text_schema(text: Mapping[str, Any] = _LINE, *, by_side: bool = True) -> dict[str, Any]:
    """Return the JSON Schema of a text whose lines have the schema `text`."""
    choice = _make_object({"random": {"type": "array", "items": text, "minItems": 1}})
    forms: list[Mapping[str, Any]] = [text, choice]
    if by_side:
        each = {"type": "object", "additionalProperties": {"anyOf": [text, choice]}, "minProperties": 1}
        forms.append(_make_object({"sides": each}))
    languages = {
        "type": "object",
        "patternProperties": {LANGUAGE: {"anyOf": forms}},
        "minProperties": 1,
        "additionalProperties": False,
    }
    return {"anyOf": [*forms, languages]}


def _make_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


Text = Annotated[
    Words,
    PlainValidator(lambda value, info: read_words(value, check_text, find_own(info))),
    WithJsonSchema(make_text_schema()),
]
"""Spoken words: a text, `{random: [...]}`, `{sides: {right: ...}}`, or these by language `{en: ..., de: ...}`."""
Brief = Annotated[
    Words,
    PlainValidator(lambda value, info: read_words(value, _check_brief, find_own(info))),
    WithJsonSchema(make_text_schema({"type": ["string", "number"]})),
]
"""Like `Text`; may be empty."""
Name = Annotated[
    Words,
    PlainValidator(lambda value: read_words(value, _check_name, "", by_side=False)),
    WithJsonSchema(make_text_schema(by_side=False)),
]
"""A title, in one language or several."""
Line = Annotated[str, AfterValidator(lambda text, info: check_text(text, find_own(info)))]
"""Spoken words in one language only."""


# Sides ------------------------------------------------------------------------------------------------------------

_MOST_SIDES = 8


class Side(NamedTuple):
    """A side with its names, each with a language; "" stands for the routine's own."""

    names: tuple[tuple[str, str], ...]


def _read_sides(value: Any) -> tuple[Side, ...]:
    """Parse `[right, left]`, `[{en: right, de: rechts}, ...]` or `{en: [right, left], de: [...]}`."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, Mapping):
        return _read_sides_by_language(value)
    return tuple(_read_side(entry) for entry in _check_sides(value))


def _read_sides_by_language(value: Mapping[str, Any]) -> tuple[Side, ...]:
    by_language = {language: [_name_side(name) for name in _check_sides(names)] for language, names in value.items()}
    if len({len(names) for names in by_language.values()}) != 1:
        raise ValueError("'sides' needs the same number of names in each language")
    return tuple(Side(tuple(zip(by_language, names, strict=True))) for names in zip(*by_language.values(), strict=True))


def _check_sides(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("'sides' is a list of names, such as [right, left]")
    if not value:
        raise ValueError("'sides' is empty; give it at least one name")
    if len(value) > _MOST_SIDES:
        raise ValueError(f"'sides' has too many names; it takes at most {_MOST_SIDES}")
    return value


def _read_side(value: Any) -> Side:
    if not isinstance(value, Mapping):
        return Side((("", _name_side(value)),))
    if not value or not all(re.fullmatch(LANGUAGE, key) for key in value):
        raise ValueError("a side is a name, or its names by language, such as {en: right, de: rechts}")
    return Side(tuple((language, _name_side(name)) for language, name in value.items()))


def _name_side(value: Any) -> str:
    return _check_name(_need_line(value))


_SIDE = {"type": "string", "minLength": 1}
_SIDE_LIST = {"type": "array", "items": _SIDE, "minItems": 1, "maxItems": _MOST_SIDES}
_BY_LANGUAGE = {"type": "object", "minProperties": 1, "additionalProperties": False}
SidesSpec = Annotated[
    tuple[Side, ...],
    PlainValidator(_read_sides),
    WithJsonSchema(
        {
            "anyOf": [
                {**_SIDE_LIST, "items": {"anyOf": [_SIDE, _BY_LANGUAGE | {"patternProperties": {LANGUAGE: _SIDE}}]}},
                _BY_LANGUAGE | {"patternProperties": {LANGUAGE: _SIDE_LIST}},
            ]
        }
    ),
]
"""`[right, left]`, own names, `[{en: right, de: rechts}, ...]`, or `{en: [right, left], de: [rechts, links]}`."""
