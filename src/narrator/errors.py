"""What can go wrong, one class per stage, each with its exit code and, where there is one, its place in a file.

Every error can be pickled, so it crosses from a worker process whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: name as the user gave it, line and column counted from one."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong (or, as a note, odd), and where."""

    message: str
    mark: Mark | None = None

    def describe(self, kind: str) -> str:
        """Write the fault the way compilers do: `file:line:col: kind: message`."""
        return f"{self.mark}: {kind}: {self.message}" if self.mark else f"{kind}: {self.message}"


class NarratorError(Exception):
    """Base of every error that narrator raises on purpose; `exit_code` is the command's."""

    exit_code = 1

    def __init__(self, message: str, mark: Mark | None = None, more: tuple[Fault, ...] = ()) -> None:
        super().__init__(message, mark, more)
        self.faults = (Fault(message, mark), *more)

    @classmethod
    def gather(cls, faults: Iterable[Fault]) -> Self:
        """One error of many faults, at least one; those that are told twice are told once."""
        first, *more = dict.fromkeys(faults)
        return cls(first.message, first.mark, tuple(more))

    def __str__(self) -> str:
        return "\n".join(fault.describe("error") for fault in self.faults)


def describe_error(error: BaseException) -> str:
    """An error of anybody's in a line: of which kind it is, and the first line of what it says."""
    return f"{type(error).__name__}: {error}".splitlines()[0].rstrip(": ")


class UsageError(NarratorError):
    """The command was called with something it does not take."""

    exit_code = 2


class RoutineError(NarratorError):
    """A routine or script file cannot be used as it stands."""


class SoundError(NarratorError):
    """A file of the user's, for a bell or a bed, cannot be used as it stands."""


class LengthError(NarratorError):
    """The routine cannot be made as long, or as short, as was asked."""

    spans: tuple[tuple[int, int], ...] = ()
    """Lengths that can be met instead, as intervals in ms, both ends included; none where that is not known."""


class OutsideError(NarratorError):
    """Something outside narrator failed."""

    exit_code = 3


class SpeechError(OutsideError):
    """A voice could not speak."""


class PublishError(OutsideError):
    """A track could not be written."""


class CancelledError(NarratorError):
    """The user interrupted."""

    exit_code = 130
