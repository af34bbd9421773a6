"""Errors: one class per stage, each with its exit code and, if known, its place in a file.

Every error can be pickled, so that it can be passed between processes.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from narrator.characters import escape_controls, measure_width

_SHOWN = 160
"""Number of characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: the name as the user gave it, line and column counted from one."""

    file: str
    line: int
    column: int
    text: str = field(default="", compare=False, repr=False)
    """The line itself, if it is known."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def cache_key(self) -> tuple[int, int]:
        """Return what counts in the key of a cache entry: not the name of the file, which differs between machines."""
        return self.line, self.column

    def rewrite(self, written: str, instead: str) -> str | None:
        """Return the line with the first `written` at or after this place replaced; None if there is none."""
        before, after = self.text[: self.column - 1], self.text[self.column - 1 :]
        return before + after.replace(written, instead, 1) if written and written in after else None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong (or, as a note, unusual), and where."""

    message: str
    mark: Mark | None = None
    options: tuple[str, ...] = ()
    """Names of the options in `narrator.request` to change."""
    fix: str | None = None
    """What to write instead of the line and the following ones that `lines` counts, without a final line break."""
    lines: int = 1

    def describe(self, kind: str) -> str:
        """Format the fault like a compiler: `file:line:col: kind: message`."""
        text = f"{self.mark}: {kind}: {self.message}" if self.mark else f"{kind}: {self.message}"
        return escape_controls(text).replace("\n", "\\n")

    def show_place(self) -> tuple[str, str] | None:
        """Return its line, and another line with a caret below the place; None if the line is not known.

        Only the part of a long line around the place is returned.
        """
        if not self.mark or not self.mark.text.strip():
            return None
        text, column = escape_controls(self.mark.text.replace("\t", " ")), self.mark.column - 1
        start = max(column - _SHOWN // 2, 0) if len(text) > _SHOWN else 0
        before = ("..." if start else "") + text[start:column]
        after = text[column : start + _SHOWN] + ("..." if len(text) > start + _SHOWN else "")
        return before + after, " " * measure_width(before) + "^"

    def show_fix(self) -> list[str]:
        """Return the lines to write instead; empty if they are not known."""
        return [] if self.fix is None else escape_controls(self.fix).split("\n")


class NarratorError(Exception):
    """Base of all errors that narrator raises on purpose; `exit_code` is that of the command."""

    exit_code = 1

    unlisted = 0
    """Number of faults that are not in `faults`."""

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
        """Make one error from at least one fault, without duplicates."""
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
    """Return any error in one line: its type, and the first line of its text."""
    return f"{type(error).__name__}: {error}".splitlines()[0].rstrip(": ")


class UsageError(NarratorError):
    """The command or function was called with arguments that it does not take."""

    exit_code = 2


class RoutineError(NarratorError):
    """A routine or script file cannot be used."""


class SoundError(NarratorError):
    """A user's sound file, for a bell or a bed, cannot be used."""


class PictureError(NarratorError):
    """A user's picture for the cover of a track cannot be used."""


class LengthError(NarratorError):
    """The routine cannot have the requested length."""

    spans: tuple[tuple[int, int], ...] = ()
    """Lengths that are possible instead, as intervals in ms, both ends included; empty if they are not known."""


class OutsideError(NarratorError):
    """Something outside narrator failed."""

    exit_code = 3


class SpeechError(OutsideError):
    """A voice could not speak."""


class UnspeakableError(SpeechError):
    """The chosen voice is silent for a text: use another voice, or change the text."""

    exit_code = 1


class LostClipError(SpeechError):
    """A clip of a planned session is missing from the cache, or damaged; it can be spoken again."""


class PublishError(OutsideError):
    """A track could not be written."""


class CancelledError(NarratorError):
    """The user interrupted."""

    exit_code = 130


FAILURES = (NarratorError, OSError, UnicodeError, MemoryError, ImportError, RuntimeError)
"""Errors that any command can raise, mostly without a fault of the program; see `explain`."""


def explain(error: BaseException) -> NarratorError | None:
    """Return an error as one of narrator's own; None if it is a fault of the program."""
    known: NarratorError | None = None
    match error:
        case NarratorError():
            known = error
        case _ if _is_interrupt(error):
            known = CancelledError("interrupted; finished speech is kept, and no partial files are left")
        case ImportError() if not re.search("allocate|map segment", str(error)):
            known = OutsideError(f"a package cannot be loaded: {describe_error(error)}; install narrator again")
        case MemoryError() | ImportError():
            known = OutsideError("there is not enough memory; close other programs, or make fewer tracks at a time")
        case RecursionError():
            known = NarratorError("this is nested too deeply; use fewer levels")
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
    """Return whether an interrupt caused an error: during an import, Python replaces it by another error."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _show_part(error: UnicodeError) -> str:
    """Return a few characters around what could not be read or written."""
    if isinstance(error, UnicodeEncodeError | UnicodeDecodeError):
        return ascii(error.object[max(error.start - 20, 0) : error.start + 20])
    return str(error)
