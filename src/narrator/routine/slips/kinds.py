"""The type of a mistake with its correction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Slip:
    """A probable cause of a syntax error: its line and column, counted from 0, and lines to try instead."""

    line: int
    column: int
    message: str
    new: tuple[str, ...]
    count: int = 1
    """Number of lines of the file that the new ones replace."""
    swallows: bool = False
    """Whether the mistake makes the following lines part of a text, so that the parser stops at a later line."""


Finder: TypeAlias = Callable[[Sequence[str], int], Iterator[Slip]]
"""Yields possible mistakes in a line, given by its index."""
