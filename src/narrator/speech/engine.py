"""What a speech engine is: a class that speaks sentences, and a few facts about it."""

from abc import abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol, Self

from narrator.speech.clip import Clip

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: an engine, one of its voices, the language, and the pace (1 is the voice's own)."""

    engine: str
    name: str
    language: str
    pace: float = 1.0
    version: str = ""
    """Whatever its clips depend on besides the above and their texts: part of their keys in the cache."""

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


class Engine(Protocol):
    """Speaks sentences. Opened for one session, and closed after it; what has a value here may be left out."""

    name: str
    version: str
    """Of its voices, unless `settle_voice` gives each one of its own: another version speaks everything anew."""
    workers: int = 1
    """How many sentences it may be asked for at the same time; `synthesize` is then called from so many threads."""
    takes_any_name: bool = False
    """Whether it may be asked for voices beside those that it lists: a server knows more than it tells."""

    @abstractmethod
    def languages(self) -> Collection[str]:
        """Codes of the languages it speaks."""

    @abstractmethod
    def voices(self, language: str) -> Collection[str]:
        """Names of its voices for a language, the default first; none when it does not speak it."""

    def settle_voice(self, voice: Voice) -> Voice:
        """A voice as this engine will speak it: with a version of its own where there is one, at a pace that it has."""
        return voice

    @abstractmethod
    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text; equal arguments give equal clips, as far as the engine can.

        Raises:
            SpeechError: it could not be spoken; says why and what to do.

        """

    def close(self) -> None:
        """End whatever the engine keeps running.

        Also called from another thread while sentences are being spoken, when the session is given up: they should
        then end soon, by a SpeechError or well.
        """
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Offer:
    """An engine that can be asked for, and what can be said of it before it is opened."""

    open: Callable[[], Engine]
    """Raises SpeechError where something is missing, with what to do."""
    quality: str = UNKNOWN
    """In a word."""
    licence: str = UNKNOWN
    is_offline: bool = True
    languages: tuple[str, ...] = ()
    """Those that it would speak, for a voice that is not installed yet."""
