"""A manifest: a line of JSON for each track that was made, by which a later run knows what has changed.

Each track is appended when it is done, so that a run that is killed goes on where it was. At the end the lines are
sorted: the same input gives the same bytes, however many jobs there are. There is no clock, host or key in it.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from narrator.batch.places import ManifestError, Place
from narrator.cache import Cache, make_key
from narrator.errors import Fault, Mark
from narrator.ledger import Track, find_entry, hash_track
from narrator.request import TrackRequest
from narrator.units import Ms, ms_to_samples


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

    def find_track(self, place: Place, fingerprint: str) -> Track | None:
        """Return the track, if it is there as it was made, and would be made from the same inputs again."""
        if fingerprint != self.fingerprint or not self.is_whole(place):
            return None
        return Track(
            path=place.show(self.path),
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
            captions=tuple(map(place.show, self.captions)),
            notes=tuple(map(Fault, self.warnings)),
        )

    def is_whole(self, place: Place) -> bool:
        """Return whether its files are as recorded."""
        return all(place.has(name, *known) for name, known in self.list_files().items())

    def list_files(self) -> dict[str, tuple[str, int | None]]:
        """Return the digest and the size, if it is known, of the track and of each file of captions, by path."""
        captions: dict[str, tuple[str, int | None]] = {name: (digest, None) for name, digest in self.captions.items()}
        return {self.path: (self.sha256, self.size_bytes), **captions}


@dataclass(frozen=True, slots=True)
class Delivered(Track):
    """A track that is in a store, with its line of the manifest there."""

    row: Row = field(kw_only=True)


def make_row(request: TrackRequest, track: Track, place: Place, warnings: Iterable[Fault]) -> Row:
    """Return the line of a track that was made or found; `warnings` are those about its session.

    Raises:
        PublishError: its captions cannot be read.

    """
    options = request.session.options
    captions = {place.name(Path(path)) or path: hash_track(Path(path)) for path in track.captions}
    return Row(
        path=place.name(Path(track.path)) or track.path,
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


def find_row(request: TrackRequest, track: Track, place: Place, cache: Cache) -> Row:
    """Return the line of a track, which comes with one that is in a store; see `make_row`."""
    if isinstance(track, Delivered):
        return track.row
    # The warnings of the record are those about the session; those of a track are also about this run.
    entry = find_entry(Path(track.path), cache)
    return make_row(request, track, place, entry.track.notes if entry else track.notes)


def name_outputs(fingerprint: str, request: TrackRequest) -> str:
    """Return a hash of what a track and the captions beside it are made from; `fingerprint` is that of the track."""
    return make_key(fingerprint, request.captions, request.has_bells) if request.captions else fingerprint


@dataclass(frozen=True, slots=True)
class Records:
    """The lines of a manifest as it was read, and the place of the tracks."""

    place: Place
    rows: Mapping[str, Row]

    def find(self, path: Path, fingerprint: str, request: TrackRequest) -> Track | None:
        """Return the track at a path, if it and the captions beside it are there as they would be made."""
        row = self.rows.get(self.place.name(path) or "")
        return row.find_track(self.place, name_outputs(fingerprint, request)) if row else None


class Manifest:
    """A manifest that is open for writing: the lines of all tracks by their paths. Threads can share it."""

    def __init__(self, place: Place) -> None:
        """Read the manifest of a place, which need not exist.

        Raises:
            ManifestError, OutsideError: it cannot be read, or a line is not valid.

        """
        self.place = place
        self._guard = threading.Lock()
        data = place.read_manifest()
        self.rows = {row.path: row for row in _parse(data, place.manifest)}
        self._is_changed = data != self._write()

    @property
    def records(self) -> Records:
        """The lines so far."""
        return Records(self.place, dict(self.rows))

    def add(self, row: Row) -> None:
        """Add the line of a track.

        Raises:
            OutsideError: it cannot be written.

        """
        with self._guard:
            if self.rows.get(row.path) == row:
                return
            self.rows[row.path] = row
            self._is_changed = True
            self.place.add_line(row.write(), self._write)

    def has(self, path: Path, track: Track) -> bool:
        """Return whether the track at a path is one that was found by its line."""
        row = self.rows.get(self.place.name(path) or "")
        return row is not None and track.skipped and (row.fingerprint, row.sha256) == (track.fingerprint, track.sha256)

    def drop(self, path: str) -> None:
        """Forget a track."""
        self._is_changed |= self.rows.pop(path, None) is not None

    def finish(self) -> None:
        """Write the lines in the order of their paths, unless they are there in that order.

        Raises:
            OutsideError: it cannot be written.

        """
        with self._guard:
            if self._is_changed:
                self.place.write_manifest(self._write())
            self._is_changed = False

    def _write(self) -> bytes:
        return b"".join(self.rows[name].write() for name in sorted(self.rows))

    def list_unasked(self, requests: Iterable[TrackRequest]) -> list[Row]:
        """Return the lines of the tracks that no request is for, by their paths."""
        asked = {self.place.name(path) for request in requests for path in request.outputs}
        return [self.rows[name] for name in sorted(self.rows.keys() - asked)]

    def prune(self, rows: Iterable[Row]) -> tuple[list[str], list[str]]:
        """Delete the files of tracks that are as recorded, and return their paths and those that are left.

        A file that is gone is forgotten; one that has changed is left, and so is its line.

        Raises:
            OutsideError: a file cannot be deleted.

        """
        gone: list[str] = []
        left: list[str] = []
        for row in rows:
            changed = [name for name, known in row.list_files().items() if not self.place.delete(name, *known)]
            left += changed
            if row.path not in changed:
                gone.append(row.path)
                self.drop(row.path)
        return gone, left


def _parse(data: bytes, path: str) -> list[Row]:
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
                    Mark(path, number, 1, text),
                )
            )
    if faults:
        raise ManifestError.gather(faults)
    return rows


def _parse_row(line: bytes) -> Row:
    known = json.loads(line)
    row = Row(**{each.name: known[each.name] for each in fields(Row)})
    texts = (row.path, row.fingerprint, row.sha256, row.voice, row.language, *row.captions, *row.captions.values())
    if not all(isinstance(text, str) for text in (*texts, *row.warnings)) or not isinstance(row.size_bytes, int):
        raise TypeError("a value has another type")
    return replace(row, warnings=tuple(row.warnings), captions=dict(row.captions))
