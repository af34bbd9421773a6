"""The registry of engines, and the choice of the engine for a session."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from narrator.config import ConfigError, find_config, read_config, read_settings
from narrator.errors import Fault, SpeechError, UsageError
from narrator.routine.heading import VoiceSpec
from narrator.routine.nearest import suggest
from narrator.speech.engine import Engine, Installable, Offer, Voice
from narrator.speech.plugins import find_plugins

AUTO = "auto"
"""Name for the routine's own choice, or else the best installed voice for the language."""


def _at(module: str, kind: str) -> Callable[[], type[Engine]]:
    """Return a function that imports an engine's class, because engines are slow to import and few are needed."""

    def load() -> type[Engine]:
        found: type[Engine] = getattr(import_module(f"narrator.speech.engines.{module}"), kind)
        return found

    return load


BUILT_IN: dict[str, Callable[[], type[Engine]]] = {
    "hibari": _at("hibari", "Hibari"),
    "kokoro": _at("kokoro", "Kokoro"),
    "piper": _at("piper", "Piper"),
    "espeak": _at("espeak", "Espeak"),
    "gtts": _at("gtts", "Gtts"),
    "openai": _at("openai", "OpenAi"),
    "command": _at("command", "Command"),
    "recorded": _at("recorded", "Recorded"),
    "silent": _at("silent", "Silent"),
}
_NATURAL: tuple[str, ...] = ("hibari", "kokoro", "piper")
"""Engines that `auto` prefers if they are installed and speak the language, the best first."""
_PLAIN = "espeak"


def list_offers() -> dict[str, Offer]:
    """Return all engines by name: narrator's own, and those of other packages, which cannot have the same names."""
    return {name: _make_offer(name) for name in BUILT_IN} | _list_plugins()


def _make_offer(name: str) -> Offer:
    kind = BUILT_IN[name]()
    return Offer(
        partial(open_engine, name), kind.quality, kind.licence, kind.is_offline, tuple(kind.prospects), kind.suggest
    )


def _list_plugins() -> dict[str, Offer]:
    return {name: offer for name, offer in find_plugins().items() if name not in {AUTO, *BUILT_IN}}


def open_engine(name: str) -> Engine:
    """Open an engine by name, with its table of the configuration file.

    Raises:
        UsageError: the engine does not exist.
        SpeechError: it cannot be opened, because something must be installed first.
        ConfigError: the configuration file cannot be used.

    """
    check_engine(name)
    _check_tables()
    if name not in BUILT_IN:
        return _list_plugins()[name].open()
    kind: Callable[..., Engine] = (found := BUILT_IN[name]())
    return kind(read_settings(name, found.settings)) if found.settings else kind()


def _check_tables() -> None:
    """Refuse tables in the configuration file that no engine reads."""
    tables = read_config().tables
    unread = {name for name in tables if name not in BUILT_IN or BUILT_IN[name]().settings is None}
    if unread := unread - (set(_list_plugins()) if unread else set()):
        raise ConfigError.gather(Fault(f"{find_config()}: {_describe_table(name)}") for name in sorted(unread))


def _describe_table(name: str) -> str:
    if name in BUILT_IN:
        return f"'{name}' cannot be used: the engine {name!r} has no settings; remove the table"
    readers = [engine for engine, load in BUILT_IN.items() if load().settings is not None]
    return f"unknown key '{name}'; {suggest(name, readers)}"


def check_engine(text: str) -> None:
    """Refuse `ENGINE[:NAME]` with an unknown engine, without opening any.

    Raises:
        UsageError: the engine does not exist.

    """
    name = split_voice(text)[0]
    if name != AUTO and name not in BUILT_IN and name not in (plugins := _list_plugins()):
        raise UsageError(f"there is no engine {name!r}; {suggest(name, [AUTO, *BUILT_IN, *plugins])}")


def split_voice(text: str) -> tuple[str, str | None]:
    """Split `ENGINE[:NAME]` into the engine and the name of its voice, if given."""
    engine, _, name = text.strip().partition(":")
    return engine, name or None


def open_voice(asked: str | None, wish: VoiceSpec, language: str, folders: Sequence[Path] = ()) -> tuple[Engine, Voice]:
    """Open the engine for a session and choose its voice.

    `asked` is `ENGINE[:NAME]` or `auto`, which is the same as None; `wish` is the routine's choice, whose pace is
    always used. The routine's own voices may be in or below `folders`.

    Raises:
        UsageError: the engine does not exist, or it has no voice of that name.
        SpeechError: the engine cannot be opened, or does not speak the language.

    """
    engine_name, name = split_voice(asked or AUTO)
    if engine_name == AUTO:
        engine_name, name = wish.engine or AUTO, name or wish.name
    if engine_name == AUTO:
        return _open_best(name, language, wish.pace)
    engine = open_engine(engine_name)
    engine.look_in(folders, is_asked=asked not in {None, AUTO})
    return _choose_from(engine, name, language, wish.pace)


def _open_best(name: str | None, language: str, pace: float) -> tuple[Engine, Voice]:
    """Open the best engine with a voice for the language, of the wished name if there is one."""
    for engine_name in _NATURAL:
        with suppress(SpeechError, UsageError):
            return _choose_from(open_engine(engine_name), name, language, pace)
    return _choose_from(open_engine(_PLAIN), name, language, pace)


def _choose_from(engine: Engine, name: str | None, language: str, pace: float) -> tuple[Engine, Voice]:
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
    takes_it = name is not None and engine.takes_any_name and name.isprintable()
    if not known and not takes_it:
        raise SpeechError(
            f"the engine {engine.name!r} does not speak {language!r}; 'narrator voices' lists those that do",
            options=("voice",),
        )
    if name is not None and name not in known and not takes_it:
        raise UsageError(f"{engine.name!r} has no voice {name!r} for {language!r}; {suggest(name, known)}")
    return engine.resolve_voice(Voice(engine.name, name or known[0], language, pace, engine.version))


def find_installable(text: str, language: str | None = None) -> Installable:
    """Return a voice that can be downloaded, by its name for `--voice`, or an engine's default one for a language.

    Raises:
        UsageError: there is nothing to download.

    """
    engine, name = split_voice(text)
    if engine not in BUILT_IN:
        raise UsageError(f"there is no voice {text!r} to add or remove; {suggest(engine, _NATURAL)}")
    return BUILT_IN[engine]().find_installable(name, language)
