"""Parse and count YAML text before composing it, to refuse hostile files before they cost time or memory."""

from dataclasses import dataclass
from typing import Any

import yaml

from narrator.characters import describe_control
from narrator.routine.slips.kinds import Refusal

MAX_DEPTH = 100
MAX_NODES = 100_000
"""Most nodes of a file once its aliases are expanded."""

TEXT_PER_NODE = 100
TOO_DEEP = f"nested over {MAX_DEPTH} levels deep; use fewer levels"
TOO_MANY = f"over {MAX_NODES:,} entries once aliases are expanded; use fewer"

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check_text(text: str) -> Refusal | None:
    """Parse YAML text and return where and why it is refused, or None.

    Only the parser's flat events are read. Text that would be expensive or fatal to compose is refused: composing is
    recursive, and 100,000 nested brackets crash the C loader with a segmentation fault.
    """
    counter = _NodeCounter()
    try:
        for event in yaml.parse(text, Loader=Loader):
            if fault := counter.count(event):
                start: Any = event.start_mark
                return Refusal(start.line, start.column, fault, is_final=fault in {TOO_DEEP, TOO_MANY})
    except yaml.MarkedYAMLError as error:
        where: Any = error.problem_mark or error.context_mark
        opened: Any = error.context_mark
        line, column = (where.line, where.column) if where else (0, 0)
        message = _name_problem(str(error.problem))
        return Refusal(line, column, message, opened.line if opened else None, message == TOO_DEEP)
    except yaml.reader.ReaderError as error:
        return Refusal(text.count("\n", 0, error.position), 0, describe_control(f"U+{ord(error.character):04X}"))
    except yaml.YAMLError:
        return Refusal(0, 0, _PROBLEMS[""])
    return None


_PROBLEMS = {
    # libyaml 0.2.6 has its own limit on depth, and reads far enough ahead to reach it before MAX_DEPTH.
    "nesting depth": TOO_DEEP,
    "mapping values": "a colon cannot be here; put the text in quotes, or check how far this line is indented",
    "cannot start any token": "a value cannot start with this character; put the text in quotes",
    "end of stream": "a quote that opens here is not closed; close it",
    "escape": "a backslash cannot be in a text in double quotes; put the text in single quotes",
    "',' or": "a bracket that opens here is not closed, or a comma is missing; check the brackets",
    "block sequence": "a list cannot start here; put the dash on a line of its own, or check how far it is indented",
    "could not find": "a colon is missing here, or this line belongs further to the right, to the text above it",
    "anchor": "a name after & or * cannot be here; put the text in quotes",
    "alias": "a name after & or * cannot be here; put the text in quotes",
    "": "this line does not fit what is above it; check how far it is indented, its colons and its quotes",
}
"""Messages for errors whose cause is unknown, by a part of the parser's message."""


def _name_problem(problem: str) -> str:
    return next(message for words, message in _PROBLEMS.items() if words in problem)


@dataclass(slots=True)
class _OpenNode:
    """An open list or mapping: its anchor, the number of nodes before it, and its depth so far."""

    anchor: str | None
    before: int
    height: int = 0


class _NodeCounter:
    """Counts a file's nodes and their depth once its aliases are expanded."""

    def __init__(self) -> None:
        self._documents = 0
        self._nodes = 0
        self._open: list[_OpenNode] = []
        self._known: dict[str, tuple[int, int]] = {}
        """Size and height of each anchor."""

    def count(self, event: Any) -> str | None:
        """Count one event; return a message if it is refused."""
        fault: str | None = None
        match event:
            case yaml.DocumentStartEvent():
                fault = self._start_document()
            case yaml.AliasEvent():
                fault = self._count_alias(event.anchor)
            case yaml.NodeEvent():
                fault = self._count_node(event)
            case yaml.CollectionEndEvent():
                self._end_collection()
        return fault or self._check_limits()

    def _start_document(self) -> str | None:
        self._documents += 1
        if self._documents > 1:
            return "a second document starts here; write one routine in each file, and remove this line"
        return None

    def _count_alias(self, anchor: str | None) -> str | None:
        if anchor is None or anchor not in self._known:
            return f"the alias *{anchor} has no finished anchor before it"
        self._add(*self._known[anchor])
        return None

    def _count_node(self, event: Any) -> str | None:
        if event.anchor in self._known:
            return f"the anchor &{event.anchor} is defined twice; give one another name"
        tag = getattr(event, "tag", None)
        # Plain and quoted text have no tag; a quoted scalar may be marked with "!".
        if tag not in {None, "!"}:
            return f"tags such as {tag} are not part of the language; remove it"
        if isinstance(event, yaml.ScalarEvent):
            # A long text counts as several nodes, because aliases may repeat it many times.
            size = 1 + len(event.value) // TEXT_PER_NODE
            self._add(size, 0)
            if event.anchor:
                self._known[event.anchor] = size, 0
        else:
            self._open.append(_OpenNode(event.anchor, self._nodes))
            self._add(1, 0)
        return None

    def _end_collection(self) -> None:
        done = self._open.pop()
        if done.anchor:
            self._known[done.anchor] = self._nodes - done.before, done.height
        if self._open:
            self._open[-1].height = max(self._open[-1].height, done.height + 1)

    def _add(self, size: int, height: int) -> None:
        """Count a node, or the nodes of an alias, inside the open collections."""
        self._nodes += size
        if self._open:
            self._open[-1].height = max(self._open[-1].height, height + 1)

    def _check_limits(self) -> str | None:
        if len(self._open) + (self._open[-1].height if self._open else 0) > MAX_DEPTH:
            return TOO_DEEP
        if self._nodes > MAX_NODES:
            return TOO_MANY
        return None
