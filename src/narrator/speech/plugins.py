"""Other packages' engines, which join by entry points: what one does wrong is told in a line, and harms no other."""

import importlib.metadata
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import EntryPoint

from narrator.config import read_settings
from narrator.errors import NarratorError, SpeechError, describe_error
from narrator.speech.clip import Clip
from narrator.speech.engine import UNKNOWN, Engine, Offer, Voice

GROUP = "narrator.engines"
"""Its entry points each name a class, an `Engine` made without arguments; the entry point's name is the engine's."""
_METHODS = ("languages", "voices", "synthesize")


def find_plugins() -> dict[str, Offer]:
    """The engines of the packages that are installed, by their names."""
    return {point.name: _make_offer(point) for point in sorted(importlib.metadata.entry_points(group=GROUP))}


def _make_offer(point: EntryPoint) -> Offer:
    """Offer of an engine, whose class may say `quality`, `licence` and `is_offline`."""
    make = partial(Plugin, point)
    with suppress(SpeechError), _report_faults(point):
        kind = point.load()
        quality, licence = (str(getattr(kind, name, UNKNOWN)) for name in ("quality", "licence"))
        return Offer(make, quality, licence, is_offline=bool(getattr(kind, "is_offline", False)))
    return Offer(make, is_offline=False)


@contextmanager
def _report_faults(point: EntryPoint) -> Iterator[None]:
    """Tell whatever goes wrong in a package as its fault; what it tells itself stands."""
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
    """An engine of another package, held at arm's length; it need not derive from `Engine`.

    Raises:
        SpeechError: it cannot be made, or lacks what an engine has.

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
            # A package that does not say when its voices change may have changed them with each release.
            self.version = getattr(self._engine, "version", point.dist.version if point.dist else "")
            if not isinstance(self.version, str):
                raise TypeError(f"its version is {self.version!r}, which is no text")
            self.workers = getattr(self._engine, "workers", 1)
            if not isinstance(self.workers, int) or self.workers < 1:
                raise ValueError(f"it has {self.workers!r} workers")
            self.takes_any_name = bool(getattr(self._engine, "takes_any_name", False))

    def languages(self) -> Collection[str]:
        """What it says, as long as that is texts."""
        with _report_faults(self._point):
            return _check_texts(self._engine.languages())

    def voices(self, language: str) -> Collection[str]:
        """What it says, as long as that is texts."""
        with _report_faults(self._point):
            return _check_texts(self._engine.voices(language))

    def resolve_voice(self, voice: Voice) -> Voice:
        """What it says, if it says anything."""
        with _report_faults(self._point):
            settled = getattr(self._engine, "resolve_voice", lambda voice: voice)(voice)
            if not isinstance(settled, Voice):
                raise TypeError(f"{settled!r} is no Voice")
            return settled

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Whatever it gives: whoever asks looks at it."""
        return self._engine.synthesize(text, voice)

    def close(self) -> None:
        """Close it, if it can be closed; one that fails at this has nevertheless spoken."""
        with suppress(Exception):
            self._engine.close()


def _check_texts(found: Collection[str]) -> list[str]:
    if isinstance(found, str) or not all(isinstance(each, str) for each in found):
        raise TypeError(f"{found!r} is no list of texts")
    return list(found)
