"""Narrator turns a written routine into a guided audio session of an exact length.

    import narrator

    session = narrator.plan("ten-minute-hips", length="12m")
    session.render("hips.mp3")
    print(session.script())

`plan` decides everything about a session, which can then be rendered to a file, written as a script, or opened as a
stream of bytes. `render`, `render_all` and `verify` work on files; `load` reads a routine; `routines` and `voices` list
what is available. Every error that narrator raises is a `NarratorError`; its `faults` say what is wrong, and where. Use
`Engine`, `Voice`, `Clip` and `make_clip` to write an engine.

Modules are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "api": (
        "Session", "load", "make_request", "plan", "render", "render_all", "routines", "verify", "voices",
    ),
    "batch.dask": ("open_cluster",),
    "batch.tracks": ("list_tracks",),
    "cache": ("Cache",),
    "errors": (
        "CancelledError", "Fault", "LengthError", "Mark", "NarratorError", "OutsideError", "PublishError",
        "RoutineError", "SoundError", "SpeechError", "UnspeakableError", "UsageError",
    ),
    "ledger": ("Track",),
    "options": ("Options",),
    "speech.clip": ("Clip", "make_clip"),
    "speech.engine": ("Engine", "Voice"),
}  # fmt: skip
"""The module of each public name."""
_HOME = {name: home for home, names in _HOMES.items() for name in names}

if TYPE_CHECKING:
    from narrator.api import (
        Session,
        load,
        make_request,
        plan,
        render,
        render_all,
        routines,
        verify,
        voices,
    )
    from narrator.batch.dask import open_cluster
    from narrator.batch.tracks import list_tracks
    from narrator.cache import Cache
    from narrator.errors import (
        CancelledError,
        Fault,
        LengthError,
        Mark,
        NarratorError,
        OutsideError,
        PublishError,
        RoutineError,
        SoundError,
        SpeechError,
        UnspeakableError,
        UsageError,
    )
    from narrator.ledger import Track
    from narrator.options import Options
    from narrator.speech.clip import Clip, make_clip
    from narrator.speech.engine import Engine, Voice

__all__ = [
    "Cache",
    "CancelledError",
    "Clip",
    "Engine",
    "Fault",
    "LengthError",
    "Mark",
    "NarratorError",
    "Options",
    "OutsideError",
    "PublishError",
    "RoutineError",
    "Session",
    "SoundError",
    "SpeechError",
    "Track",
    "UnspeakableError",
    "UsageError",
    "Voice",
    "__version__",
    "list_tracks",
    "load",
    "make_clip",
    "make_request",
    "open_cluster",
    "plan",
    "render",
    "render_all",
    "routines",
    "verify",
    "voices",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'narrator' has no attribute {name!r}")
    value = getattr(import_module(f"narrator.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
