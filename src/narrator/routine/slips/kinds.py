"""What a slip is, before and after it is put right."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Slip:
    """A likely cause of what the parser refuses: its line and column, counted from 0, and lines to try instead."""

    line: int
    column: int
    message: str
    new: tuple[str, ...]
    count: int = 1
    """How many lines of the file the new ones replace."""
    swallows: bool = False
    """Whether what is open here takes in the lines that follow, so that the parser stops at a later one."""


Finder: TypeAlias = Callable[[Sequence[str], int], Iterator[Slip]]
"""Yields what may be wrong with a line, by its index."""
