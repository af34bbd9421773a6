"""Which engines there are, and which one speaks a session."""

from contextlib import suppress

from narrator.config import read_config
from narrator.errors import SpeechError, UsageError
from narrator.routine.model import VoiceSpec
from narrator.routine.nearest import suggest
from narrator.speech.engine import Engine, Offer, Voice
from narrator.speech.joined import find_joined

AUTO = "auto"
"""The routine's own wish, else an installed natural voice for the language, else `espeak`."""


def _open_espeak() -> Engine:
    from narrator.speech.espeak import Espeak

    return Espeak()


def _open_gtts() -> Engine:
    from narrator.speech.gtts import Gtts

    return Gtts(read_config().gtts)


def _open_openai() -> Engine:
    from narrator.speech.openai import OpenAi

    return OpenAi(read_config().openai)


def _open_command() -> Engine:
    from narrator.speech.command import Command

    return Command(read_config().command)


def _open_silent() -> Engine:
    from narrator.speech.silent import Silent

    return Silent()


def _open_tiny() -> Engine:
    from narrator.speech.tiny.engine import Tiny
    from narrator.speech.tiny.fetch import check_installed

    check_installed()
    return Tiny()


def _open_piper() -> Engine:
    from narrator.speech.piper import Piper

    return Piper()


BUILT_IN: dict[str, Offer] = {
    "tiny": Offer(_open_tiny, "natural", "Apache-2.0", languages=("en",)),
    "piper": Offer(_open_piper, "natural", "GPL-3.0-or-later, and each voice's own"),
    "espeak": Offer(_open_espeak, "robotic", "GPL-3.0-or-later"),
    "gtts": Offer(_open_gtts, "good", "Google's terms", is_offline=False),
    "openai": Offer(_open_openai, "good", "the server's", is_offline=False, languages=("any",)),
    "command": Offer(_open_command, "its own", "its own"),
    "silent": Offer(_open_silent, "silent", "MIT"),
}
_NATURAL: tuple[str, ...] = ("tiny", "piper")
"""Engines that `auto` prefers where they are installed and speak the language, the best first."""
_PLAIN = "espeak"


def list_offers() -> dict[str, Offer]:
    """Every engine by its name: narrator's own, then other packages'; none of these takes the name of one of those."""
    return BUILT_IN | {name: offer for name, offer in find_joined().items() if name not in {AUTO, *BUILT_IN}}


def open_engine(name: str) -> Engine:
    """Open an engine by name.

    Raises:
        UsageError: there is none of that name.
        SpeechError: it cannot be opened, for it needs something first.

    """
    offers = BUILT_IN if name in BUILT_IN else list_offers()
    if name not in offers:
        raise UsageError(f"there is no engine {name!r}; {suggest(name, [AUTO, *offers])}")
    return offers[name].open()


def check_engine(text: str) -> None:
    """Refuse `ENGINE[:NAME]` with an unknown engine, opening nothing.

    Raises:
        UsageError: there is none of that name.

    """
    name = split_voice(text)[0]
    if name != AUTO and name not in BUILT_IN and name not in (offers := list_offers()):
        raise UsageError(f"there is no engine {name!r}; {suggest(name, [AUTO, *offers])}")


def split_voice(text: str) -> tuple[str, str | None]:
    """Engine, and the name of its voice if one is given, of `ENGINE[:NAME]`."""
    engine, _, name = text.strip().partition(":")
    return engine, name or None


def open_voice(asked: str | None, wish: VoiceSpec, language: str) -> tuple[Engine, Voice]:
    """Open the engine that is to speak a language, and choose its voice.

    `asked` is `ENGINE[:NAME]` or `auto`, which is also what None means; `wish` is what the routine says, whose pace
    counts in any case.

    Raises:
        UsageError: there is no such engine, or it has no voice of that name.
        SpeechError: the engine cannot be opened, or does not speak the language.

    """
    engine_name, name = split_voice(asked or AUTO)
    if engine_name == AUTO:
        engine_name, name = wish.engine or AUTO, name or wish.name
    if engine_name == AUTO:
        return _open_best(name, language, wish.pace)
    return _open_with(engine_name, name, language, wish.pace)


def _open_best(name: str | None, language: str, pace: float) -> tuple[Engine, Voice]:
    """Open the best engine that has a voice for the language, and of that name if one is wished for."""
    for engine_name in _NATURAL:
        with suppress(SpeechError, UsageError):
            return _open_with(engine_name, name, language, pace)
    return _open_with(_PLAIN, name, language, pace)


def _open_with(engine_name: str, name: str | None, language: str, pace: float) -> tuple[Engine, Voice]:
    engine = open_engine(engine_name)
    try:
        return engine, choose_voice(engine, name, language, pace)
    except BaseException:
        engine.close()
        raise


def choose_voice(engine: Engine, name: str | None, language: str, pace: float) -> Voice:
    """Choose one of an engine's voices for a language.

    Raises:
        SpeechError: it does not speak the language.
        UsageError: it has no voice of that name.

    """
    known = list(engine.voices(language))
    if not known:
        raise SpeechError(
            f"the engine {engine.name!r} does not speak {language!r}; "
            f"see what does: narrator voices --language {language}"
        )
    if name is not None and name not in known and not (engine.takes_any_name and name.isprintable()):
        raise UsageError(f"{engine.name!r} has no voice {name!r} for {language!r}; {suggest(name, known)}")
    return engine.settle_voice(Voice(engine.name, name or known[0], language, pace, engine.version))
