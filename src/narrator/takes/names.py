"""Recordings whose file names say which sentence they are: by its number or its words."""

import re
from collections.abc import Mapping
from pathlib import Path

from narrator.speech.takes.sentences import fold_sentence
from narrator.units import Ms

_NUMBERED = re.compile(r"(\d{1,4})(?:[ _.-]+(.*))?", re.DOTALL)
_LONGEST: Ms = 5_000
_PER_CHARACTER: Ms = 250
"""Longest recording of one sentence: with a number alone, a longer one is a take of many."""
_FEWEST = 8
"""Fewest characters of a sentence that are enough to name it."""


def find_named(path: Path, length: Ms, wanted: Mapping[int, str]) -> int | None:
    """Return the number of the sentence that a file is named after; None if it is not, or is too long for one."""
    stem = path.stem
    found = _NUMBERED.fullmatch(stem)
    if found and (number := int(found[1])) in wanted and _fits(length, wanted[number]):
        words = _fold(found[2] or "")
        if not words or not words[0].isdigit():
            return number
    named = [number for number, text in wanted.items() if _fold(stem) == _fold(text)]
    named = named or [number for number, text in wanted.items() if _starts(_fold(stem), _fold(text))]
    return named[0] if len(named) == 1 and _fits(length, wanted[named[0]]) else None


def make_name(number: int, text: str) -> str:
    """Return a name, without suffix, for the file of a sentence: `007-breathe-in`."""
    words = re.sub(r"[^\w]+", "-", fold_sentence(text), flags=re.UNICODE).strip("-")
    return f"{number:03}-{words[:40].rstrip('-')}"


def _fold(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold_sentence(text.replace("_", " ").replace("-", " "))))


def _starts(stem: str, text: str) -> bool:
    return len(stem) >= _FEWEST and text.startswith(stem)


def _fits(length: Ms, text: str) -> bool:
    return length <= _LONGEST + _PER_CHARACTER * len(text)
