"""Find texts that YAML ends early, and marks in texts that would be read aloud."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import yaml

from narrator.errors import Fault, Mark
from narrator.routine.slips.lengths import read_loosely
from narrator.routine.slips.lines import TEXTS, quote
from narrator.routine.text.durations import parse_pause

if TYPE_CHECKING:
    from narrator.routine.source import Source

_ENDS = ".!?…:;\"'”’»)]"
_LISTS = frozenset({"say", "each", "spread", "random", "brief"})
_SPOKEN = re.compile(r"\((?:(?:rest|wait|hold|silence|for)\s+)*(\d[\d.,]*\s*[A-Za-z]+\.?)\)", re.IGNORECASE)


def find_cut_texts(source: "Source") -> list[Fault]:
    """Return warnings about texts of a file that YAML ends earlier than the author intended."""
    return [*_walk(source, source.root, "", set())]


def _walk(source: "Source", node: yaml.Node, key: str, seen: set[int]) -> Iterator[Fault]:
    if id(node) in seen or not source.is_own(node):
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield from _find_cut(source, node, key)
        if key in TEXTS | _LISTS:
            yield from _find_spoken_pauses(source, node)
            yield from _find_spoken_breaks(source, node)
    elif isinstance(node, yaml.SequenceNode):
        if node.flow_style and key in _LISTS:
            yield from _find_torn(source, node.value)
        if node.flow_style and key == "sides" and len(node.value) == 1:
            yield from _find_one_side(source, node.value[0])
        for child in node.value:
            yield from _walk(source, child, key, seen)
    elif isinstance(node, yaml.MappingNode):
        for label, child in node.value:
            name = label.value if isinstance(label, yaml.ScalarNode) else ""
            # Keys such as languages and sides are part of a text.
            yield from _walk(source, child, key if key in TEXTS and name not in TEXTS else name, seen)


def _find_cut(source: "Source", node: yaml.ScalarNode, key: str) -> Iterator[Fault]:
    """Find texts that are cut by ` #`, and texts that start with an anchor `&name`; neither part is said."""
    if node.style or not node.value or node.end_mark.line >= len(source.lines):
        return
    line, start, end = source.lines[node.end_mark.line], node.start_mark.column, node.end_mark.column
    written = source.cut(node) or ""
    if written.startswith("&") and f"*{written[1:].split()[0]}" not in source.text:
        message = "a word after & is a name for the text and is not said; put the text in quotes"
        yield Fault(message, source.mark_node(node), fix=source.replace(node, quote(written)))
    found = re.match(r"(\s+)#(.*)", line[end:])
    warning = found and _describe_comment(found[1], found[2], line[:end], is_text=key in TEXTS | _LISTS)
    if not found or not warning:
        return
    fix = line[:start] + quote(line[start:].rstrip()) if written else None
    yield Fault(warning, Mark(source.name, node.end_mark.line + 1, end + len(found[1]) + 1, line), fix=fix)


def _describe_comment(space: str, comment: str, before: str, *, is_text: bool) -> str | None:
    """Return a warning if a comment may be intended as text, else None."""
    if re.match(r"[\w(\"']", comment):
        return "text after # is a comment and is not said; put the whole text in quotes"
    if is_text and space == " " and before[-1:] not in _ENDS and comment.strip():
        return "text after # is a comment and is not said; put the whole text in quotes, or two spaces before the #"
    return None


def _find_torn(source: "Source", items: list[yaml.Node]) -> Iterator[Fault]:
    """Find a text in a bracketed list that its own comma splits in two: `[Let go, and rest.]`."""
    for before, item in pairwise(items):
        first, second = (_read_plain(source, each) for each in (before, item))
        if first and second and first[0].isupper() and first[-1] not in _ENDS and second[0].islower():
            line = source.lines[item.start_mark.line]
            fix = None
            if before.start_mark.line == item.end_mark.line:
                whole = line[before.start_mark.column : item.end_mark.column]
                fix = line[: before.start_mark.column] + quote(whole) + line[item.end_mark.column :]
            message = f"the comma in [...] starts another text here: {second!r}; put the whole text in quotes"
            yield Fault(message, source.mark_node(item), fix=fix)


def _find_one_side(source: "Source", item: yaml.Node) -> Iterator[Fault]:
    """Find two sides that are not separated by a comma: `[right; left]`."""
    names = [name.strip() for name in re.split(r"[;/|&+]|\band\b", _read_plain(source, item))]
    if len(names) > 1 and all(names):
        message = f"this is one side; separate {len(names)} sides by commas: [{', '.join(names)}]"
        yield Fault(message, source.mark_node(item), fix=source.replace(item, ", ".join(names)))


def _find_spoken_pauses(source: "Source", node: yaml.ScalarNode) -> Iterator[Fault]:
    """Find lengths in parentheses, which are read aloud: `(3 sec)`, `(rest 10s)`."""
    mark = source.mark_node(node)
    for found in _SPOKEN.finditer(node.value):
        is_pause = parse_pause(found.group()[1:-1], "en", by_word=True) is not None
        if not is_pause and (length := read_loosely(found[1])):
            start = mark.text.find(found.group(), mark.column - 1)
            if start >= 0:
                at = Mark(mark.file, mark.line, start + 1, mark.text)
                message = f"{found.group()} is read aloud; for a pause, write [{length}]"
                yield Fault(message, at, fix=at.rewrite(found.group(), f"[{length}]"))


def _find_spoken_breaks(source: "Source", node: yaml.ScalarNode) -> Iterator[Fault]:
    """Find a line break in the notation of other languages, which would be read aloud."""
    mark = source.mark_node(node)
    if "\\n" in node.value and (start := mark.text.find("\\n", mark.column - 1)) >= 0:
        at = Mark(mark.file, mark.line, start + 1, mark.text)
        message = "\\n is read aloud; sentences need no line break, and a pause is [2s]"
        yield Fault(message, at, fix=re.sub(r"(?:\\n)+", " ", at.text))


def _read_plain(source: "Source", node: yaml.Node) -> str:
    is_plain = isinstance(node, yaml.ScalarNode) and not node.style and source.is_own(node)
    return node.value if is_plain else ""
