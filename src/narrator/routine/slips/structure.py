"""Correct mappings instead of lists, lists instead of texts, and two steps in one."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

import yaml

from narrator.routine.slips.lines import KEYS, STEPS, read_line, write_plainly

if TYPE_CHECKING:
    from narrator.routine.source import Source

_BULLET = re.compile(r"^(?:[^\w\s\"'#&*!|>%@`{}\[\],:?/-]\ufe0f?\s*|[*]\s*|-(?=\w)|\d+[.)]\s+)")


class Fix(NamedTuple):
    """Text to replace a number of lines of the file with."""

    text: str | None
    lines: int = 1


def split_step(source: "Source", path: Sequence[str | int], key: str) -> Fix | None:
    """Return the line of a key as the start of a new step; None if the key does not start its line."""
    mark = source.find_mark([*path, key], key=True)
    before = mark.text[: mark.column - 1]
    return Fix(before[:-2] + "- " + mark.text[mark.column - 1 :]) if len(before) > 1 and not before.strip() else None


def list_entries(source: "Source", path: Sequence[str | int], *, each: bool) -> Fix | None:
    """Return a mapping as a list: with one entry, or with one for `each` kind of step in it."""
    node = source.find_node(path)
    if not isinstance(node, yaml.MappingNode) or not source.is_own(node):
        return None
    if node.flow_style:
        written = source.cut(node)
        return Fix(source.rewrite(path, f"[{written}]")) if written and not each else None
    return list_lines(source.lines, node, each=each)


def list_lines(lines: Sequence[str], node: yaml.MappingNode, *, each: bool) -> Fix:
    """Return the lines of a mapping as a list: with one entry, or with one for `each` kind of step in it."""
    first, last = node.start_mark.line, _find_last(node)
    kinds = [label for label, _ in node.value if not _is_detail(label)]
    starts = {first, *(label.start_mark.line for label in kinds if each)}
    column = node.start_mark.column
    new = [
        f"{text[:column]}{'- ' if first + number in starts else '  '}{_BULLET.sub('', text[column:])}"
        if text.strip()
        else text
        for number, text in enumerate(lines[first : last + 1])
    ]
    return Fix("\n".join(new), len(new))


def _is_detail(label: yaml.Node) -> bool:
    """Return whether a key is a property of a step, not its kind."""
    return isinstance(label, yaml.ScalarNode) and label.value in KEYS and label.value not in STEPS


def move_in(source: "Source", path: Sequence[str | int]) -> Fix | None:
    """Return a section or repeat with the following steps moved into it, up to the next section or repeat.

    `path` is that of its key `steps`, which may be missing. There is nothing to move into the steps of the file itself:
    what is beside them is not a step.
    """
    if len(path) < 3:
        return None
    *outer, index, _ = path
    siblings, step = source.find_node(outer), source.find_node(path[:-1])
    if not isinstance(siblings, yaml.SequenceNode) or siblings.flow_style or not isinstance(index, int):
        return None
    if not isinstance(step, yaml.MappingNode) or step.flow_style or not source.is_own(siblings):
        return None
    inner = list(takewhile(lambda node: not _is_group(node), siblings.value[index + 1 :]))
    if not inner or not all(map(source.is_own, inner)):
        return None
    label = next((label for label, _ in step.value if label.value == "steps"), None)
    first, start = (label or step).start_mark.line, inner[0].start_mark.line
    last, column = _find_last(inner[-1]), step.start_mark.column
    by = " " * (column + 2 - read_line(source.lines[start]).indent)
    head = [*source.lines[first:start], *([] if label else [" " * column + "steps:"])]
    new = [*head, *(by + text if text.strip() else text for text in source.lines[start : last + 1])]
    return Fix("\n".join(new), last - first + 1)


def name_place(source: "Source", path: Sequence[str | int]) -> str | None:
    """Return the corrected line of a cue whose position is its key: `30s: Soften.`."""
    node, label = source.find_node(path), source.find_label(path)
    if path[-3:-2] != ["cues"] or label is None or not isinstance(node, yaml.ScalarNode):
        return None
    cue = source.find_node(path[:-1])
    if not isinstance(cue, yaml.MappingNode) or len(cue.value) > 1 or cue.flow_style or source.cut(node) is None:
        return None
    if not re.fullmatch(r"half|-?\d[\d.]*(?:%|\s*[a-z]+|:\d\d)", label.value):
        return None
    line = source.lines[node.start_mark.line]
    text = write_plainly(node.value, in_brackets=True)
    return f"{line[: label.start_mark.column]}{{at: {label.value}, say: {text}}}{line[node.end_mark.column :]}"


def join_cue(source: "Source", path: Sequence[str | int]) -> Fix | None:
    """Return the first line of a cue without its dash, if the cue above has only a position."""
    *outer, index = path
    if not isinstance(index, int) or index == 0:
        return None
    above, node = source.find_node([*outer, index - 1]), source.find_node(path)
    if not isinstance(above, yaml.MappingNode) or not isinstance(node, yaml.MappingNode) or node.flow_style:
        return None
    if above.flow_style or [label.value for label, _ in above.value] not in (["at"], ["every"], ["countdown"]):
        return None
    line, column = source.lines[node.start_mark.line], node.start_mark.column
    return Fix(" " * column + line[column:]) if line[:column].strip() == "-" else None


def _is_group(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and any(label.value in {"section", "repeat"} for label, _ in node.value)


def write_as_text(source: "Source", path: Sequence[str | int]) -> Fix | None:
    """Return a list of texts as one text: on one line, or below `|` with one line for each."""
    node, label = source.find_node(path), source.find_label(path)
    if not isinstance(node, yaml.SequenceNode) or not source.is_own(node) or label is None:
        return None
    if not all(isinstance(item, yaml.ScalarNode) and item.value.strip() for item in node.value):
        return None
    texts = [" ".join(item.value.split()) for item in node.value]
    if node.flow_style:
        is_inside = "{" in source.lines[node.start_mark.line]
        return Fix(source.rewrite(path, write_plainly(" ".join(texts), in_brackets=is_inside)))
    first, last = label.start_mark.line, _find_last(node)
    head = read_line(source.lines[first])
    inner = " " * (label.start_mark.column + 2)
    new = [f"{source.lines[first][: head.at].rstrip()} |{head.comment}", *(f"{inner}- {text}" for text in texts)]
    return Fix("\n".join(new), last - first + 1)


def unwrap(source: "Source", path: Sequence[str | int]) -> Fix | None:
    """Return the lines of a mapping without its enclosing key, moved to the column of that key."""
    node, label = source.find_node(path), source.find_label(path)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not source.is_own(node):
        return None
    first, last, by = label.start_mark.line, _find_last(node), node.start_mark.column - label.start_mark.column
    inner = source.lines[node.start_mark.line : last + 1]
    if node.start_mark.line == first or any(text[:by].strip() for text in inner):
        return None
    return Fix("\n".join(text[by:] for text in inner), last - first + 1)


def add_below(source: "Source", path: Sequence[str | int], text: str) -> Fix | None:
    """Return the first line of a step with another key below it or in its brackets."""
    node = source.find_node(path)
    if not isinstance(node, yaml.MappingNode) or not source.is_own(node):
        return None
    line = source.lines[node.start_mark.line]
    if node.flow_style:
        written = source.cut(node)
        return Fix(source.rewrite(path, f"{written[:-1].rstrip()}, {text}}}")) if written else None
    if node.value[0][1].end_mark.line != node.start_mark.line:
        return None
    return Fix(f"{line}\n{' ' * node.start_mark.column}{text}")


def _find_last(node: yaml.Node) -> int:
    """Return the last line of a node that is not empty."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = node.end_mark
    return end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line
