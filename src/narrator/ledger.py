"""A record of each track's inputs, so that an unchanged track is recognised, and a track can be verified."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from narrator.cache import Cache, make_key
from narrator.errors import Fault, Mark, OutsideError, PublishError
from narrator.formats.format import Encoding
from narrator.paths import is_file, open_regular
from narrator.script import Bell, Recording
from narrator.session import Draft, Session
from narrator.speech.speak import find_clip_key
from narrator.speech.text.reading import Reader
from narrator.units import Ms
from narrator.versions import find_version

_SHELF = "tracks"
_FORMAT = 9
"""Version of the tracks; raise it with every change that gives another track for the same input."""


@dataclass(frozen=True, slots=True)
class Track:
    """A finished track. Loudness and peak are as decoded; None for a track without sound."""

    path: str
    voice: str
    length_ms: Ms
    samples: int
    lufs: float | None
    words_lufs: float | None
    """Loudness of what is spoken, by itself and before peaks are limited; None where nothing is."""
    true_peak_db: float | None
    clips_new: int
    clips_cached: int
    seconds: float
    language: str = ""
    size_bytes: int = 0
    sha256: str = ""
    """Digest of the bytes of the file, as 64 hexadecimal digits."""
    fingerprint: str = ""
    """A hash of everything that the track is made from; the same on every machine."""
    skipped: bool = False
    replaced: str | None = None
    """Voice of the previous track at this path, if it was another one."""
    captions: tuple[str, ...] = ()
    """Files of captions beside the track that were asked for."""
    notes: tuple[Fault, ...] = ()
    unshared: tuple[Fault, ...] = ()
    """Why what this track is made of is not in the store."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The record of a track at a path, and its script."""

    track: Track
    script: str

    def read_track(self, path: Path) -> Track:
        """Return the track as one that was left unchanged."""
        return replace(self.track, path=str(path), skipped=True)


def make_fingerprint(draft: Draft, reader: Reader) -> str:
    """Return a hash of everything that the sound and the words of a track depend on."""
    script, options = draft.arrangement.script, draft.request.options
    given = [find_clip_key(text, reader) for text in script.list_texts()]
    asked = options.length, options.nearest, options.room
    return make_key(_FORMAT, find_version("av"), script, _list_digests(draft), reader.voice, *asked, given)


def _list_digests(draft: Draft) -> list[str]:
    """Return the digests of a session's sound files: a file may change while its name does not."""
    script = draft.arrangement.script
    files = [cue.digest for cue in script.list_cues() if isinstance(cue, Bell | Recording)]
    return files + ([script.bed.digest] if script.bed else [])


def find_entry(path: Path, cache: Cache) -> Entry | None:
    """Return the record of the track at a path, if narrator made one there."""
    data = cache.get(_SHELF, _make_place_key(path))
    if data is None or not is_file(path):
        return None
    known: dict[str, Any] = json.loads(data)
    notes = tuple(Fault(note["message"], note["mark"] and Mark(**note["mark"])) for note in known["notes"])
    return Entry(Track(**known["track"], notes=notes), known["script"])


def find_track(path: Path, fingerprint: str, encoding: Encoding, cache: Cache) -> Track | None:
    """Return the track at a path, if it has the same inputs and encoding and was not changed.

    Raises:
        PublishError: the file there cannot be read.

    """
    entry = find_entry(path, cache)
    if entry is None or entry.track.fingerprint != name_coded(fingerprint, encoding):
        return None
    if entry.track.sha256 != hash_track(path):
        return None
    return entry.read_track(path)


def keep_track(path: Path, track: Track, session: Session, cache: Cache) -> None:
    """Store the record of a track that was just made.

    Raises:
        OutsideError: the cache cannot be written.

    """
    plain = asdict(replace(track, notes=()))
    for name in ("notes", "skipped", "replaced", "captions", "unshared"):
        del plain[name]
    known = {
        "track": plain,
        "notes": [{"message": note.message, "mark": note.mark and asdict(note.mark)} for note in track.notes],
        "script": session.format_script(),
    }
    cache.put(_SHELF, _make_place_key(path), json.dumps(known).encode())


def name_coded(fingerprint: str, encoding: Encoding) -> str:
    """Return a hash of everything that the bytes of a track depend on; `fingerprint` is that of its sound and words."""
    return make_key(fingerprint, encoding.bitrate, encoding.channels)


def find_text(path: Path, cache: Cache) -> tuple[str, str] | None:
    """Return the fingerprint and the digest of the text that narrator wrote at a path, if it did."""
    data = cache.get(_SHELF, _make_text_key(path))
    if data is None:
        return None
    known: dict[str, str] = json.loads(data)
    return known["name"], known["digest"]


def keep_text(path: Path, name: str, cache: Cache) -> None:
    """Record a text that was just written; `name` is the fingerprint of its input.

    Raises:
        OutsideError: the cache cannot be written, or the text cannot be read.

    """
    known = {"name": name, "digest": hash_track(path)}
    cache.put(_SHELF, _make_text_key(path), json.dumps(known).encode())


Records: TypeAlias = dict[str, str]
"""What narrator has recorded of a file, by the kind of record."""


def read_records(path: Path, cache: Cache) -> Records:
    """Return the records of a file, to be kept on another machine."""
    keys = {"track": _make_place_key(path), "text": _make_text_key(path)}
    found = {kind: cache.get(_SHELF, key) for kind, key in keys.items()}
    return {kind: data.decode() for kind, data in found.items() if data is not None}


def keep_records(path: Path, records: Records, cache: Cache) -> None:
    """Store the records of a file that another machine made; one that cannot be stored is left out."""
    keys = {"track": _make_place_key(path), "text": _make_text_key(path)}
    with suppress(OutsideError):
        for kind, data in records.items():
            cache.put(_SHELF, keys[kind], data.encode())


def drop_records(path: Path, cache: Cache) -> None:
    """Forget a file that is kept elsewhere."""
    for key in (_make_place_key(path), _make_text_key(path)):
        cache.drop(_SHELF, key)


def hash_track(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Raises:
        PublishError: it cannot be read.

    """
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}; choose another place"
        raise PublishError(message, options=("output",)) from error


def _make_place_key(path: Path) -> str:
    return make_key(_FORMAT, _name_place(path))


def _make_text_key(path: Path) -> str:
    return make_key("text", _name_place(path))


def _name_place(path: Path) -> str:
    # A name need not be UTF-8.
    return str(path.resolve()).encode(errors="backslashreplace").decode()
