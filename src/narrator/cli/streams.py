"""Standard output and error that never fail whoever writes to them.

A reader may go away, a disk may be full, and a terminal may not know a character; the work goes on.
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
    """A stream that remembers why it cannot be written to, and swallows what is written from then on."""

    error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write, or do as if."""
        if self.error is None:
            try:
                return super().write(data)
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes


class _Text(io.TextIOWrapper):
    """Text on its way out: what controls a terminal is escaped."""

    def write(self, text: str) -> int:
        """Write it."""
        super().write(escape_controls(text))
        return len(text)


@contextmanager
def lasting_streams() -> Iterator[Callable[[], str | None]]:
    """Put streams that never fail in place of standard output and error while the block runs.

    The block is given a function that says why standard output cannot be written, if so; a reader who goes away, as
    `head` does, is no fault.
    """
    _fill_holes()
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


def _fill_holes() -> None:
    """Open what was closed before the command began: the next file that is opened would be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
