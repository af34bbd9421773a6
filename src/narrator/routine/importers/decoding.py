"""Decode text files of any program."""

import codecs
import errno
import re
from dataclasses import dataclass
from pathlib import Path

from narrator.characters import describe_control, find_control
from narrator.errors import Fault, Mark, RoutineError
from narrator.paths import read_file
from narrator.routine.slips.foreign import name_bytes

_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Encodings by the first bytes of a file."""
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks for the direction of writing, which many programs put around lines; they are not heard."""
_WINDOWS = "cp1252"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The lines of a file without line ends, and warnings about its encoding."""

    name: str
    lines: tuple[str, ...]
    notes: tuple[Fault, ...]

    def mark(self, line: int, column: int = 1) -> Mark:
        """Return a place in the file, counted from one."""
        return Mark(self.name, line, column, self.lines[line - 1] if line <= len(self.lines) else "")


def decode_file(path: Path, name: str, most: int) -> Decoded:
    """Read a text file of at most so many bytes; messages use `name` for it.

    UTF-8 and encodings with a byte order mark are recognised; anything else is read as Windows-1252, with a note.

    Raises:
        RoutineError: it cannot be read, is too large, or is not text.

    """
    try:
        raw = read_file(path, most)
    except OSError as error:
        if error.errno == errno.EFBIG:
            message = f"this is too large; a text has at most {most // 1024} KiB: make several files of it"
            raise RoutineError(message, Mark(name, 1, 1)) from error
        raise RoutineError(f"cannot read {name}: {error.strerror or error}") from error
    encoding = _find_encoding(raw)
    if encoding == _WINDOWS and (foreign := name_bytes(raw)):
        raise RoutineError(foreign, Mark(name, 1, 1))
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        place = Mark(name, raw.count(b"\n", 0, error.start) + 1, 1)
        raise RoutineError("this is not UTF-8 text; save the file as UTF-8", place) from error
    lines: tuple[str, ...] = tuple(re.split("\r\n|[\n\r]", _DIRECTIONS.sub("", text.replace("\u2028", " "))))
    for number, line in enumerate(lines, 1):
        if found := find_control(line):
            raise RoutineError(describe_control(found[1]), Mark(name, number, found[0] + 1, line))
    decoded = Decoded(name, lines, ())
    return Decoded(name, lines, (_describe_guess(decoded),)) if encoding == _WINDOWS else decoded


def _find_encoding(raw: bytes) -> str:
    for mark, encoding in _MARKED:
        if raw.startswith(mark):
            return encoding
    # In UTF-16 text in a Latin script, every second byte is 0.
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(raw) > 3 and raw[first::2].count(0) > len(raw) // 4:
            return encoding
    try:
        raw.decode()
    except UnicodeDecodeError:
        return _WINDOWS
    return "utf-8"


def _describe_guess(decoded: Decoded) -> Fault:
    """Return the note that a file was read as Windows-1252, with a word to check it by."""
    found = (
        (number, word)
        for number, line in enumerate(decoded.lines, 1)
        if (word := re.search(r"\w*[^\x00-\x7f]\w*", line))
    )
    number, word = next(found)
    shown = word.group()[:40]
    return Fault(
        f"this file is not in UTF-8, and was read as Windows-1252, in which this word is {shown!r}; if it is not, save "
        "the file as UTF-8",
        decoded.mark(number, word.start() + 1),
    )
