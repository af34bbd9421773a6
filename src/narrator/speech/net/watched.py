"""Downloads by other packages, watched from outside: how much has arrived, and whether anything still does."""

import errno
import os
import threading
import time
import urllib.error
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

from narrator.errors import describe_error
from narrator.speech.engine import Report

STALL_S = 30.0
"""Longest time in seconds in which nothing arrives."""
_POLL_S = 0.2


def watch(fetch: Callable[[], Any], folder: Path, report: Report, size: int | None = None) -> None:
    """Run a download that writes into a folder; `report` receives the bytes that have arrived, and the total.

    The download runs in a thread, which is left behind if it stalls.

    Raises:
        TimeoutError: nothing has arrived for `STALL_S` seconds.
        Exception: any error of the download.

    """
    future: Future[None] = Future()

    def run() -> None:
        try:
            fetch()
            future.set_result(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again on the other side
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    follow(lambda seconds: bool(wait([future], seconds).done), folder, report, size)
    future.result()


def follow(is_done: Callable[[float], bool], folder: Path, report: Report, size: int | None = None) -> None:
    """Report the contents of a folder until a download is done; `is_done` waits that many seconds for it.

    Raises:
        TimeoutError: nothing has arrived for `STALL_S` seconds.

    """
    come, last = 0, time.monotonic()
    while not is_done(_POLL_S):
        found = _measure(folder)
        if found > come:
            come, last = found, time.monotonic()
        elif time.monotonic() - last > STALL_S:
            raise TimeoutError(errno.ETIMEDOUT, f"nothing arrived for {STALL_S:g} s")
        report(come if size is None else min(come, size), size)


def explain(error: BaseException) -> str:
    """Return in a few words why a download failed, and close the answer that an error may hold."""
    error = error.__cause__ or error
    if isinstance(error, urllib.error.HTTPError):
        error.close()
    # For an address that cannot be reached, the system's error is inside.
    inner = getattr(error, "reason", None)
    cause = inner if isinstance(inner, BaseException) else error
    return str(getattr(cause, "strerror", None) or inner or describe_error(cause))


def _measure(folder: Path) -> int:
    """Return the size of a folder whose files may change meanwhile; a copied file counts once."""
    sizes: dict[str, int] = {}
    # Unlike pathlib's, this walk skips folders that have gone meanwhile.
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                sizes[name] = max(sizes.get(name, 0), Path(place, name).stat().st_size)
    return sum(sizes.values())
