"""Mappings where lists belong, lists where texts belong, two steps in one: written as they are meant."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

from narrator.routine.slips.lines import read_line, write_plainly
from narrator.routine.source import Source

_BULLET = re.compile(r"^[•–—*+·]\s*")


class Fix(NamedTuple):
    """Text to write in place of so many lines of the file."""

    text: str | None
    lines: int = 1


def split_step(source: Source, path: Sequence[str | int], key: str) -> Fix | None:
    """Return the line of a key as the first of a step of its own; None where it is not on a line by itself."""
    mark = source.find_mark([*path, key], key=True)
    before = mark.text[: mark.column - 1]
    return Fix(before[:-2] + "- " + mark.text[mark.column - 1 :]) if len(before) > 1 and not before.strip() else None


def list_entries(source: Source, path: Sequence[str | int], *, each: bool) -> Fix | None:
    """Return a mapping as the list that should be there: with one entry, or with `each` of its keys as an entry."""
    node = source.find_node(path)
    if not isinstance(node, yaml.MappingNode) or not source.is_own(node):
        return None
    if node.flow_style:
        written = source.cut(node)
        return Fix(source.rewrite(path, f"[{written}]")) if written and not each else None
    first, last = node.start_mark.line, _find_last(node)
    starts = {label.start_mark.line for label, _ in node.value} if each else {first}
    column = node.start_mark.column
    lines = source.lines[first : last + 1]
    new = [
        f"{text[:column]}{'- ' if first + number in starts else '  '}{_BULLET.sub('', text[column:])}"
        if text.strip()
        else text
        for number, text in enumerate(lines)
    ]
    return Fix("\n".join(new), len(new))


def write_as_text(source: Source, path: Sequence[str | int]) -> Fix | None:
    """Return a list of texts as one text: on one line, or below `|` with a line for each."""
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


def add_below(source: Source, path: Sequence[str | int], text: str) -> Fix | None:
    """Return the first line of a step with another key below it, or within its brackets."""
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
    """Return the last line of a node that has something in it."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = node.end_mark
    return end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line
