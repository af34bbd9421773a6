"""YAML text to plain data in which every mapping knows its place, with hostile files refused before they cost anything.

Scalars stay text: the models type them, so YAML 1.1's surprises (`1:30` as 90, `no` as false) cannot happen.
"""

import errno
import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as PlainMapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from narrator.characters import find_control
from narrator.errors import Mark, RoutineError
from narrator.paths import read_file
from narrator.routine.translations import Translations
from narrator.routine.written import Written

MAX_BYTES = 512 * 1024
MAX_DEPTH = 100
MAX_NODES = 100_000
"""Nodes a file may come to once its aliases are written out."""

TEXT_PER_NODE = 100
TOO_DEEP = f"nested over {MAX_DEPTH} levels deep; a routine needs few"

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mapping(dict[str, Any]):
    """A YAML mapping as a dict that knows where it and each of its values start, and what it was made from."""

    mark: Mark
    marks: dict[str, Mark]
    node: yaml.Node
    source: "Source"


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What is known of a node that is not as it stands in the file: the file it is from, and a note for messages.

    A text into which values were put has its template, and the values by name.
    """

    source: "Source"
    note: str = ""
    template: yaml.ScalarNode | None = None
    values: PlainMapping[str, Written] = field(default_factory=dict)


class Source:
    """One YAML file: its data, and the place of any part of it.

    `borrowed` has what is known, by identity, of nodes that were put into it from elsewhere.
    """

    def __init__(
        self,
        name: str,
        root: yaml.Node,
        borrowed: dict[int, Borrowed] | None = None,
        text: str = "",
        translations: Translations | None = None,
    ) -> None:
        self.name = name
        self.root = root
        self.text = text
        self.borrowed = borrowed or {}
        self.translations = translations or Translations(None, name)
        self.data = self._build(root)

    def find_mark(self, path: Sequence[str | int], *, key: bool = False) -> Mark:
        """Place of the value that a path of keys and indexes leads to, or with `key` of the last key itself.

        Parts of the path that lead nowhere are passed over, so that a path may hold more than the file does.
        """
        *_, (label, value) = self._follow(path)
        return self.mark_node(label if key else value)

    def find_text(self, path: Sequence[str | int], snippet: str) -> Mark:
        """Place of the first such words within the value that a path leads to; where it starts if they are not seen.

        Words that the file writes in another way (with escapes, or over several lines) are not seen.
        """
        *_, (_, value) = self._follow(path)
        start = self.mark_node(value)
        if start.file != self.name or not snippet:
            return start
        lines = self.text.split("\n")[start.line - 1 : value.end_mark.line + 1]
        for number, line in enumerate(lines):
            first = start.column - 1 if number == 0 else 0
            if (column := line.find(snippet, first)) >= 0:
                return Mark(self.name, start.line + number, column + 1)
        return start

    def find_note(self, path: Sequence[str | int]) -> str:
        """Say where what a path leads to was put in from elsewhere; nothing where it was not."""
        notes = [self.borrowed[id(value)].note for _, value in self._follow(path) if id(value) in self.borrowed]
        return next((note for note in reversed(notes) if note), "")

    def _follow(self, path: Sequence[str | int]) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yield the nodes along a path, each with the key that it has."""
        node = self.root
        yield node, node
        for part in path:
            if isinstance(node, yaml.SequenceNode):
                if isinstance(part, int) and part < len(node.value):
                    node = node.value[part]
                    yield node, node
                continue
            for label, child in node.value if isinstance(node, yaml.MappingNode) else ():
                if label.value == part:
                    node = child
                    yield label, child
                    break

    def find_value(self, path: Sequence[str | int]) -> Any:
        """What a path of keys and indexes leads to, as far as it leads anywhere."""
        value = self.data
        for part in path:
            if isinstance(value, dict) and part in value:
                value = value[str(part)]
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
        return value

    def read_text(self, node: yaml.ScalarNode) -> Written:
        """Text of a scalar, in which no escape stands for what may not be written plainly.

        Raises:
            RoutineError: one does.

        """
        mark = self.mark_node(node)
        if found := find_control(node.value):
            raise RoutineError(_describe_control(found[1]), mark)
        known = self.borrowed.get(id(node))
        template = _unfold(known.template) if known and known.template else None
        translations = (known.source if known else self).translations
        return Written(_unfold(node), mark, translations, template, known.values if known else {})

    def mark_node(self, node: yaml.Node) -> Mark:
        """Place of a node, in the file that it is from."""
        known = self.borrowed.get(id(node))
        name = known.source.name if known else self.name
        return Mark(name, node.start_mark.line + 1, node.start_mark.column + 1)

    def _build(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self.read_text(node)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(child) for child in node.value]
        mapping = Mapping()
        mapping.mark, mapping.marks = self.mark_node(node), {}
        mapping.node, mapping.source = node, self
        for label, child in node.value:
            if not isinstance(label, yaml.ScalarNode):
                raise RoutineError("a key must be a word; quote text that starts with [ or {", self.mark_node(label))
            self.read_text(label)
            if label.value == "<<":
                raise RoutineError(
                    "merge keys (<<) are not part of the language; write the keys out", self.mark_node(label)
                )
            if label.value in mapping:
                raise RoutineError(
                    f"the key {label.value!r} stands here twice; keep one of them", self.mark_node(label)
                )
            mapping[label.value] = self._build(child)
            mapping.marks[label.value] = self.mark_node(child)
        return mapping


def read_source(path: Path, name: str | None = None) -> Source:
    """Read a YAML file; `name` is what messages call it.

    Raises:
        RoutineError: it cannot be read, is no YAML, or is larger, deeper or more tangled than any routine.

    """
    name = name or str(path)
    try:
        raw = read_file(path, MAX_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise RoutineError(
                f"this is too large; a routine has at most {MAX_BYTES // 1024} KiB", Mark(name, 1, 1)
            ) from error
        raise RoutineError(f"cannot read {name}: {error.strerror or error}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RoutineError("this is not UTF-8 text; save the file as UTF-8", Mark(name, line, 1)) from error
    return parse_source(text, name, Translations(path, name))


def parse_source(text: str, name: str, translations: Translations | None = None) -> Source:
    """Parse YAML text; see `read_source`."""
    if found := find_control(text.replace("\r\n", " \n").replace("\r", "\n")):
        at, character = found
        line, start = text.count("\n", 0, at) + 1, text.rfind("\n", 0, at)
        raise RoutineError(_describe_control(character), Mark(name, line, at - start))
    try:
        _guard_events(text, name)
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        where: Any = error.problem_mark or error.context_mark
        mark = Mark(name, where.line + 1, where.column + 1) if where else Mark(name, 1, 1)
        # libyaml 0.2.6 has a bound of its own on depth, and reads far enough ahead to meet it before we meet ours.
        if "nesting depth" in str(error.problem):
            raise RoutineError(TOO_DEEP, mark) from error
        raise RoutineError(f"this is not YAML: {error.problem}; check indents, colons and quotes", mark) from error
    except yaml.YAMLError as error:
        raise RoutineError(f"this is not YAML: {_first_line(error)}", Mark(name, 1, 1)) from error
    if root is None:
        raise RoutineError("the file is empty; start with 'title:' and 'steps:'", Mark(name, 1, 1))
    translations = translations or Translations(None, name)
    translations.list_scalars = partial(_list_scalars, root)
    return Source(name, root, text=text, translations=translations)


def _list_scalars(node: yaml.Node) -> Iterator[str]:
    """Yield the values of a tree that are neither lists nor mappings."""
    waiting = [node]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, yaml.ScalarNode):
            yield _unfold(each)
        elif id(each) not in seen:
            seen.add(id(each))
            waiting += (child[1] if isinstance(child, tuple) else child for child in each.value)


def _guard_events(text: str, name: str) -> None:
    """Walk the parser's flat events and refuse what would be costly, or deadly, to compose.

    Composing recurses: 100,000 nested brackets end the C loader in a segmentation fault.
    """
    counter = _NodeCounter()
    documents = 0
    for event in yaml.parse(text, Loader=Loader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        fault = "a second document starts here; keep one routine to a file" if documents > 1 else counter.count(event)
        if fault:
            start: Any = event.start_mark
            raise RoutineError(fault, Mark(name, start.line + 1, start.column + 1))


@dataclass(slots=True)
class _OpenNode:
    """A list or mapping that has not ended: its anchor, the nodes before it, and how deep it goes so far."""

    anchor: str | None
    before: int
    height: int = 0


class _NodeCounter:
    """Counts what a file's nodes come to once its aliases are written out, and how deep they lie."""

    def __init__(self) -> None:
        self._nodes = 0
        self._open: list[_OpenNode] = []
        self._known: dict[str, tuple[int, int]] = {}
        """Size and height of each anchor."""

    def count(self, event: Any) -> str | None:
        """Take one event; answers what is wrong with it."""
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._known:
                return f"the alias *{event.anchor} has no finished anchor before it"
            size, height = self._known[event.anchor]
            self._add(size, height)
        elif isinstance(event, yaml.NodeEvent):
            tag = getattr(event, "tag", None)
            # Plain and quoted text carry no tag of their own; "!" is how a quoted scalar may be marked.
            if tag not in {None, "!"}:
                return f"tags such as {tag} are not part of the language; take it out"
            if isinstance(event, yaml.ScalarEvent):
                # A long text counts as several nodes: aliases may write it out again and again.
                size = 1 + len(event.value) // TEXT_PER_NODE
                self._add(size, 0)
                if event.anchor:
                    self._known[event.anchor] = size, 0
            else:
                self._open.append(_OpenNode(event.anchor, self._nodes))
                self._add(1, 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self._open.pop()
            if done.anchor:
                self._known[done.anchor] = self._nodes - done.before, done.height
            if self._open:
                self._open[-1].height = max(self._open[-1].height, done.height + 1)
        return self._check_limits()

    def _add(self, size: int, height: int) -> None:
        """Count a node, or what an alias stands for, within whatever is open."""
        self._nodes += size
        if self._open:
            self._open[-1].height = max(self._open[-1].height, height + 1)

    def _check_limits(self) -> str | None:
        if len(self._open) + (self._open[-1].height if self._open else 0) > MAX_DEPTH:
            return TOO_DEEP
        if self._nodes > MAX_NODES:
            return f"over {MAX_NODES:,} entries once aliases are written out; a routine needs fewer"
        return None


def _unfold(node: yaml.ScalarNode) -> str:
    """Text of a scalar in which a blank line is always two line breaks.

    In folded, plain and quoted text YAML turns one blank line into one line break; in literal text it keeps both.
    """
    text: str = node.value
    return text if node.style == "|" else re.sub(r"\n+", "\n\n", text.rstrip("\n"))


def _describe_control(character: str) -> str:
    return f"the character {character} steers a terminal and is not text; take it out"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unreadable"])[0]
