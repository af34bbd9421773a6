"""Rendering of many tracks on an executor."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue

from narrator.cache import Cache
from narrator.captioning import list_places
from narrator.errors import NarratorError, UsageError, explain
from narrator.ledger import Track
from narrator.rendering import render_tracks
from narrator.request import TrackRequest
from narrator.session import Report


def render_all(
    requests: Iterable[TrackRequest],
    cache: Cache,
    executor: Executor,
    make_report: Callable[[TrackRequest], Report | None] = lambda _request: None,
) -> Iterator[tuple[TrackRequest, tuple[Track, ...] | NarratorError]]:
    """Render each request; yield it with its tracks, one for each file, or with the error, in order of completion.

    A failed request does not affect the others. `make_report` must return None, or something that can be pickled, if
    the executor's workers are other processes.
    """
    futures = {executor.submit(render_tracks, request, cache, make_report(request)): request for request in requests}
    ended: SimpleQueue[Future[tuple[Track, ...]]] = SimpleQueue()
    for future in futures:
        future.add_done_callback(ended.put)
    left = len(futures)
    try:
        while left:
            # A wait without a timeout can miss an interrupt that arrives just before it starts.
            try:
                future = ended.get(timeout=0.2)
            except Empty:
                continue
            left -= 1
            error = future.exception()
            known = explain(error) if error else None
            yield futures[future], known or future.result()
    finally:
        for future in futures:
            future.cancel()


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
