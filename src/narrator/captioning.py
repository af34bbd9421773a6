"""Captions beside a track: where they are, whether they are as they were written, and which of them may be replaced."""

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
"""Raised whenever the same session would have other captions."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to write, where, and a name for all that it is made from."""

    path: Path
    text: str
    name: str = ""


def list_places(request: TrackRequest) -> dict[str, Path]:
    """Return where the captions of a track are written, by their forms: beside it, under its name."""
    output = request.output
    return {name: output.with_name(output.stem + FORMS[name].suffix) for name in request.captions}


def has_captions(request: TrackRequest, fingerprint: str, cache: Cache) -> bool:
    """Return whether all captions are there that are asked for, as they were written for a track with a fingerprint.

    Raises:
        PublishError: one of them cannot be read.

    """
    return all(
        is_file(path) and find_text(path, cache) == (_name_caption(request, fingerprint, name), hash_track(path))
        for name, path in list_places(request).items()
    )


def compose_captions(session: Session, request: TrackRequest, fingerprint: str, cache: Cache) -> list[Text]:
    """Return the captions that are asked for, all of which may be written; see `check_place`.

    Raises:
        UsageError, PublishError: one of them may not.
        LostClipError: a clip has vanished from the cache.

    """
    texts = [
        Text(path, session.write(name, bells=request.has_bells), _name_caption(request, fingerprint, name))
        for name, path in list_places(request).items()
    ]
    for text in texts:
        check_place(text, request.session.file, cache, force=request.force)
    return texts


def check_place(text: Text, source: Path, cache: Cache, *, force: bool) -> None:
    """Refuse to write a text over what it is made from; and, unless forced, over what narrator did not write there.

    Raises:
        UsageError: it is made from what is at its place.
        PublishError: the file there may not be replaced, or is not one.

    """
    path = text.path
    if exists(path) and path.resolve() == source.resolve():
        raise UsageError(f"{path} is what this is made from, and would be lost; choose another name")
    try:
        refuse_special(path)
    except OSError as error:
        raise PublishError(f"cannot write {path}: {error.strerror}; choose another place") from error
    if exists(path) and not force and not _may_replace(text, cache):
        message = f"{path} was not made by narrator, or was changed since; move it away, or have it replaced"
        raise PublishError(message, options=("force",))


def _may_replace(text: Text, cache: Cache) -> bool:
    """Return whether the file at a place is as narrator wrote it there, or would stay as it is."""
    try:
        is_same = text.path.stat().st_size == len(text.text.encode()) and text.path.read_bytes() == text.text.encode()
    except OSError:
        is_same = False
    known = find_text(text.path, cache)
    return is_same or (known is not None and known[1] == hash_track(text.path))


def write_texts(texts: Iterable[Text], cache: Cache) -> tuple[Fault, ...]:
    """Write texts, each whole or not at all, and note that they are narrator's; where that fails there is a warning.

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
