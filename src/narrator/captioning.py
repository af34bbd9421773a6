"""Caption files beside a track: their paths, whether they are up to date, and whether they may be replaced."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from narrator.cache import Cache, make_key
from narrator.captions.forms import FORMS
from narrator.errors import Fault, OutsideError, PublishError, UsageError
from narrator.files import replace_file
from narrator.ledger import find_text, hash_track, keep_text
from narrator.paths import exists, is_file, refuse_special
from narrator.request import TrackRequest
from narrator.session import Session

_FORMAT = 1
"""Version of the captions; raise it with every change that gives other captions for the same session."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to write, its path, and a fingerprint of its input."""

    path: Path
    text: str
    name: str = ""


def list_places(request: TrackRequest) -> dict[str, Path]:
    """Return the paths of the captions of a track by format: beside it, with its name."""
    output = request.output
    return {name: output.with_name(output.stem + FORMS[name].suffix) for name in request.captions}


def has_captions(request: TrackRequest, fingerprint: str, cache: Cache) -> bool:
    """Return whether all requested captions exist as they were written for a track with this fingerprint.

    Raises:
        PublishError: one of them cannot be read.

    """
    return all(
        is_file(path) and find_text(path, cache) == (_name_caption(request, fingerprint, name), hash_track(path))
        for name, path in list_places(request).items()
    )


def compose_captions(session: Session, request: TrackRequest, fingerprint: str, cache: Cache) -> list[Text]:
    """Return the requested captions, all of which may be written; see `check_place`.

    Raises:
        UsageError, PublishError: one of them may not be written.
        LostClipError: a clip is missing from the cache.

    """
    texts = [
        Text(path, session.write(name, bells=request.has_bells), _name_caption(request, fingerprint, name))
        for name, path in list_places(request).items()
    ]
    for text in texts:
        check_place(text, request.session.file, cache, force=request.force)
    return texts


def check_place(text: Text, source: Path, cache: Cache, *, force: bool) -> None:
    """Refuse to overwrite the routine, or, without `force`, a file that narrator did not write.

    Raises:
        UsageError: the routine would be overwritten.
        PublishError: the file may not be replaced, or is not a regular file.

    """
    path = text.path
    if exists(path) and path.resolve() == source.resolve():
        raise UsageError(f"{path} is the routine, and would be overwritten; choose another name")
    try:
        refuse_special(path)
    except OSError as error:
        raise PublishError(f"cannot write {path}: {error.strerror}; choose another place") from error
    if exists(path) and not force and not _may_replace(text, cache):
        message = f"{path} was not written by narrator, or was edited; move it away, or have it replaced"
        raise PublishError(message, options=("force",))


def _may_replace(text: Text, cache: Cache) -> bool:
    """Return whether a file is as narrator wrote it, or would not change."""
    try:
        is_same = text.path.stat().st_size == len(text.text.encode()) and text.path.read_bytes() == text.text.encode()
    except OSError:
        is_same = False
    known = find_text(text.path, cache)
    return is_same or (known is not None and known[1] == hash_track(text.path))


def write_texts(texts: Iterable[Text], cache: Cache) -> tuple[Fault, ...]:
    """Write texts, each completely or not at all, and record them; return a warning for each that cannot be recorded.

    Raises:
        PublishError: one cannot be written.

    """
    notes: list[Fault] = []
    for text in texts:
        try:
            text.path.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(text.path) as file:
                file.write(text.text.encode())
        except OSError as error:
            message = f"cannot write {text.path}: {error.strerror or error}; choose another place"
            raise PublishError(message) from error
        try:
            keep_text(text.path, text.name, cache)
        except OutsideError as error:
            notes += (Fault(f"narrator will not recognise {text.path}: {each.message}") for each in error.faults)
    return tuple(notes)


def _name_caption(request: TrackRequest, fingerprint: str, name: str) -> str:
    return make_key(_FORMAT, fingerprint, name, request.has_bells)
