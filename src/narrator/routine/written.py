"""A text of a file as a str with its place, its template and its translations."""

import re
from collections.abc import Iterable, Mapping
from typing import Self

from narrator.errors import Mark
from narrator.routine.translations import Entry, Translations, make_msgid

_LETTER = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


class Translated(str):
    """A text from a PO file, with its entry and those of the values in it."""

    __slots__ = ("entries",)
    entries: tuple[Entry, ...]

    def __new__(cls, text: str, entries: tuple[Entry, ...]) -> Self:
        """Make a text from its entries."""
        made = super().__new__(cls, text)
        made.entries = entries
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickle the text alone: where it comes from is of use only where the file was read."""
        return str, (str(self),)


class Written(str):
    """A text of a file. `template` is the text as written, before names in braces were replaced by `values`."""

    __slots__ = ("mark", "template", "translations", "values")
    mark: Mark
    translations: Translations
    template: str
    values: "Mapping[str, Written]"

    def __new__(
        cls,
        text: str,
        mark: Mark,
        translations: Translations,
        template: str | None = None,
        values: "Mapping[str, Written] | None" = None,
    ) -> Self:
        """Make a text; its template is the text itself by default."""
        made = super().__new__(cls, text)
        made.mark, made.translations = mark, translations
        made.template, made.values = text if template is None else template, values or {}
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickle the text alone: where it comes from is of use only where the file was read."""
        return str, (str(self),)

    @property
    def msgid(self) -> str:
        """The msgid of the text in a PO file."""
        return make_msgid(self.template)

    @property
    def has_letters(self) -> bool:
        """Whether it contains letters, so that it may need a translation."""
        return _LETTER.search(self) is not None

    def reword(self, text: str) -> "Written":
        """Return another text with the same origin."""
        return Written(text, self.mark, self.translations, self.template, self.values)

    def say_in(self, language: str, contexts: Iterable[str] = ()) -> Translated | None:
        """Return the translation in a language, from the first of `contexts` that has one, or None.

        Raises:
            RoutineError: the PO file of the language cannot be used.

        """
        contexts = tuple(contexts)
        entry = self.translations.find(language, self.msgid, contexts)
        if entry is None:
            return None
        entries = [entry]
        said: dict[str, str] = {}
        for name in {found.lower() for found in _NAME.findall(entry.text)} & set(self.values):
            value = self.values[name]
            word = value.say_in(language, contexts) if value.has_letters else Translated(value, ())
            if word is None:
                return None
            said[name] = word
            entries += word.entries
        return Translated(_fill(entry.text, said), tuple(entries))


def _fill(text: str, words: Mapping[str, str]) -> str:
    """Replace the names that are known by their words, and leave the others."""

    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        word = words.get(name.lower())
        if word is None:
            return found.group()
        return word if name == name.lower() else word[:1].upper() + word[1:]

    return _NAME.sub(put, text)
