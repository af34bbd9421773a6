"""What a path leads to, asked without surprises.

`pathlib` raises for names that are too long and for folders that are closed. A path may lead to a pipe or a device,
which make whoever opens them wait.
"""

import errno
import hashlib
import os
import stat
from functools import lru_cache
from io import BufferedReader
from pathlib import Path, PurePath

LARGEST = 256 * 2**20
"""Bytes of the largest file that is read whole."""


def exists(path: Path) -> bool:
    """Return whether something is at a path; what cannot be looked at counts as nothing."""
    return os.path.exists(path)  # noqa: PTH110 - pathlib's raises


def is_file(path: Path) -> bool:
    """Return whether a path leads to a regular file; what cannot be looked at counts as none."""
    return os.path.isfile(path)  # noqa: PTH113 - pathlib's raises


def find_below(folder: Path, name: str) -> Path | None:
    """Return the file of that name in a folder or below it, links followed; None for none, or one that is elsewhere.

    An absolute name is below no folder but the root.
    """
    try:
        root = folder.resolve()
        if PurePath(name).is_absolute() and root != Path(root.anchor):
            return None
        path = (root / name).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name that no file can have
        return None
    return path if path.is_relative_to(root) and is_file(path) else None


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading, without waiting for whoever writes to it.

    Raises:
        OSError: there is none, it cannot be read, or it is a folder, a pipe, a device or a socket.

    """
    # On Windows a file is read as text unless it is asked for otherwise, and there is no such thing as waiting.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if kind := _name_kind(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, f"it is {kind}, not a file")
    return os.fdopen(handle, "rb")


def read_file(path: Path, most: int = LARGEST) -> bytes:
    """Read a regular file whole, of so many bytes at most.

    Raises:
        OSError: it cannot be read, is not a file, or is too large.

    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise OSError(
                errno.EFBIG, f"it is too large: {size // 1024:,} KiB, and at most {most // 1024:,} KiB are read"
            )
        return file.read(size)


def hash_file(path: Path) -> str:
    """Return the digest of a file's bytes, which is remembered for as long as the file is in the same state.

    Raises:
        OSError: it cannot be read whole.

    """
    known = path.stat()
    return _hash_file(path, known.st_mtime_ns, known.st_size, known.st_ino)


@lru_cache(maxsize=256)
def _hash_file(path: Path, *_state: int) -> str:
    return make_digest(read_file(path))


def make_digest(data: bytes) -> str:
    """Return the digest of bytes, 32 hexadecimal digits."""
    return hashlib.blake2b(data).hexdigest()[:32]


def refuse_special(path: Path) -> None:
    """Refuse a path to write to where a folder, a pipe, a device or a socket is.

    Raises:
        OSError: it is one of these; `strerror` says which.

    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - as above
    except (OSError, ValueError):
        return  # whoever opens it says what is wrong
    if kind := _name_kind(mode):
        raise OSError(errno.EINVAL, f"it is {kind}, not a file")


def _name_kind(mode: int) -> str | None:
    """Say what is no regular file; None for one."""
    if stat.S_ISREG(mode):
        return None
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for is_kind, name in kinds if is_kind(mode)), "a device")
