"""The work of `narrator render`: survey tracks, make them, and show what was made."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from narrator.cli.console import Reporter, print_json
from narrator.cli.plan import show_plan
from narrator.cli.tally import Tally
from narrator.cli.wire import track_to_data
from narrator.cores import count_cores
from narrator.errors import Fault, LengthError, NarratorError, OutsideError, UsageError
from narrator.units import format_duration, format_seconds

if TYPE_CHECKING:
    from narrator.batch.group import Outcome
    from narrator.batch.manifest import Manifest
    from narrator.batch.survey import Detail, Prospect
    from narrator.cache import Cache
    from narrator.cli.progress import Follower
    from narrator.ledger import Track
    from narrator.request import TrackRequest


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a run is made: what happens with impossible lengths, failures, and tracks that nobody asks for any more."""

    respeaks: bool = False
    skips: bool = False
    stops: bool = False
    """Whether the first failure ends the run."""
    prunes: bool = False


@dataclass
class Work:
    """What making tracks needs: the cache, the threads, and where to report to."""

    reporter: Reporter
    cache: "Cache"
    pool: Executor
    jobs: int
    progress: "Follower"
    is_quiet: bool
    manifest: "Manifest | None" = None
    unshared: dict[Fault, None] = field(default_factory=dict)
    """Why what was made is not in the store."""
    has_begun: bool = False
    """Whether tracks are being made, so that the manifest has to be finished."""

    @property
    def is_here(self) -> bool:
        """Whether tracks are made by this process, and not on a cluster."""
        return isinstance(self.pool, ThreadPoolExecutor)

    @property
    def is_shown(self) -> bool:
        """Whether what is done is printed as text."""
        return not (self.is_quiet or self.reporter.as_json)

    def survey(self, requests: "list[TrackRequest]", detail: "Detail") -> "list[Prospect]":
        """Return what is known of the tracks before they are made."""
        from narrator.batch.executor import survey_all

        records = self.manifest.records if self.manifest else None
        with nullcontext(self.pool) if self.is_here else ThreadPoolExecutor(self.jobs) as pool:
            found = survey_all(requests, self.cache, pool, self.progress.follow, records, detail=detail)
        self.unshared.update((fault, None) for each in found for fault in each.unshared)
        return found

    def show_plan(self, requests: "list[TrackRequest]") -> None:
        """Show what would be made, and what nobody asks for any more."""
        from narrator.batch.rates import read_rates

        prospects = self.survey(requests, "estimated")
        unasked = self.manifest.list_unasked(requests) if self.manifest else []
        show_plan(prospects, [row.path for row in unasked], self.reporter, self.jobs, read_rates(self.cache))

    def run(self, requests: "list[TrackRequest]", wanted: Wanted) -> None:
        """Make the tracks, unless a length is impossible; the manifest has each as soon as it is done.

        Raises:
            typer.Exit: lengths are not possible; all that are not have been reported.

        """
        tally = Tally()
        requests = self.speak_again(requests) if wanted.respeaks else requests
        if len(requests) < 2 and not self.manifest:
            self._make(requests, [], tally, wanted)
            return
        # On a cluster, its workers speak, so that what is possible is only known when the tracks are made.
        prospects = (
            self.survey(requests, "spoken" if self.is_here else "found") if self.is_here or self.manifest else []
        )
        refused = self._refuse(prospects, skips=wanted.skips) if self.is_here else set()
        tally.states["impossible"] = len(refused)
        requests = [request for request in requests if not any(path in refused for path in request.outputs)]
        self.has_begun = True
        self._make(requests, prospects, tally, wanted)
        self._clean(requests, tally, prunes=wanted.prunes)
        tally.show(self.reporter, is_quiet=self.is_quiet)

    def _refuse(self, prospects: "list[Prospect]", *, skips: bool) -> set[Path]:
        """Report impossible lengths, and return the paths of their tracks; unless they are skipped, that is the end.

        All sentences were spoken before, so that no track is made unless all lengths are known to be possible.
        """
        from narrator.batch.survey import list_refusals, list_refused

        refused = list_refused(prospects)
        for error in list_refusals(refused, in_full=self.reporter.as_json):
            if skips:
                self.reporter.warn((*error.faults, *error.notes))
            else:
                self.reporter.fail(error)
        if refused and not skips:
            raise typer.Exit(self.reporter.worst)
        return {prospect.path for prospect in refused}

    def _make(self, requests: "list[TrackRequest]", prospects: "list[Prospect]", tally: Tally, wanted: Wanted) -> None:
        """Make the tracks, and show each when it is done."""
        from narrator.batch.executor import render_all, share_threads
        from narrator.batch.keeping import find_strange, keep_outcome, part_requests
        from narrator.batch.rates import keep_rates

        lengths = {prospect.path: prospect.length for prospect in prospects}
        recorded, waiting = part_requests(requests, prospects)
        waiting, _ = share_threads(waiting, self.jobs, count_cores())
        self.progress.begin(sum(len(request.outputs) for request in waiting), sum(
            lengths.get(path, request.session.options.length or 0) for request in waiting for path in request.outputs
        ))  # fmt: skip
        made: list[tuple[TrackRequest, Track]] = []
        spoken = {prospect.path: prospect.clips_new for prospect in prospects}
        strange = find_strange(waiting, self.manifest)
        waiting = [request for request in waiting if request not in strange]
        keep = partial(keep_outcome, manifest=self.manifest, cache=self.cache)
        outcomes = render_all(waiting, self.cache, self.pool, self.progress.follow, keep)
        known: Iterable[Outcome] = chain(recorded, strange.items())
        for request, outcome in chain(known, outcomes):
            if isinstance(outcome, LengthError) and wanted.skips:
                tally.states["impossible"] += len(request.outputs)
                self.reporter.warn((*outcome.faults, *outcome.notes))
                continue
            if isinstance(outcome, NarratorError):
                tally.fail(request, outcome, self.reporter)
                if wanted.stops:
                    self.progress.stop()
                    break
                continue
            spoken_for = (spoken.get(path, 0) for path in request.outputs)
            tracks = tuple(map(_count_spoken, outcome, spoken_for))
            self._take(request, tracks, tally)
            made += ((request, track) for track in tracks if not track.skipped)
        keep_rates(self.cache, prospects, made)
        if self.unshared:
            self.reporter.fail(OutsideError.gather(self.unshared))

    def _take(self, request: "TrackRequest", tracks: "tuple[Track, ...]", tally: Tally) -> None:
        """Show, count and record the tracks of a request."""
        for track in tracks:
            tally.add(track)
            self.reporter.warn(track.notes)
            if self.reporter.as_json:
                print_json(track_to_data(track))
            elif self.is_shown:
                _show_track(request, track)
        self.unshared.update(dict.fromkeys(tracks[0].unshared))
        self.progress.count(request, len(tracks), tracks[0].length_ms)
        if self.is_shown:
            typer.echo("".join(f"{path}\n" for path in tracks[0].captions), nl=False)

    def _clean(self, requests: "list[TrackRequest]", tally: Tally, *, prunes: bool) -> None:
        """List the tracks that nobody asks for any more, or delete them if every track could be made."""
        if self.manifest is None:
            return
        rows = self.manifest.list_unasked(requests)
        if prunes and not self.reporter.worst:
            tally.prune(self.manifest, rows)
            self.manifest.finish()
        elif prunes and rows:
            self.reporter.warn([Fault("nothing is deleted, because not every track could be made; fix that first")])
        tally.unasked = tally.unasked if prunes and not self.reporter.worst else [row.path for row in rows]

    def speak_again(self, requests: "list[TrackRequest]") -> "list[TrackRequest]":
        """Speak the sentences of each session again, and return the requests for which that succeeded."""
        from narrator.batch.group import group_requests
        from narrator.session import speak_again

        spoken: list[TrackRequest] = []
        for group in group_requests(requests):
            try:
                count = speak_again(group[0].session, self.cache, self.progress.follow(group))
            except NarratorError as error:
                self.reporter.fail(error)
            else:
                spoken += group
                if self.is_shown:
                    typer.echo(f"{group[0].session.name}  {count} sentences spoken again")
        return spoken


@contextmanager
def open_work(
    reporter: Reporter,
    cache: "Cache",
    jobs: int,
    manifest: "Manifest | None",
    *,
    is_quiet: bool,
    cluster: str | None = None,
) -> Iterator[Work]:
    """Return the work of a command with its threads, or on a cluster; an interrupt ends what is running."""
    from narrator.cli.progress import show_progress

    # The pool closes last: an interrupt first stops the requests, then waits until they have cleaned up.
    is_shown = not (is_quiet or reporter.as_json)
    work: Work | None = None
    try:
        with _open_pool(jobs, cluster) as pool, show_progress(enabled=is_shown) as progress:
            work = Work(reporter, cache, pool, jobs, progress, is_quiet, manifest)
            yield work
    finally:
        # Only now nothing is being made any more.
        if manifest and work and work.has_begun:
            manifest.finish()


def _count_spoken(track: "Track", spoken: int) -> "Track":
    """Return a track that counts the sentences as new that were spoken for it before it was made."""
    new = 0 if track.skipped else spoken
    return replace(track, clips_new=track.clips_new + new, clips_cached=track.clips_cached - new)


def choose_cluster(cluster: str | None, *, jobs: int | None, respeaks: bool) -> str | None:
    """Return the address of the cluster that was asked for; None for none.

    Raises:
        UsageError: it is not valid, or another option cannot be used with it.

    """
    if cluster is None:
        return None
    if jobs is not None:
        raise UsageError("--jobs is for this machine; with --cluster, the workers decide how many tracks they make")
    if respeaks:
        raise UsageError("--respeak is for the cache of this machine; leave it out with --cluster")
    from narrator.batch.dask import check_cluster

    return check_cluster(cluster)


def _open_pool(jobs: int, cluster: str | None) -> AbstractContextManager[Executor]:
    if cluster is None:
        return ThreadPoolExecutor(jobs)
    from narrator.batch.dask import open_cluster

    return open_cluster(cluster)


def _show_track(request: "TrackRequest", track: "Track") -> None:
    # A requested length is exact.
    show = format_seconds if request.session.options.length is None else format_duration
    length = show(track.length_ms)
    if track.skipped:
        typer.echo(f"{track.path}  {length}, unchanged (--force makes it again)")
    else:
        _show_made(track, length)


def _show_made(track: "Track", length: str) -> None:
    words = "" if track.words_lufs is None else f" (words {track.words_lufs:.1f})"
    loud = "silent" if track.lufs is None else f"{track.lufs:.1f} LUFS{words}, peak {track.true_peak_db:.1f} dBTP"
    clips = f"{track.clips_new + track.clips_cached} clips, {track.clips_new} new"
    typer.echo(f"{track.path}  {length}, {track.voice}, {loud}, {clips}, {track.seconds:.1f} s")
    if track.replaced:
        typer.echo(f"  replaces the track spoken by {track.replaced}; with --voice, file names include the voice")
