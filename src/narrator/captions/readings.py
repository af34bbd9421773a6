"""What a voice receives for a text, as captions show it."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias


class Pronounced(Protocol):
    """A word with its pronunciation."""

    @property
    def word(self) -> str:
        """The word as written."""

    @property
    def ipa(self) -> str:
        """Its phonemes in IPA."""


Run: TypeAlias = str | Pronounced
Reading: TypeAlias = Sequence[Run]
Readings: TypeAlias = Callable[[str], Reading]
