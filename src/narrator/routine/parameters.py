"""Parameters of included files: names replaced by values before the file is typed.

`parameters:` declares them, each with an optional default. `{name}` refers to one: alone it stands for the whole
value, of any type; within a text it stands for the value's text.
"""

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine.guard import MAX_DEPTH, MAX_NODES, TEXT_PER_NODE, TOO_DEEP
from narrator.routine.nearest import suggest
from narrator.routine.source import Borrowed, Mapping, Source
from narrator.routine.written import Written

_KEY = "parameters"
_NAME = r"[a-z][a-z0-9_]*"
VALUES: dict[str, Any] = {"type": "object", "propertyNames": {"pattern": f"^{_NAME}$"}}
"""JSON Schema of names with values of any kind."""
WORDS = ("side", "other_side", "round", "rounds", "nth")
"""Names in braces that narrator uses itself."""
_REFERENCE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A declared name with its place, its value (None if one has to be given), and the file of the value."""

    name: str
    mark: Mark
    node: yaml.Node | None
    source: Source


def fill_parameters(source: Source, given: Mapping | None = None, mark: Mark | None = None) -> Source:
    """Replace the parameters of a file with the given values or its defaults; `mark` is where it is included.

    Raises:
        RoutineError: a name is not a parameter, or a parameter has no value or is not used.

    """
    declared = {each.name: each for each in _list_parameters(source)}
    faults = list(_list_given_faults(source, declared, given))
    known = declared | {each.name: each for each in _list_given(given) if each.name in declared}
    faults += (_describe_missing(each, mark) for each in known.values() if each.node is None)
    if faults:
        raise RoutineError.gather(faults)
    if not declared:
        return source
    filling = _Filling(source, known)
    root = filling.fill_file()
    filling.faults += (
        Fault(f"this file does not use {{{each.name}}}; write it where its value should be, or remove it", each.mark)
        for each in declared.values()
        if each.name not in filling.used
    )
    if filling.faults:
        raise RoutineError.gather(filling.faults)
    _check_size(root, source)
    return Source(source.name, root, filling.borrowed, source.text, source.translations)


def count_nodes(root: yaml.Node) -> int:
    """Return the number of nodes of a tree; shared ones count each time they occur, a long text counts as several."""
    return _measure(root, {})[0]


def _check_size(root: yaml.Node, source: Source) -> None:
    size, height = _measure(root, {})
    if size > MAX_NODES:
        raise RoutineError(f"over {MAX_NODES:,} entries once its parameters are filled in", source.mark_node(root))
    if height > MAX_DEPTH:
        raise RoutineError(TOO_DEEP, source.mark_node(root))


def _measure(node: yaml.Node, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Return the size and the height of a tree."""
    if id(node) not in known:
        if isinstance(node, yaml.ScalarNode):
            known[id(node)] = 1 + len(node.value) // TEXT_PER_NODE, 0
        else:
            found = [_measure(child, known) for child in _list_children(node)]
            known[id(node)] = 1 + sum(size for size, _ in found), 1 + max((height for _, height in found), default=0)
    return known[id(node)]


def _list_children(node: yaml.Node) -> Iterator[yaml.Node]:
    for child in node.value:
        yield from child if isinstance(child, tuple) else (child,)


def _list_parameters(source: Source) -> Iterator[_Parameter]:
    """Yield the parameters that a file declares.

    Raises:
        RoutineError: one is not a valid name, or narrator uses the name itself.

    """
    for label, value in _list_pairs(source.root):
        if label.value != _KEY:
            continue
        for name, default in _list_pairs(value):
            mark = source.mark_node(name)
            if not re.fullmatch(_NAME, name.value):
                raise RoutineError(
                    f"{name.value!r} is not a valid name of a parameter; use small letters, digits and _", mark
                )
            if name.value in WORDS:
                raise RoutineError(f"{{{name.value}}} is reserved; give this parameter another name", mark)
            yield _Parameter(name.value, mark, None if _is_empty(default) else default, source)


def _list_pairs(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def _list_given(given: Mapping | None) -> Iterator[_Parameter]:
    if isinstance(given, Mapping):
        for name, value in _list_pairs(given.node):
            yield _Parameter(name.value, given.source.mark_node(name), value, given.source)


def _list_given_faults(source: Source, declared: dict[str, _Parameter], given: Mapping | None) -> Iterator[Fault]:
    for each in _list_given(given):
        if each.name in declared:
            yield from _list_strange_words(each)
        elif declared:
            yield Fault(f"{source.name} has no parameter {each.name!r}; {suggest(each.name, declared)}", each.mark)
        else:
            text = f"{source.name} has no parameters; remove 'with', or declare '{_KEY}: {{{each.name}: ...}}' there"
            yield Fault(text, each.mark)


def _list_strange_words(parameter: _Parameter) -> Iterator[Fault]:
    """Yield a fault for each name in braces that would have no meaning wherever the value is used."""
    for node in _walk(parameter.node) if parameter.node else ():
        for found in _REFERENCE.finditer(node.value) if isinstance(node, yaml.ScalarNode) else ():
            name = found.group(1)
            if name.lower() not in WORDS:
                mark = parameter.source.mark_node(node)
                yield Fault(f"{found.group()} has no meaning here; {suggest(name, WORDS)}", mark)


def _describe_missing(parameter: _Parameter, mark: Mark | None) -> Fault:
    name = parameter.name
    if mark is None:
        return Fault(f"the parameter {name!r} needs a value; write one after its name", parameter.mark)
    return Fault(f"{name!r}, declared at {parameter.mark}, needs a value; add 'with: {{{name}: ...}}'", mark)


@dataclass
class _Filling:
    """A tree in which the names of parameters are replaced by their values."""

    source: Source
    known: dict[str, _Parameter]
    used: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    borrowed: dict[int, Borrowed] = field(default_factory=dict)
    _done: dict[int, yaml.Node] = field(default_factory=dict)
    _walked: set[str] = field(default_factory=set)
    _put: int = 0

    def fill_file(self) -> yaml.Node:
        """Return the tree of the file, filled in except for the declaration of the parameters."""
        self.borrowed |= self.source.borrowed
        root: Any = self.source.root
        pairs = [(key, value if key.value == _KEY else self._fill(value)) for key, value in _list_pairs(root)]
        return yaml.MappingNode(root.tag, pairs, root.start_mark, root.end_mark, root.flow_style)

    def _fill(self, node: yaml.Node) -> yaml.Node:
        """Return a tree with its names filled in; the same tree if it has none."""
        if id(node) not in self._done:
            self._done[id(node)] = self._fill_new(node)
        return self._done[id(node)]

    def _fill_new(self, node: Any) -> yaml.Node:
        name = _find_reference(node)
        if name is not None and (parameter := self._find(name, node)) and parameter.name == name:
            return self._borrow(parameter, node)
        if isinstance(node, yaml.ScalarNode):
            return self._fill_text(node)
        if isinstance(node, yaml.SequenceNode):
            items = [self._fill(child) for child in node.value]
            changed = any(new is not old for new, old in zip(items, node.value, strict=True))
            return yaml.SequenceNode(node.tag, items, *_place(node), node.flow_style) if changed else node
        pairs = [(key, self._fill(value)) for key, value in node.value]
        changed = any(new[1] is not old[1] for new, old in zip(pairs, node.value, strict=True))
        return yaml.MappingNode(node.tag, pairs, *_place(node), node.flow_style) if changed else node

    def _find(self, name: str, node: yaml.Node) -> _Parameter | None:
        """Find a parameter by its name, also if that is capitalised; record a fault if there is none."""
        small = name if name in self.known else name[:1].lower() + name[1:]
        if small in self.known:
            self.used.add(small)
            return self.known[small]
        if small not in WORDS:
            known = [*self.known, *WORDS]
            text = f"{{{name}}} has no meaning here; {suggest(name, known)}"
            self.faults.append(Fault(text, self.source.mark_node(node)))
        return None

    def _borrow(self, parameter: _Parameter, node: yaml.Node) -> yaml.Node:
        """Return the whole value of a parameter as a new node with a note of where it is used."""
        value, source = parameter.node, parameter.source
        assert value is not None  # noqa: S101 - those without a value were refused
        copied = copy(value)
        if parameter.name not in self._walked:
            self._walked.add(parameter.name)
            for child in _walk(value):
                if child is not value:
                    self.borrowed[id(child)] = source.borrowed.get(id(child), Borrowed(source))
        note = f"used at {self.source.mark_node(node)}" if source is not self.source else ""
        known = source.borrowed.get(id(value), Borrowed(source))
        self.borrowed[id(copied)] = replace(known, note=note)
        return copied

    def _count(self, text: str, node: yaml.Node) -> None:
        """Refuse an excessive amount of text before it is made."""
        self._put += 1 + len(text)
        if self._put > MAX_NODES * TEXT_PER_NODE:
            raise RoutineError("too much text once parameters are filled in", self.source.mark_node(node))

    def _fill_text(self, node: yaml.ScalarNode) -> yaml.Node:
        notes: list[str] = []
        values: dict[str, Written] = {}

        def put(found: re.Match[str]) -> str:
            parameter = self._find(found.group(1), node)
            if parameter is None or parameter.node is None:
                return found.group()
            if not isinstance(parameter.node, yaml.ScalarNode):
                what = "a list" if isinstance(parameter.node, yaml.SequenceNode) else "a mapping"
                fault = f"{found.group()} is used within a text, but its value is {what}"
                self.faults.append(Fault(fault, self.source.mark_node(node)))
                return found.group()
            mark = parameter.source.mark_node(parameter.node)
            if parameter.source is not self.source:
                notes.append(f"with {found.group()} from {mark}")
            value: str = parameter.node.value
            values[parameter.name] = parameter.source.read_text(parameter.node)
            self._count(value, node)
            return value if found.group(1) == parameter.name else value[:1].upper() + value[1:]

        text = _REFERENCE.sub(put, node.value)
        if text == node.value:
            return node
        filled = yaml.ScalarNode(node.tag, text, *_place(node), style=node.style)
        note = ", ".join(dict.fromkeys(notes))
        self.borrowed[id(filled)] = Borrowed(self.source, note, node, values)
        return filled


def _place(node: yaml.Node) -> tuple[Any, Any]:
    return node.start_mark, node.end_mark


def _walk(node: yaml.Node) -> Iterator[yaml.Node]:
    """Yield each node of a tree once."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            if not isinstance(each, yaml.ScalarNode):
                waiting += _list_children(each)


def _find_reference(node: yaml.Node) -> str | None:
    """Return the name that a whole value refers to: `"{hold}"`, or `{hold}`, which YAML reads as a mapping."""
    if isinstance(node, yaml.ScalarNode):
        found = _REFERENCE.fullmatch(node.value.strip())
        return found.group(1) if found else None
    if isinstance(node, yaml.MappingNode) and node.flow_style and len(node.value) == 1:
        ((key, value),) = node.value
        found = _REFERENCE.fullmatch(f"{{{key.value}}}") if _is_empty(value) else None
        return found.group(1) if found else None
    return None
