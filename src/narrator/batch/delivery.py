"""Groups of tracks that are made for a store: each file is written to it whole, by the machine that made it."""

import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from narrator.batch.group import Group, Outcome, render_group
from narrator.batch.manifest import Delivered, Records, find_row
from narrator.batch.places import Folder, StoreFolder, open_bucket
from narrator.cache import Cache
from narrator.captioning import list_places
from narrator.errors import NarratorError, PublishError
from narrator.ledger import Track, drop_records
from narrator.outputs import list_targets
from narrator.request import TrackRequest
from narrator.session import Draft, Report


def move_request(request: TrackRequest, folder: Path) -> TrackRequest:
    """Return the request with its files in a folder: relative paths below it, others by their names."""

    def move(path: Path) -> Path:
        return folder / (path if request.place else path.name)

    return replace(request, output=move(request.output), others=tuple(map(move, request.others)), place=None)


def list_files(request: TrackRequest) -> list[Path]:
    """Return the files of a request: its tracks, and the captions beside them."""
    return [*request.outputs, *list_places(request).values()]


def deliver_group(
    group: Group, cache: Cache, report: Report | None = None, draft: Draft | None = None
) -> Iterator[Outcome]:
    """Make the tracks of a group in a temporary folder, write each to its store, and yield its outcome."""
    with tempfile.TemporaryDirectory(prefix="narrator-") as name:
        folders = [Path(name) / str(number) for number in range(len(group))]
        moved = tuple(map(move_request, group, folders))
        made = render_group(moved, cache, report, draft)
        for request, folder, (there, outcome) in zip(group, folders, made, strict=True):
            if isinstance(outcome, NarratorError):
                yield request, outcome
                continue
            try:
                yield request, _deliver(request, there, outcome, folder, cache)
            except NarratorError as error:
                yield request, error


def _deliver(
    request: TrackRequest, there: TrackRequest, tracks: tuple[Track, ...], root: Path, cache: Cache
) -> tuple[Track, ...]:
    """Write the files of a request to its store, and remove them and narrator's records of them."""
    bucket, found = open_bucket(request.place or ""), list[Track]()
    captions = tuple(map(request.show, list_places(request).values()))
    for path, track in zip(request.outputs, tracks, strict=True):
        row = find_row(there, track, Folder(root), cache)
        known = {each.name: getattr(track, each.name) for each in fields(Track)}
        found.append(Delivered(**known | {"path": request.show(path), "captions": captions}, row=row))
    for path in list_files(there):
        bucket.upload(path.relative_to(root).as_posix(), path)
    for path in list_files(there):
        drop_records(path, cache)
        path.unlink()
    return tuple(found)


def refuse_strange(request: TrackRequest, records: Records) -> PublishError | None:
    """Return an error if a file of a request is in the store that narrator did not make; None if it may be replaced.

    What the manifest has is narrator's. Of other objects, tracks are read for their tags; captions are its own if the
    track beside them is.

    Raises:
        StoreError: the store cannot be read.

    """
    place = records.place
    if request.force or not isinstance(place, StoreFolder):
        return None
    known = {name: size for row in records.rows.values() for name, (_, size) in row.list_files().items()}
    is_own = False
    for path, is_track in [(path, True) for path in request.outputs] + [
        (path, False) for path in list_places(request).values()
    ]:
        name = path.as_posix()
        if name not in place.sizes:
            continue
        is_known = name in known and known[name] in {None, place.sizes[name]}
        if not (is_known or (_is_ours(request, path, place) if is_track else is_own)):
            message = f"{request.show(path)} was not made by narrator; move it away, or have it replaced"
            return PublishError(message, options=("force",))
        is_own |= is_track
    return None


def _is_ours(request: TrackRequest, path: Path, place: StoreFolder) -> bool:
    """Return whether narrator made the track that is there now."""
    form = next(target.form for target in list_targets(request) if target.path == path)
    with tempfile.TemporaryDirectory(prefix="narrator-") as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(place.read(path.as_posix()) or b"")
        return form.is_ours(copy)
