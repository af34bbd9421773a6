"""Work on a pool, a little ahead of who needs it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def map_ahead(
    pool: Executor,
    work: Callable[[T], R],
    items: Iterable[T],
    ahead: int,
    find: Callable[[T], R | None] = lambda _item: None,
) -> Iterator[R]:
    """Map in order on a pool, with at most `ahead` results waiting, so that memory use stays small.

    What `find` returns for an item, unless that is None, needs no work on the pool: passing it to another thread and
    back takes longer than reading a file.
    """
    waiting: deque[R | Future[R]] = deque()
    try:
        for item in items:
            found = find(item)
            waiting.append(pool.submit(work, item) if found is None else found)
            if len(waiting) > ahead:
                yield _take(waiting)
        while waiting:
            yield _take(waiting)
    finally:
        for each in waiting:
            if isinstance(each, Future):
                each.cancel()


def _take(waiting: deque[R | Future[R]]) -> R:
    first = waiting.popleft()
    return first.result() if isinstance(first, Future) else first
