"""A folder of a remote file system, such as a bucket: whole objects or none, with retries and errors that say why.

fsspec is the library behind it; credentials come from the environment, as each file system reads them.
"""

import contextlib
import errno
import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from narrator.errors import NarratorError, OutsideError, UsageError, describe_error

T = TypeVar("T")

_TRIES = 4
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 5.0
_PARTS = ".part"
_STALE_S = 3600.0
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
"""The extra that installs each kind of bucket; others need only fsspec, or a package that its message names."""
_S3 = {
    "config_kwargs": {"connect_timeout": 5, "read_timeout": 20, "retries": {"total_max_attempts": 1}},
    "max_concurrency": 1,  # otherwise each read asks for the size first
    "use_listings_cache": False,
}
_SETTINGS: dict[str, dict[str, Any]] = {
    "s3": _S3,
    "s3a": _S3,
    "gs": {"use_listings_cache": False},
    "gcs": {"use_listings_cache": False},
    "file": {"auto_mkdir": True},
    "local": {"auto_mkdir": True},
}
_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASS|CREDENTIAL")


class StoreError(OutsideError):
    """A store cannot be used."""


def check_store_url(url: str, option: str = "store") -> str:
    """Return the address of a store without a slash at its end; a path becomes one with `file://`.

    Raises:
        UsageError: it has a user name, a password or a query, which the message does not quote, or no place.

    """
    url = url.strip()
    if "://" not in url:
        if not url or not url.isprintable():
            raise UsageError("a store is a folder or an address such as s3://bucket/narrator", options=(option,))
        return f"file://{Path(url).expanduser().absolute().as_posix()}"
    scheme, _, rest = url.partition("://")
    if "@" in rest or "?" in rest or "#" in rest:
        message = "the address of a store has no user name, password or query; set credentials in the environment"
        raise UsageError(message, options=(option,))
    if not re.fullmatch(r"[a-z0-9+.-]{1,20}", scheme) or not rest.strip("/") or not url.isprintable():
        message = "the address of a store is not valid; write one such as s3://bucket/narrator"
        raise UsageError(message, options=(option,))
    return url.rstrip("/")


class Bucket:
    """A folder of a file system, by its address; the file system is opened when it is first used.

    `option` is the one that names it, for messages.
    """

    def __init__(self, url: str, option: str = "store") -> None:
        self.url, self._option = check_store_url(url, option), option
        self._scheme = self.url.partition("://")[0]
        self._opened: tuple[Any, str] | None = None

    def open(self) -> None:
        """Load what the address needs.

        Raises:
            StoreError: a package for it is missing; the message names the extra that installs it.
            UsageError: there is no such kind of store.

        """
        self._open()

    def list_names(self, folder: str) -> list[str]:
        """Return the names of the objects in a folder, the newest first; empty if there is no such folder.

        Raises:
            StoreError: the store cannot be read.

        """
        found = self._ask(lambda: _or_none(lambda: self._list(folder))) or {}
        whole = {name: info for name, info in found.items() if not name.endswith(_PARTS)}
        if len(whole) < len(found):
            self._sweep(folder, found)
        return sorted(whole, key=lambda name: (_find_age(whole[name]), name), reverse=True)

    def list_sizes(self) -> dict[str, int]:
        """Return the sizes in bytes of all objects, also those in folders, by their paths.

        Raises:
            StoreError: the store cannot be read.

        """
        _, root = self._open()
        found = self._ask(lambda: _or_none(lambda: self._find(root))) or {}
        below = {name.removeprefix(f"{root}/"): info for name, info in found.items()}
        self._sweep("", below)
        return {name: info["size"] for name, info in below.items() if not name.endswith(_PARTS)}

    def read(self, path: str) -> bytes | None:
        """Return the bytes of an object; None if it does not exist.

        Raises:
            StoreError: the store cannot be read.

        """
        filesystem, root = self._open()
        data: bytes | None = self._ask(lambda: _or_none(lambda: filesystem.cat_file(f"{root}/{path}")))
        return data

    def write(self, path: str, data: bytes) -> None:
        """Write an object, which appears whole or not at all.

        Raises:
            StoreError: the store cannot be written.

        """
        filesystem, _ = self._open()
        self._ask(lambda: self._write(path, lambda target: filesystem.pipe_file(target, data)))

    def upload(self, path: str, file: Path) -> None:
        """Write an object that has the bytes of a file, and appears whole or not at all.

        Raises:
            StoreError: the store cannot be written.

        """
        if self._scheme == "memory":  # where a file grows in sight
            self.write(path, file.read_bytes())
            return
        filesystem, _ = self._open()
        self._ask(lambda: self._write(path, lambda target: filesystem.put_file(str(file), target)))

    def remove(self, path: str) -> None:
        """Remove an object, if it exists and may be removed."""
        _try_to(lambda: self._remove(path))

    def delete(self, path: str) -> None:
        """Remove an object, if it exists.

        Raises:
            StoreError: it cannot be removed.

        """
        self._ask(lambda: _or_none(lambda: self._remove(path)))

    def _remove(self, path: str) -> None:
        filesystem, root = self._open()
        filesystem.rm_file(f"{root}/{path}")

    def _open(self) -> tuple[Any, str]:
        if self._opened is None:
            self._opened = self._connect()
        return self._opened

    def _connect(self) -> tuple[Any, str]:
        extra = _EXTRAS.get(self._scheme, "store")
        try:
            import fsspec
            import tenacity  # noqa: F401 - before the first request

            logging.getLogger("gcsfs").setLevel(logging.CRITICAL)  # what fails is reported here
            settings = _SETTINGS.get(self._scheme, {})
            filesystem, root = fsspec.core.url_to_fs(self.url, skip_instance_cache=True, **settings)
        except ImportError as error:
            known = f"pip install 'narrator[{extra}]'"
            raise StoreError(
                f"a store at {self._scheme}:// needs a package: {known}", options=(self._option,)
            ) from error
        except ValueError as error:
            message = f"there is no store at {self._scheme}://; use file://, s3:// or gs://"
            raise UsageError(message, options=(self._option,)) from error
        return filesystem, root.rstrip("/")

    def _list(self, folder: str) -> dict[str, dict[str, Any]]:
        filesystem, root = self._open()
        if self._scheme in _EXTRAS:
            found = self._find(f"{root}/{folder}").values()
        else:
            found = filesystem.ls(f"{root}/{folder}", detail=True, refresh=True)
        return {info["name"].rpartition("/")[2]: info for info in found if info["type"] == "file"}

    def _find(self, folder: str) -> dict[str, dict[str, Any]]:
        """Return what is known of the objects in a folder of a bucket and below, by their paths."""
        filesystem, _ = self._open()
        above, _, name = folder.rpartition("/")
        if self._scheme in _EXTRAS and above:
            # One request: a plain listing of an empty folder would also list the folder above it.
            found: dict[str, dict[str, Any]] = filesystem.find(above, prefix=f"{name}/", detail=True)
        else:
            found = filesystem.find(folder, detail=True)
        return found

    def _write(self, path: str, send: Callable[[str], object]) -> None:
        filesystem, root = self._open()
        target = f"{root}/{path}"
        if self._scheme in {*_EXTRAS, "memory"}:  # an object appears when all of it has arrived
            send(target)
            return
        part = f"{target}.{uuid.uuid4().hex}{_PARTS}"
        try:
            filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
            send(part)
            filesystem.mv(part, target)
        except BaseException:
            _try_to(lambda: filesystem.rm_file(part))
            raise

    def _sweep(self, folder: str, found: Mapping[str, Mapping[str, Any]]) -> None:
        """Remove what killed writers left behind."""
        for name, info in found.items():
            age = _find_age(info)
            if name.endswith(_PARTS) and isinstance(age, float) and age < time.time() - _STALE_S:
                self.remove(f"{folder}/{name}" if folder else name)

    def _ask(self, call: Callable[[], T]) -> T:
        """Call a file system, again where that can help."""
        import tenacity

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_pass),
            wait=tenacity.wait_exponential_jitter(_FIRST_WAIT_S, _LONGEST_WAIT_S, jitter=_FIRST_WAIT_S),
            stop=tenacity.stop_after_attempt(_TRIES),
            reraise=True,
        )
        try:
            answer: T = retrying(call)
        except NarratorError:
            raise
        except Exception as error:  # noqa: BLE001 - each file system has errors of its own
            reason, remedy = _describe(error)
            message = f"cannot use the store {self.url}: {reason}; {remedy}"
            raise StoreError(message, options=(self._option,)) from None
        return answer


def _or_none(call: Callable[[], T]) -> T | None:
    try:
        return call()
    except FileNotFoundError:
        return None


def _find_age(info: Mapping[str, Any]) -> Any:
    """Return when an object was written, in the form that its file system gives; 0.0 if it does not."""
    return next((info[name] for name in ("LastModified", "mtime", "updated", "created") if info.get(name)), 0.0)


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def _may_pass(error: BaseException) -> bool:
    """Return whether another try can help."""
    if isinstance(error, FileNotFoundError | PermissionError | ImportError | NarratorError):
        return False
    if isinstance(error, OSError) and error.errno in _FULL:
        return False
    return isinstance(error, Exception) and "Credential" not in type(error).__name__


def _describe(error: Exception) -> tuple[str, str]:
    """Return why a file system failed, without secrets, and what to do."""
    names = " ".join(type(each).__name__ for each in _list_causes(error))
    if "Credential" in names:
        return "there are no credentials", "set them in the environment, such as AWS_ACCESS_KEY_ID"
    if isinstance(error, PermissionError):
        return "access is denied", "check the credentials and what they allow"
    if isinstance(error, FileNotFoundError):
        return "there is no such bucket or folder", "create it, or correct the address"
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"{os.strerror(error.errno or 0)}", "free some space there"
    if re.search("Connect|Timeout|Endpoint", names):
        return "it cannot be reached, or is too slow", "check the network and the address"
    return _mask(describe_error(error)), "try again later"


def _mask(text: str) -> str:
    """Return a text without the values of variables that hold secrets."""
    secrets = [value for name, value in os.environ.items() if _SECRET.search(name.upper()) and len(value) > 7]
    for secret in secrets:
        text = text.replace(secret, "***")
    return re.sub(r"://[^/\s@]+@", "://***@", text)


def _try_to(call: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        call()
