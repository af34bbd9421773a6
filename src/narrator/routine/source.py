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
from narrator.routine.slips.foreign import name_bytes, name_foreign
from narrator.routine.slips.lines import STEPS, split_lines
from narrator.routine.slips.syntax import Refusal, find_slips
from narrator.routine.translations import Translations
from narrator.routine.written import Written

MAX_BYTES = 512 * 1024
MAX_DEPTH = 100
MAX_NODES = 100_000
"""Nodes a file may come to once its aliases are written out."""

TEXT_PER_NODE = 100
TOO_DEEP = f"nested over {MAX_DEPTH} levels deep; a routine needs few"
TOO_MANY = f"over {MAX_NODES:,} entries once aliases are written out; a routine needs fewer"

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
        self.lines = split_lines(text)
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
        lines = self.lines[start.line - 1 : value.end_mark.line + 1]
        for number, line in enumerate(lines):
            first = start.column - 1 if number == 0 else 0
            if (column := line.find(snippet, first)) >= 0:
                return Mark(self.name, start.line + number, column + 1, line)
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

    def find_node(self, path: Sequence[str | int]) -> yaml.Node:
        """Return the node that a path leads to, as far as it leads anywhere."""
        *_, (_, value) = self._follow(path)
        return value

    def find_label(self, path: Sequence[str | int]) -> yaml.Node:
        """Return the node of the last key of a path."""
        *_, (label, _) = self._follow(path)
        return label

    def is_own(self, node: yaml.Node) -> bool:
        """Whether a node is written in this file as it is."""
        return id(node) not in self.borrowed

    def cut(self, node: yaml.Node) -> str | None:
        """Return a value as it is written; None if it is not on one line of this file."""
        start, end = node.start_mark, node.end_mark
        if not self.is_own(node) or start.line != end.line or start.line >= len(self.lines):
            return None
        return self.lines[start.line][start.column : end.column]

    def rewrite(self, path: Sequence[str | int], value: str) -> str | None:
        """Return the line of a value with another one in its place; None if it is not on one line of this file."""
        return self.replace(self.find_node(path), value)

    def replace(self, node: yaml.Node, value: str) -> str | None:
        """Return the line of a node with another value in its place; None if it is not on one line of this file."""
        if self.cut(node) is None:
            return None
        line = self.lines[node.start_mark.line]
        # After a key without a value comes no space.
        space = (
            " " if node.start_mark.column == node.end_mark.column and line[: node.end_mark.column][-1:] == ":" else ""
        )
        return line[: node.start_mark.column] + space + value + line[node.end_mark.column :]

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
        origin = self.find_origin(node)
        line = node.start_mark.line
        text = origin.lines[line] if line < len(origin.lines) else ""
        return Mark(origin.name, line + 1, node.start_mark.column + 1, text)

    def find_origin(self, node: yaml.Node) -> "Source":
        """Return the file that a node is from."""
        known = self.borrowed.get(id(node))
        return known.source if known else self

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
                mark = self.mark_node(label)
                raise RoutineError(
                    f"the key {label.value!r} is here twice; keep one of them, or start a new step with '- '",
                    mark,
                    fix=_start_step(mark) if label.value in STEPS else None,
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
        message = name_bytes(raw) or "this is not UTF-8 text; save the file as UTF-8"
        raise RoutineError(message, Mark(name, line, 1)) from error
    return parse_source(text, name, Translations(path, name))


def parse_source(text: str, name: str, translations: Translations | None = None) -> Source:
    """Parse YAML text; see `read_source`."""
    if found := find_control(text.replace("\r\n", " \n").replace("\r", "\n")):
        at, character = found
        line, start = text.count("\n", 0, at) + 1, text.rfind("\n", 0, at)
        raise RoutineError(_describe_control(character), Mark(name, line, at - start))
    if refusal := check_text(text):
        if not refusal.is_final and (foreign := name_foreign(text)):
            raise RoutineError(foreign, Mark(name, 1, 1, split_lines(text)[0]))
        raise RoutineError.gather(find_slips(text, name, check_text))
    root = yaml.compose(text, Loader=Loader)
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


def check_text(text: str) -> Refusal | None:
    """Parse YAML text, and return where and why it is refused; None if it is not.

    The parser's flat events are walked, and what would be costly, or deadly, to compose is refused: composing recurses,
    and 100,000 nested brackets end the C loader in a segmentation fault.
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
        return Refusal(text.count("\n", 0, error.position), 0, _describe_control(f"U+{ord(error.character):04X}"))
    except yaml.YAMLError:
        return Refusal(0, 0, _PROBLEMS[""])
    return None


_PROBLEMS = {
    # libyaml 0.2.6 has a bound of its own on depth, and reads far enough ahead to meet it before we meet ours.
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
"""What is said of what the parser says, where no cause is found: a part of its words, and narrator's."""


def _name_problem(problem: str) -> str:
    return next(message for words, message in _PROBLEMS.items() if words in problem)


@dataclass(slots=True)
class _OpenNode:
    """A list or mapping that has not ended: its anchor, the nodes before it, and how deep it goes so far."""

    anchor: str | None
    before: int
    height: int = 0


class _NodeCounter:
    """Counts what a file's nodes come to once its aliases are written out, and how deep they lie."""

    def __init__(self) -> None:
        self._documents = 0
        self._nodes = 0
        self._open: list[_OpenNode] = []
        self._known: dict[str, tuple[int, int]] = {}
        """Size and height of each anchor."""

    def count(self, event: Any) -> str | None:
        """Take one event; answers what is wrong with it."""
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
            return "a second document starts here; keep one routine to a file, and take this line out"
        return None

    def _count_alias(self, anchor: str | None) -> str | None:
        if anchor is None or anchor not in self._known:
            return f"the alias *{anchor} has no finished anchor before it"
        self._add(*self._known[anchor])
        return None

    def _count_node(self, event: Any) -> str | None:
        if event.anchor in self._known:
            return f"the anchor &{event.anchor} is here twice; give it another name"
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
        return None

    def _end_collection(self) -> None:
        done = self._open.pop()
        if done.anchor:
            self._known[done.anchor] = self._nodes - done.before, done.height
        if self._open:
            self._open[-1].height = max(self._open[-1].height, done.height + 1)

    def _add(self, size: int, height: int) -> None:
        """Count a node, or what an alias stands for, within whatever is open."""
        self._nodes += size
        if self._open:
            self._open[-1].height = max(self._open[-1].height, height + 1)

    def _check_limits(self) -> str | None:
        if len(self._open) + (self._open[-1].height if self._open else 0) > MAX_DEPTH:
            return TOO_DEEP
        if self._nodes > MAX_NODES:
            return TOO_MANY
        return None


def _start_step(mark: Mark) -> str | None:
    """Return the line of a key as the first one of a new step; None where other things are before it."""
    before, after = mark.text[: mark.column - 1], mark.text[mark.column - 1 :]
    return f"{before[:-2]}- {after}" if len(before) > 1 and not before.strip() else None


def _unfold(node: yaml.ScalarNode) -> str:
    """Text of a scalar in which a blank line is always two line breaks.

    In folded, plain and quoted text YAML turns one blank line into one line break; in literal text it keeps both.
    """
    text: str = node.value
    return text if node.style == "|" else re.sub(r"\n+", "\n\n", text.rstrip("\n"))


def _describe_control(character: str) -> str:
    return f"the character {character} steers a terminal and is not text; take it out"
