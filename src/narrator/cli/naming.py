"""Where tracks are written: to one file, or to a folder under names made from the request."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.errors import UsageError
from narrator.formats.registry import DEFAULT, FORMATS, find_suffixes, suggest_suffix
from narrator.units import format_duration

if TYPE_CHECKING:
    from narrator.request import SessionRequest


@dataclass(frozen=True, slots=True)
class Target:
    """A folder, or with `is_file` the file of a single track; with an address, paths are those in a store."""

    path: Path
    is_file: bool
    address: str | None = None


def find_target(name: str) -> Target:
    """Return the target that `--output` names: a file if its suffix is that of a format, else a folder.

    Raises:
        UsageError: no format has this suffix, and no folder has this name; or it has two suffixes, or no name; or the
            address of a store is not valid.

    """
    if "://" in name:
        return _find_store(name)
    output = Path(name)
    if output.suffix.lower() in FORMATS:
        _check_name(output)
        return Target(output, is_file=True)
    if output.name.lower() in FORMATS and not output.is_dir():
        raise UsageError(f"--output: {output.name} is only a suffix; write a name before it, as track{output.name}")
    if output.suffix and not output.is_dir():
        known = suggest_suffix(output.suffix.lower())
        raise UsageError(f"--output: a track cannot be written as {output.suffix}; {known}")
    return Target(output, is_file=False)


def _find_store(name: str) -> Target:
    from narrator.cache import check_store_url

    address = check_store_url(name, "output")
    if Path(address).suffix.lower() in FORMATS:
        folder = address.rpartition("/")[0]
        raise UsageError(f"--output: in a store, name a folder, as {folder}, and the tracks with --path")
    return Target(Path(), is_file=False, address=address)


def _check_name(output: Path) -> None:
    inner = Path(output.stem)
    if inner.suffix.lower() in FORMATS:
        raise UsageError(
            f"--output: {output.name} has the suffixes of two formats; write {inner.name} or "
            f"{inner.stem}{output.suffix}"
        )


def choose_suffixes(target: Target, formats: str | None, configured: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the suffixes to write tracks with: those of `--format`, else of the file or of the configuration.

    Raises:
        UsageError: there is no such format, or the file has another suffix.

    """
    asked = () if formats is None else find_suffixes(formats.split(","))
    if not target.is_file:
        return asked or find_suffixes(configured) or (DEFAULT,)
    suffix = target.path.suffix.lower()
    if asked and asked != (suffix,):
        folder = target.path.parent / target.path.stem
        raise UsageError(
            f"--output names a {suffix} file, and --format asks for {formats}; leave out one of them, or name a "
            f"folder, as --output {folder}"
        )
    return (suffix,)


def name_tracks(
    target: Target, request: "SessionRequest", suffixes: tuple[str, ...], *, has_length: bool, has_voice: bool
) -> tuple[Path, ...]:
    """Return the path of a track in each format.

    `has_length` and `has_voice` say whether these are part of its name.
    """
    if target.is_file:
        return (target.path,)
    name = _name_track(request, has_length=has_length, has_voice=has_voice)
    return tuple(target.path / f"{name}{suffix}" for suffix in suffixes)


def _name_track(request: "SessionRequest", *, has_length: bool, has_voice: bool) -> str:
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
    return "-".join(parts)
