"""Separate the marks in a text from its spoken words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from narrator.routine.importers.meanings import find_heads, mend, read_mark
from narrator.routine.importers.parts import Meaning, Setting, Step
from narrator.routine.text.durations import is_pause_word, parse_pause
from narrator.routine.text.marks import (
    ALONE_BEFORE,
    READERS,
    InlinePause,
    Reader,
    TextFault,
    find_marks,
    find_stray,
    get_surroundings,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark and its place in the text."""

    start: int
    end: int
    what: Meaning


@dataclass(frozen=True, slots=True)
class Running:
    """Words between two marks, and their place in the text."""

    start: int
    end: int
    text: str


_SHORTEST = 3
"""Characters of the shortest mark without square brackets, such as `bol`."""
_FORMS = "[pause 5s], [hold 1m], [bell], [breathe 4-6 1m], [extra], [optional], [bed rain] and [note: ...]"


def split_at_marks(text: str, language: str) -> Iterator[Mark | Running]:
    """Yield the marks of a text and the words between them, in order; faults are among the marks."""
    place, running, begin = 0, "", 0
    for start, end, what in find_marks(text, language, _make_readers(language)):
        running += text[place:start]
        place = end
        if isinstance(what, str):
            running += what
            continue
        yield from _yield_running(begin, start, running)
        yield Mark(start, end, what)
        running, begin = "", end
    yield from _yield_running(begin, len(text), running + text[place:])


def _yield_running(start: int, end: int, text: str) -> Iterator[Mark | Running]:
    for stray in find_stray(text):
        at = start + max(text.find(stray.snippet), 0)
        yield Mark(at, min(at + len(stray.snippet), end), stray)
    if text.strip():
        yield Running(start, end, text)


@cache
def _make_readers(language: str) -> Mapping[str, Reader]:
    return {
        "square": lambda found, _: read_brackets(found.group(), found.start(), language),
        "round": lambda found, _: _read_apart("round", found, language),
        "emphasis": lambda found, _: _read_apart("emphasis", found, language),
    }


def read_brackets(written: str, at: int, language: str) -> Meaning:
    """Return the meaning of a text in square brackets, or a fault."""
    inner = written[1:-1]
    if meaning := read_mark(inner, at + 1, language):
        return meaning
    shown = " ".join(written.split())
    shown = shown if len(shown) <= 60 else f"{shown[:56]}...]"
    if inner.strip().isdecimal():
        return TextFault(f"{shown} has no unit; write [{inner.strip()}s]", written, f"[{inner.strip()}s]")
    if inner.strip().lower() in {"side", "other_side"}:
        return TextFault(
            f"for the name of the side, write {{{inner}}} instead of {shown}", written, f"{{{inner.strip()}}}"
        )
    if nearest := mend(inner, language):
        return TextFault(f"{shown} is not a mark; did you mean [{nearest}]?", written, f"[{nearest}]")
    message = f"{shown} is not a mark; there are {_FORMS}. Text to be said has no brackets"
    head = find_heads(language)[0].match(inner)
    is_said = head is not None and not any(map(str.isdigit, inner))
    return TextFault(message, written, (inner if is_said else f"[note: {inner.strip()}]") if inner.strip() else None)


def _read_apart(kind: str, found: re.Match[str], language: str) -> Any:
    """Return the meaning of emphasis or parentheses: a step if it can be nothing else, or a pause."""
    written = found.group()
    inner = written.strip("*_") if kind == "emphasis" else written[1:-1]
    if len(inner) < _SHORTEST:
        return None
    lead = written.find(inner)
    meaning = read_mark(inner, found.start() + lead, language)
    if isinstance(meaning, Step | Setting):
        before, after = get_surroundings(found)
        is_apart = ALONE_BEFORE.search(before) is not None and not after[:1].islower()
        if is_apart or (isinstance(meaning, Step) and any(map(str.isdigit, inner))):
            return meaning
    return READERS[kind](found, language)


def read_bare(line: str, language: str) -> Step | InlinePause | None:
    """Return the meaning of a separate line without brackets: a pause, a hold with a length, or a bell."""
    if line.rstrip()[-1:] in ".!?…:;,":
        return None
    length = parse_pause(line, language, by_word=True)
    if length:
        has_length = any(map(str.isdigit, line)) or len(line.split()) > 1
        return InlinePause(length) if has_length or is_pause_word(line, language) else None
    meaning = read_mark(line, 0, language)
    if not isinstance(meaning, Step) or "pause" in meaning.data:
        return None
    if "hold" in meaning.data and ("cues" in meaning.data or len(line.split()) < 2):
        return None
    return meaning
