"""A content-keyed store on disk that many processes can share.

An entry is a file, named by the hash of everything it depends on, that holds a checksum and the bytes. It appears whole
or not at all. Anything else in its place is removed, and the entry is made again when it is needed. When the store
exceeds its limit, the least recently used entries are evicted first, but none that a running render has used.
"""

import contextlib
import math
import os
import re
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narrator.cache.keys import CHECKSUM_BYTES, sum_up
from narrator.cache.shared import Shared
from narrator.errors import OutsideError
from narrator.files import hold_lock, replace_file, sweep_parts, try_lock

LIMIT = 5e9
"""Default limit of a store in bytes."""
_ROOMY, _TIDY = 0.98, 0.9
"""Share of the limit above which entries are evicted, and the share at which eviction stops."""
_STEP = 0.01
"""Share of the limit that is written before the store is measured again."""
_LONGEST_LEASE = 48 * 3600.0
"""Age in seconds at which a lease expires where the file system cannot say whether its holder is alive."""
_RECORDS = "tracks"
"""The shelf that is evicted last: it is small, and its entries cannot be made again."""
_SHELVES = ("clips", "index", "frames", "beds", "covers", _RECORDS)
_NAME = re.compile(r"[0-9a-f]{38}(\.pcm)?")
_LOCKS = 64
"""Locks of each shelf, shared by its entries; that many entries can be made at once."""


def default_root() -> Path:
    """Return the folder of the cache: `NARRATOR_CACHE_DIR`, or the user's cache folder."""
    if override := os.environ.get("NARRATOR_CACHE_DIR"):
        return Path(override)
    from platformdirs import user_cache_path

    return user_cache_path("narrator", appauthor=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in a listing: its file, its size in bytes, and when it was last used, in ns."""

    path: Path
    size: int
    used: int
    is_record: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes and entries in use."""

    size: int
    entries: int

    @classmethod
    def count(cls, entries: Iterable[Entry]) -> "Usage":
        """Add up entries."""
        sizes = [entry.size for entry in entries]
        return cls(sum(sizes), len(sizes))


class Cache:
    """A store in a folder, which is made on the first write.

    `limit` is in bytes, infinite for none; by default `LIMIT`. `shared` is a store behind it, for several machines.
    """

    def __init__(self, root: Path | None = None, limit: float | None = None, shared: Shared | None = None) -> None:
        self.root = root or default_root()
        self.shared = shared
        self.limit = LIMIT if limit is None else limit
        self._is_default = root is None and not os.environ.get("NARRATOR_CACHE_DIR")
        self._guard = threading.Lock()
        self._is_ready = False
        self._written = 0
        self._since = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the cache as its folder, its limit, and the store behind it."""
        return Cache, (self.root, self.limit, self.shared)

    def path(self, kind: str, key: str) -> Path:
        """Return the path of an entry; `kind` is the shelf (`clips`, `tracks`)."""
        # In one go, because a track has thousands of them.
        return Path(f"{self.root}{os.sep}{kind}{os.sep}{key[:2]}{os.sep}{key[2:]}")

    def get(self, kind: str, key: str) -> bytes | None:
        """Return the bytes of an entry; None if it does not exist, or is damaged (it is then removed)."""
        path = self.path(kind, key)
        raw = self._read(path)
        if raw is None:
            return None
        data = raw[CHECKSUM_BYTES:]
        if raw[:CHECKSUM_BYTES] != sum_up(kind, key, data):
            _remove(path)
            return None
        return data

    def get_or_make(
        self,
        kind: str,
        key: str,
        make: Callable[[], bytes],
        *,
        must_keep: bool = True,
        stop: Callable[[], bool] = lambda: False,
    ) -> tuple[bytes, bool]:
        """Return the bytes of an entry, and whether `make` was called to make them because there was no such entry.

        If several threads and processes ask for an entry at once, one makes it and the others wait. `make` must not ask
        for another entry of the same shelf.

        Without `must_keep`, bytes that cannot be stored are still returned.

        Raises:
            OutsideError: the entry cannot be stored; raised before `make` is called if that is known by then.
            CancelledError: `stop` returned true during the wait for another process.

        """
        data = self.get(kind, key)
        if data is not None:
            return data, False
        with self._report_failures() if must_keep else contextlib.suppress(OSError):
            self._prepare()
        with hold_lock(self.root / "locks" / f"{kind}-{int(key[:2], 16) % _LOCKS:02}", stop=stop):
            data = self.get(kind, key)
            if data is not None:
                return data, False
            data = make()
            with contextlib.nullcontext() if must_keep else contextlib.suppress(OutsideError):
                self.put(kind, key, data)
            return data, True

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Store bytes under a key.

        Raises:
            OutsideError: the cache cannot be written (disk full, no permission).

        """
        path = self.path(kind, key)
        with self._report_failures():
            self._prepare()
            self._make_folder(path.parent)
            if path.is_dir() and not path.is_symlink():
                _remove(path)  # because a rename cannot replace it
            with replace_file(path, self.root / "parts") as file:
                file.write(sum_up(kind, key, data))
                file.write(data)
        with self._guard:
            self._written += CHECKSUM_BYTES + len(data)

    def find_size(self, kind: str, key: str) -> int | None:
        """Return the size of an entry in bytes and mark it as used, without reading it; None if it does not exist."""
        path = self.path(kind, key)
        try:
            known = path.lstat()
        except OSError:
            return None
        self._note_use(path, known)
        return known.st_size - CHECKSUM_BYTES if stat.S_ISREG(known.st_mode) else None

    def drop(self, kind: str, key: str) -> None:
        """Remove an entry, if it exists."""
        _remove(self.path(kind, key))

    @contextlib.contextmanager
    def lease(self) -> Iterator[None]:
        """Protect all entries that are used while the block runs from eviction, by any process.

        At the end the store is trimmed to its limit if that may have been exceeded.
        """
        handle, path = self._sign_in()
        try:
            yield
        finally:
            if handle is not None:
                _remove(path)
                os.close(handle)
            self._settle()

    def list_entries(self) -> Iterator[Entry]:
        """Yield all entries, in no particular order."""
        for shelf in _SHELVES:
            for folder in _scan(self.root / shelf):
                for file in _scan(Path(folder.path)):
                    if _NAME.fullmatch(file.name):
                        with contextlib.suppress(OSError):
                            known = file.stat(follow_symlinks=False)
                            if stat.S_ISREG(known.st_mode):
                                yield Entry(Path(file.path), known.st_size, known.st_mtime_ns, shelf == _RECORDS)

    def trim(self, limit: float | None = None) -> Usage:
        """Evict the least recently used entries until the store is within a limit (None for its own).

        Returns what was evicted. Entries that a running render has used stay, so the store may remain over the limit.
        """
        limit = self.limit if limit is None else limit
        gone: list[Entry] = []
        with self._hold("leases"):
            entries = list(self.list_entries())
            left = Usage.count(entries).size
            since = self._find_oldest_lease()
            if left > limit * _ROOMY:
                for entry in sorted(entries, key=lambda entry: (entry.is_record, entry.used)):
                    if left <= limit * _TIDY:
                        break
                    if entry.used < since and _remove(entry.path):
                        left -= entry.size
                        gone.append(entry)
            _remove(self.root / "written")
        return Usage.count(gone)

    def clear(self) -> Usage:
        """Remove every entry that no running render has used; return what was removed.

        Raises:
            OutsideError: the cache cannot be written.

        """
        if os.path.lexists(self.root):
            with self._report_failures():
                self._prepare()
        gone = self.trim(0)
        sweep_parts(self.root / "parts")
        for shelf in _SHELVES:
            for folder in [*_scan(self.root / shelf)]:
                with contextlib.suppress(OSError):
                    Path(folder.path).rmdir()
        return gone

    def _read(self, path: Path) -> bytes | None:
        """Read a file of the store and mark it as used; remove anything that is not a file."""
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except OSError:  # missing or not readable: a new entry takes its place
            return None
        known = os.fstat(handle)
        if not stat.S_ISREG(known.st_mode):
            os.close(handle)
            _remove(path)
            return None
        try:
            with os.fdopen(handle, "rb") as file:
                raw = file.read()
        except OSError:
            return None
        self._note_use(path, known)
        return raw

    def _note_use(self, path: Path, known: os.stat_result) -> None:
        if known.st_mtime_ns < self._since:
            with contextlib.suppress(OSError):
                os.utime(path)

    def _prepare(self) -> None:
        """Create the store, private to its user, and check that it can be written, before anything is made for it."""
        with self._guard:
            if self._is_ready:
                return
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("parts", "locks", "leases"):
                self._make_folder(self.root / name)
            self._make_private()
            sweep_parts(self.root / "parts")
            with tempfile.TemporaryFile(dir=self.root / "parts") as probe:
                probe.write(bytes(4096))
            self._is_ready = True

    def _make_private(self) -> None:
        """Remove other users' access to a store of an older version; never that to a folder that the user chose."""
        for folder in [*[self.root][: self._is_default], *(self.root / shelf for shelf in _SHELVES)]:
            with contextlib.suppress(OSError):
                if stat.S_IMODE(folder.lstat().st_mode) & 0o077:
                    folder.chmod(0o700)

    def _make_folder(self, folder: Path) -> None:
        """Create a folder of the store; anything else in its place, or in that of a parent, is removed as damaged."""
        levels = [self.root.joinpath(*folder.relative_to(self.root).parts[: n + 1]) for n in range(2)]
        for level in dict.fromkeys(levels):
            try:
                level.mkdir(mode=0o700, exist_ok=True)
            except FileExistsError:
                # Another process may repair it at the same time; unlinking a folder then fails.
                with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
                    level.unlink()
                level.mkdir(mode=0o700, exist_ok=True)

    @contextlib.contextmanager
    def _report_failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutsideError(
                f"cannot write the cache {self.root}: {error.strerror or error}; free some space, or set "
                "NARRATOR_CACHE_DIR to another folder"
            ) from error

    def _hold(self, name: str) -> contextlib.AbstractContextManager[bool]:
        return hold_lock(self.root / "locks" / name, patience=10)

    def _sign_in(self) -> tuple[int | None, Path]:
        """Open and lock a file that records when a render started; None if nothing can be written.

        It waits for a running eviction, so that no entry that the new render will use is evicted.
        """
        path = self.root / "leases" / f"{os.getpid()}-{time.monotonic_ns()}"
        try:
            self._prepare()
            with self._hold("leases"):
                handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
                try_lock(handle)
                self._since = max(self._since, os.fstat(handle).st_mtime_ns)
        except OSError:
            return None, path
        return handle, path

    def _find_oldest_lease(self) -> int:
        """Return when the longest running render started, in ns; a time after all others if none is running."""
        oldest = 2**63
        for lease in _scan(self.root / "leases"):
            with contextlib.suppress(OSError):
                handle = os.open(lease.path, os.O_RDWR)
                try:
                    is_free = try_lock(handle)
                    since = os.fstat(handle).st_mtime_ns
                finally:
                    os.close(handle)
                if is_free or (is_free is None and since < (time.time() - _LONGEST_LEASE) * 1e9):
                    _remove(Path(lease.path))
                else:
                    oldest = min(oldest, since)
        return oldest

    def _settle(self) -> None:
        """Add what was written to a total that all processes share, and trim the store when that is large enough."""
        with self._guard:
            written, self._written = self._written, 0
        if not written or self.limit == math.inf:
            return
        with contextlib.suppress(OSError, ValueError):
            with (self.root / "written").open("a+", encoding="ascii") as file:
                file.write(f"{written}\n")
                file.flush()
                file.seek(0)
                total = sum(map(int, file))
            if total > self.limit * _STEP:
                self.trim()


def _scan(folder: Path) -> Iterator[os.DirEntry[str]]:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        yield from found


def _remove(path: Path) -> bool:
    """Remove a file, or anything in its place; return whether that succeeded."""
    try:
        path.unlink()
    except OSError:
        if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 - pathlib's raise
            shutil.rmtree(path, ignore_errors=True)
        return not os.path.lexists(path)
    return True
