"""The sides of a section: their names as written, and as said in a language."""

from dataclasses import dataclass

from narrator.languages import find_base, match_language
from narrator.routine.phrases import find_phrases, find_side_key, list_side_names
from narrator.routine.words import Side, SideNames


@dataclass(frozen=True, slots=True)
class NamedSide:
    """A side: its name as written, its name as said, and all names by which texts may refer to it."""

    name: str
    word: str
    names: SideNames


def name_sides(sides: tuple[Side, ...], language: str, own: str) -> list[NamedSide]:
    """Return the sides of a section with their names in a language; `own` is the routine's language.

    Raises:
        ValueError: a side has no name in the language; the message says how to write one.

    """
    all_names = [list_side_names(side, own) for side in sides]
    known = tuple(dict.fromkeys(name for names in all_names for name in names))
    found = []
    for side, names in zip(sides, all_names, strict=True):
        written, word = _find_word(side, language, own)
        found.append(NamedSide(written, word, SideNames(frozenset(names), known)))
    return found


def _find_word(side: Side, language: str, own: str) -> tuple[str, str]:
    """Return the name of a side as written for a language, else as written first; and its name as said."""
    code = match_language(language, [written or own for written, _ in side.names])
    for written, name in side.names:
        if code is not None and (written or own) == code:
            # A name that narrator knows needs no translation by the author.
            key = None if written else find_side_key(name, "en")
            return name, name if key is None or find_base(language) == "en" else _translate(key, name, language)
    name = side.names[0][1]
    keys = (find_side_key(each, written or own) for written, each in side.names)
    return name, _translate(next((key for key in keys if key), None), name, language)


def _translate(key: str | None, name: str, language: str) -> str:
    phrases = find_phrases(language)
    if key is None or phrases is None:
        raise ValueError(
            f"the side {name!r} has no name in {language!r}; write its names here, such as "
            f"sides: [{{en: {key or name}, {language}: ...}}, ...]"
        )
    return phrases.sides[key]
