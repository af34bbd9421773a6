"""Read subtitles in SubRip (SRT) and WebVTT; files of each may use features of the other."""

import re
from dataclasses import dataclass, field

from narrator.errors import Fault, Mark
from narrator.languages import LANGUAGE
from narrator.routine.importers.clock import write_long
from narrator.routine.importers.decoding import Decoded
from narrator.routine.importers.raw import RawLine, RawText

_ARROW = "-->"
_STAMP = r"[-−]?\d[\d:.,;]*"
_LIKELY = re.compile(rf"[ \t]*{_STAMP}[ \t]*(?P<arrow>[-–—=]*>|→|⟶|[-–—])[ \t]*{_STAMP}[ \t]*", re.ASCII)
"""A line of times with a wrong arrow."""
_SETTINGS = re.compile(r"(?:\s+[\w-]+:\S*)*\s*")
_COMMENTS = ("NOTE", "STYLE", "REGION")
_LONGEST_NAME = 200


@dataclass(slots=True)
class _Open:
    """The line being read: the rows after its time, by their numbers, and the place of the time."""

    raw: RawLine | None
    rows: list[int] = field(default_factory=list)


class SubtitleReader:
    """Reads the lines of a file in one pass; `has_blocks` is set for WebVTT, whose comments are blocks."""

    def __init__(self, decoded: Decoded, *, has_blocks: bool) -> None:
        self._decoded = decoded
        self._write = write_long("." if has_blocks else ",")
        self._has_blocks = has_blocks
        self._text = RawText()
        self._names: list[Mark] = []
        """Where lines have a name above their times."""
        self._number = 0

    def read(self) -> RawText:
        """Return what the file has."""
        opened = _Open(None)
        for number in range(1 + self._skip_head(), len(self._decoded.lines) + 1):
            line = self._decoded.lines[number - 1]
            if self._text.is_full:
                break
            if _ARROW in line or (":" in line and _LIKELY.fullmatch(line)):
                self._drop_name(opened, number)
                self._close(opened)
                opened = _Open(self._read_times(number))
            else:
                opened.rows.append(number)
        self._close(opened)
        if self._has_blocks:
            self._text.comments["cue name"] += len(self._names)
        else:
            self._text.note_all(self._names, "what is right above a time is not spoken{count}; write it below the time")
        return self._text

    def _skip_head(self) -> int:
        """Read the head of a WebVTT file, and return its number of lines."""
        lines = self._decoded.lines
        if not lines[0].startswith("WEBVTT"):
            return 0
        self._has_blocks = True
        if lines[0][6:].strip(" \t-–—:"):
            self._text.comments["text behind WEBVTT"] += 1
        for count, line in enumerate(lines[1:], 1):
            if not line.strip() or _ARROW in line:
                return count
            key, _, value = line.partition(":")
            if key.strip().lower() == "language" and re.fullmatch(LANGUAGE, value.strip()):
                self._text.language = value.strip()
            if key.strip().lower() == "kind" and value.strip().lower() in {"chapters", "metadata"}:
                message = f"this file says that it holds {value.strip().lower()}; all of it is spoken"
                self._text.notes.append(Fault(message, self._decoded.mark(count + 1)))
        return len(lines)

    def _drop_name(self, opened: _Open, number: int) -> None:
        """Remove the number or the name directly above the times of a line."""
        above = self._decoded.lines[opened.rows[-1] - 1].strip() if opened.rows else ""
        is_apart = number < 3 or not self._decoded.lines[number - 3].strip()
        # The time above belongs to a line that is still open.
        is_next = above.isdecimal() and int(above[:9]) in {self._number + 1, len(self._text.lines) + 2}
        if not above or len(above) > _LONGEST_NAME or not (is_apart or is_next):
            return
        row = opened.rows.pop()
        if above.isdecimal():
            self._number = int(above[:9])
        else:
            self._names.append(self._decoded.mark(row))

    def _read_times(self, number: int) -> RawLine | None:
        """Parse a line of times; return None if it is invalid, which is then reported."""
        line = self._decoded.lines[number - 1]
        if _ARROW not in line:
            self._text.faults.append(self._describe_arrow(number))
            return None
        before, _, after = line.partition(_ARROW)
        start = self._decoded.mark(number, len(before) - len(before.lstrip()) + 1)
        if not before.strip():
            self._text.faults.append(Fault(f"the start time is missing before {_ARROW}", start))
            return None
        written = after.split(maxsplit=1)[0] if after.strip() else ""
        if not written:
            self._text.faults.append(self._describe_endless(before.strip(), start))
            return None
        column = len(before) + len(_ARROW) + after.index(written) + 1
        mark = self._decoded.mark(number, column)
        times = self._text.read_times([(before.strip(), start), (written, mark)], self._write)
        rest = line[column - 1 + len(written) :]
        if not _SETTINGS.fullmatch(rest):
            mark = self._decoded.mark(number, column + len(written) + 1)
            fix = f"{line[: column - 1 + len(written)]}\n{rest.strip()}"
            self._text.faults.append(Fault("write the words on a separate line below the times", mark, fix=fix))
            return None
        if times is None:
            return None
        at, to = times
        if to < at:
            self._text.notes.append(Fault("this line ends before it starts; it is spoken when it starts", mark))
        return RawLine(at, max(at, to), start)

    def _describe_arrow(self, number: int) -> Fault:
        line = self._decoded.lines[number - 1]
        found = _LIKELY.fullmatch(line)
        start, end = found.span("arrow") if found else (0, 0)
        fix = f"{line[:start].rstrip()} {_ARROW} {line[end:].lstrip()}"
        return Fault(f"the arrow between two times is {_ARROW}", self._decoded.mark(number, start + 1), fix=fix)

    def _describe_endless(self, written: str, mark: Mark) -> Fault:
        times = self._text.read_times([(written, mark)], self._write)
        fix = f"{self._write(times[0])} {_ARROW} {self._write(times[0] + 5000)}" if times else None
        return Fault(f"the end time is missing after {_ARROW}", mark, fix=fix)

    def _close(self, opened: _Open) -> None:
        """Add the words to the line that was read."""
        stray: list[int] = []
        for paragraph in self._list_paragraphs(opened.rows):
            head = self._decoded.lines[paragraph[0] - 1].split(maxsplit=1)[0]
            if self._has_blocks and head in _COMMENTS and not (opened.raw and paragraph[0] == opened.raw.mark.line + 1):
                self._text.comments[head] += 1
            elif opened.raw is None:
                stray += paragraph
            else:
                if opened.raw.words:
                    message = "there is no time above this; it is spoken with the line before"
                    self._text.notes.append(Fault(message, self._decoded.mark(paragraph[0])))
                opened.raw.words += [self._cut_row(row) for row in paragraph]
        if opened.raw:
            self._text.lines.append(opened.raw)
        elif stray and not self._text.faults:
            mark = self._decoded.mark(stray[0])
            times = f"{self._write(0)} {_ARROW} {self._write(5000)}"
            self._text.faults.append(
                Fault(f"there is no time above this; write one, such as {times}", mark, fix=f"{times}\n{mark.text}")
            )

    def _list_paragraphs(self, rows: list[int]) -> list[list[int]]:
        paragraphs: list[list[int]] = [[]]
        for row in rows:
            if self._decoded.lines[row - 1].strip():
                paragraphs[-1].append(row)
            elif paragraphs[-1]:
                paragraphs.append([])
        return [paragraph for paragraph in paragraphs if paragraph]

    def _cut_row(self, row: int) -> tuple[Mark, str]:
        line = self._decoded.lines[row - 1]
        return self._decoded.mark(row, len(line) - len(line.lstrip()) + 1), line.strip()
