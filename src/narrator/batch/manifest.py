"""A manifest: a line of JSON for each track that was made, by which a later run knows what has changed.

Each track is appended when it is done, so that a run that is killed goes on where it was. At the end the lines are
sorted: the same input gives the same bytes, however many jobs there are. There is no clock, host or key in it.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from narrator.cache import make_key
from narrator.errors import Fault, Mark, NarratorError, PublishError
from narrator.files import replace_file
from narrator.ledger import Track, hash_track
from narrator.paths import find_below, is_file, read_file
from narrator.request import TrackRequest
from narrator.units import Ms, ms_to_samples

NAME = "manifest.jsonl"
"""Name of the manifest in the folder of the tracks."""


class ManifestError(NarratorError):
    """A manifest cannot be used."""


@dataclass(frozen=True, slots=True)
class Row:
    """The line of a track. Paths are relative to the folder of all tracks, with slashes."""

    path: str
    fingerprint: str
    """A hash of everything that it, and the captions beside it, are made from; the same on every machine."""
    routine: str
    language: str
    voice: str
    guidance: str
    length_ms: Ms
    format: str
    lufs: float | None
    words_lufs: float | None
    true_peak_db: float | None
    size_bytes: int
    sha256: str
    captions: Mapping[str, str]
    """Digests of the captions beside it, by their paths."""
    warnings: tuple[str, ...]

    def write(self) -> bytes:
        """Return the line."""
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"

    def find_track(self, root: Path, fingerprint: str) -> Track | None:
        """Return the track, if it is there as it was made, and would be made from the same inputs again."""
        path = find_below(root, self.path)
        if fingerprint != self.fingerprint or path is None or not self.is_whole(root):
            return None
        return Track(
            path=str(root / self.path),
            voice=self.voice,
            length_ms=self.length_ms,
            samples=ms_to_samples(self.length_ms),
            lufs=self.lufs,
            words_lufs=self.words_lufs,
            true_peak_db=self.true_peak_db,
            clips_new=0,
            clips_cached=0,
            seconds=0.0,
            language=self.language,
            size_bytes=self.size_bytes,
            sha256=self.sha256,
            fingerprint=self.fingerprint,
            skipped=True,
            captions=tuple(str(root / name) for name in self.captions),
            notes=tuple(map(Fault, self.warnings)),
        )

    def is_whole(self, root: Path) -> bool:
        """Return whether its files have the recorded bytes."""
        path = find_below(root, self.path)
        if path is None or path.stat().st_size != self.size_bytes:
            return False
        return all(_has_digest(root, name, digest) for name, digest in self.list_files().items())

    def list_files(self) -> dict[str, str]:
        """Return the digest of the track and of each file of captions, by path."""
        return {self.path: self.sha256, **self.captions}


def _has_digest(root: Path, name: str, digest: str) -> bool:
    path = find_below(root, name)
    return path is not None and hash_track(path) == digest


def make_row(request: TrackRequest, track: Track, root: Path, warnings: Iterable[Fault]) -> Row:
    """Return the line of a track that was made or found; `warnings` are those about its session.

    Raises:
        PublishError: its captions cannot be read.

    """
    options = request.session.options
    captions = {_name(Path(path), root): hash_track(Path(path)) for path in track.captions}
    return Row(
        path=_name(Path(track.path), root),
        fingerprint=name_outputs(track.fingerprint, request),
        routine=request.session.file.stem,
        language=track.language,
        voice=track.voice,
        guidance=options.guidance or "full",
        length_ms=track.length_ms,
        format=Path(track.path).suffix.lower().removeprefix("."),
        lufs=track.lufs,
        words_lufs=track.words_lufs,
        true_peak_db=track.true_peak_db,
        size_bytes=track.size_bytes,
        sha256=track.sha256,
        captions=captions,
        warnings=tuple(dict.fromkeys(note.message for note in warnings)),
    )


def name_outputs(fingerprint: str, request: TrackRequest) -> str:
    """Return a hash of what a track and the captions beside it are made from; `fingerprint` is that of the track."""
    return make_key(fingerprint, request.captions, request.has_bells) if request.captions else fingerprint


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


@dataclass(frozen=True, slots=True)
class Records:
    """The lines of a manifest as it was read, and the folder of the tracks."""

    root: Path
    rows: Mapping[str, Row]

    def find(self, path: Path, fingerprint: str, request: TrackRequest) -> Track | None:
        """Return the track at a path, if it and the captions beside it are there as they would be made."""
        row = self.rows.get(_name(path, self.root)) if path.is_relative_to(self.root) else None
        return row.find_track(self.root, name_outputs(fingerprint, request)) if row else None


class Manifest:
    """A manifest that is open for writing: the lines of all tracks by their paths."""

    def __init__(self, path: Path, root: Path) -> None:
        """Read a manifest, which need not exist; `root` is the folder of the tracks.

        Raises:
            ManifestError: it cannot be read, or a line is not valid.

        """
        self.path, self.root = path, root
        data = _read(path)
        self._is_torn = bool(data) and not data.endswith(b"\n")
        """Whether the last line was not written whole, because its process was killed; it does not count."""
        self.rows = {row.path: row for row in _parse(data, path)}
        self._is_changed = data != self._write()

    @property
    def records(self) -> Records:
        """The lines so far."""
        return Records(self.root, dict(self.rows))

    def add(self, row: Row) -> None:
        """Append the line of a track.

        Raises:
            PublishError: it cannot be written.

        """
        if self.rows.get(row.path) == row:
            return
        self.rows[row.path] = row
        try:
            if self._is_torn or not is_file(self.path):
                self._replace()
                return
            with self.path.open("ab") as file:
                file.write(row.write())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _refuse(self.path, error) from error
        self._is_changed = True

    def has(self, track: Track) -> bool:
        """Return whether a track is one that was found by its line."""
        row = self.rows.get(_name(Path(track.path), self.root))
        return row is not None and track.skipped and (row.fingerprint, row.sha256) == (track.fingerprint, track.sha256)

    def drop(self, path: str) -> None:
        """Forget a track."""
        self._is_changed |= self.rows.pop(path, None) is not None

    def finish(self) -> None:
        """Write the lines in the order of their paths, unless the file has them so.

        Raises:
            PublishError: it cannot be written.

        """
        try:
            if self._is_changed:
                self._replace()
        except OSError as error:
            raise _refuse(self.path, error) from error
        self._is_changed = False

    def _replace(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(self.path) as file:
            file.write(self._write())
        self._is_torn = False

    def _write(self) -> bytes:
        return b"".join(self.rows[name].write() for name in sorted(self.rows))

    def list_unasked(self, requests: Iterable[TrackRequest]) -> list[Row]:
        """Return the lines of the tracks that no request is for, by their paths."""
        asked = {_name(path, self.root) for request in requests for path in request.outputs}
        return [self.rows[name] for name in sorted(self.rows.keys() - asked)]

    def prune(self, rows: Iterable[Row]) -> tuple[list[str], list[str]]:
        """Delete the files of tracks that have their recorded bytes, and return their paths and those that are left.

        A file that is gone is forgotten; one that has changed is left, and so is its line.

        Raises:
            PublishError: a file cannot be deleted.

        """
        gone: list[str] = []
        left: list[str] = []
        for row in rows:
            changed = [name for name in row.list_files() if not self._delete(name, row.list_files()[name])]
            left += changed
            if row.path not in changed:
                gone.append(row.path)
                self.drop(row.path)
        return gone, left

    def _delete(self, name: str, digest: str) -> bool:
        """Delete a file with that digest, and the folders that are empty then; return whether it is not there now."""
        path = find_below(self.root, name)
        if path is None:
            return not os.path.lexists(self.root / name)
        if (self.root / name).is_symlink() or hash_track(path) != digest:
            return False
        try:
            path.unlink()
        except OSError as error:
            raise PublishError(f"cannot delete {path}: {error.strerror or error}; delete it by hand") from error
        for folder in path.parents:
            if folder == self.root.resolve() or any(folder.iterdir()):
                break
            folder.rmdir()
        return True


def _refuse(path: Path, error: OSError) -> PublishError:
    message = f"cannot write {path}: {error.strerror or error}; free some space, or choose another place"
    return PublishError(message, options=("manifest",))


def _read(path: Path) -> bytes:
    if not is_file(path):
        return b""
    try:
        return read_file(path)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}; choose another place"
        raise ManifestError(message, options=("manifest",)) from error


def _parse(data: bytes, path: Path) -> list[Row]:
    rows, faults = [], []
    # What follows the last line break is a line that was not written whole.
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        if not line.strip():
            continue
        try:
            rows.append(_parse_row(line))
        except (ValueError, TypeError, KeyError, RecursionError):
            text = line[:1000].decode("utf-8", "replace")
            faults.append(
                Fault(
                    "this line is not that of a track; delete it, and the track is made again",
                    Mark(str(path), number, 1, text),
                )
            )
    if faults:
        raise ManifestError.gather(faults)
    return rows


def _parse_row(line: bytes) -> Row:
    known = json.loads(line)
    row = Row(**{field.name: known[field.name] for field in fields(Row)})
    texts = (row.path, row.fingerprint, row.sha256, row.voice, row.language, *row.captions, *row.captions.values())
    if not all(isinstance(text, str) for text in (*texts, *row.warnings)) or not isinstance(row.size_bytes, int):
        raise TypeError("a value has another type")
    return replace(row, warnings=tuple(row.warnings), captions=dict(row.captions))
