"""Checks and reads of paths that do not raise unexpected errors or block.

`pathlib` raises for names that are too long and for folders that are not accessible. A path may lead to a pipe or a
device, and opening one can block.
"""

import errno
import hashlib
import os
import re
import stat
from functools import lru_cache
from io import BufferedReader
from pathlib import Path, PurePath

LARGEST = 256 * 2**20
"""Size in bytes of the largest file that is read."""


def exists(path: Path) -> bool:
    """Return whether a path exists; False if it cannot be checked."""
    return os.path.exists(path)  # noqa: PTH110 - pathlib's raises


def is_file(path: Path) -> bool:
    """Return whether a path leads to a regular file; False if it cannot be checked."""
    return os.path.isfile(path)  # noqa: PTH113 - pathlib's raises


def is_address(path: Path) -> bool:
    """Return whether a path was written as an address, such as s3://bucket/folder, and is none of this machine's."""
    return re.match(r"[a-z][a-z0-9+-]+:/", path.as_posix()) is not None


def find_below(folder: Path, name: str) -> Path | None:
    """Return the file of that name in a folder or below it, with links resolved; None if there is none there.

    An absolute name is only below the root folder.
    """
    try:
        root = folder.resolve()
        if PurePath(name).is_absolute() and root != Path(root.anchor):
            return None
        path = (root / name).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or an impossible name
        return None
    return path if path.is_relative_to(root) and is_file(path) else None


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading, without waiting for a writer.

    Raises:
        OSError: it does not exist, cannot be read, or is a folder, a pipe, a device or a socket.

    """
    # On Windows a file is opened as text by default, and there is no non-blocking mode.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if kind := _name_kind(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, f"it is {kind}, not a file")
    return os.fdopen(handle, "rb")


def read_file(path: Path, most: int = LARGEST) -> bytes:
    """Return the contents of a regular file of at most that many bytes.

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
    """Return the digest of a file's bytes; it is cached while the file's state does not change.

    Raises:
        OSError: it cannot be read, is not a file, or is too large.

    """
    known = path.stat()
    return _hash_file(path, known.st_mtime_ns, known.st_size, known.st_ino)


@lru_cache(maxsize=256)
def _hash_file(path: Path, *_state: int) -> str:
    return make_digest(read_file(path))


def make_digest(data: bytes) -> str:
    """Return the digest of bytes: 32 hexadecimal digits."""
    return hashlib.blake2b(data).hexdigest()[:32]


def refuse_special(path: Path) -> None:
    """Refuse to write to a folder, a pipe, a device or a socket, or to an address as if it were a path.

    Raises:
        OSError: it is one of these; `strerror` says which.

    """
    if is_address(path):
        raise OSError(errno.EINVAL, "it is the address of a store, and this is written on this machine")
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - as above
    except (OSError, ValueError):
        return  # opening it will report what is wrong
    if kind := _name_kind(mode):
        raise OSError(errno.EINVAL, f"it is {kind}, not a file")


def _name_kind(mode: int) -> str | None:
    """Return the kind of anything that is not a regular file; None for a regular file."""
    if stat.S_ISREG(mode):
        return None
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for is_kind, name in kinds if is_kind(mode)), "a device")
