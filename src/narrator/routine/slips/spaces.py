"""Find special spaces, which web pages and word processors put at the beginning of a line."""

import re
from collections.abc import Iterator, Sequence

from narrator.errors import Fault, Mark
from narrator.routine.slips.lines import KEYS, read_line

_OTHER = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_LINE = re.compile(rf"(?P<indent>[ {_OTHER}]*(?:-[ {_OTHER}]+)*)(?:{'|'.join(KEYS)})\s*:")


def find_spaces(lines: Sequence[str], name: str) -> Iterator[Fault]:
    """Find lines with a key that are indented with special spaces; adjacent lines share one fault."""
    inside = _find_block_lines(lines)
    first = 0
    while first < len(lines):
        last = first
        while last < len(lines) and last not in inside and _is_odd(lines[last]):
            last += 1
        if last > first:
            new = (re.sub(f"[{_OTHER}]", " ", text) for text in lines[first:last])
            found = re.search(f"[{_OTHER}]", lines[first])
            mark = Mark(name, first + 1, found.start() + 1 if found else 1, lines[first])
            message = "a special space cannot indent a line; write plain spaces"
            yield Fault(message, mark, fix="\n".join(new), lines=last - first)
        first = last + 1


def _find_block_lines(lines: Sequence[str]) -> set[int]:
    """Return the lines of texts below `|` or `>`, which may contain any space."""
    found: set[int] = set()
    column: int | None = None
    for number, text in enumerate(lines):
        if column is not None and (not text.strip() or len(text) - len(text.lstrip(" ")) > column):
            found.add(number)
            continue
        line = read_line(text)
        is_block = re.fullmatch(r"[|>][+-]?\d?[+-]?", line.value) is not None
        column = (line.indent if line.key is None else line.start) if is_block else None
    return found


def _is_odd(text: str) -> bool:
    found = _LINE.match(text)
    return found is not None and not set(found["indent"]) <= {" ", "-"}
