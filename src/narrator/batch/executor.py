"""Rendering of many tracks on an executor: one unit of work is a group, all tracks of one session."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TypeVar

from narrator.batch.delivery import deliver_group
from narrator.batch.group import Group, Outcome, group_requests, render_group
from narrator.batch.manifest import Records
from narrator.batch.survey import Detail, Prospect, survey_group
from narrator.cache import Cache
from narrator.captioning import list_places
from narrator.errors import NarratorError, UsageError, explain
from narrator.request import TrackRequest
from narrator.session import Report

S = TypeVar("S")
T = TypeVar("T")


def make_group(
    group: Group, cache: Cache, report: Report | None = None, tell: Callable[[Outcome], None] | None = None
) -> list[Outcome]:
    """Make the tracks of a group, and return the outcomes; with `tell`, pass on each as it comes, and return none."""
    outcomes: list[Outcome] = []
    make = deliver_group if group[0].place else render_group
    for outcome in make(group, cache, report):
        (tell or outcomes.append)(outcome)
    return outcomes


def render_all(
    requests: Iterable[TrackRequest],
    cache: Cache,
    executor: Executor,
    make_report: Callable[[Group], Report | None] = lambda _group: None,
    keep: Callable[[Outcome], None] = lambda _outcome: None,
) -> Iterator[Outcome]:
    """Render each request; yield it with its tracks, one for each format, or with the error, in order of completion.

    A failed request does not affect the others. Of threads, each track is yielded when it is done; of other workers,
    when its group is. `make_report` must return None, or something that can be pickled, if the executor's workers are
    other processes. `keep` is called with each outcome before it is yielded, and also with those that come after the
    caller has ended; what it raises becomes the outcome.
    """
    ended: SimpleQueue[Outcome | Future[list[Outcome]]] = SimpleQueue()

    def take(outcome: Outcome) -> Outcome:
        try:
            keep(outcome)
        except NarratorError as error:
            return outcome[0], error
        return outcome

    def tell(outcome: Outcome) -> None:
        ended.put(take(outcome))

    tells = isinstance(executor, ThreadPoolExecutor) or getattr(executor, "tells", False)
    futures = {
        executor.submit(make_group, group, cache, make_report(group), tell if tells else None): group
        for group in group_requests(requests)
    }
    for done in _await_all(futures, ended):
        if isinstance(done, Future):
            yield from map(take, _list_outcomes(done, futures[done]))
        else:
            yield done


def survey_all(
    requests: Iterable[TrackRequest],
    cache: Cache,
    executor: Executor,
    make_report: Callable[[Group], Report | None] = lambda _group: None,
    records: Records | None = None,
    *,
    detail: Detail,
) -> list[Prospect]:
    """Return what is known of each request before it is made, in the order of their groups; see `survey_group`.

    Raises:
        NarratorError: a worker failed.

    """
    futures = [
        executor.submit(survey_group, group, cache, make_report(group), records, detail=detail)
        for group in group_requests(requests)
    ]
    for _ in _await_all(futures, SimpleQueue()):
        pass
    return [prospect for future in futures for prospect in future.result()]


def _await_all(futures: Iterable[Future[T]], ended: "SimpleQueue[S | Future[T]]") -> Iterator[S | Future[T]]:
    """Yield what arrives in a queue until all futures have; if the caller ends before, cancel those that wait."""
    waiting = list(futures)
    for future in waiting:
        future.add_done_callback(ended.put)
    left = len(waiting)
    try:
        while left:
            # A wait without a timeout can miss an interrupt that arrives just before it starts.
            try:
                done = ended.get(timeout=0.2)
            except Empty:
                continue
            left -= isinstance(done, Future)
            yield done
    finally:
        for future in waiting:
            future.cancel()


def _list_outcomes(future: Future[list[Outcome]], group: Group) -> Sequence[Outcome]:
    """Return the outcomes of a group; if its worker failed, that is the error of each of its requests."""
    error = future.exception()
    known = explain(error) if error else None
    return [(request, known) for request in group] if known else future.result()


def share_threads(requests: Sequence[TrackRequest], workers: int, cores: int) -> tuple[list[TrackRequest], int]:
    """Return the requests with the number of threads for each, and how many groups to make at the same time.

    There are at most as many workers as groups; each encodes with its share of the cores.
    """
    used = max(1, min(workers, len(group_requests(requests))))
    return [replace(request, threads=max(1, cores // used)) for request in requests], used


def check_targets(requests: Iterable[TrackRequest]) -> None:
    """Refuse requests that would write to the same file.

    Raises:
        UsageError: two of them would.

    """
    seen = set()
    for request in requests:
        for path in (*request.outputs, *list_places(request).values()):
            target = path.resolve()
            if target in seen:
                message = f"two tracks would be written to {path}; give them different names"
                raise UsageError(message, options=("output",))
            seen.add(target)
