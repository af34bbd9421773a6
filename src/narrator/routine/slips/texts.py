"""Mistakes in texts that are not quoted, or not properly."""

import re
from collections.abc import Iterator, Sequence

from narrator.routine.slips.kinds import Slip
from narrator.routine.slips.lines import KEYS, TEXTS, Line, is_quoted, quote, read_line, requote, write_plainly

_SAFE_ESCAPES = r"[0abtnvfre \"/\\N_LPxuU]"
_APOSTROPHES = re.compile(r"'(?:tis|twas|til|cause|em|n|round|bout)\b", re.IGNORECASE)
_STARTS = {
    "@": "a text cannot start with @ without quotes; put it in quotes",
    "`": "a text cannot start with ` without quotes; put it in quotes",
    "%": "a text cannot start with % without quotes; put it in quotes",
    "*": "a text that starts with * needs quotes; put it in quotes",
    "&": "a text that starts with & needs quotes; put it in quotes",
    "!": "a text that starts with ! needs quotes; put it in quotes",
    ",": "a text cannot start with a comma without quotes; put it in quotes",
    "]": "a text cannot start with ] without quotes; put it in quotes",
    "}": "a text cannot start with } without quotes; put it in quotes",
    "[": "a text that starts with [ is read as a list; put it in quotes",
    "{": "a text that starts with { is read as a mapping; put it in quotes",
}


def find_unclosed(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a text whose opening quote is not closed on its line."""
    line = read_line(lines[index])
    value = line.text[line.at :].rstrip()
    if value[:1] not in {'"', "'"} or not _ends_here(lines, index):
        return
    opening, inner = value[0], value[1:]
    if opening not in re.sub(r"\\.", "", inner) if opening == '"' else opening not in inner:
        text = value if _APOSTROPHES.match(value) else inner
        message = "the quote that opens here is not closed; close it at the end of the text"
        yield Slip(index, line.at, message, (line.text[: line.at] + quote(text),), swallows=True)


def _ends_here(lines: Sequence[str], index: int) -> bool:
    """Return whether the next line is certainly not the rest of a text, but a key or an entry of a list."""
    for text in lines[index + 1 :]:
        line = read_line(text)
        if not line.is_blank:
            return line.has_dash or line.key in KEYS
    return True


def find_quotes(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find quotes that end a text before its end: `'Don't move.'`, `"Breathe" and go`."""
    line = _read_whole(lines[index])
    value = line.value
    if value[:1] not in {'"', "'"} or is_quoted(value):
        return
    inner = value[1:]
    if value[0] == "'" and value[-1] == "'" and re.search(r"\w'\w", inner):
        message = "an apostrophe ends a text in single quotes; put the text in double quotes"
        yield _replace(index, line, inner.index("'") + 1, message)
    elif value[-1] == value[0] and value[0] in inner[:-1]:
        message = "a quote within the text ends it; put other quotes around the whole text"
        yield _replace(index, line, inner.index(value[0]) + 1, message)
    elif value[0] in inner:
        message = "the text ends with its closing quote, and more follows; put quotes around the whole text"
        yield _replace(index, line, inner.index(value[0]) + 2, message)
    else:
        yield _replace(index, line, 0, "the quote that opens here is not closed; close it at the end of the text")


def find_escape(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a literal backslash in double quotes, as in a Windows path."""
    line = read_line(lines[index])
    if not line.value.startswith('"') or not is_quoted(line.value):
        return
    if found := re.search(rf"\\(?!{_SAFE_ESCAPES})", line.value.replace("\\\\", "xx")):
        inner = line.value[1:-1]
        if re.search(r"\.\w{2,4}$", inner):
            message = "a backslash cannot be in a text in double quotes; in a path write / instead"
            new = write_plainly(re.sub(r"\\+", "/", inner))
        else:
            message = "a backslash cannot be in a text in double quotes; put it in single quotes"
            new = quote(inner)
        yield Slip(index, line.at + found.start(), message, (line.put(new),))


def find_block(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a text on the same line as the `|` or `>` before it."""
    line = _read_whole(lines[index])
    found = re.match(r"[|>][+-]?\d?\s*(?=\S)", line.value)
    if found and line.key:
        message = f"after {line.value[0]} the text starts on the next line; leave {line.value[0]} out for a single line"
        text = line.value[found.end() :]
        yield Slip(index, line.at, message, (line.put(write_plainly(text)),))
        inner = " " * (line.start + 2)
        message = f"after {line.value[0]} the text starts on the next line"
        yield Slip(index, line.at, message, (line.text[: line.at] + line.value[0], inner + text))


def find_start(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a text whose first character has another meaning in YAML: `[3s] Rest.`, `@home`, `*now*`."""
    line = _read_whole(lines[index])
    value = line.value
    if not value or (line.key is None and not line.has_dash):
        return
    # Tags and anchors of YAML are not texts.
    if re.match(r"!!|[&*]\w+(?:\s*$|\s+[\[{|>])", value):
        return
    if line.key in KEYS - TEXTS and value[0] in "[{":
        if found := re.match(r"\[[^\[\]]*\]|\{[^{}]*\}", value):
            message = "nothing can follow the closing bracket; remove it, or write it inside the brackets"
            yield Slip(index, line.at + found.end(), message, (line.put(found.group()),))
    elif value[0] in _STARTS:
        yield _replace(index, line, 0, _STARTS[value[0]])
    elif value[:2] in {"- ", "? "}:
        yield _replace(index, line, 0, f"a text that starts with {value[0]} needs quotes; put it in quotes")


def find_colon(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a colon with a space after it in a text: `say: Remember: breathe.`."""
    line = _read_whole(lines[index])
    if line.key is None or line.value[:1] in {"", "{", "[", '"', "'", "|", ">"}:
        return
    if found := re.search(r":(?=\s|$)", line.value):
        message = "a colon with a space after it cannot be in a text without quotes; put the text in quotes"
        yield _replace(index, line, found.start(), message)
    elif re.search(r"\s#", line.value):
        # The text continues on the next line.
        yield _replace(index, line, line.value.index("#"), "text after # is a comment; put the text in quotes")


def find_long_colon(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a colon in an unquoted text of several lines, which needs `>`."""
    first = index
    while first and not (read_line(lines[first]).key in KEYS and read_line(lines[first]).value):
        first -= 1
    line = read_line(lines[first])
    last = index
    while last + 1 < len(lines) and lines[last + 1].strip() and read_line(lines[last + 1]).indent > line.start:
        last += 1
    if line.key is None or last == first or last - first > 8 or line.value[:1] in {'"', "'", "|", ">", "[", "{"}:
        return
    if any(re.match(r"\s*(?:-|\.\.\.)", text) or read_line(text).key in KEYS for text in lines[first + 1 : last + 1]):
        return
    inner = " " * (line.start + 2)
    new = (
        line.text[: line.at].rstrip() + " >",
        *(inner + text.strip() for text in (line.value, *lines[first + 1 : last + 1])),
    )
    found = re.search(r":(?=\s|$)", lines[index])
    column = found.start() if found else read_line(lines[index]).indent
    message = (
        "a text of several lines without quotes cannot contain a colon; write > after the key and the text below it"
    )
    yield Slip(first, column if first == index else line.at, message, new, last - first + 1)


def _read_whole(text: str) -> Line:
    """Split a line into its parts; an unknown key is part of the text, as in `- Remember: breathe.`."""
    line = read_line(text)
    if line.key is not None and line.key not in KEYS and line.has_dash and line.value:
        value = text[line.start :].rstrip()
        return Line(text, line.indent, line.start, None, line.start, value, "")
    return line


def _replace(index: int, line: Line, column: int, message: str) -> Slip:
    return Slip(index, line.at + column, message, (line.put(requote(line.value)),))
