"""Places for tracks and their manifest: a folder of this machine, or one of a store."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache as remember
from pathlib import Path
from typing import Protocol

from narrator.cache import Bucket
from narrator.errors import NarratorError, PublishError, UsageError
from narrator.files import replace_file
from narrator.ledger import hash_track
from narrator.paths import find_below, is_address, is_file, read_file
from narrator.request import TrackRequest

MANIFEST = "manifest.jsonl"
"""Name of the manifest in the folder of the tracks."""
_LEAST_WAIT_S, _SHARE = 30.0, 20.0
"""A manifest in a store is written again at most that often, and takes at most one in so many seconds."""


class ManifestError(NarratorError):
    """A manifest cannot be used."""


class Place(Protocol):
    """A folder that has tracks, each with a name, which is its path there with slashes, and a manifest."""

    @property
    def manifest(self) -> str:
        """The path or the address of the manifest."""

    def name(self, path: Path) -> str | None:
        """Return the name of a file by its path in a request; None for one that is elsewhere."""

    def locate(self, request: TrackRequest) -> TrackRequest:
        """Return a request as one for this place.

        Raises:
            UsageError: a path of it is elsewhere.

        """

    def show(self, name: str) -> str:
        """Return the path or the address of a file."""

    def has(self, name: str, digest: str, size: int | None = None) -> bool:
        """Return whether a file is as recorded."""

    def delete(self, name: str, digest: str, size: int | None = None) -> bool:
        """Delete a file if it is as recorded; return whether it is not there now.

        Raises:
            OutsideError: it cannot be deleted.

        """

    def read_manifest(self) -> bytes:
        """Return the manifest; empty if there is none.

        Raises:
            ManifestError, OutsideError: it cannot be read.

        """

    def add_line(self, line: bytes, every: Callable[[], bytes]) -> None:
        """Add a line to the manifest, now or soon; `every` returns all lines.

        Raises:
            OutsideError: it cannot be written.

        """

    def write_manifest(self, data: bytes) -> None:
        """Replace the manifest.

        Raises:
            OutsideError: it cannot be written.

        """


class Folder:
    """A folder of this machine, whose manifest may be elsewhere."""

    def __init__(self, root: Path, manifest: Path | None = None) -> None:
        self.root, self._path = root, manifest or root / MANIFEST
        self._is_torn = False
        """Whether the last line was not written whole, because its process was killed; it does not count."""

    @property
    def manifest(self) -> str:
        """The path of the manifest."""
        return str(self._path)

    def name(self, path: Path) -> str | None:
        """Return the name of a file; see `Place`."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None

    def locate(self, request: TrackRequest) -> TrackRequest:
        """Return the request, if it is for files below the folder; see `Place`."""
        for path in request.outputs:
            if not path.is_relative_to(self.root):
                raise UsageError(f"{path} is not in the folder of the manifest, {self.root}; write it there")
        return request

    def show(self, name: str) -> str:
        """Return the path of a file."""
        return str(self.root / name)

    def has(self, name: str, digest: str, size: int | None = None) -> bool:
        """Return whether a file has the recorded bytes."""
        path = find_below(self.root, name)
        return path is not None and size in {None, path.stat().st_size} and hash_track(path) == digest

    def delete(self, name: str, digest: str, _size: int | None = None) -> bool:
        """Delete a file with that digest, and the folders that are empty then; see `Place`."""
        path = find_below(self.root, name)
        if path is None:
            return not os.path.lexists(self.root / name)
        if (self.root / name).is_symlink() or hash_track(path) != digest:
            return False
        try:
            path.unlink()
        except OSError as error:
            raise PublishError(f"cannot delete {path}: {error.strerror or error}; delete it by hand") from error
        for folder in path.parents:
            if folder == self.root.resolve() or any(folder.iterdir()):
                break
            folder.rmdir()
        return True

    def read_manifest(self) -> bytes:
        """Return the manifest; see `Place`."""
        if not is_file(self._path):
            return b""
        try:
            data = read_file(self._path)
        except OSError as error:
            message = f"cannot read {self._path}: {error.strerror or error}; choose another place"
            raise ManifestError(message, options=("manifest",)) from error
        self._is_torn = bool(data) and not data.endswith(b"\n")
        return data

    def add_line(self, line: bytes, every: Callable[[], bytes]) -> None:
        """Append a line to the manifest; see `Place`."""
        if self._is_torn or not is_file(self._path):
            self.write_manifest(every())
            return
        try:
            with self._path.open("ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._refuse(error) from error

    def write_manifest(self, data: bytes) -> None:
        """Replace the manifest; see `Place`."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(self._path) as file:
                file.write(data)
        except OSError as error:
            raise self._refuse(error) from error
        self._is_torn = False

    def _refuse(self, error: OSError) -> PublishError:
        message = f"cannot write {self._path}: {error.strerror or error}; free some space, or choose another place"
        return PublishError(message, options=("manifest",))


@remember
def open_bucket(address: str) -> Bucket:
    """Return the folder of a store that tracks are written to, one for the whole process; see `Bucket`."""
    return Bucket(address, "output")


class StoreFolder:
    """A folder of a store. It is listed once; what is there is compared by its size, and not read."""

    def __init__(self, address: str) -> None:
        self._bucket = open_bucket(address)
        self._due = 0.0
        self._sizes: dict[str, int] | None = None
        self._guard = threading.Lock()

    @property
    def manifest(self) -> str:
        """The address of the manifest."""
        return self.show(MANIFEST)

    @property
    def sizes(self) -> dict[str, int]:
        """The size of each object by its name when the folder was listed."""
        with self._guard:
            if self._sizes is None:
                self._sizes = self._bucket.list_sizes()
            return self._sizes

    def name(self, path: Path) -> str | None:
        """Return the name of a file; see `Place`."""
        return path.as_posix()

    def locate(self, request: TrackRequest) -> TrackRequest:
        """Return the request with its paths in the folder; see `Place`."""
        for path in request.outputs:
            if path.is_absolute() or ".." in path.parts or is_address(path):
                raise UsageError(f"{path} is not a path in {self._bucket.url}; write one such as mine/5m.mp3")
        return replace(request, place=self._bucket.url)

    def show(self, name: str) -> str:
        """Return the address of a file."""
        return f"{self._bucket.url}/{name}"

    def has(self, name: str, _digest: str, size: int | None = None) -> bool:
        """Return whether an object is there, with the recorded size if that is known."""
        return name in self.sizes and size in {None, self.sizes[name]}

    def delete(self, name: str, digest: str, size: int | None = None) -> bool:
        """Delete an object with that size; see `Place`."""
        if name in self.sizes:
            if not self.has(name, digest, size):
                return False
            self._bucket.delete(name)
        return True

    def read_manifest(self) -> bytes:
        """Return the manifest; see `Place`."""
        return self._bucket.read(MANIFEST) or b""

    def read(self, name: str) -> bytes | None:
        """Return the bytes of an object; None if it does not exist.

        Raises:
            StoreError: the store cannot be read.

        """
        return self._bucket.read(name)

    def add_line(self, _line: bytes, every: Callable[[], bytes]) -> None:
        """Write the manifest again if that was not done a moment ago, because nothing can be added to an object."""
        if time.monotonic() >= self._due:
            self.write_manifest(every())

    def write_manifest(self, data: bytes) -> None:
        """Replace the manifest; see `Place`."""
        started = time.monotonic()
        self._bucket.write(MANIFEST, data)
        took = time.monotonic() - started
        self._due = started + max(_LEAST_WAIT_S, _SHARE * took)
