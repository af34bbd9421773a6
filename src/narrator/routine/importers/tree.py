"""Make YAML nodes for the steps of a text, each with its place in the file."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from narrator.errors import Fault, Mark
from narrator.routine.importers.parts import Value
from narrator.routine.text.marks import TextFault

_TEXT, _LIST, _MAPPING = (f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))


class Tree:
    """Makes nodes for the text of one file, and finds its lines."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def make_node(self, data: Any, start: int, end: int) -> yaml.Node:
        """Return the node of a text, a list or a mapping that is written from `start` to `end`."""
        if isinstance(data, yaml.Node):
            return data
        if isinstance(data, Value):
            return self._make_scalar(*data)
        if isinstance(data, str):
            return self._make_scalar(data, start, end)
        if isinstance(data, Mapping):
            # A mapping starts at the first of its values that has a place.
            start, end = _find_span(data) or (start, end)
        begin, finish = self._mark(start), self._mark(end)
        if isinstance(data, Mapping):
            pairs = [
                (self._make_scalar(key, start, end), self.make_node(child, start, end)) for key, child in data.items()
            ]
            return yaml.MappingNode(_MAPPING, pairs, begin, finish, flow_style=False)
        assert isinstance(data, Sequence)  # noqa: S101 - there is nothing else
        nodes = [self.make_node(child, start, end) for child in data]
        return yaml.SequenceNode(_LIST, nodes, begin, finish, flow_style=False)

    def _make_scalar(self, text: str, start: int, end: int) -> yaml.ScalarNode:
        # As literal text, which keeps every line break.
        return yaml.ScalarNode(_TEXT, text, self._mark(start), self._mark(end), style="|")

    def _mark(self, at: int) -> Any:
        line, column = self._find(at)
        return yaml.Mark(self.name, at, line, column, None, 0)

    def _find(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at) - 1
        return line, at - self._starts[line]

    def find_mark(self, at: int) -> Mark:
        """Return the place in the file of an offset in the text."""
        line, column = self._find(at)
        return Mark(self.name, line + 1, column + 1, self.lines[line])

    def describe(self, fault: TextFault, at: int) -> Fault:
        """Return a fault at a place of the text, with the corrected line if it is known."""
        mark = self.find_mark(at)
        return Fault(fault.message, mark, fix=fault.rewrite(mark))


def _find_span(data: Any) -> tuple[int, int] | None:
    """Return the place of the first value in some data that has a place."""
    if isinstance(data, Value):
        return data.start, data.end
    if isinstance(data, str | yaml.Node):
        return None
    children = data.values() if isinstance(data, Mapping) else data
    return next(filter(None, map(_find_span, children)), None)
