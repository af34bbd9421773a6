"""The file that a muxer writes to."""

from typing import IO


class Sink:
    """A file for the muxer that keeps a failure until it can be raised.

    An exception inside the muxer's own calls could be followed by a second one, and PyAV prints the one that it drops.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise the failure, if there was one."""
        if self._error:
            raise self._error

    def write(self, data: bytes) -> int:
        """Write, unless a write has failed before."""
        try:
            if not self._error:
                self._file.write(data)
        except OSError as error:
            self._error = error
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek; the muxer goes back to fill in the Info frame at the end."""
        try:
            if not self._error:
                return self._file.seek(offset, whence)
        except OSError as error:
            self._error = error
        return 0

    def tell(self) -> int:
        """Return the position in the file."""
        return self._file.tell()
