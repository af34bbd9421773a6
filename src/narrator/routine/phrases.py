"""Narrator's own words, in one YAML file for each language."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from narrator.languages import find_base
from narrator.routine.load import type_source
from narrator.routine.marked import Marked
from narrator.routine.source import read_yaml
from narrator.routine.words import Side

_FOLDER = Path(__file__).parent / "phrases"


class BreathPhrases(Marked):
    """A word for each phase of a breath."""

    in_: str = Field(alias="in")
    hold: str
    out: str
    pause: str

    def get(self, phase: str) -> str:
        """Return the word for a phase."""
        word: str = getattr(self, "in_" if phase == "in" else phase)
        return word


class SecondsMore(Marked):
    """The seconds left of a hold: a whole sentence for one, and one with `{number}` in it for several."""

    one: str
    other: str
    counted: dict[str, str] = Field({})
    """Words for numbers, in figures, that differ before a noun."""


class Labels(Marked):
    """Words that a page shows beside what is said."""

    words: str
    hold: str
    """A silence to practise in."""
    breath: str
    bell: str
    voice: str
    round: str


class Phrases(Marked):
    """Narrator's own words in one language."""

    language: str
    introduction: str
    """Title of the chapter before the first section."""
    sides: dict[str, str]
    """Names of sides by their English names, in the form found in a dictionary."""
    switch: str
    breath: BreathPhrases
    last_round: str
    halfway: str
    seconds_more: SecondsMore
    labels: Labels
    reading: tuple[str, ...]
    """How to read sentences aloud, to record them."""
    numbers: Annotated[tuple[str, ...], Field(min_length=61, max_length=61)]
    ordinals: Annotated[tuple[str, ...], Field(min_length=30, max_length=30)]
    """Ordinals of rounds from the first; feminine in languages with genders, like their words for round."""
    safety: tuple[str, ...]
    poses: tuple[str, ...]

    def say_seconds_more(self, seconds: int) -> str:
        """Return the sentence for the seconds left of a hold, such as: Ten seconds more."""
        if seconds == 1:
            return self.seconds_more.one
        number = self.seconds_more.counted.get(str(seconds), self.numbers[seconds])
        text = self.seconds_more.other.format(number=number)
        return text[:1].upper() + text[1:]


@cache
def find_phrases(language: str) -> Phrases | None:
    """Return narrator's words in a language, or None if it has none."""
    path = _FOLDER / f"{find_base(language)}.yaml"
    return type_source(read_yaml(path), Phrases) if path.is_file() else None


_SPELLINGS = {
    "anticlockwise": "counterclockwise", "counter-clockwise": "counterclockwise", "anti-clockwise": "counterclockwise",
    "forwards": "forward", "backwards": "backward", "right side": "right", "left side": "left", "both sides": "both",
}  # fmt: skip
"""Other spellings of narrator's English names of sides."""


def find_side_key(name: str, language: str) -> str | None:
    """Return narrator's English name for a side written in a language or in English; None if unknown."""
    folded = " ".join(name.lower().split())
    folded = _SPELLINGS.get(folded, folded)
    for code in (language, "en"):
        phrases = find_phrases(code)
        for key, word in phrases.sides.items() if phrases else ():
            if folded in {word.lower(), key if code == "en" else None}:
                return key
    return None


def list_side_names(side: Side, own: str) -> list[str]:
    """Return all names of a side in lower case: those written, then narrator's; `own` is the routine's language."""
    keys = [find_side_key(name, language or own) for language, name in side.names]
    return list(dict.fromkeys([*(name.lower() for _, name in side.names), *(key for key in keys if key)]))


def list_languages() -> list[str]:
    """Return the languages in which narrator has its own words."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))
