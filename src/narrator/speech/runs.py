"""The parts of a text that a voice is given: plain words, and words by their phonemes."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Phonemes:
    """A word as written, and its sounds in IPA: words of several parts have a space in both."""

    word: str
    ipa: str


Run: TypeAlias = str | Phonemes
"""Plain words, to be read as the voice reads them, or one word by its sounds."""
