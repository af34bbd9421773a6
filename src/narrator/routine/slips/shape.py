"""Mistakes in the shape of a file: indentation, dashes, colons, and lists without a key."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from narrator.routine.slips.kinds import Slip
from narrator.routine.slips.lines import KEYS, STEPS, Line, read_line, write_plainly

_LISTS = {"steps", "cues", "spread", "each", "random", "say", "sides"}
_SURE = {*STEPS, "title", "description", "length", "language", "steps", "cues", "sides", "brief", "voice", "bed"}
"""Keys that are rarely the first word of a text."""
_MOST_LINES = 12
"""Most lines of a block in a correction; of a longer block, only the first line is shown."""


def find_tab(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a tab that indents a line or follows a dash, with those of the following lines."""
    if not _TABS.match(lines[index]):
        return
    message = "a tab cannot indent a line; write spaces"
    column = lines[index].index("\t")
    last = index
    while last + 1 < len(lines) and last - index < _MOST_LINES and _TABS.match(lines[last + 1]):
        last += 1
    for width in (2, 4, 8, 3, 1):
        new = tuple(_expand(text, width) for text in lines[index : last + 1])
        yield Slip(index, column, message, new, len(new))
    above = [read_line(line) for line in lines[max(index - 20, 0) : index]]
    for width in dict.fromkeys(
        place for each in reversed(above) for place in (each.indent, each.start, each.start + 2)
    ):
        yield Slip(index, column, message, (" " * width + lines[index].lstrip(),))


_TABS = re.compile(r" *(?:- *)*\t[\s-]*")


def _expand(text: str, width: int) -> str:
    """Return a line with `width` spaces for each tab that indents it, and one space for tabs after a dash."""
    head = text[: len(text) - len(text.lstrip())]
    rest = re.sub(r"^(?:-\s*)+", lambda found: found.group().replace("\t", " "), text[len(head) :])
    return head.replace("\t", " " * width) + rest


def find_dash(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a dash without a space after it, or another character instead of a dash."""
    if found := re.match(r"( *)(?:-(?=\w)|[–—•*+]\s?(?=\w))", lines[index]):
        message = "write a dash and a space before an entry of a list"
        yield Slip(index, len(found[1]), message, (found[1] + "- " + lines[index][found.end() :],))


def find_two_steps(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a second step on the line of the first: `- say: Sit. - pause: 5s`."""
    found = re.match(rf"(\s*-\s+)((?:{'|'.join(STEPS)}):\s.*?)\s+-\s+((?:{'|'.join(STEPS)}):\s.*)$", lines[index])
    if found:
        message = "a second step starts here; write it on a new line"
        yield Slip(index, found.start(3), message, (found[1] + found[2], found[1] + found[3]))


def find_lost_dash(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a step without a dash next to one that has it."""
    line = read_line(lines[index])
    if line.has_dash or line.key not in STEPS:
        return
    following = (number for number in range(index + 1, len(lines)) if not read_line(lines[number]).is_blank)
    beside = (read_line(lines[number]) for number in (*_list_above(lines, index), *islice(following, 1)))
    if any(each.has_dash and each.indent == line.indent for each in beside):
        new = " " * line.indent + "- " + lines[index][line.indent :]
        yield Slip(index, line.indent, f"a dash is missing; each step starts with '- ': '- {line.key}:'", (new,))


def _list_above(lines: Sequence[str], index: int) -> Iterator[int]:
    """Yield the lines above that are indented further than a line, and the first one that is not."""
    indent = read_line(lines[index]).indent
    for number in range(index - 1, max(index - 50, -1), -1):
        line = read_line(lines[number])
        if not line.is_blank:
            yield number
            if line.indent <= indent:
                return


def find_colon_space(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a key without a space after its colon, or with another sign instead, in one or several lines."""
    found = list(takewhile(bool, (_COLON.match(text) for text in lines[index : index + _MOST_LINES])))
    found = list(takewhile(lambda each: each and each[2].lower() in KEYS, found))
    if found and found[0]:
        first = found[0]
        sign = first[3].strip()
        message = f"after {first[2]!r} write a colon and a space" + ("" if sign == ":" else f", not {sign!r}")
        new = tuple(f"{each[1]}{each[2]}: {_write(each[4])}".rstrip() for each in found if each)
        yield Slip(index, first.start(3), message, new[:1])
        yield Slip(index, first.start(3), message, new, len(new))


_COLON = re.compile(r"(\s*(?:-\s+)*)([A-Za-z]+)(\s*(?:：|=|;|::|:(?=\S))\s*)(.*)$")


def find_slashes(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a comment in the notation of other languages: `// rest`."""
    if found := re.match(r"(\s*)//+", lines[index]):
        new = found[1] + "#" + lines[index][found.end() :]
        yield Slip(index, len(found[1]), "a comment starts with #", (new,))


def find_missing_colon(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a key without a colon: `title My routine`, `steps`."""
    found = re.match(r"(\s*(?:-\s+)*)([a-z]+)(?:\s+(?![:=])(\S.*)|\s*)$", lines[index])
    if found and found[2] in _SURE:
        message = f"a colon is missing after {found[2]!r}"
        new = f"{found[1]}{found[2]}: {_write(found[3] or '')}".rstrip()
        yield Slip(index, found.end(2), message, (new,))


def _write(value: str) -> str:
    return value if value[:1] in {"{", "[", '"', "'"} else write_plainly(value) if value else ""


def find_missing_steps(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a list of steps below a title or a section without `steps:` above it."""
    line = read_line(lines[index])
    above = _find_above(lines, index)
    if not line.has_dash or above is None or not lines[above].strip():
        return
    previous = read_line(lines[above])
    if previous.key is None or not (previous.value or previous.comment):
        return
    keys = _list_siblings(lines, above)
    is_top = previous.start == 0 and not previous.has_dash
    if is_top or keys & {"section", "repeat", "sides"}:
        below = " " * previous.start + "steps:"
        step = next((text for text in lines[index:] if text.strip()), "")
        message = "a list of steps needs the key 'steps' above it; write 'steps:' on a separate line"
        yield Slip(index, line.indent, message, (below, step))


def find_block_text(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a text that is not indented below its key: after `say: |`, or where it continues."""
    line = read_line(lines[index])
    above = _find_above(lines, index)
    if (
        above is None
        or line.has_dash
        or re.match(r"---|\.\.\.", line.text)
        or (line.key in KEYS and not line.text.lstrip()[:1].isupper())
    ):
        return
    previous = read_line(lines[above])
    if previous.key is None or line.indent > previous.start:
        return
    last = index
    while last + 1 < len(lines) and last - index < _MOST_LINES and _goes_on(lines[last + 1], line):
        last += 1
    inner = " " * (previous.start + 2)
    new = tuple(inner + text.strip() for text in lines[index : last + 1])
    message = f"the text of {previous.key!r} on line {above + 1} goes on here; indent it by more than its key"
    yield Slip(index, line.indent, message, new, last - index + 1)


def _goes_on(text: str, line: Line) -> bool:
    following = read_line(text)
    return following.indent == line.indent and not following.has_dash and following.key is None and bool(text.strip())


def find_indent(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a line whose indentation matches nothing above it; yield corrections for each matching one."""
    line = read_line(lines[index])
    if not line.has_dash and (line.key or "").lower() not in KEYS:
        return
    last = _find_block_end(lines, index, line.indent)
    for column, owner in _list_columns(lines, index, line):
        shift = column - line.indent
        new = tuple(_shift(text, shift) for text in lines[index : last + 1])
        message = f"indented by {_count(line.indent)}, this line belongs to nothing above it; with {column} {owner}"
        # An entry that is in its column already is beside the line, not in it.
        within = _find_next_entry(lines, index, column) - index
        for count in dict.fromkeys((min(within, len(new)), len(new), 1)):
            yield Slip(index, line.indent, message, new[:count], count)


def _count(spaces: int) -> str:
    return "1 space" if spaces == 1 else f"{spaces or 'no'} spaces"


def _shift(text: str, by: int) -> str:
    if not text.strip():
        return text
    return " " * by + text if by > 0 else text[-by:]


def _find_block_end(lines: Sequence[str], index: int, indent: int) -> int:
    """Return the last of the following lines that are indented at least as far as a line."""
    last = index
    for number in range(index + 1, len(lines)):
        line = read_line(lines[number])
        if line.is_blank:
            continue
        if line.indent < indent:
            break
        last = number
    return last


def _find_next_entry(lines: Sequence[str], index: int, column: int) -> int:
    """Return the first of the following lines that is an entry in a column; the number of lines if none is."""
    entries = (number for number in range(index + 1, len(lines)) if _is_entry(lines[number], column))
    return next(entries, len(lines))


def _is_entry(text: str, column: int) -> bool:
    line = read_line(text)
    return line.has_dash and line.indent == column


def _list_columns(lines: Sequence[str], index: int, line: Line) -> list[tuple[int, str]]:
    """Return possible columns of a line, the nearest first, with what the line would belong to."""
    found: dict[int, str] = {}
    nearest = 10_000
    for number in range(index - 1, max(index - 200, -1), -1):
        above = read_line(lines[number])
        if above.is_blank or (above.key is None and not above.has_dash):
            continue
        if line.has_dash:
            if above.has_dash and above.indent < nearest:
                found.setdefault(above.indent, f"it is an entry beside that on line {number + 1}")
            if above.key in _LISTS and not above.value and above.start < nearest:
                found.setdefault(above.start + 2, f"it belongs to {above.key!r} on line {number + 1}")
        elif above.key is not None and above.start < nearest:
            found.setdefault(above.start, f"it belongs to {above.key!r} on line {number + 1}")
        nearest = min(nearest, above.indent + (0 if line.has_dash else 1))
    found.pop(line.indent, None)
    return sorted(found.items(), key=lambda place: (abs(place[0] - line.indent), -place[0]))


def _find_above(lines: Sequence[str], index: int) -> int | None:
    """Return the nearest line above that is neither blank nor a comment."""
    return next((number for number in range(index - 1, -1, -1) if not read_line(lines[number]).is_blank), None)


def _list_siblings(lines: Sequence[str], index: int) -> set[str]:
    """Return the keys of the mapping that contains a line, up to that line."""
    start = read_line(lines[index]).start
    keys: set[str] = set()
    for number in range(index, max(index - 50, -1), -1):
        line = read_line(lines[number])
        if line.start == start and line.key:
            keys.add(line.key)
            if line.has_dash:
                break
    return keys
