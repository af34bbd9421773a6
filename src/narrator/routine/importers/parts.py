"""The parsed meaning of a mark: a step of a routine with its values and their places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from narrator.routine.importers.words import find_words
from narrator.routine.text.marks import InlinePause, TextFault


class Value(NamedTuple):
    """A value of a step, and its place in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a routine that a mark stands for."""

    data: Mapping[str, Any]
    """Its keys and values: each a `Value`, a text, a list or a mapping."""
    is_elastic: bool = False
    """Whether it stretches with the track."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A key and a value of the block, or the section, that a mark is in."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Note:
    """A text for the reader only."""


Meaning: TypeAlias = InlinePause | Step | Setting | Note | TextFault
"""The text between brackets."""


def drop_fillers(value: Value, language: str) -> Value:
    """Return a value without the words before and after it that change nothing."""
    text, start = value.text, value.start
    fillers = {word for words in find_words(language) for word in words.fillers}
    while found := re.match(r"[\s:,;.=–—-]*([^\W\d_]+[.']?)?", text):
        is_filler = found[1] is not None and found[1].lower() in fillers
        length = found.end() if is_filler else found.start(1) if found[1] else found.end()
        text, start = text[length:], start + length
        if not is_filler:
            break
    text = text.rstrip(" .:,;")
    return Value(text, start, start + len(text))
