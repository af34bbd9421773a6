"""Engines of other packages, found by entry points; a fault in one is reported in a line and affects no other."""

import importlib.metadata
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

from narrator.config import read_settings
from narrator.errors import NarratorError, SpeechError, describe_error
from narrator.speech.engine import UNKNOWN, Engine, Offer, Voice

if TYPE_CHECKING:
    from narrator.speech.clip import Clip

GROUP = "narrator.engines"
"""Group of entry points, each a class that is an `Engine` without arguments; its name is the engine's name."""
_METHODS = ("languages", "voices", "synthesize")


def find_plugins() -> dict[str, Offer]:
    """Return the engines of installed packages, by name."""
    return {point.name: _make_offer(point) for point in sorted(importlib.metadata.entry_points(group=GROUP))}


def _make_offer(point: EntryPoint) -> Offer:
    """Return the offer of an engine, whose class may define `quality`, `licence` and `is_offline`."""
    make = partial(Plugin, point)
    with suppress(SpeechError), _report_faults(point):
        kind = point.load()
        quality, licence = (str(getattr(kind, name, UNKNOWN)) for name in ("quality", "licence"))
        return Offer(make, quality, licence, is_offline=bool(getattr(kind, "is_offline", False)))
    return Offer(make, is_offline=False)


@contextmanager
def _report_faults(point: EntryPoint) -> Iterator[None]:
    """Report any error in a package as a fault of that package; its own NarratorErrors are kept."""
    try:
        yield
    except NarratorError:
        raise
    except (Exception, SystemExit) as error:
        package = point.dist.name if point.dist else point.value
        raise SpeechError(
            f"the engine {point.name!r} of the package {package} is at fault: {describe_error(error)}; update that "
            "package, or remove it"
        ) from error


class Plugin(Engine):
    """An engine of another package, whose answers are checked; it need not derive from `Engine`.

    Raises:
        SpeechError: it cannot be created, or lacks a required member.

    """

    def __init__(self, point: EntryPoint) -> None:
        self.name = point.name
        self._point = point
        with _report_faults(point):
            kind = point.load()
            settings = getattr(kind, "settings", None)
            self._engine: Engine = kind(read_settings(point.name, settings)) if settings else kind()
            for method in _METHODS:
                if not callable(getattr(self._engine, method, None)):
                    raise TypeError(f"it has no method {method!r}")
            # If a package does not say when its voices change, each release may have changed them.
            self.version = getattr(self._engine, "version", point.dist.version if point.dist else "")
            if not isinstance(self.version, str):
                raise TypeError(f"its version is {self.version!r}, which is not a string")
            self.workers = getattr(self._engine, "workers", 1)
            if not isinstance(self.workers, int) or self.workers < 1:
                raise ValueError(f"it has {self.workers!r} workers")
            self.takes_any_name = bool(getattr(self._engine, "takes_any_name", False))

    def languages(self) -> Collection[str]:
        """Codes of its languages, checked to be strings."""
        with _report_faults(self._point):
            return _check_texts(self._engine.languages())

    def voices(self, language: str) -> Collection[str]:
        """Return its voices for a language, checked to be strings."""
        with _report_faults(self._point):
            return _check_texts(self._engine.voices(language))

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return the voice as it resolves it, if it does."""
        with _report_faults(self._point):
            settled = getattr(self._engine, "resolve_voice", lambda voice: voice)(voice)
            if not isinstance(settled, Voice):
                raise TypeError(f"{settled!r} is not a Voice")
            return settled

    def synthesize(self, text: str, voice: Voice) -> "Clip":
        """Return its clip, which the caller checks."""
        return self._engine.synthesize(text, voice)

    def close(self) -> None:
        """Close it, if it can be closed; a failure does not matter, because it has spoken."""
        with suppress(Exception):
            self._engine.close()


def _check_texts(found: Collection[str]) -> list[str]:
    if isinstance(found, str) or not all(isinstance(each, str) for each in found):
        raise TypeError(f"{found!r} is not a list of strings")
    return list(found)
