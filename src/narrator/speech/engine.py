"""What a speech engine is: a class that speaks sentences, and a few facts about it."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, TypeAlias

from narrator.errors import UsageError
from narrator.languages import find_base
from narrator.speech.clip import Clip
from narrator.speech.runs import Run

UNKNOWN = "unknown"

Report: TypeAlias = Callable[[int, int | None], None]
"""Receives how many bytes have come, and of how many; None where that is not known."""


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


@dataclass(frozen=True, slots=True)
class Installable:
    """A voice that can be fetched, and what fetches it; each function raises SpeechError where it fails."""

    name: str
    """As `--voice` takes it."""
    describe: Callable[[], str]
    """What would be fetched, from whom, under which licence, and how large it is."""
    is_installed: Callable[[], bool]
    install: Callable[[Report, Path | None], object]
    """Fetches it, or takes its files from a folder where one is given: they were then fetched in another way."""
    remove: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A natural voice for a language, and the commands that make it ready; none for one that is installed."""

    voice: str
    commands: tuple[str, ...] = ()


class Engine(Protocol):
    """Speaks sentences. Opened for one session, and closed after it; what has a value here may be left out."""

    name: str
    version: str
    """Of its voices, unless `resolve_voice` gives each one of its own: another version makes every clip again."""
    workers: int = 1
    """How many sentences it may be asked for at the same time; `synthesize` is then called from so many threads."""
    takes_any_name: bool = False
    """Whether it may be asked for voices beside those that it lists: a server knows more than it reports."""

    quality: ClassVar[str] = UNKNOWN
    """In a word."""
    licence: ClassVar[str] = UNKNOWN
    is_offline: ClassVar[bool] = False
    prospects: ClassVar[Collection[str]] = ("any",)
    """Languages that it would speak once everything that it needs is there."""
    settings: ClassVar[Any] = None
    """Type of its table in the configuration file, which its constructor then gets; None for an engine without one."""

    @abstractmethod
    def languages(self) -> Collection[str]:
        """Codes of the languages it speaks."""

    @abstractmethod
    def voices(self, language: str) -> Collection[str]:
        """Names of its voices for a language, the default first; none when it does not speak it."""

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return a voice as this engine will speak it: with its own version where it has one, at a pace it has."""
        return voice

    @abstractmethod
    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text; equal arguments give equal clips, as far as the engine can.

        Raises:
            SpeechError: it could not be spoken; says why and what to do.

        """

    def takes_phonemes(self, voice: Voice) -> bool:  # noqa: ARG002 - overridden
        """Return whether a voice can be given words by their sounds; `synthesize_runs` is then asked, too."""
        return False

    def synthesize_runs(self, runs: Sequence[Run], voice: Voice) -> Clip:
        """Speak a text of which some words are given by their sounds.

        Raises:
            SpeechError: it could not be spoken; says why and what to do.

        """
        return self.synthesize("".join(run if isinstance(run, str) else run.word for run in runs), voice)

    def scripts(self, voice: Voice) -> Collection[str] | None:  # noqa: ARG002 - overridden
        """Return the scripts that a voice can read, such as `LATIN`; None where that is not known.

        Their names are the first words of their letters' names in Unicode: see `speech.text.letters`.
        """
        return None

    def close(self) -> None:
        """End whatever the engine keeps running.

        Also called from another thread while sentences are being spoken, when the session is given up: they should
        then end soon, by a SpeechError or well.
        """
        return

    @classmethod
    def find_installable(cls, name: str | None, language: str | None) -> Installable:  # noqa: ARG003 - overridden
        """Return what fetches one of its voices, by its name, or the one for a language.

        Raises:
            UsageError: it has no such voice to fetch.

        """
        raise UsageError(f"the engine {cls.name!r} has no voices to add or remove")

    @classmethod
    def suggest(cls, language: str) -> Suggestion | None:  # noqa: ARG003 - overridden
        """Return its natural voice for a language, if it has one."""
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Offer:
    """An engine that can be asked for, and what is known of it before it is opened."""

    open: Callable[[], Engine]
    """Raises SpeechError where something is missing, with what to do."""
    quality: str = UNKNOWN
    licence: str = UNKNOWN
    is_offline: bool = True
    prospects: tuple[str, ...] = ("any",)
    suggest: Callable[[str], Suggestion | None] = lambda _language: None


def read_base(language: str) -> str:
    """Return the language of a code without its region, in lower case: `en` of `en-GB`, `nb` of `no`."""
    return find_base(language)
