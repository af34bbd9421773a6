"""Explain syntax errors of YAML from the text: each probable cause is corrected, and reported if that helps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from narrator.errors import Fault, Mark
from narrator.routine.slips.brackets import find_brackets
from narrator.routine.slips.kinds import Finder, Refusal, Slip
from narrator.routine.slips.lines import read_line, split_lines
from narrator.routine.slips.shape import (
    find_block_text,
    find_colon_space,
    find_dash,
    find_indent,
    find_lost_dash,
    find_missing_colon,
    find_missing_steps,
    find_slashes,
    find_tab,
    find_two_steps,
)
from narrator.routine.slips.texts import (
    find_block,
    find_colon,
    find_escape,
    find_long_colon,
    find_quotes,
    find_start,
    find_unclosed,
)

_MOST_FOUND = 50
_MOST_LINES_UP = 40
_MOST_LINES_DOWN = 40
_MOST_TRIED = 600_000
"""Most characters that are parsed to find causes; this limits the time of a refusal."""
_LONGEST_LINE = 2000
_LONGEST_FIX = 12

_FINDERS: tuple[Finder, ...] = (
    find_tab,
    find_slashes,
    find_dash,
    find_two_steps,
    find_colon_space,
    find_quotes,
    find_escape,
    find_block,
    find_brackets,
    find_start,
    find_missing_steps,
    find_lost_dash,
    find_indent,
    find_block_text,
    find_colon,
    find_long_colon,
    find_missing_colon,
)
"""Finders of mistakes in a line, the most reliable first."""


class Mended(NamedTuple):
    """The faults of a refused text, and its corrected lines, each with the line of the file that it comes from."""

    faults: list[Fault]
    lines: Sequence[str]
    origins: Sequence[int]


def find_slips(text: str, name: str, check: Callable[[str], Refusal | None]) -> Mended:
    """Return the causes of syntax errors in a text, at most fifty; `check` parses a text.

    Each cause is corrected in a copy before the next is searched for, so that each fault is explained by one line.
    """
    search = _Search(name, check, split_lines(text))
    return Mended(list(search.find()), search.lines, search.origins)


@dataclass
class _Search:
    name: str
    check: Callable[[str], Refusal | None]
    written: list[str]
    lines: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    """The line of the file that each line comes from."""
    tried: int = 0

    def find(self) -> Iterator[Fault]:
        self.lines, self.origins = self.written, list(range(len(self.written)))
        found: list[tuple[int, int, int, str]] = []
        refusal = self._check(self.lines)
        last: Fault | None = None
        while refusal and len(found) < _MOST_FOUND:
            cause = None if refusal.is_final else self._find_cause(refusal)
            if cause is None:
                line, column = self.origins[min(refusal.line, len(self.lines) - 1)], refusal.column
                last = Fault(refusal.message, self._mark(line, column))
                break
            slip, refusal = cause
            line = self.origins[slip.line]
            until = self.origins[slip.line + slip.count - 1]
            found.append((line, until - line + 1, slip.column, slip.message))
            self._put(slip)
        for line, count, column, message in found:
            # What an earlier correction moved and a later one moved back was right as it was written.
            if self._find_new(line, count) != self.written[line : line + count]:
                yield self._describe(line, count, column, message)
        if last:
            yield last

    def _find_new(self, line: int, count: int) -> list[str]:
        return [text for text, origin in zip(self.lines, self.origins, strict=True) if line <= origin < line + count]

    def _describe(self, line: int, count: int, column: int, message: str) -> Fault:
        """Return the fault of a line, with the line's text after all corrections."""
        new = self._find_new(line, count)
        is_shown = len(new) <= _LONGEST_FIX
        mark = self._mark(line, column)
        return Fault(message, mark, fix="\n".join(new), lines=count) if is_shown else Fault(message, mark)

    def _mark(self, line: int, column: int) -> Mark:
        text = self.written[line]
        return Mark(self.name, line + 1, min(column, len(text)) + 1, text)

    def _find_cause(self, refusal: Refusal) -> tuple[Slip, Refusal | None] | None:
        places = list(_list_places(self.lines, refusal))
        for finders in ((find_unclosed,), _FINDERS):
            for index in places:
                for find in finders:
                    if slip := self._choose(find(self.lines, index), refusal):
                        return slip, self._check(_replace(self.lines, slip))
        return None

    def _choose(self, slips: Iterator[Slip], refusal: Refusal) -> Slip | None:
        """Return the first of the slips that get the parser furthest, if any helps."""
        found: Slip | None = None
        furthest = -1
        for slip in slips:
            if self.tried > _MOST_TRIED:
                break
            # Lines far below decide nothing and would take time to parse.
            after = self._check(_replace(self.lines, slip)[: refusal.line + _MOST_LINES_DOWN])
            if after is None:
                return slip
            reached = after.line - len(slip.new) + slip.count
            if reached > furthest and _helps(slip, refusal, after, self.lines):
                found, furthest = slip, reached
        return found

    def _check(self, lines: Sequence[str]) -> Refusal | None:
        text = "\n".join(lines)
        self.tried += len(text)
        return self.check(text)

    def _put(self, slip: Slip) -> None:
        origins = [self.origins[min(slip.line + number, slip.line + slip.count - 1)] for number in range(len(slip.new))]
        self.lines = _replace(self.lines, slip)
        self.origins = [*self.origins[: slip.line], *origins, *self.origins[slip.line + slip.count :]]


def _list_places(lines: Sequence[str], refusal: Refusal) -> Iterator[int]:
    """Yield the lines that may contain the cause: where the parser stops, where it began, and those above."""
    stop = min(refusal.line, len(lines) - 1)
    order = [stop]
    if refusal.opened is not None and refusal.opened < len(lines):
        order.append(refusal.opened)
    order += range(stop - 1, max(stop - _MOST_LINES_UP, -1), -1)
    yield from (index for index in dict.fromkeys(order) if lines[index].strip() and len(lines[index]) <= _LONGEST_LINE)


def _replace(lines: Sequence[str], slip: Slip) -> list[str]:
    return [*lines[: slip.line], *slip.new, *lines[slip.line + slip.count :]]


def _helps(slip: Slip, before: Refusal, after: Refusal | None, lines: Sequence[str]) -> bool:
    """Return whether the parser gets further after a correction."""
    if after is None:
        return True
    added = len(slip.new) - slip.count
    reached = after.line - added
    if slip.swallows:
        return reached > slip.line and not (
            reached == before.line and slip.line != before.line and _is_next(lines, slip, reached)
        )
    if reached > before.line:
        return True
    longer = len(slip.new[-1]) - len(lines[slip.line]) if slip.line == before.line else 0
    return reached == before.line == slip.line and after.column > before.column + max(longer, 0)


def _is_next(lines: Sequence[str], slip: Slip, reached: int) -> bool:
    """Return whether a line is the next one after a slip; if the parser stops there, the slip was not the cause."""
    following = (number for number in range(slip.line + 1, len(lines)) if not read_line(lines[number]).is_blank)
    return next(following, None) == reached
