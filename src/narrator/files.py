"""Files that appear whole or not at all, and locks that the system frees when their holder dies."""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from narrator.errors import CancelledError

_PREFIX, _SUFFIX = ".narrator-", ".part"
STALE = 3600.0
"""Age in seconds from which a temporary file is taken for one that a killed process left behind."""
_PATIENCE = 60.0
_GLANCE = 0.02
"""How long a lock is waited for, and how often it is looked at meanwhile, in seconds."""
# The mask can only be read by setting it, which is not safe beside other threads: once, at import.
_UMASK = os.umask(0o022)
os.umask(_UMASK)


@contextlib.contextmanager
def replace_file(path: Path, folder: Path | None = None) -> Iterator[IO[bytes]]:
    """Open a temporary file that takes the place of `path` when the block ends well, and else is deleted.

    It is made in `folder`, which has to be on the same file system; beside `path` where none is given. What was
    written is on the disk before the file gets its name.

    Raises:
        OSError: it cannot be made, written or renamed.

    """
    handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder or path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            _sync(file.fileno())
        # mkstemp makes files for the owner alone; a track is as readable as any file the user makes.
        Path(name).chmod(0o666 & ~_UMASK)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        # There are file systems, and devices, that cannot do it; a full disk may be noticed only now.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}:
            raise


def sweep_parts(folder: Path) -> None:
    """Delete the temporary files of narrator in a folder that have not been written to for an hour."""
    oldest = time.time() - STALE
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for each in found:
            if each.name.startswith(_PREFIX) and each.name.endswith(_SUFFIX) and each.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    if each.stat(follow_symlinks=False).st_mtime < oldest:
                        Path(each.path).unlink()


@contextlib.contextmanager
def hold_lock(path: Path, *, patience: float = _PATIENCE, stop: Callable[[], bool] = lambda: False) -> Iterator[bool]:
    """Hold a lock, made as an empty file at `path`, while the block runs; it yields whether the lock is held.

    Others that ask for it wait, threads and processes alike. The system frees it when its holder dies. It is not held
    where the file cannot be made, where the file system has no locks, or where its holder keeps it longer than
    `patience` (in s), as one that is suspended does: the work is then done without.

    Raises:
        CancelledError: `stop` answered true while the lock was waited for.

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
        # mypy looks at this for the system that it runs on.
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:

    def _lock(handle: int) -> None:
        # Of an open file, not of a process: it keeps threads apart, too.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(handle: int) -> bool | None:
    """Lock an open file at once and return whether that succeeded; None where the file system has no locks."""
    try:
        _lock(handle)
    except OSError as error:
        return False if error.errno in {errno.EAGAIN, errno.EACCES, errno.EDEADLK} else None
    return True
