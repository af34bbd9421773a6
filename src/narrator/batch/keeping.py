"""A manifest while tracks are made: what it has already, what may not be replaced, and what is added to it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from narrator.batch.delivery import refuse_strange
from narrator.batch.executor import render_all, survey_all
from narrator.batch.group import Outcome
from narrator.batch.manifest import Manifest, find_row
from narrator.batch.places import MANIFEST, Folder, StoreFolder, open_bucket
from narrator.batch.survey import Prospect
from narrator.cache import Cache
from narrator.errors import NarratorError, UsageError
from narrator.ledger import Track
from narrator.request import TrackRequest


def part_requests(
    requests: Iterable[TrackRequest], prospects: Iterable[Prospect]
) -> tuple[list[tuple[TrackRequest, tuple[Track, ...]]], list[TrackRequest]]:
    """Return the requests whose tracks the manifest has as they would be made, with these, and the others."""
    known = {prospect.path: prospect.track for prospect in prospects if prospect.track and prospect.is_recorded}
    recorded, waiting = [], []
    for request in requests:
        tracks = tuple(track for path in request.outputs if (track := known.get(path)))
        if len(tracks) == len(request.outputs):
            recorded.append((request, tracks))
        else:
            waiting.append(request)
    return recorded, waiting


def find_strange(requests: Sequence[TrackRequest], manifest: Manifest | None) -> dict[TrackRequest, NarratorError]:
    """Return the requests of which a store has files that narrator did not make, with the errors.

    Raises:
        StoreError: the store cannot be read.

    """
    if manifest is None:
        return {}
    records = manifest.records
    found = {request: refuse_strange(request, records) for request in requests}
    return {request: error for request, error in found.items() if error}


def keep_outcome(outcome: Outcome, manifest: Manifest | None, cache: Cache) -> None:
    """Add the tracks of a request to a manifest, if they were made.

    Raises:
        OutsideError: it cannot be written.

    """
    request, tracks = outcome
    if manifest is None or isinstance(tracks, NarratorError):
        return
    for path, track in zip(request.outputs, tracks, strict=True):
        if not manifest.has(path, track):
            manifest.add(find_row(request, track, manifest.place, cache))


def open_manifest(path: str | os.PathLike[str]) -> Manifest:
    """Return the manifest in a folder of tracks, by its path, or by its address in a store.

    Raises:
        UsageError: the address is not valid.
        ManifestError, OutsideError: it cannot be used.

    """
    name = os.fspath(path)
    if "://" not in name:
        return Manifest(Folder(Path(name).parent, Path(name)))
    address, _, last = name.rpartition("/")
    if last != MANIFEST:
        raise UsageError(f"the manifest in a store is named {MANIFEST}; write {address}/{MANIFEST}")
    open_bucket(address).open()
    return Manifest(StoreFolder(address))


def render_kept(
    requests: Sequence[TrackRequest], cache: Cache, executor: Executor, manifest: Manifest | None
) -> Iterator[Outcome]:
    """Render what a manifest does not have as it would be made, and yield each outcome; see `render_all`."""
    if manifest is None:
        yield from render_all(requests, cache, executor)
        return
    with ThreadPoolExecutor() as pool:
        prospects = survey_all(requests, cache, pool, records=manifest.records, detail="found")
    recorded, waiting = part_requests(requests, prospects)
    strange = find_strange(waiting, manifest)
    yield from recorded
    yield from strange.items()
    waiting = [request for request in waiting if request not in strange]
    yield from render_all(waiting, cache, executor, keep=partial(keep_outcome, manifest=manifest, cache=cache))
