"""The files of a track: their formats, whether they are up to date, and whether they may be replaced."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from narrator.cache import Cache
from narrator.errors import PublishError
from narrator.files import sweep_parts
from narrator.formats.format import Encoding, Format, check_bitrate, make_encoding
from narrator.formats.registry import find_format
from narrator.ledger import Track, find_track
from narrator.paths import exists, refuse_special
from narrator.request import TrackRequest


@dataclass(frozen=True)
class Target:
    """A file to write: its path, its format, and how it is encoded."""

    path: Path
    form: Format
    encoding: Encoding


def list_targets(request: TrackRequest) -> list[Target]:
    """Return the files of a track.

    Raises:
        UsageError: a format does not exist, or does not have the bit rate.

    """
    forms = [find_format(path) for path in request.outputs]
    check_bitrate(forms, request.bitrate, request.channels)
    return [
        Target(path, form, make_encoding(form, request.bitrate, request.channels, request.threads))
        for path, form in zip(request.outputs, forms, strict=True)
    ]


def find_tracks(targets: Iterable[Target], fingerprint: str, cache: Cache) -> dict[Path, Track]:
    """Return the tracks that exist already, by path; see `find_track`.

    Raises:
        PublishError: one of them cannot be read.

    """
    found = {target.path: find_track(target.path, fingerprint, target.encoding, cache) for target in targets}
    return {path: track for path, track in found.items() if track}


def prepare_target(target: Target, *, force: bool) -> None:
    """Create the folder of a track, and refuse to replace a file that narrator did not make.

    Raises:
        PublishError: the folder cannot be created, or the file may not be replaced.

    """
    path, folder = target.path, target.path.parent
    try:
        refuse_special(path)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; choose another place"
        raise PublishError(message, options=("output",)) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {folder}: {error.strerror or error}; choose another place"
        raise PublishError(message, options=("output",)) from error
    sweep_parts(folder)
    if exists(path) and not force and not target.form.is_ours(path):
        message = f"{path} was not made by narrator; move it away, or have it replaced"
        raise PublishError(message, options=("force",))
