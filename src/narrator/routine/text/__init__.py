"""Split authored text into sentences, paragraphs and pauses, and fill in names in braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from narrator.routine.text.braces import BraceError, check_braces, fill_braces
from narrator.routine.text.breaths import has_words
from narrator.routine.text.marks import InlinePause, TextError, TextFault, split_marks
from narrator.routine.text.sentences import split_sentences

__all__ = [
    "BraceError",
    "InlinePause",
    "Lines",
    "Sentence",
    "TextError",
    "TextFault",
    "check_braces",
    "check_marks",
    "fill_braces",
    "split_text",
]

Lines: TypeAlias = Literal["join", "separate"]
"""Meaning of a line break in a text: none, or the end of a sentence."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_LEFT_STOP = re.compile(r"^\s*[,;:.!?…]+(?=\s|$)")
_ITEM = re.compile(r"[ \t]*(?:[-*•‣◦][ \t]+|(?P<number>\d{1,3})[.)][ \t]+)(?=\S)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; with `ends_paragraph`, the gap after it is longer."""

    text: str
    ends_paragraph: bool = False


def split_text(text: str, language: str, lines: Lines = "join") -> list[Sentence | InlinePause]:
    """Split a text into sentences and pauses, in order.

    Raises:
        TextError: markup would be spoken: a tag, a word in square brackets, or an unmatched bracket.

    """
    pieces: list[Sentence | InlinePause] = []
    faults: list[TextFault] = []
    for paragraph in _PARAGRAPH.split(_drop_item_marks(text.strip())):
        if pieces and isinstance(pieces[-1], Sentence):
            pieces[-1] = replace(pieces[-1], ends_paragraph=True)
        for block in _split_lines(paragraph, lines):
            try:
                pieces += _split_block(block, language)
            except TextError as error:
                faults += error.faults
    if faults:
        raise TextError(faults)
    return pieces


def check_marks(text: str, language: str) -> None:
    """Refuse a text that cannot be spoken.

    Raises:
        TextError: with every tag, word in square brackets, and unmatched bracket.
        ValueError: there is nothing to say in it.

    """
    marks = split_marks(text, language)
    if not any(isinstance(mark, InlinePause) or has_words(mark) for mark in marks):
        raise ValueError("there is nothing to say in this text; use 'pause' for a silence")


def _split_block(block: str, language: str) -> Iterator[Sentence | InlinePause]:
    follows = False
    for mark in split_marks(block, language):
        if isinstance(mark, InlinePause):
            yield mark
            follows = True
        else:
            # A pause before the end of a sentence leaves its punctuation behind: "Breathe in [3s], and out."
            running = _LEFT_STOP.sub("", mark) if follows else mark
            yield from map(Sentence, split_sentences(running, language))


# Lines ------------------------------------------------------------------------------------------------------------

_ITEM_START = "\x1e"
"""Temporary character for the marker of a list item; texts contain no control characters."""


def _drop_item_marks(text: str) -> str:
    """Replace the marker of each list item by one temporary character.

    A number is a marker only in a text of several lines, if it is 1 or has a neighbour: `1986.` is not a marker.
    """
    lines = text.replace(_ITEM_START, " ").split("\n")
    items = [_ITEM.match(line) for line in lines]
    numbers = [int(item["number"]) if item and item["number"] else None for item in items]
    counted = [number for number in numbers if number is not None]
    known = {number for number in counted if number == 1 or {number - 1, number + 1} & set(counted)}
    for index, (item, number) in enumerate(zip(items, numbers, strict=True)):
        if item and (number is None or (number in known and len(lines) > 1)):
            lines[index] = _ITEM_START + lines[index][item.end() :]
    return "\n".join(lines)


def _split_lines(paragraph: str, lines: Lines) -> list[str]:
    """Return the blocks of a paragraph: list items, and the text between them."""
    end = r"\n" if lines == "separate" else rf"\n(?={_ITEM_START})"
    return [block.lstrip(_ITEM_START) for block in re.split(end, paragraph)]
