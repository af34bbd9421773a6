"""Read YAML as plain data in which every mapping has its place, refusing hostile files before they cost anything.

Scalars stay text and are typed by the models, which avoids the surprises of YAML 1.1 (`1:30` as 90, `no` as false).
"""

import errno
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as PlainMapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from narrator.characters import describe_control, find_control
from narrator.errors import Fault, Mark, RoutineError
from narrator.paths import open_regular, read_file
from narrator.routine.guard import Loader, check_text
from narrator.routine.slips.cuts import find_cut_texts
from narrator.routine.slips.foreign import name_bytes, name_foreign
from narrator.routine.slips.lines import STEPS, split_lines
from narrator.routine.slips.outside import find_outside
from narrator.routine.slips.spaces import find_spaces
from narrator.routine.translations import Translations
from narrator.routine.written import Written

if TYPE_CHECKING:
    from narrator.routine.slips.syntax import Mended

MAX_BYTES = 512 * 1024


class Mapping(dict[str, Any]):
    """A YAML mapping as a dict with the places of itself and of its values, and the node it was made from."""

    mark: Mark
    marks: dict[str, Mark]
    node: yaml.Node
    source: "Source"


@dataclass(frozen=True, slots=True)
class Borrowed:
    """Information about a node that is not from the file itself: its source, and a note for messages.

    A text that was filled in also has its template, and the values by name.
    """

    source: "Source"
    note: str = ""
    template: yaml.ScalarNode | None = None
    values: PlainMapping[str, Written] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a file that is not YAML, and leaves that open."""

    notes: tuple[Fault, ...] = ()
    """Warnings about what may be meant in another way."""
    decided: tuple[str, ...] = ()
    """What was decided, each in a line."""
    front: str = ""
    """Lines of YAML before it, which are part of the routine."""


class Source:
    """One file, in YAML or read as if it were: its data and the place of each part.

    `borrowed` has information about nodes from elsewhere, by their identity.
    """

    def __init__(
        self,
        name: str,
        root: yaml.Node,
        borrowed: dict[int, Borrowed] | None = None,
        text: str = "",
        translations: Translations | None = None,
        reading: Reading | None = None,
    ) -> None:
        self.name = name
        self.root = root
        self.text = text
        self.lines = split_lines(text)
        self.borrowed = borrowed or {}
        self.translations = translations or Translations(None, name)
        self.reading = reading or Reading()
        try:
            self.data = self._build(root)
        except RoutineError as error:
            error.notes = tuple(find_cut_texts(self))
            raise

    def find_mark(self, path: Sequence[str | int], *, key: bool = False) -> Mark:
        """Return the place of the value at a path of keys and indexes, or with `key`, of the last key.

        Parts of the path that are not in the file are ignored, so a path may be longer than the file's structure.
        """
        *_, (label, value) = self._follow(path)
        return self.mark_node(label if key else value)

    def find_text(self, path: Sequence[str | int], snippet: str) -> Mark:
        """Return the place of the first occurrence of a snippet in the value at a path, else the value's start.

        A snippet that the file writes differently (with escapes, or over several lines) is not found.
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
        """Return the note on where the value at a path comes from; empty if it is from the file itself."""
        notes = [self.borrowed[id(value)].note for _, value in self._follow(path) if id(value) in self.borrowed]
        return next((note for note in reversed(notes) if note), "")

    def _follow(self, path: Sequence[str | int]) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yield the keys and nodes along a path."""
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
        """Return the value at a path of keys and indexes, as far as the path exists."""
        value = self.data
        for part in path:
            if isinstance(value, dict) and part in value:
                value = value[str(part)]
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
        return value

    def find_node(self, path: Sequence[str | int]) -> yaml.Node:
        """Return the node at a path, as far as the path exists."""
        *_, (_, value) = self._follow(path)
        return value

    def find_label(self, path: Sequence[str | int]) -> yaml.Node:
        """Return the node of the last key of a path."""
        *_, (label, _) = self._follow(path)
        return label

    def is_own(self, node: yaml.Node) -> bool:
        """Return whether a node is from this file, unchanged."""
        return id(node) not in self.borrowed

    def cut(self, node: yaml.Node) -> str | None:
        """Return a value as written; None if it is not on one line of this file."""
        start, end = node.start_mark, node.end_mark
        if not self.is_own(node) or start.line != end.line or start.line >= len(self.lines):
            return None
        return self.lines[start.line][start.column : end.column]

    def rewrite(self, path: Sequence[str | int], value: str) -> str | None:
        """Return the line of a value with a new value; None if it is not on one line of this file."""
        return self.replace(self.find_node(path), value)

    def replace(self, node: yaml.Node, value: str) -> str | None:
        """Return the line of a node with a new value; None if it is not on one line of this file."""
        if self.cut(node) is None:
            return None
        line = self.lines[node.start_mark.line]
        # There is no space after a key without a value.
        space = (
            " " if node.start_mark.column == node.end_mark.column and line[: node.end_mark.column][-1:] == ":" else ""
        )
        return line[: node.start_mark.column] + space + value + line[node.end_mark.column :]

    def read_text(self, node: yaml.ScalarNode) -> Written:
        """Return the text of a scalar.

        Raises:
            RoutineError: an escape stands for a control character.

        """
        mark = self.mark_node(node)
        if found := find_control(node.value):
            raise RoutineError(describe_control(found[1]), mark)
        known = self.borrowed.get(id(node))
        template = _unfold(known.template) if known and known.template else None
        translations = (known.source if known else self).translations
        return Written(_unfold(node), mark, translations, template, known.values if known else {})

    def mark_node(self, node: yaml.Node) -> Mark:
        """Return the place of a node, in the file that it comes from."""
        origin = self.find_origin(node)
        line = node.start_mark.line
        text = origin.lines[line] if line < len(origin.lines) else ""
        return Mark(origin.name, line + 1, node.start_mark.column + 1, text)

    def find_origin(self, node: yaml.Node) -> "Source":
        """Return the file that a node comes from."""
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
            if label.value == "steps" and isinstance(child, yaml.MappingNode):
                self._check_flat(child)
            if not isinstance(label, yaml.ScalarNode):
                raise RoutineError(
                    "a key must be a word; put text that starts with [ or { in quotes", self.mark_node(label)
                )
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

    def _check_flat(self, steps: yaml.MappingNode) -> None:
        """Refuse steps that all lack their dash, which makes one mapping with a repeated key."""
        labels = [label.value for label, _ in steps.value if isinstance(label, yaml.ScalarNode)]
        if len(set(labels)) < len(labels) and not steps.flow_style and self.is_own(steps):
            from narrator.routine.slips.structure import list_lines

            fix = list_lines(self.lines, steps, each=True)
            raise RoutineError("each step starts with '- '", self.mark_node(steps), fix=fix.text, lines=fix.lines)


def read_yaml(path: Path, name: str | None = None) -> Source:
    """Read a YAML file; messages use `name` for it.

    Raises:
        RoutineError: it cannot be read, is not YAML, or is larger or nested deeper than any routine.

    """
    name = name or str(path)
    return parse_source(decode_text(read_bytes(path, name), name), name, Translations(path, name))


def _read_start(path: Path) -> bytes:
    """Return the first bytes of a file, which tell what kind of file it is; empty if it cannot be read."""
    try:
        with open_regular(path) as file:
            return file.read(16)
    except OSError:
        return b""


def read_bytes(path: Path, name: str, most: int = MAX_BYTES) -> bytes:
    """Read a file of so many bytes at most; `name` is what messages call it.

    Raises:
        RoutineError: it cannot be read, or is larger.

    """
    try:
        return read_file(path, most)
    except OSError as error:
        if error.errno == errno.EFBIG:
            if foreign := name_bytes(_read_start(path)):
                raise RoutineError(foreign, Mark(name, 1, 1)) from None
            raise RoutineError(
                f"this is too large; a routine has at most {most // 1024} KiB", Mark(name, 1, 1)
            ) from error
        raise RoutineError(f"cannot read {name}: {error.strerror or error}") from error


def decode_text(raw: bytes, name: str) -> str:
    """Return the text of a file.

    Raises:
        RoutineError: it is not in UTF-8.

    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = name_bytes(raw) or "this is not UTF-8 text; save the file as UTF-8"
        raise RoutineError(message, Mark(name, line, 1)) from error


def check_controls(text: str, name: str) -> None:
    """Refuse a text with a character that controls a terminal, or turns the direction of writing.

    Raises:
        RoutineError: it has one.

    """
    if found := find_control(text.replace("\r\n", " \n").replace("\r", "\n")):
        at, character = found
        line, start = text.count("\n", 0, at) + 1, text.rfind("\n", 0, at)
        raise RoutineError(describe_control(character), Mark(name, line, at - start))


def parse_source(text: str, name: str, translations: Translations | None = None) -> Source:
    """Parse YAML text; see `read_yaml`."""
    check_controls(text, name)
    lines = split_lines(text)
    if odd := [*find_outside(lines, name), *find_spaces(lines, name)]:
        raise RoutineError.gather(odd)
    if refusal := check_text(text):
        from narrator.routine.slips.syntax import find_slips

        if not refusal.is_final and (foreign := name_foreign(text)):
            raise RoutineError(foreign, Mark(name, 1, 1, lines[0]))
        raise _refuse(find_slips(text, name, check_text), lines, name)
    root = yaml.compose(text, Loader=Loader)
    if root is None:
        raise RoutineError("the file is empty; start with 'title:' and 'steps:'", Mark(name, 1, 1))
    return make_source(root, text, name, translations)


def make_source(
    root: yaml.Node,
    text: str,
    name: str,
    translations: Translations | None = None,
    reading: Reading | None = None,
) -> Source:
    """Return the source of a file whose text makes a tree of YAML."""
    translations = translations or Translations(None, name)
    translations.list_scalars = partial(_list_scalars, root)
    return Source(name, root, text=text, translations=translations, reading=reading)


def _refuse(mended: "Mended", lines: Sequence[str], name: str) -> RoutineError:
    """Return the error of a refused text, with the warnings about its valid lines."""
    error = RoutineError.gather(mended.faults)
    text = "\n".join(mended.lines)
    if check_text(text) or not (root := yaml.compose(text, Loader=Loader)):
        return error
    try:
        notes = find_cut_texts(Source(name, root, text=text))
    except RoutineError as another:
        notes = list(another.notes)
    error.notes = tuple(_place_notes(notes, mended, lines))
    return error


def _place_notes(notes: Iterable[Fault], mended: "Mended", lines: Sequence[str]) -> Iterator[Fault]:
    for note in notes:
        if note.mark and note.mark.text == lines[line := mended.origins[note.mark.line - 1]]:
            yield replace(note, mark=replace(note.mark, line=line + 1))


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


def _start_step(mark: Mark) -> str | None:
    """Return the line of a key as the start of a new step; None if there is other text before it."""
    before, after = mark.text[: mark.column - 1], mark.text[mark.column - 1 :]
    return f"{before[:-2]}- {after}" if len(before) > 1 and not before.strip() else None


def _unfold(node: yaml.ScalarNode) -> str:
    """Return the text of a scalar in which a blank line is always two line breaks.

    In folded, plain and quoted text, YAML turns one blank line into one line break; in literal text it keeps both.
    """
    text: str = node.value
    return text if node.style == "|" else re.sub(r"\n+", "\n\n", text.rstrip("\n"))
