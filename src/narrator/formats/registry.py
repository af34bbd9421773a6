"""The registry of formats by suffix."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.errors import UsageError

if TYPE_CHECKING:
    from narrator.formats.format import Format

FORMATS = {
    ".mp3": "narrator.formats.mp3",
    ".opus": "narrator.formats.opus",
    ".flac": "narrator.formats.flac",
    ".wav": "narrator.formats.wav",
    ".m4a": "narrator.formats.m4.m4a",
    ".m4b": "narrator.formats.m4.m4b",
}
"""The module of each format, which holds it as `FORMAT`; imported when it is needed."""
DEFAULT = ".mp3"
"""Suffix of a track if no format is asked for."""
_MEANT = {
    ".ogg": ".opus",
    ".oga": ".opus",
    ".webm": ".opus",
    ".aac": ".m4a",
    ".mp4": ".m4a",
    ".mpeg": ".mp3",
    ".wave": ".wav",
    ".aif": ".wav",
    ".aiff": ".wav",
    ".alac": ".flac",
}
"""What is nearest to other formats, by suffix."""


def find_format(path: Path) -> "Format":
    """Return the format for the suffix of a file's name.

    Raises:
        UsageError: no format has this suffix; the message lists those that exist.

    """
    module = FORMATS.get(path.suffix.lower())
    if module is None:
        message = f"a track cannot be written as {path.name!r}; {suggest_suffix(path.suffix.lower())}"
        raise UsageError(message, options=("output",))
    found: Format = import_module(module).FORMAT
    return found


def suggest_suffix(suffix: str) -> str:
    """Return the end of an error message for an unknown suffix: the one that is probably meant, and all that exist."""
    meant = f"did you mean {_MEANT[suffix]}? " if suffix in _MEANT else ""
    return f"{meant}{'There are' if meant else 'use'} {', '.join(FORMATS)}"


def list_names() -> list[str]:
    """Return the names of all formats, which are their suffixes without the point."""
    return [suffix.removeprefix(".") for suffix in FORMATS]


def find_suffixes(names: Iterable[str]) -> tuple[str, ...]:
    """Return the suffix of each named format.

    Raises:
        UsageError: there is no such format, or one is named twice.

    """
    suffixes: list[str] = []
    for name in names:
        suffix = f".{name.strip().lower().removeprefix('.')}"
        if suffix == ".":
            raise UsageError("a format has no name; write mp3, or several as mp3,flac", options=("format",))
        if suffix not in FORMATS:
            known = suggest_suffix(suffix).replace(".", "")
            raise UsageError(f"there is no format {name.strip()!r}; {known}", options=("format",))
        if suffix in suffixes:
            raise UsageError(f"the format {suffix[1:]} is named twice; name it once", options=("format",))
        suffixes.append(suffix)
    return tuple(suffixes)
