"""The engine `silent`: a voice that says nothing, slower than any real voice's default, for dry runs and tests."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from narrator import __version__
from narrator.speech.engine import Engine, Voice
from narrator.units import Ms, ms_to_samples

if TYPE_CHECKING:
    from narrator.speech.clip import Clip

_START: Ms = 300
_PER_LETTER: Ms = 95
_LETTERS_PER_DIGIT = 6
_PER_STOP: Ms = 400
_NUMBERS = re.compile(r"\d")
_STOPS = re.compile(r"[,;:.?!…–—](?=\s)")


def estimate_length(text: str, pace: float = 1.0) -> Ms:
    """Return the length of a text spoken slowly: a time per letter (a digit counts as a word), and one per stop."""
    letters = sum(char.isalnum() for char in text) + (_LETTERS_PER_DIGIT - 1) * len(_NUMBERS.findall(text))
    return round((_START + _PER_LETTER * letters + _PER_STOP * len(_STOPS.findall(text))) / pace)


class Silent(Engine):
    """An engine whose clips are silence of a plausible length."""

    name = "silent"
    quality, licence, is_offline = "silent", "MIT", True
    version = __version__

    def languages(self) -> Collection[str]:
        """Any language."""
        return ["any"]

    def voices(self, language: str) -> Collection[str]:
        """Return one voice for every language."""
        return [language]

    def synthesize(self, text: str, voice: Voice) -> "Clip":
        """Return silence for as long as the text would take."""
        import numpy as np

        from narrator.speech.clip import make_clip

        return make_clip(text, np.zeros((ms_to_samples(estimate_length(text, voice.pace)), 1), np.float32))
