"""Read tables of times and texts (CSV) from spreadsheets or typed by hand."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from narrator.errors import Fault, Mark
from narrator.routine.importers.clock import ClockError, parse_clock, write_short
from narrator.routine.importers.decoding import Decoded
from narrator.routine.importers.raw import RawLine, RawText

_HEADINGS = {
    "at": "time times at start starts begin begins from tc-in in timecode timestamp seconds zeit start beginn ab von "
    "tiempo hora inicio comienzo desde temps début debut heure tempo ora inizio início tijd",
    "to": "end ends to until stop out tc-out ende bis fin final hasta jusqu'à fine a fim até einde",
    "text": "text texts words word say line sentence phrase caption subtitle narration satz worte ansage texto frase "
    "texte phrases testo frase tekst",
}
"""Names of the columns in use, in the languages of narrator's own words."""
_KINDS = {word: kind for kind, words in _HEADINGS.items() for word in words.split()}
_DELIMITERS = ";\t,|"
_LONG_CLOCK, _FRACTION = re.compile(r"\d+:\d\d:\d\d"), re.compile(r"\d{3}")
"""A time with a decimal comma, 00:00:01,500, that was split into two cells."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A row of the table: its cells, and its lines in the file."""

    cells: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Columns:
    """The indexes of the columns; `names` are those of the heading, if there is one."""

    at: int = 0
    text: int = 1
    to: int | None = None
    names: tuple[str, ...] = ()


class TableReader:
    """Reads the rows of a table."""

    def __init__(self, decoded: Decoded) -> None:
        self._decoded = decoded
        self._text = RawText()

    def read(self) -> RawText:
        """Return what the file has."""
        self._delimiter = self._find_delimiter()
        records = self._read_records()
        columns = self._find_columns(records)
        for record in records[bool(columns.names) :]:
            if self._text.is_full:
                break
            self._read_record(record, columns)
        self._note_columns(records, columns)
        return self._text

    def _find_delimiter(self) -> str:
        """Return the delimiter of cells: the sign after a time, or after a heading's word, in the first lines."""
        if found := re.match(r"sep=(.)\s*$", self._decoded.lines[0]):
            return found[1]
        for line in [line for line in self._decoded.lines if line.strip()][:20]:
            for delimiter in _DELIMITERS:
                first = line.split(delimiter, 1)[0].strip(' \t"')
                if delimiter in line and (_is_time(first) or first.lower() in _KINDS):
                    return delimiter
        return max(_DELIMITERS, key=lambda sign: sum(sign in line for line in self._decoded.lines[:20]))

    def _read_records(self) -> list[_Record]:
        skipped = 1 if re.match(r"sep=.\s*$", self._decoded.lines[0]) else 0
        # A quoted cell may continue on the next line.
        rows = csv.reader(
            (f"{line}\n" for line in self._decoded.lines[skipped:]),
            delimiter=self._delimiter,
            skipinitialspace=True,
            strict=True,
        )
        records: list[_Record] = []
        done = skipped
        try:
            for cells in rows:
                first, done = done + 1, skipped + rows.line_num
                if any(cell.strip() for cell in cells):
                    records.append(_Record(tuple(cells), first, done))
        except csv.Error as error:
            self._text.faults.append(self._describe_quotes(done + 1, str(error)))
        return records

    def _describe_quotes(self, line: int, problem: str) -> Fault:
        mark = self._decoded.mark(min(line, len(self._decoded.lines)))
        place = Mark(mark.file, mark.line, mark.text.find('"') + 1 or 1, mark.text)
        if "unexpected end" in problem:
            return Fault("a quote that opens here is not closed; close it", place)
        if "larger than" in problem:
            return Fault("this cell is too long; make several lines of it", place)
        return Fault(
            f"behind a quote that closes comes {self._delimiter!r}; a quote within quotes is written twice", place
        )

    def _find_columns(self, records: Sequence[_Record]) -> _Columns:
        """Return the indexes of the columns, by the heading if there is one."""
        if not records:
            return _Columns()
        names = tuple(cell.strip() for cell in records[0].cells)
        kinds = [_KINDS.get(re.sub(r"\s*[(\[].*", "", name).lower()) for name in names]
        if "at" in kinds and "text" in kinds:
            return _Columns(kinds.index("at"), kinds.index("text"), kinds.index("to") if "to" in kinds else None, names)
        # Any other words above a column of times are also a heading.
        if (
            names[1:]
            and names[0]
            and not re.search(r"\d", names[0])
            and len(records) > 1
            and _is_time(records[1].cells[0])
        ):
            return _Columns(names=names)
        return _Columns()

    def _read_record(self, record: _Record, columns: _Columns) -> None:
        cells = record.cells
        if len(cells) > 2 and _LONG_CLOCK.fullmatch(cells[0].strip()) and _FRACTION.fullmatch(cells[1]):
            cells = (",".join(cells[:2]), *cells[2:])
        if len(columns.names) < 3 and columns.at == 0 and len(cells) > 2:
            cells = (cells[0], self._join_text(record, cells))
        mark = self._find_cell(record, cells[columns.at] if columns.at < len(cells) else "", 0)
        if columns.names and any(cell.strip() for cell in cells[len(columns.names) :]):
            message = f"there are more cells here than in the heading; put a text with {self._delimiter!r} in quotes"
            self._text.faults.append(Fault(message, mark))
            return
        words = cells[columns.text] if columns.text < len(cells) else ""
        written = cells[columns.at].strip() if columns.at < len(cells) else ""
        place = self._find_cell(record, words, mark.column - 1 + len(written) if columns.text > columns.at else 0)
        if not written:
            self._continue(words, place)
            return
        places = [(written, mark), *self._find_end(record, cells, columns)]
        if times := self._text.read_times(places, write_short):
            at, *to = times
            line = RawLine(at, max(at, *to) if to else None, mark)
            line.words += self._cut_words(record, words, place)
            self._text.lines.append(line)

    def _join_text(self, record: _Record, cells: Sequence[str]) -> str:
        """Return a text that was cut at its commas because it is not quoted."""
        line = self._decoded.lines[record.first - 1]
        if record.first < record.last or '"' in line:
            return f"{self._delimiter} ".join(cells[1:])
        return line.split(self._delimiter, 1 + cells[0].count(self._delimiter))[-1]

    def _find_end(self, record: _Record, cells: Sequence[str], columns: _Columns) -> list[tuple[str, Mark]]:
        """Return the end time of a line as written and its place; empty if there is none."""
        if columns.to is None or columns.to >= len(cells) or not cells[columns.to].strip():
            return []
        written = cells[columns.to].strip()
        start = sum(len(cell) + 1 for cell in cells[: columns.to])
        mark = self._find_cell(record, written, start)
        return [(written, mark if mark.column > start else self._find_cell(record, written, 0))]

    def _continue(self, words: str, place: Mark) -> None:
        """Add words without a time to the line before."""
        if not self._text.lines:
            fix = f"0:00{self._delimiter}{words.strip()}" if "\n" not in words else None
            self._text.faults.append(
                Fault("there is no time before this text; write one, such as 0:00", place, fix=fix)
            )
        elif words.strip():
            self._text.notes.append(Fault("there is no time before this; it is spoken with the line before", place))
            self._text.lines[-1].words.append((place, words.strip()))

    def _find_cell(self, record: _Record, cell: str, start: int) -> Mark:
        """Return the place of a cell in the first line of its row, searched from a column counted from 0."""
        mark = self._decoded.mark(record.first)
        column = mark.text.find(cell.strip().split("\n")[0].split('"')[0], start)
        return Mark(mark.file, mark.line, max(column, 0) + 1, mark.text)

    def _cut_words(self, record: _Record, words: str, place: Mark) -> Iterator[tuple[Mark, str]]:
        for number, text in enumerate(words.split("\n")):
            if text.strip():
                row = record.first + number
                yield (place if not number else self._decoded.mark(min(row, record.last))), text.strip()

    def _note_columns(self, records: Sequence[_Record], columns: _Columns) -> None:
        """Add a note about the columns that are not spoken."""
        used = {columns.at, columns.text, columns.to}
        for index, name in enumerate(columns.names):
            if index not in used and any(
                record.cells[index].strip() for record in records[1:] if index < len(record.cells)
            ):
                message = f"the column {name or index + 1!r} is not spoken"
                self._text.notes.append(Fault(message, self._find_cell(records[0], name, 0)))


def _is_time(text: str) -> bool:
    try:
        parse_clock(text)
    except ClockError:
        return False
    return True
