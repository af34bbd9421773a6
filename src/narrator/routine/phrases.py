"""Words that narrator says of itself, one YAML file for each language."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from narrator.routine.load import type_source
from narrator.routine.marked import Marked
from narrator.routine.source import read_source

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


class Phrases(Marked):
    """What narrator says of itself in one language."""

    language: str
    sides: dict[str, str]
    switch: str
    breath: BreathPhrases
    last_round: str
    halfway: str
    seconds_more: str
    numbers: Annotated[tuple[str, ...], Field(min_length=61, max_length=61)]
    ordinals: Annotated[tuple[str, ...], Field(min_length=30, max_length=30)]
    """Which round it is, from the first on; feminine where a language has genders, as its words for round are."""
    safety: tuple[str, ...]
    poses: tuple[str, ...]

    def say_seconds_more(self, seconds: int) -> str:
        """Say how much of a hold is left, as in: Ten seconds more."""
        text = self.seconds_more.format(number=self.numbers[seconds])
        return text[:1].upper() + text[1:]


@cache
def find_phrases(language: str) -> Phrases | None:
    """Phrases of a language; None when narrator does not know it."""
    path = _FOLDER / f"{language.lower().partition('-')[0]}.yaml"
    return type_source(read_source(path), Phrases) if path.is_file() else None


def list_languages() -> list[str]:
    """Languages that narrator has words of its own in."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))
