"""Where tracks are written: to one file, or to a folder under names made from the request."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.errors import UsageError
from narrator.units import format_duration

if TYPE_CHECKING:
    from narrator.request import SessionRequest

DEFAULT = ".mp3"


@dataclass(frozen=True, slots=True)
class Target:
    """A folder, or with `is_file` the file of a single track."""

    path: Path
    is_file: bool


def find_target(output: Path) -> Target:
    """Return the target that `--output` names: a file if its suffix is that of a format, else a folder.

    Raises:
        UsageError: no format has this suffix, and no folder has this name.

    """
    from narrator.formats import FORMATS

    if output.suffix.lower() in FORMATS:
        return Target(output, is_file=True)
    if output.suffix and not output.is_dir():
        known = ", ".join(FORMATS)
        raise UsageError(f"--output: a track cannot be written as {output.suffix}; use {known}")
    return Target(output, is_file=False)


def name_track(target: Target, request: "SessionRequest", *, has_length: bool, has_voice: bool) -> Path:
    """Return the path of a track; `has_length` and `has_voice` say whether these become part of its name."""
    if target.is_file:
        return target.path
    options = request.options
    parts = [request.file.stem, *([options.language] if options.language else [])]
    if has_voice and options.voice and options.voice != "auto":
        parts.append(re.sub(r"[^\w.]+", "-", options.voice).strip("-"))
    if has_length and options.length is not None:
        parts.append(format_duration(options.length))
    if options.guidance:
        parts.append(options.guidance)
    if not options.bed:
        parts.append("no-bed")
    for title in options.without:
        words = re.findall(r"[^\W_]+", title.lower())
        parts.append("-".join(["without", *words]))
    if options.seed is not None:
        parts.append(f"seed-{options.seed}")
    return target.path / f"{'-'.join(parts)}{DEFAULT}"
