"""Standard output and error to which writing never fails.

A reader may go away, a disk may be full, and a terminal may lack a character; the command continues.
"""

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from narrator.characters import escape_controls


class _Lasting(io.FileIO):
    """A stream that keeps its first error, and discards what is written after it."""

    error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write, or after an error only pretend to."""
        if self.error is None:
            try:
                return super().write(data)
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes


class _Text(io.TextIOWrapper):
    """A text stream that escapes control characters, which a terminal would obey."""

    def write(self, text: str) -> int:
        """Write a text, escaped."""
        super().write(escape_controls(text))
        return len(text)


@contextmanager
def lasting_streams() -> Iterator[Callable[[], str | None]]:
    """Replace standard output and error with streams that never fail while the block runs.

    The block gets a function that returns why standard output could not be written, or None. A reader that goes away,
    as `head` does, is not an error.
    """
    _open_missing_streams()
    before = sys.stdout, sys.stderr
    out, err = (_Lasting(number, "wb", closefd=False) for number in (1, 2))
    sys.stdout = _Text(io.BufferedWriter(out), _find_encoding(before[0]), "backslashreplace")
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(err), _find_encoding(before[1]), "backslashreplace", write_through=True
    )

    def find_fault() -> str | None:
        sys.stdout.flush()
        return out.error.strerror if out.error and out.error.errno != errno.EPIPE else None

    try:
        yield find_fault
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _find_encoding(stream: TextIO | None) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _open_missing_streams() -> None:
    """Open the standard streams that the caller closed: otherwise the next file opened would take their place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
