"""Files that appear whole or not at all, and locks that the system releases when their holder dies."""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from narrator.errors import CancelledError, PublishError

_PREFIX, _SUFFIX = ".narrator-", ".part"
STALE = 3600.0
"""Age in seconds after which a temporary file is considered left behind by a killed process."""
_PATIENCE = 60.0
_GLANCE = 0.02
"""Interval in seconds at which a lock is tried again."""
# The mask can only be read by setting it, which is not safe with other threads: once, at import.
_UMASK = os.umask(0o022)
os.umask(_UMASK)


@contextlib.contextmanager
def replace_file(path: Path, folder: Path | None = None) -> Iterator[IO[bytes]]:
    """Open a temporary file that replaces `path` if the block succeeds, and is deleted otherwise.

    It is created in `folder`, which must be on the same file system, or by default beside `path`. Its contents are
    on the disk before it is renamed.

    Raises:
        OSError: it cannot be created, written or renamed.

    """
    handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder or path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            _sync(file.fileno())
        # mkstemp makes files private to the owner; a track should be as readable as the user's other files.
        Path(name).chmod(0o666 & ~_UMASK)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def replace_track(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file that becomes a track, in a folder that is made if needed; see `replace_file`.

    Raises:
        PublishError: it cannot be created, written or renamed.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as file:
            yield file
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}; free some space, or choose another place"
        raise PublishError(message, options=("output",)) from error


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        # Some file systems and devices do not support it; a full disk may only be noticed here.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}:
            raise


def sweep_parts(folder: Path) -> None:
    """Delete narrator's temporary files in a folder that have not been written to for an hour."""
    oldest = time.time() - STALE
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for each in found:
            if each.name.startswith(_PREFIX) and each.name.endswith(_SUFFIX) and each.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    if each.stat(follow_symlinks=False).st_mtime < oldest:
                        Path(each.path).unlink()


@contextlib.contextmanager
def hold_lock(path: Path, *, patience: float = _PATIENCE, stop: Callable[[], bool] = lambda: False) -> Iterator[bool]:
    """Hold a lock, an empty file at `path`, while the block runs; yield whether it is held.

    Other threads and processes that ask for it wait. The system releases it when its holder dies. It is not held if the
    file cannot be created, if the file system has no locks, or if its holder keeps it longer than `patience` (in s),
    for example because it is suspended; the work is then done without it.

    Raises:
        CancelledError: `stop` returned true during the wait.

    """
    handle = _open_lock(path)
    try:
        yield handle is not None and _wait_for_lock(handle, patience, stop)
    finally:
        if handle is not None:
            os.close(handle)


def _open_lock(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o600)
    except OSError:
        return None


def _wait_for_lock(handle: int, patience: float, stop: Callable[[], bool]) -> bool:
    until = time.monotonic() + patience
    while (held := try_lock(handle)) is False:
        if stop():
            raise CancelledError("interrupted")
        if time.monotonic() >= until:
            return False
        time.sleep(_GLANCE)
    return bool(held)


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    def _lock(handle: int) -> None:
        # mypy checks only the branch of the system that it runs on.
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:

    def _lock(handle: int) -> None:
        # The lock belongs to an open file, not to a process: so it also separates threads.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(handle: int) -> bool | None:
    """Lock an open file without waiting; return whether that succeeded, None if the file system has no locks."""
    try:
        _lock(handle)
    except OSError as error:
        return False if error.errno in {errno.EAGAIN, errno.EACCES, errno.EDEADLK} else None
    return True
