"""Parse holds in marks: their lengths and cues."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from narrator.routine.importers.lengths import read_silence
from narrator.routine.importers.parts import Step, Value, drop_fillers
from narrator.routine.importers.words import find_words

HOLD = "1m"
"""Length of a hold that is written without one."""


def read_hold(value: Value, language: str) -> Step | None:
    """Parse the text after `hold`: the length, and the cues after a colon or a comma."""
    lead = re.match(r"\s*[:=]?", value.text)
    begin = lead.end() if lead else 0
    first = re.split(r":(?!\d\d)|[,;](?!\d)", value.text[begin:], maxsplit=1)[0]
    length = drop_fillers(Value(first, value.start + begin, value.start + begin + len(first)), language)
    silence = read_silence(length.text, language) if length.text else HOLD
    cues = Value(value.text[begin + len(first) :], value.start + begin + len(first), value.end)
    return None if silence is None else make_hold(length._replace(text=silence), cues, language)


def make_hold(length: Value, cues: Value, language: str) -> Step:
    """Return a hold with the cues after their sign."""
    placed = list(_place_cues(_split_cues(Value(cues.text[1:], cues.start + 1, cues.end), language)))
    return Step({"hold": length, **({"cues": placed} if placed else {})}, is_elastic=True)


@dataclass(slots=True)
class _Cue:
    """A cue as written: at half, before the end, or a text whose position follows from the others."""

    at: str
    text: Value
    share: float = field(default=0.0)


def _split_cues(value: Value, language: str) -> list[_Cue]:
    """Return the cues of a hold; a comma within a sentence does not end one."""
    cues: list[_Cue] = []
    start = 0
    for found in [*re.finditer(r";|,(?!\d)|\n|$", value.text)]:
        part = value.text[start : found.start()]
        lead = len(part) - len(part.lstrip(" \"“'‘"))
        text = part.strip(" \"“”'‘’\n")
        piece = Value(text, value.start + start + lead, value.start + start + lead + len(text))
        separator = value.text[start - 1] if start else ";"
        start = found.end()
        if not text:
            continue
        at = _read_place(text, language)
        before = cues[-1] if cues else None
        if not at and before and not before.at and separator == "," and not text[0].isupper():
            joined = value.text[before.text.start - value.start : piece.end - value.start]
            cues[-1] = _Cue("", Value(joined, before.text.start, piece.end))
        else:
            cues.append(_Cue(at, piece))
    return cues


def _read_place(text: str, language: str) -> str:
    """Return the position of a cue that consists of its position only; empty for a text."""
    lowered = text.lower().rstrip(".!")
    for words in find_words(language):
        if lowered in words.halfway:
            return "half"
        for last in sorted(words.last, key=len, reverse=True):
            if lowered.startswith(f"{last} ") and (length := read_silence(lowered[len(last) :], language)):
                return f"-{length}" if ".." not in length and "breaths" not in length else ""
    return ""


def _place_cues(cues: list[_Cue]) -> Iterator[dict[str, Any]]:
    """Yield cues with their positions: texts are evenly spaced, before and after a cue at half."""
    half = next((index for index, cue in enumerate(cues) if cue.at == "half"), None)
    before = [cue for cue in cues[:half] if not cue.at]
    after = [cue for cue in cues[half:] if not cue.at] if half is not None else []
    end = 50 if half is not None else 100
    for number, cue in enumerate(before, 1):
        cue.share = end * number / (len(before) + 1)
    for number, cue in enumerate(after, 1):
        cue.share = 50 + 50 * number / (len(after) + 1)
    for cue in cues:
        if cue.at:
            yield {"at": cue.text._replace(text=cue.at)}
        else:
            yield {"at": f"{cue.share:.4g}%", "say": cue.text}
