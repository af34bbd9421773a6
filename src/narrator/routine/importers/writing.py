"""Write a text as a routine in YAML with comments; it renders to the same track as the text."""

import re
import textwrap
from collections.abc import Iterator
from typing import Any

import yaml

from narrator.routine.guard import Loader
from narrator.routine.slips.lines import write_plainly
from narrator.routine.source import Source

_WIDTH = 100
_LONGEST_FLOW = 90
_COMMENTS = {
    "pause": "a range stretches with the track; 4s would keep its length",
    "hold": "1m may shrink to a quarter and grow to four times; 20s..2m says it outright",
    "rigid": "with both ends of a range alike it keeps its length",
    "quiet": "it is meant to be this long, whatever is said in it",
    "sides": "the steps run once for each",
    "repeat": "as many rounds as there is time for, where this is a range",
    "extra": "comes in when there is time for it",
    "optional": "is left out when there is no time for it",
    "lines": "each line of a text is spoken by itself",
    "cues": "what is heard in the hold; cues do not change its length",
}
"""Comments for the first use of keys."""


def write_yaml(source: Source, origin: str, name: str) -> str:
    """Return a text that was read as YAML; `origin` and `name` are the names of its file and of the new one."""
    front = source.reading.front
    writer = _Writer()
    known = {label.value for label, _ in _list_pairs(yaml.compose(front, Loader=Loader))}
    lines = [
        f"# The routine of {origin}, as YAML; both render to the same track.",
        "# docs/language.md has all that can be written here.",
        f"# Check this routine:   narrator check {name}",
        f"# Make a track of it:   narrator render {name} --length 10m",
        *front.splitlines(),
    ]
    for label, value in source.root.value:
        if label.value not in known and label.value != "steps":
            lines += writer.write_pair(label.value, value, 0)
    steps = next(value for label, value in source.root.value if label.value == "steps")
    return "\n".join([*lines, "", "steps:", *writer.write_steps(steps, 2)]) + "\n"


def _list_pairs(node: Any) -> list[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


class _Writer:
    """Writes nodes in lines, with a comment at the first use of each key."""

    def __init__(self) -> None:
        self._explained: set[str] = set()

    def write_steps(self, steps: Any, indent: int) -> Iterator[str]:
        """Yield the lines of steps, with an empty one above each section."""
        for index, step in enumerate(steps.value):
            if index and any(label.value == "section" for label, _ in step.value):
                yield ""
            yield from self._write_entry(step, indent)

    def write_pair(self, key: str, value: Any, indent: int) -> Iterator[str]:
        """Yield the lines of a key with its value."""
        space = " " * indent
        if key == "steps":
            yield f"{space}steps:"
            yield from self.write_steps(value, indent + 2)
        elif key == "cues":
            yield self._explain(f"{space}cues:", key)
            for cue in value.value:
                yield from self._write_entry(cue, indent + 2, in_brackets=True)
        elif isinstance(value, yaml.ScalarNode):
            yield from self._write_scalar(key, value.value, indent)
        else:
            yield self._explain(f"{space}{key}: {_flow(value)}", key)

    def _write_entry(self, node: Any, indent: int, *, in_brackets: bool = False) -> Iterator[str]:
        """Yield the lines of a list entry; with `in_brackets`, on one line if it fits."""
        space = " " * indent
        flow = _flow(node)
        if in_brackets and len(flow) <= _LONGEST_FLOW:
            yield f"{space}- {flow}"
            return
        lines = [line for label, value in node.value for line in self.write_pair(label.value, value, indent + 2)]
        yield f"{space}- {lines[0].lstrip()}"
        yield from lines[1:]

    def _write_scalar(self, key: str, text: str, indent: int) -> Iterator[str]:
        space = " " * indent
        plain = _write_text(text)
        if "\n" not in text and len(space) + len(key) + len(plain) <= _WIDTH:
            yield self._explain(f"{space}{key}: {plain}", key)
            return
        if not _is_printable(text):
            yield f"{space}{key}: {plain}"
            return
        # In folded text, an empty line ends a paragraph; a single line break needs literal text.
        is_literal = "\n" in text.replace("\n\n", "")
        yield f"{space}{key}: {'|-' if is_literal else '>-'}"
        for number, line in enumerate(text.split("\n") if is_literal else text.split("\n\n")):
            if number and not is_literal:
                yield ""
            wrapped = (
                [line] if is_literal else textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
            )
            yield from (f"{space}  {each}" if each else "" for each in wrapped)

    def _explain(self, line: str, key: str) -> str:
        if re.search(r"\bhold: (\w+)\.\.\1$", line):
            key = "rigid"
        if key not in _COMMENTS or key in self._explained or (key in {"pause", "repeat"} and ".." not in line):
            return line
        self._explained.add(key)
        return f"{line}    # {_COMMENTS[key]}"


def _flow(node: Any) -> str:
    """Return a node on one line, in brackets if it is a list or a mapping."""
    if isinstance(node, yaml.ScalarNode):
        return _write_text(node.value, in_brackets=True)
    if isinstance(node, yaml.SequenceNode):
        return f"[{', '.join(map(_flow, node.value))}]"
    return f"{{{', '.join(f'{label.value}: {_flow(value)}' for label, value in node.value)}}}"


def _write_text(text: str, *, in_brackets: bool = False) -> str:
    """Return a text as a value on one line."""
    if not _is_printable(text) or "\n" in text:
        return yaml.dump(text, default_style='"', width=float("inf")).strip()
    return write_plainly(text, in_brackets=in_brackets)


def _is_printable(text: str) -> bool:
    return yaml.reader.Reader.NON_PRINTABLE.search(text) is None and "\ufeff" not in text
