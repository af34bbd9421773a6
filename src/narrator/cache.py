"""A content-keyed store on disk that many processes may share.

An entry is a file named by the hash of everything that went into it: a checksum, then the bytes. It appears whole or
not at all, and one that was damaged later is noticed, thrown away and made again by whoever asked for it.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from narrator.errors import OutsideError

_CHECKSUM_BYTES = 16
# The mask can only be read by setting it, which is not safe beside other threads: once, at import.
_UMASK = os.umask(0o022)
os.umask(_UMASK)


def make_key(*parts: object) -> str:
    """Hash what an entry depends on; the parts must be plain values that JSON can hold."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def hash_bytes(data: bytes) -> bytes:
    """Checksum of an entry's bytes."""
    return hashlib.blake2b(data, digest_size=_CHECKSUM_BYTES).digest()


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that takes its place when the block ends well, and else is deleted."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        # mkstemp makes files for the owner alone; a track is as readable as any file the user makes.
        Path(name).chmod(0o666 & ~_UMASK)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def default_root() -> Path:
    """Where the cache lies: `NARRATOR_CACHE_DIR`, or the user's cache directory."""
    if override := os.environ.get("NARRATOR_CACHE_DIR"):
        return Path(override)
    from platformdirs import user_cache_path

    return user_cache_path("narrator", appauthor=False)


class Cache:
    """The store below one directory, made when first written to."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or default_root()

    def path(self, kind: str, key: str) -> Path:
        """Place of an entry; `kind` names the shelf (`clips`, `tracks`)."""
        return self.root / kind / key[:2] / key[2:]

    def get(self, kind: str, key: str) -> bytes | None:
        """Bytes of an entry; None when there is none, or when it was damaged (it is then removed)."""
        path = self.path(kind, key)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutsideError(f"cannot read the cache: {error}; set NARRATOR_CACHE_DIR elsewhere") from error
        data = raw[_CHECKSUM_BYTES:]
        if len(raw) < _CHECKSUM_BYTES or hash_bytes(data) != raw[:_CHECKSUM_BYTES]:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return data

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keep bytes under a key.

        Raises:
            OutsideError: the cache cannot be written (disk full, no permission).

        """
        path = self.path(kind, key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(path) as file:
                file.write(hash_bytes(data))
                file.write(data)
        except OSError as error:
            raise OutsideError(
                f"cannot write the cache {self.root}: {error.strerror or error}; free some space or set "
                "NARRATOR_CACHE_DIR elsewhere"
            ) from error
