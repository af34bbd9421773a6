"""Words that narrator says of itself, one YAML file for each language."""

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
        """The word for a phase."""
        word: str = getattr(self, "in_" if phase == "in" else phase)
        return word


class SecondsMore(Marked):
    """How much of a hold is left: a whole sentence for one second, and one for several with `{number}` in it."""

    one: str
    other: str
    counted: dict[str, str] = Field({})
    """Numbers, in figures, that are other words before a noun than by themselves."""


class Phrases(Marked):
    """What narrator says of itself in one language."""

    language: str
    introduction: str
    """Chapter of what is heard before the first section."""
    sides: dict[str, str]
    """Names of sides by their English ones, in the form that a dictionary has."""
    switch: str
    breath: BreathPhrases
    last_round: str
    halfway: str
    seconds_more: SecondsMore
    numbers: Annotated[tuple[str, ...], Field(min_length=61, max_length=61)]
    ordinals: Annotated[tuple[str, ...], Field(min_length=30, max_length=30)]
    """Which round it is, from the first on; feminine where a language has genders, as its words for round are."""
    safety: tuple[str, ...]
    poses: tuple[str, ...]

    def say_seconds_more(self, seconds: int) -> str:
        """Say how much of a hold is left, as in: Ten seconds more."""
        if seconds == 1:
            return self.seconds_more.one
        number = self.seconds_more.counted.get(str(seconds), self.numbers[seconds])
        text = self.seconds_more.other.format(number=number)
        return text[:1].upper() + text[1:]


@cache
def find_phrases(language: str) -> Phrases | None:
    """Phrases of a language; None when narrator does not know it."""
    path = _FOLDER / f"{find_base(language)}.yaml"
    return type_source(read_yaml(path), Phrases) if path.is_file() else None


_SPELLINGS = {
    "anticlockwise": "counterclockwise", "counter-clockwise": "counterclockwise", "anti-clockwise": "counterclockwise",
    "forwards": "forward", "backwards": "backward", "right side": "right", "left side": "left", "both sides": "both",
}  # fmt: skip
"""Other ways of writing narrator's English names of sides."""


def find_side_key(name: str, language: str) -> str | None:
    """Return narrator's English name of a side that is written so in a language, or in English; None for others."""
    folded = " ".join(name.lower().split())
    folded = _SPELLINGS.get(folded, folded)
    for code in (language, "en"):
        phrases = find_phrases(code)
        for key, word in phrases.sides.items() if phrases else ():
            if folded in {word.lower(), key if code == "en" else None}:
                return key
    return None


def list_side_names(side: Side, own: str) -> list[str]:
    """Every name of a side in small letters: as written first, then narrator's own for it; `own` is the routine's."""
    keys = [find_side_key(name, language or own) for language, name in side.names]
    return list(dict.fromkeys([*(name.lower() for _, name in side.names), *(key for key in keys if key)]))


def list_languages() -> list[str]:
    """Languages that narrator has words of its own in."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))
