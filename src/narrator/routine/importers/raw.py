"""Timed lines of a file, before their words are parsed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from narrator.errors import Fault, Mark
from narrator.routine.importers.clock import ClockError, parse_clock
from narrator.units import Ms

MOST_LINES = 5000
"""Most lines of a file: about eight hours of a talk."""

_MOST_FAULTS = 100


@dataclass(slots=True)
class RawLine:
    """A spoken line: its start, its end if the file has one, and its words with the places of their lines."""

    at: Ms
    to: Ms | None
    mark: Mark
    words: list[tuple[Mark, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words as written."""
        return "\n".join(text for _, text in self.words)

    @property
    def words_mark(self) -> Mark:
        """The place of the words, or of the time if there are none."""
        return self.words[0][0] if self.words else self.mark

    def find_mark(self, snippet: str) -> Mark:
        """Return the place of a part of the words, or their beginning if it is not found."""
        for mark, _ in self.words:
            if snippet and (column := mark.text.find(snippet, mark.column - 1)) >= 0:
                return Mark(mark.file, mark.line, column + 1, mark.text)
        return self.words_mark


@dataclass(slots=True)
class RawText:
    """The content of a file: its lines, faults, notes, and its own statement of the language."""

    lines: list[RawLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    language: str | None = None
    comments: Counter[str] = field(default_factory=Counter)
    """Parts of a file that are not text, and how often each occurs."""

    @property
    def is_full(self) -> bool:
        """Whether reading can stop: there are too many lines, or too many faults to report."""
        return len(self.lines) > MOST_LINES or len(self.faults) >= _MOST_FAULTS

    def read_times(self, places: Sequence[tuple[str, Mark]], write: Callable[[Ms], str]) -> list[Ms] | None:
        """Parse the times of a line, each at its place, in order; return None if one is invalid.

        It is added to the faults, with the line in which all times are written by `write`.
        """
        times: list[Ms] = []
        wrong: list[tuple[str, Mark, ClockError]] = []
        for written, mark in places:
            try:
                times.append(parse_clock(written))
            except ClockError as error:
                wrong.append((written, mark, error))
        fix: str | None = places[0][1].text
        # From the right, because a time written in full moves the text after it.
        for written, mark, found in sorted(wrong, key=lambda each: each[1].column, reverse=True):
            before, after = (fix or "")[: mark.column - 1], (fix or "")[mark.column - 1 :]
            is_known = found.meant is not None and after.startswith(written)
            fix = before + write(found.meant or 0) + after[len(written) :] if is_known else None
            if fix is None:
                break
        self.faults += (Fault(str(found), mark, fix=fix) for _, mark, found in wrong)
        return None if wrong else times

    def note_all(self, marks: Iterable[Mark], message: str) -> None:
        """Add one note for several places, at the first of them; `{count}` in `message` becomes their number."""
        places = list(marks)
        if places:
            count = f" ({len(places)} times)" if places[1:] else ""
            self.notes.append(Fault(message.replace("{count}", count), places[0]))
