"""Groups of tracks that are made on a machine with a home of its own: what goes there, and what comes back.

Any executor can carry them. The routine is read here and goes along as a draft. Speech and sound come from the store
and the cache of the machine there. The finished files come back as bytes, and are written and recorded here; those for
a store are written to it there.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from narrator.batch.delivery import deliver_group, list_files, move_request
from narrator.batch.group import Group, Outcome, render_group
from narrator.cache import Cache, open_shared
from narrator.captioning import Text, check_place, has_captions, list_places
from narrator.config import choose_limit
from narrator.errors import NarratorError, SpeechError, UsageError
from narrator.files import replace_track
from narrator.ledger import Records, Track, find_entry, keep_records, make_fingerprint, read_records
from narrator.outputs import find_tracks, list_targets, prepare_target
from narrator.request import TrackRequest
from narrator.session import Draft, Report, cast_draft

_BLOCK = 4_000_000
"""Bytes that are sent at a time."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A group of requests, what was read for them, and the address of a store."""

    group: Group
    draft: Draft
    store: str | None = None


@dataclass(frozen=True, slots=True)
class SentFile:
    """The bytes of a finished file, in blocks, and narrator's records of it."""

    blocks: tuple[bytes, ...]
    records: Records


@dataclass(frozen=True, slots=True)
class Parcel:
    """What comes back for a request: its tracks and their files, unless these are in a store, or the error."""

    tracks: tuple[Track, ...]
    files: tuple[SentFile, ...] = ()
    error: NarratorError | None = None


def find_known(group: Group, draft: Draft, cache: Cache) -> list[Outcome]:
    """Return the outcomes of a group that are known here: tracks that are up to date, and files that must stay."""
    names = {} if group[0].force or group[0].remake else _name_sessions(group, draft)
    known: list[Outcome] = []
    for request in group:
        try:
            tracks = _find_unchanged(request, names.get(request), cache)
        except NarratorError as error:
            known.append((request, error))
        else:
            known += [(request, tracks)] if tracks is not None else []
    return known


def _name_sessions(group: Group, draft: Draft) -> dict[TrackRequest, str]:
    """Return the fingerprint of each request; none if this machine does not have the voice."""
    try:
        return cast_draft(
            draft,
            lambda reader: {
                request: make_fingerprint(replace(draft, request=request.session), reader) for request in group
            },
        )[0]
    except (SpeechError, UsageError):
        return {}


def _find_unchanged(request: TrackRequest, fingerprint: str | None, cache: Cache) -> tuple[Track, ...] | None:
    """Return the tracks of a request if they are here and up to date; None if not, or if that cannot be known here.

    Raises:
        PublishError: a file cannot be read, or may not be replaced.

    """
    targets = list_targets(request)
    known = find_tracks(targets, fingerprint, cache) if fingerprint else {}
    if fingerprint and len(known) == len(targets) and has_captions(request, fingerprint, cache):
        captions = tuple(map(str, list_places(request).values()))
        return tuple(replace(known[path], captions=captions) for path in request.outputs)
    for target in targets:
        if target.path not in known:
            prepare_target(target, force=request.force)
    return None


def carry_out(errand: Errand, report: Report | None = None) -> list[Parcel]:
    """Make the tracks of an errand with this machine's cache, and return them, or write them to their store."""
    cache = Cache(limit=choose_limit(), shared=open_shared(errand.store) if errand.store else None)
    if errand.group[0].place:
        outcomes = deliver_group(errand.group, cache, report, errand.draft)
        return [Parcel((), error=each) if isinstance(each, NarratorError) else Parcel(each) for _, each in outcomes]
    with tempfile.TemporaryDirectory(prefix="narrator-") as folder:
        moved = tuple(move_request(request, Path(folder) / str(number)) for number, request in enumerate(errand.group))
        outcomes = render_group(moved, cache, report, errand.draft)
        return [_pack(request, outcome, cache) for request, outcome in outcomes]


def _pack(request: TrackRequest, outcome: tuple[Track, ...] | NarratorError, cache: Cache) -> Parcel:
    """Read the files of a request, and remove them."""
    if isinstance(outcome, NarratorError):
        return Parcel((), error=outcome)
    files = tuple(SentFile(_read(path), read_records(path, cache)) for path in list_files(request))
    for path in list_files(request):
        path.unlink()
    return Parcel(outcome, files)


def _read(path: Path) -> tuple[bytes, ...]:
    with path.open("rb") as file:
        return tuple(iter(lambda: file.read(_BLOCK), b""))


def receive(request: TrackRequest, parcel: Parcel, cache: Cache) -> tuple[Track, ...]:
    """Write what came back for a request to its files, each whole or not at all, and record it; return its tracks.

    Raises:
        NarratorError: it could not be made there, or cannot be written here.

    """
    if parcel.error:
        raise parcel.error
    if request.place:
        return parcel.tracks
    before = {path: find_entry(path, cache) for path in request.outputs}
    files = dict(zip(list_files(request), parcel.files, strict=True))
    for path in list_places(request).values():
        check_place(Text(path, b"".join(files[path].blocks).decode()), request.session.file, cache, force=request.force)
    for path, sent in files.items():
        with replace_track(path) as file:
            file.writelines(sent.blocks)
        keep_records(path, sent.records, cache)
    captions = tuple(map(str, list_places(request).values()))
    voices = {path: entry.track.voice for path, entry in before.items() if entry}
    return tuple(
        replace(
            track,
            path=str(path),
            captions=captions,
            replaced=voices.get(path) if voices.get(path) != track.voice else None,
        )
        for path, track in zip(request.outputs, parcel.tracks, strict=True)
    )
