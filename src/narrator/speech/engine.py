"""What a speech engine is, and which there are."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol, Self

from narrator.errors import SpeechError, UsageError
from narrator.routine.model import VoiceSpec
from narrator.routine.nearest import suggest
from narrator.speech.clip import Clip


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: an engine, one of its voices, the language, and the pace (1 is the voice's own)."""

    engine: str
    name: str
    language: str
    pace: float = 1.0

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


class Engine(Protocol):
    """Speaks sentences. Used from as many threads at a time as it has workers, and closed after use."""

    name: str
    version: str
    """Part of a clip's key in the cache: another version may sound different."""
    is_offline: bool
    workers: int

    def languages(self) -> Collection[str]:
        """Codes of the languages it speaks."""

    def voices(self, language: str) -> Collection[str]:
        """Names of its voices for a language, the default first; none when it does not speak it."""

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text.

        Raises:
            SpeechError: it could not be spoken; says why and what to do.

        """

    def close(self) -> None:
        """End whatever the engine keeps running."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


def _open_espeak() -> Engine:
    from narrator.speech.espeak import Espeak

    return Espeak()


def _open_gtts() -> Engine:
    from narrator.speech.gtts import Gtts

    return Gtts()


def _open_silent() -> Engine:
    from narrator.speech.silent import Silent

    return Silent()


def _open_tiny() -> Engine:
    from narrator.speech.tiny.engine import Tiny

    return Tiny()


ENGINES: dict[str, Callable[[], Engine]] = {
    "espeak": _open_espeak,
    "gtts": _open_gtts,
    "silent": _open_silent,
    "tiny": _open_tiny,
}
AUTO = "auto"
"""The engine that is chosen when nobody asks for one."""
_DEFAULT = "espeak"


def open_engine(name: str) -> Engine:
    """Open an engine by name.

    Raises:
        UsageError: there is none of that name.

    """
    name = _DEFAULT if name == AUTO else name
    if name not in ENGINES:
        raise UsageError(f"there is no engine {name!r}; {suggest(name, [AUTO, *ENGINES])}")
    return ENGINES[name]()


def choose_voice(engine: Engine, name: str | None, language: str, pace: float) -> Voice:
    """Choose one of an engine's voices for a language.

    Raises:
        SpeechError: it does not speak the language.
        UsageError: it has no voice of that name.

    """
    known = list(engine.voices(language))
    if not known:
        raise SpeechError(f"the engine {engine.name!r} does not speak {language!r}; choose another with --voice")
    if name is not None and name not in known:
        raise UsageError(f"{engine.name!r} has no voice {name!r} for {language!r}; {suggest(name, known)}")
    return Voice(engine.name, name or known[0], language, pace)


def parse_voice(text: str | None, wish: VoiceSpec) -> tuple[str, str | None]:
    """Engine and voice name to use: `--voice ENGINE[:NAME]` if given, else the routine's own wish, else `auto`."""
    if text:
        engine, _, name = text.partition(":")
        return engine, name or None
    return wish.engine or AUTO, wish.name
