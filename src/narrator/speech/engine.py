"""The interface of a speech engine: a class that speaks sentences, and a few facts about it."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeAlias

from narrator.errors import Fault, Mark, UsageError
from narrator.languages import find_base
from narrator.speech.runs import Run

if TYPE_CHECKING:
    from narrator.speech.clip import Clip

UNKNOWN = "unknown"

Report: TypeAlias = Callable[[int, int | None], None]
"""A function that receives how many bytes have arrived, and of how many; None if that is unknown."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice: its engine, name, language, and pace (1 is the voice's own)."""

    engine: str
    name: str
    language: str
    pace: float = 1.0
    version: str = ""
    """Anything else that its clips depend on, besides the fields above and the texts: part of their cache keys."""
    folder: Path | None = field(default=None, compare=False)
    """Folder that the voice is in; None for a voice that is found by its name alone."""

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"

    def name_in(self, folders: Sequence[Path]) -> str:
        """Return it as a file names it that is in the first of these folders; without any, by its full path."""
        if self.folder is None:
            return str(self)
        place = self.folder.resolve()
        below = (each.resolve() for each in folders)
        name = next((place.relative_to(each).as_posix() for each in below if place.is_relative_to(each)), self.name)
        return f"{self.engine}:{name if folders else place}"


@dataclass(frozen=True, slots=True)
class Installable:
    """A voice that can be downloaded, with the functions for that; each raises SpeechError on failure."""

    name: str
    """Its name for `--voice`."""
    describe: Callable[[], str]
    """What would be downloaded, its source, licence and size."""
    is_installed: Callable[[], bool]
    install: Callable[[Report, Path | None], object]
    """Downloads it, or takes its files from a folder if one is given."""
    remove: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A natural voice for a language, and the commands that install it; none if it is installed."""

    voice: str
    commands: tuple[str, ...] = ()


class Engine(Protocol):
    """Speaks sentences. It is opened for one session and closed after it; members with a value are optional."""

    name: str
    version: str
    """Version of its voices, unless `resolve_voice` gives each its own: another version makes every clip again."""
    workers: int = 1
    """How many sentences it can speak at once; `synthesize` is then called from that many threads."""
    takes_any_name: bool = False
    """Whether it accepts voices that it does not list, as a server may know more voices than it reports."""
    takes_text_as_written: bool = False
    """Whether it receives texts unchanged; otherwise markup is removed, and figures and signs are put into words."""

    quality: ClassVar[str] = UNKNOWN
    """Quality in a word."""
    licence: ClassVar[str] = UNKNOWN
    is_offline: ClassVar[bool] = False
    prospects: ClassVar[Collection[str]] = ("any",)
    """Languages that it would speak once everything that it needs is installed."""
    settings: ClassVar[Any] = None
    """Type of its table in the configuration file, which its constructor then receives; None for no table."""

    @abstractmethod
    def languages(self) -> Collection[str]:
        """Codes of the languages that it speaks."""

    @abstractmethod
    def voices(self, language: str) -> Collection[str]:
        """Return the names of its voices for a language, the default first; empty if it does not speak it."""

    def look_in(self, folders: Sequence[Path], *, is_asked: bool) -> None:  # noqa: ARG002 - overridden
        """Take note of the folders in which a voice may be, before it is chosen: that of the routine, and others.

        `is_asked` says that the user named the voice, and not the routine.
        """
        return

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return a voice as this engine will speak it: with a version of its own, if any, and a possible pace."""
        return voice

    @abstractmethod
    def synthesize(self, text: str, voice: Voice) -> "Clip":
        """Speak a text; equal arguments give equal clips, as far as the engine can.

        Raises:
            SpeechError: it could not be spoken; the message says why, and what to do.

        """

    def identify(self, text: str, voice: Voice) -> str:  # noqa: ARG002 - overridden
        """Return a name for the sound of a text, if that is known before it is spoken: the key of its clip.

        Without one, which is the default, the key is made from the voice.
        """
        return ""

    def review_texts(self, texts: Mapping[str, Mark], voice: Voice) -> Sequence[Fault]:  # noqa: ARG002 - overridden
        """Return warnings about texts, by their places, before any is spoken.

        Raises:
            SpeechError: some cannot be spoken.

        """
        return ()

    def takes_phonemes(self, voice: Voice) -> bool:  # noqa: ARG002 - overridden
        """Return whether a voice accepts words as phonemes; if so, `synthesize_runs` is used."""
        return False

    def synthesize_runs(self, runs: Sequence[Run], voice: Voice) -> "Clip":
        """Speak a text in which some words are given as phonemes.

        Raises:
            SpeechError: it could not be spoken; the message says why, and what to do.

        """
        return self.synthesize("".join(run if isinstance(run, str) else run.word for run in runs), voice)

    def scripts(self, voice: Voice) -> Collection[str] | None:  # noqa: ARG002 - overridden
        """Return the scripts that a voice can read, such as `LATIN`; None if that is unknown.

        A script is named by the first word of its letters' names in Unicode: see `speech.text.letters`.
        """
        return None

    def close(self) -> None:
        """Stop everything that the engine keeps running.

        This may be called from another thread while sentences are being spoken, if the session is cancelled; they
        should then end soon, with or without a SpeechError.
        """
        return

    @classmethod
    def find_installable(cls, name: str | None, language: str | None) -> Installable:  # noqa: ARG003 - overridden
        """Return what is needed to download one of its voices, by name, or the default one for a language.

        Raises:
            UsageError: it has no such voice to download.

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
    """An engine that can be chosen, and what is known about it before it is opened."""

    open: Callable[[], Engine]
    """Opens it; raises SpeechError, with the remedy, if something is missing."""
    quality: str = UNKNOWN
    licence: str = UNKNOWN
    is_offline: bool = True
    prospects: tuple[str, ...] = ("any",)
    suggest: Callable[[str], Suggestion | None] = lambda _language: None


def read_base(language: str) -> str:
    """Return a language code without its region, in lower case: `en` for `en-GB`, `nb` for `no`."""
    return find_base(language)
