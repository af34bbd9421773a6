"""Voices that are fetched once, on demand, and then speak offline."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from narrator.errors import UsageError
from narrator.routine.nearest import suggest
from narrator.speech.registry import BUILT_IN, split_voice

Report: TypeAlias = Callable[[int, int | None], None]
"""Told how many bytes have come, of how many; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Installable:
    """A voice that can be fetched, and what fetches it; each function raises SpeechError where it fails."""

    describe: Callable[[], str]
    """What would be fetched, from whom, under which licence, and how large it is."""
    is_installed: Callable[[], bool]
    install: Callable[[Report], object]
    remove: Callable[[], object]


def _find_piper(name: str | None) -> Installable:
    from narrator.speech import piper

    voice = piper.check_name(name)
    return Installable(
        partial(piper.describe, voice),
        partial(piper.is_installed, voice),
        partial(piper.install, voice),
        partial(piper.remove, voice),
    )


def _find_tiny(name: str | None) -> Installable:
    from narrator.speech.tiny import fetch

    if name not in {None, "default"}:
        raise UsageError(f"tiny has one voice, and no {name!r}; write tiny")
    return Installable(fetch.describe, fetch.is_installed, fetch.install, fetch.remove)


INSTALLABLE: dict[str, Callable[[str | None], Installable]] = {"tiny": _find_tiny, "piper": _find_piper}
"""By the engine: a function that is given the voice's name, None for the engine's only one."""


def find_installable(text: str) -> Installable:
    """Voice that can be fetched, by its name as `--voice` takes it.

    Raises:
        UsageError: there is nothing to fetch for that.

    """
    engine, name = split_voice(text)
    if engine in INSTALLABLE:
        return INSTALLABLE[engine](name)
    if engine in BUILT_IN:
        raise UsageError(f"the engine {engine!r} has nothing to be added or removed; {suggest('', INSTALLABLE)}")
    raise UsageError(f"there is no voice {text!r} to add or remove; {suggest(engine, INSTALLABLE)}")
