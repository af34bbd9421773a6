"""Runs: the parts of a text that a voice receives, as plain words or as phonemes."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Phonemes:
    """A word as written, and its sounds in IPA; words with several parts have a space in both."""

    word: str
    ipa: str


Run: TypeAlias = str | Phonemes
"""Plain words, or one word as phonemes."""
