"""The types of a mistake with its correction, and of what the parser says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


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


class Refusal(NamedTuple):
    """The line and column, counted from 0, where the parser stops, and the reason in narrator's words."""

    line: int
    column: int
    message: str
    opened: int | None = None
    """First line of the node that the parser was reading."""
    is_final: bool = False
    """Whether the file is refused as a whole, so that no correction can help."""
