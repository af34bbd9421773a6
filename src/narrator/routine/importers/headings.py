"""Parse headings: a title, followed by the sides and the rounds of its section in parentheses."""

import re
from dataclasses import dataclass

from narrator.routine.importers.words import find_words
from narrator.routine.phrases import find_phrases, find_side_key

_LAST = re.compile(r"\s*\((?P<inner>[^()]{1,80})\)\s*$")
_COUNT = r"\d{1,3}(?:\s*(?:\.\.+|[–—-])\s*\d{1,3})?"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, the names of sides, and the number of rounds: `3`, or a range `2..4`."""

    title: str
    sides: tuple[str, ...] = ()
    rounds: str | None = None


def read_heading(text: str, language: str) -> Heading:
    """Return a parsed heading; parentheses that name neither sides nor rounds belong to the title."""
    title = text.strip()
    sides: tuple[str, ...] = ()
    rounds: str | None = None
    while found := _LAST.search(title):
        names, count = _read_parts(found["inner"], language)
        if (not names and not count) or (names and sides) or (count and rounds):
            break
        sides, rounds = names or sides, count or rounds
        title = title[: found.start()]
    return Heading(title, sides, rounds) if title else Heading(text.strip())


def _read_parts(inner: str, language: str) -> tuple[tuple[str, ...], str | None]:
    """Return the sides and the rounds in parentheses; nothing if they contain anything else."""
    if sides := read_sides(inner, language):
        return sides, None
    names: list[str] = []
    rounds: str | None = None
    for part in re.split(r"\s*[,;]\s*", inner.strip()):
        if count := read_rounds(part, language):
            rounds = count
        elif sides := read_sides(part, language):
            names += sides
        elif side := _find_side(part, language):
            names.append(side)
        else:
            return (), None
    return (tuple(names), rounds) if len(names) != 1 else ((), None)


def read_sides(text: str, language: str) -> tuple[str, ...]:
    """Return the names of the sides in a text: `right, left`, `rechts/links`, `both sides`; none for other texts."""
    lowered = " ".join(text.lower().split())
    if any(lowered in words.both for words in find_words(language)):
        return ("right", "left")
    parts = re.split(r"\s*[,;/&+]\s*|\s+(?:and|und|y|et|e|then|dann)\s+", lowered)
    names = [_find_side(part, language) for part in parts]
    return tuple(name for name in names if name) if len(names) > 1 and all(names) and len(set(names)) > 1 else ()


def _find_side(name: str, language: str) -> str | None:
    """Return narrator's key of a known side if it has words in the language, else the name; None for other names."""
    known = (words.sides.get(name.strip().lower()) for words in find_words(language))
    key = next(filter(None, known), None) or find_side_key(name, language)
    return key if key is None or find_phrases(language) else name.strip()


def read_rounds(text: str, language: str) -> str | None:
    """Return the number of rounds in a text: `3 rounds`, `2-4 Runden`, `3x`, `x3`; None for other texts."""
    found = re.fullmatch(rf"\s*(?:[x×]\s*)?(?P<count>{_COUNT})\s*(?P<word>[^\W\d_]+|×)?\s*", text, re.IGNORECASE)
    if not found:
        return None
    word = (found["word"] or "").lower()
    is_counted = word in {"x", "×"} or any(word in words.rounds for words in find_words(language))
    if not is_counted and not (not word and re.match(r"\s*[x×]", text, re.IGNORECASE)):
        return None
    count = re.sub(r"\s*(?:\.\.+|[–—-])\s*", "..", found["count"])
    return count if count.strip("0.") else None
