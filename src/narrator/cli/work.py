"""The work of `narrator render`: survey tracks, make them, and show what was made."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from narrator.cli.console import Reporter, print_json
from narrator.cli.plan import show_plan
from narrator.cli.wire import track_to_data
from narrator.cores import count_cores
from narrator.errors import Fault, LengthError, NarratorError, OutsideError, UsageError
from narrator.units import format_duration, format_seconds

if TYPE_CHECKING:
    from narrator.batch.survey import Prospect
    from narrator.cache import Cache
    from narrator.cli.progress import Follower
    from narrator.ledger import Track
    from narrator.request import TrackRequest


@dataclass(frozen=True)
class Work:
    """What making tracks needs: the cache, the threads, and where to report to."""

    reporter: Reporter
    cache: "Cache"
    pool: Executor
    jobs: int
    progress: "Follower"
    is_quiet: bool
    unshared: dict[Fault, None] = field(default_factory=dict)
    """Why what was made is not in the store."""

    @property
    def is_shown(self) -> bool:
        """Whether what is done is printed as text."""
        return not (self.is_quiet or self.reporter.as_json)

    def survey(self, requests: "list[TrackRequest]", *, speaks: bool) -> "list[Prospect]":
        """Return what is known of the tracks before they are made; what cannot be made at all is reported."""
        from narrator.batch.executor import survey_all

        found = survey_all(requests, self.cache, self.pool, self.progress.follow, speaks=speaks)
        self.unshared.update((fault, None) for each in found for fault in each.unshared)
        return found

    def show_plan(self, requests: "list[TrackRequest]") -> None:
        """Show what would be made."""
        show_plan(self.survey(requests, speaks=False), self.reporter, self.jobs)

    def run(self, requests: "list[TrackRequest]", *, respeaks: bool, skips: bool) -> None:
        """Make the tracks; before, speak again and look for impossible lengths."""
        if isinstance(self.pool, ThreadPoolExecutor):
            requests = self.speak_again(requests) if respeaks else requests
            requests = self.drop_refused(requests, skips=skips)
        self.make(requests, skips=skips)

    def drop_refused(self, requests: "list[TrackRequest]", *, skips: bool) -> "list[TrackRequest]":
        """Return the requests whose lengths are possible; unless the others may be skipped, there must be none.

        All sentences are spoken for that, so that no track is made before all lengths are known to be possible.

        Raises:
            typer.Exit: a length is not possible; all that are not have been reported.

        """
        from narrator.batch.survey import list_refusals, list_refused

        if len(requests) < 2:
            return requests
        refused = list_refused(self.survey(requests, speaks=True))
        for error in list_refusals(refused, in_full=self.reporter.as_json):
            if skips:
                self.reporter.warn((*error.faults, *error.notes))
            else:
                self.reporter.fail(error)
        if refused and not skips:
            raise typer.Exit(self.reporter.worst)
        left_out = {prospect.request for prospect in refused}
        return [request for request in requests if request not in left_out]

    def make(self, requests: "list[TrackRequest]", *, skips: bool) -> None:
        """Make the tracks, and show each when it is done; lengths that are not possible may be skipped."""
        from narrator.batch.executor import render_all, share_threads

        requests, _ = share_threads(requests, self.jobs, count_cores())
        for request, outcome in render_all(requests, self.cache, self.pool, self.progress.follow):
            if isinstance(outcome, LengthError) and skips:
                self.reporter.warn((*outcome.faults, *outcome.notes))
                continue
            if isinstance(outcome, NarratorError):
                self.reporter.fail(outcome)
                continue
            for track in outcome:
                self.reporter.warn(track.notes)
                if self.reporter.as_json:
                    print_json(track_to_data(track))
                elif self.is_shown:
                    _show_track(request, track)
            self.unshared.update(dict.fromkeys(outcome[0].unshared))
            if self.is_shown:
                typer.echo("".join(f"{path}\n" for path in outcome[0].captions), nl=False)
        if self.unshared:
            self.reporter.fail(OutsideError.gather(self.unshared))

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
    reporter: Reporter, cache: "Cache", jobs: int, *, is_quiet: bool, cluster: str | None = None
) -> Iterator[Work]:
    """Return the work of a command with its threads, or on a cluster; an interrupt ends what is running."""
    from narrator.cli.progress import show_progress

    # The pool closes last: an interrupt first stops the requests, then waits until they have cleaned up.
    is_shown = not (is_quiet or reporter.as_json)
    with _open_pool(jobs, cluster) as pool, show_progress(enabled=is_shown) as progress:
        yield Work(reporter, cache, pool, jobs, progress, is_quiet)


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
