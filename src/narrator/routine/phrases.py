"""Words that narrator says of itself, one YAML file for each language, and the lexicon of hard words."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from narrator.routine.load import type_source
from narrator.routine.marked import Marked
from narrator.routine.source import read_source

_FOLDER = Path(__file__).parent / "phrases"
_LEXICON = Path(__file__).parent / "lexicon.yaml"
_MARKED, _PLAIN = "āīūēōṛṝḷḹṃṁṅṇṭḍśṣḥ", "aiueorrllmmnntdssh"
_SANSKRIT = str.maketrans(_MARKED + _MARKED.upper(), _PLAIN + _PLAIN.upper())


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


@cache
def load_lexicon() -> Mapping[str, str]:
    """Built-in respellings of pose names and anatomy, for English voices; keys in small letters."""
    data: dict[str, Any] = read_source(_LEXICON).data
    return {written.lower(): str(spoken) for written, spoken in data.items()}


def drop_sanskrit_marks(text: str) -> str:
    """Text with Sanskrit in plain letters, as the lexicon and English voices know it: `Vrksasana` for `Vṛkṣāsana`."""
    return unicodedata.normalize("NFC", text).translate(_SANSKRIT)


class Lexicon:
    """Puts what the voice is to say for what is written: whole words, whatever their case, the longest first."""

    def __init__(self, own: Mapping[str, str], language: str) -> None:
        self._is_english = language.lower().partition("-")[0] == "en"
        built_in = load_lexicon() if self._is_english else {}
        plain = drop_sanskrit_marks if self._is_english else str
        self._spoken = {**built_in, **{plain(written).lower(): spoken for written, spoken in own.items()}}

    def respell(self, text: str) -> str:
        """The text as the voice is to get it."""
        text = drop_sanskrit_marks(text) if self._is_english else text
        lower = text.lower()
        # Few of the words stand in any one text: a pattern of all of them would take longer to make than to use.
        found = sorted((written for written in self._spoken if written in lower), key=len, reverse=True)
        if not found:
            return text
        pattern = rf"(?<!\w)({'|'.join(map(re.escape, found))})(?!\w)"
        return re.sub(
            pattern, lambda match: self._spoken.get(match.group().lower(), match.group()), text, flags=re.IGNORECASE
        )
