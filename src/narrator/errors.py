"""What can go wrong, one class per stage, each with its exit code and, where there is one, its place in a file.

Every error can be pickled, so it crosses from a worker process whole.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from narrator.characters import escape_controls, measure_width

_SHOWN = 160
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: name as the user gave it, line and column counted from one."""

    file: str
    line: int
    column: int
    text: str = field(default="", compare=False, repr=False)
    """The line itself, where it is known."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def rewrite(self, written: str, instead: str) -> str | None:
        """Return the line with other words for those at this place, or after it; None if they are not there."""
        before, after = self.text[: self.column - 1], self.text[self.column - 1 :]
        return before + after.replace(written, instead, 1) if written and written in after else None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong (or, as a note, odd), and where."""

    message: str
    mark: Mark | None = None
    options: tuple[str, ...] = ()
    """What to change in what was asked for, by the names that `narrator.request` has for it."""
    fix: str | None = None
    """What to write in place of the line, and of those after it that `lines` counts; no line break ends it."""
    lines: int = 1

    def describe(self, kind: str) -> str:
        """Write the fault the way compilers do: `file:line:col: kind: message`."""
        text = f"{self.mark}: {kind}: {self.message}" if self.mark else f"{kind}: {self.message}"
        return escape_controls(text).replace("\n", "\\n")

    def show_place(self) -> tuple[str, str] | None:
        """Return the line that it is in and another with a caret below the place; None where the line is not known.

        Of a long line the part around the place is shown.
        """
        if not self.mark or not self.mark.text.strip():
            return None
        text, column = escape_controls(self.mark.text.replace("\t", " ")), self.mark.column - 1
        start = max(column - _SHOWN // 2, 0) if len(text) > _SHOWN else 0
        before = ("..." if start else "") + text[start:column]
        after = text[column : start + _SHOWN] + ("..." if len(text) > start + _SHOWN else "")
        return before + after, " " * measure_width(before) + "^"

    def show_fix(self) -> list[str]:
        """Return the lines to write instead; none where they are not known."""
        return [] if self.fix is None else escape_controls(self.fix).split("\n")


class NarratorError(Exception):
    """Base of every error that narrator raises on purpose; `exit_code` is the command's."""

    exit_code = 1

    unlisted = 0
    """How many faults there are besides those of `faults`."""

    notes: tuple[Fault, ...] = ()
    """Warnings about what was read before."""

    def __init__(
        self,
        message: str,
        mark: Mark | None = None,
        more: tuple[Fault, ...] = (),
        options: tuple[str, ...] = (),
        fix: str | None = None,
        lines: int = 1,
    ) -> None:
        super().__init__(message, mark, more, options, fix, lines)
        self.faults = (Fault(message, mark, options, fix, lines), *more)

    @classmethod
    def gather(cls, faults: Iterable[Fault], unlisted: int = 0) -> Self:
        """One error of many faults, at least one; those that are told twice are told once."""
        first, *more = dict.fromkeys(faults)
        error = cls(first.message, first.mark, tuple(more), first.options, first.fix, first.lines)
        error.unlisted = unlisted
        return error

    def __str__(self) -> str:
        return "\n".join(fault.describe("error") for fault in self.faults)


@contextmanager
def keep_notes(notes: Iterable[Fault]) -> Iterator[None]:
    """Have an error that is raised while the block runs carry warnings that are known already."""
    try:
        yield
    except NarratorError as error:
        error.notes = tuple(dict.fromkeys((*notes, *error.notes)))
        raise


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


class UnspeakableError(SpeechError):
    """The chosen voice would be silent at a text: another voice may speak it, else the text has to change."""

    exit_code = 1


class LostClipError(SpeechError):
    """A clip that a session was planned with has vanished from the cache, or is damaged; it can be spoken again."""


class PublishError(OutsideError):
    """A track could not be written."""


class CancelledError(NarratorError):
    """The user interrupted."""

    exit_code = 130


FAILURES = (NarratorError, OSError, UnicodeError, MemoryError, ImportError, RuntimeError)
"""What may befall any command, and is mostly no fault of the program: `explain` knows."""


def explain(error: BaseException) -> NarratorError | None:
    """Return what befell a command as an error of narrator's own; None for what is a fault of the program."""
    known: NarratorError | None = None
    match error:
        case NarratorError():
            known = error
        case _ if _is_interrupt(error):
            known = CancelledError("interrupted; what was spoken is kept, and nothing half done is left behind")
        case ImportError() if not re.search("allocate|map segment", str(error)):
            known = OutsideError(f"a package cannot be loaded: {describe_error(error)}; install narrator again")
        case MemoryError() | ImportError():
            known = OutsideError("there is not enough memory; close other programs, or make fewer tracks at a time")
        case RecursionError():
            known = NarratorError("this is nested too deep; make it flatter")
        case RuntimeError() if "home directory" in str(error):
            known = OutsideError("there is no home folder; set NARRATOR_CACHE_DIR and NARRATOR_DATA_DIR to folders")
        case RuntimeError() if "Symlink loop" in str(error):
            known = OutsideError(f"{describe_error(error).partition(': ')[2]}; remove the link")
        case UnicodeError():
            known = NarratorError(f"a name or a text is not valid UTF-8: {_show_part(error)}; rename or rewrite it")
        case OSError():
            name = "" if error.filename is None else f"{error.filename!s}: "
            known = OutsideError(f"{name}{error.strerror or describe_error(error)}; check the disk and the permissions")
    return known


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether an interrupt is behind an error: in the midst of an import Python makes another error of it."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _show_part(error: UnicodeError) -> str:
    """What could not be read or written, a few characters of it."""
    if isinstance(error, UnicodeEncodeError | UnicodeDecodeError):
        return ascii(error.object[max(error.start - 20, 0) : error.start + 20])
    return str(error)
