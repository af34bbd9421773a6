"""A store behind the caches of several machines: entries are read from it before they are made, and written after.

Entries that belong together, such as the clips of a script, are a group, which is a folder of the store. What a render
adds to a group is one bundle there. A reader takes the newest bundles first until it has what it needs, so a changed
script costs only what is new. Nothing in the store is needed: what is missing or damaged is made again.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache as remember
from functools import partial
from typing import Any, Protocol, TypeVar

from narrator.cache.bucket import Bucket, StoreError
from narrator.cache.bundles import name_bundle, pack_bundle, split_entries, unpack_bundle
from narrator.cache.keys import make_key
from narrator.errors import Fault, OutsideError

T = TypeVar("T")

_SHELF = "index"
"""Shelf of the local cache for what is known to be in the store."""
_WRITERS, _MOST_WAITING = 2, 4
"""Bundles that are written at once, and that wait in memory at most."""
_MANY = 8
"""Number of bundles of a group from which it is written again as one."""
_WITHOUT = "until then, narrator works without it"
_AGAIN = "then make the tracks again: their speech and sound are in the local cache, but not in the store"
_FRESH_S = 60.0
"""Time in seconds in which a group is not listed again."""
_SHUNNED_S = 60.0
"""Time in seconds in which a store that failed is not tried again."""


class Local(Protocol):
    """The local cache."""

    shared: "Shared | None"

    def get(self, kind: str, key: str) -> bytes | None:
        """Return the bytes of an entry; None if it does not exist."""

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Store bytes under a key."""

    def find_size(self, kind: str, key: str) -> int | None:
        """Return the size of an entry in bytes; None if it does not exist."""


@dataclass
class Sharing:
    """What a block exchanged with the store: what is still being written, and what went wrong."""

    waiting: list[Future[None]] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    """Why the store could not be read; the work goes on without it."""
    failures: list[Fault] = field(default_factory=list)
    """Why something is not in the store."""


_sharing: ContextVar[Sharing | None] = ContextVar("sharing", default=None)


@contextmanager
def sharing() -> Iterator[Sharing]:
    """Collect what is written to stores while the block runs; at its end, wait until all of it is there."""
    here = Sharing()
    before = _sharing.set(here)
    try:
        yield here
        here.failures += dict.fromkeys(fault for future in here.waiting for fault in _wait(future))
    finally:
        _sharing.reset(before)
        for future in here.waiting:
            future.cancel()


def _wait(future: Future[None]) -> Iterator[Fault]:
    while True:
        # A wait without a timeout would not notice an interrupt.
        try:
            future.result(timeout=0.2)
        except TimeoutError:
            if not future.done():
                continue
            raise
        except StoreError as error:
            yield from (
                replace(fault, message=f"{fault.message}, {_AGAIN}", options=("force",)) for fault in error.faults
            )
        except CancelledError:
            pass
        return


@remember
def open_shared(url: str) -> "Shared":
    """Return the store at an address, one for the whole process."""
    return Shared(url)


class Shared:
    """A store; many threads can use it at once."""

    def __init__(self, url: str) -> None:
        self.bucket = Bucket(url)
        self._pool: ThreadPoolExecutor | None = None
        self._places = threading.BoundedSemaphore(_MOST_WAITING)
        self._guard = threading.Lock()
        self._down: tuple[float, StoreError] | None = None
        self._crowded: set[str] = set()
        self._listed: dict[str, float] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the store as its address."""
        return open_shared, (self.bucket.url,)

    def pull(self, cache: Local, kind: str, group: str, keys: Iterable[str]) -> None:
        """Copy entries of a group that the local cache lacks from the store, as far as they are there."""
        missing = {key for key in keys if cache.find_size(kind, key) is None}
        if not missing or self._has_just_looked(cache, kind, group, missing):
            return
        try:
            found, is_all = self._pull(cache, kind, group, missing)
        except StoreError as error:
            if here := _sharing.get():
                here.notes += [replace(fault, message=f"{fault.message}; {_WITHOUT}") for fault in error.faults]
            return
        self._note_stored(cache, kind, group, found, is_all=is_all)

    def push(self, cache: Local, kind: str, group: str, keys: Iterable[str], *, again: bool = False) -> None:
        """Write entries of a group that are not known to be in the store, behind the work that goes on.

        With `again`, all of them are written, because they have changed.
        """
        keys = dict.fromkeys(keys)
        known = set() if again or f"{kind}/{group}" in self._crowded else self._read_stored(cache, kind, group)
        if known.issuperset(keys):
            return
        entries = {key: data for key in keys if key not in known and (data := cache.get(kind, key)) is not None}
        for portion in split_entries(entries):
            self._write_behind(partial(self._write, cache, kind, group, portion))

    def _has_just_looked(self, cache: Local, kind: str, group: str, missing: set[str]) -> bool:
        """Return whether a group was listed a moment ago, as for another length, and did not have the keys."""
        place, now = f"{kind}/{group}", time.monotonic()
        before = self._listed.get(place)
        is_fresh = before is not None and now - before < _FRESH_S
        if is_fresh and missing.isdisjoint(self._read_stored(cache, kind, group)):
            return True
        self._listed[place] = now
        return False

    def _pull(self, cache: Local, kind: str, group: str, missing: set[str]) -> tuple[set[str], bool]:
        """Return the keys that were found, and whether they are all in the group."""
        place, found = f"{kind}/{group}", set[str]()
        names = self._try(lambda: self.bucket.list_names(place))
        for count, name in enumerate(names):
            if not missing:
                return found, False
            entries = self._read(place, name)
            for key in missing & entries.keys():
                with suppress(OutsideError):  # what cannot be stored locally is made again
                    cache.put(kind, key, entries[key])
            found |= entries.keys()
            missing -= found
            if count >= _MANY:
                self._crowded.add(place)
        return found, True

    def _read(self, place: str, name: str) -> dict[str, bytes]:
        """Return the entries of a bundle; none if it has vanished, or is damaged (it is then removed)."""
        path = f"{place}/{name}"
        packed = self._try(lambda: self.bucket.read(path))
        if packed is None:
            return {}
        entries = unpack_bundle(packed, place)
        if entries is None:
            self.bucket.remove(path)
        return entries or {}

    def _write_behind(self, write: Callable[[], None]) -> None:
        with self._guard:
            self._pool = self._pool or ThreadPoolExecutor(_WRITERS, "store")
        while not self._places.acquire(timeout=0.2):
            pass
        future = self._pool.submit(write)
        future.add_done_callback(lambda _future: self._places.release())
        if here := _sharing.get():
            here.waiting.append(future)

    def _write(self, cache: Local, kind: str, group: str, entries: dict[str, bytes]) -> None:
        place = f"{kind}/{group}"
        path = f"{place}/{name_bundle(entries)}"
        self._try(lambda: self.bucket.write(path, pack_bundle(entries, place)))
        self._crowded.discard(place)
        self._note_stored(cache, kind, group, set(entries), is_all=False)

    def _try(self, call: Callable[[], T]) -> T:
        """Call the store, unless it failed a moment ago."""
        if self._down and time.monotonic() < self._down[0]:
            raise self._down[1]
        try:
            return call()
        except StoreError as error:
            self._down = time.monotonic() + _SHUNNED_S, error
            raise

    def _name_stored(self, kind: str, group: str) -> str:
        return make_key("stored", self.bucket.url, kind, group)

    def _read_stored(self, cache: Local, kind: str, group: str) -> set[str]:
        data = cache.get(_SHELF, self._name_stored(kind, group))
        return set(json.loads(data)) if data else set()

    def _note_stored(self, cache: Local, kind: str, group: str, keys: set[str], *, is_all: bool) -> None:
        """Record keys that are in the store; with `is_all`, no others are."""
        with self._guard, suppress(OutsideError):
            known = keys if is_all else keys | self._read_stored(cache, kind, group)
            cache.put(_SHELF, self._name_stored(kind, group), json.dumps(sorted(known)).encode())


def pull(cache: Local, kind: str, group: str, keys: Iterable[str]) -> None:
    """Copy entries from the store behind a cache, if there is one; see `Shared.pull`."""
    if cache.shared:
        cache.shared.pull(cache, kind, group, keys)


def push(cache: Local, kind: str, group: str, keys: Iterable[str], *, again: bool = False) -> None:
    """Write entries to the store behind a cache, if there is one; see `Shared.push`."""
    if cache.shared:
        cache.shared.push(cache, kind, group, keys, again=again)
