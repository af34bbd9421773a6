"""Find text around a routine copied from a chat: sentences before it, and fences of ``` around it."""

import re
from collections.abc import Iterator, Sequence

from narrator.errors import Fault, Mark
from narrator.routine.slips.lines import KEYS

_FIRST = re.compile(r"(?:title|steps|language|description|length|voice)\s*[:=]")
_OWN = re.compile(rf"\s|$|#|//|%|---|\.\.\.|[-\[{{\"'?&!*|>]|[^\s:=]+\s*[:=]|(?:{'|'.join(KEYS)})\b", re.IGNORECASE)
"""The beginning of a line that may belong to the routine."""


def find_outside(lines: Sequence[str], name: str) -> Iterator[Fault]:
    """Find lines before the first key, and from a closing fence on, that do not belong to the routine."""
    first = next((number for number, text in enumerate(lines) if _FIRST.match(text)), None)
    if first is None:
        return
    before = next((number for number, text in enumerate(lines[:first]) if not _OWN.match(text)), None)
    if before is not None:
        key = re.split(r"\s*[:=]", lines[first])[0]
        mark = Mark(name, before + 1, 1, lines[before])
        yield Fault(f"remove the lines before '{key}:'", mark, fix=lines[first], lines=first - before + 1)
    after = next((number for number, text in enumerate(lines) if number > first and text.startswith("```")), None)
    if after is not None:
        last = next(number for number in range(after - 1, -1, -1) if lines[number].strip())
        mark = Mark(name, last + 1, len(lines[last]) + 1, lines[last])
        yield Fault("remove the lines after this one", mark, fix=lines[last], lines=len(lines) - last)
