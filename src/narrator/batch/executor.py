"""Many tracks over an executor."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, wait

from narrator.cache import Cache
from narrator.errors import NarratorError, UsageError, explain
from narrator.render import Job, Report, Track, render


def render_all(
    jobs: Iterable[Job],
    cache: Cache,
    executor: Executor,
    make_report: Callable[[Job], Report | None] = lambda _job: None,
) -> Iterator[tuple[Job, Track | NarratorError]]:
    """Render each job; yields it with its track, or with what went wrong, in the order they finish.

    A job that fails leaves the others alone. `make_report` must give None, or something that can be pickled, where
    the executor's workers are other processes.
    """
    futures = {executor.submit(render, job, cache, make_report(job)): job for job in jobs}
    waiting = set(futures)
    try:
        while waiting:
            # A wait without an end can miss an interrupt that arrives just before it begins.
            done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                error = future.exception()
                known = explain(error) if error else None
                yield futures[future], known or future.result()
    finally:
        for future in futures:
            future.cancel()


def check_targets(jobs: Iterable[Job]) -> None:
    """Refuse jobs that would write to the same file.

    Raises:
        UsageError: two of them would.

    """
    seen = set()
    for job in jobs:
        target = job.output.resolve()
        if target in seen:
            raise UsageError(f"two tracks would be written to {job.output}; render them with different --output")
        seen.add(target)
