"""Front matter: keys and values between two lines of dashes, before a text."""

import re
from dataclasses import dataclass, field

import yaml

from narrator.errors import Fault, Mark, RoutineError
from narrator.languages import LANGUAGE
from narrator.routine.source import Source, parse_source

_FRONT = re.compile(r"---[ \t]*\n(?P<inner>.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"\s*(?:#.*\n\s*)*[A-Za-z_]+[ \t]*:")
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_MOST_COUNTED = 60


@dataclass
class Front:
    """The settings before a text: keys of a routine, and keys for texts only."""

    pairs: list[tuple[yaml.Node, yaml.Node]] = field(default_factory=list)
    end: int = 0
    """Where the text begins."""
    language: str | None = None
    lines: str | None = None
    count: int | None = None
    """How many numbers end an interval."""
    bells: bool = False
    """Whether a bell opens and closes a text that has none."""
    text: str = ""
    """The lines of what a routine has, too."""


def read_front(text: str, name: str) -> Front:
    """Return the front matter of a text, which may be empty.

    Raises:
        RoutineError: something in it cannot be used.

    """
    found = _FRONT.match(text)
    if not found or (found["inner"].strip() and not _KEY.match(found["inner"])):
        return Front()
    front = Front(end=found.end())
    if not _COMMENT.sub("", found["inner"]).strip():
        return front
    source = parse_source(f"\n{found['inner']}", name)
    if not isinstance(source.root, yaml.MappingNode):
        raise RoutineError("between the lines --- are keys and values, such as 'length: 20m'", Mark(name, 2, 1))
    faults = [fault for label, value in source.root.value if (fault := _take(front, source, label, value))]
    if faults:
        raise RoutineError.gather(faults)
    dropped = {label.start_mark.line for label, _ in source.root.value if label.value in {"count", "bells"}}
    lines = enumerate(found["inner"].split("\n"), 1)
    front.text = "\n".join(line for number, line in lines if number not in dropped).rstrip()
    return front


def _take(front: Front, source: Source, label: yaml.Node, value: yaml.Node) -> Fault | None:
    """Set a key and its value; return what is wrong with them."""
    written = value.value if isinstance(value, yaml.ScalarNode) else ""
    match label.value:
        case "count":
            front.count = int(written) if written.isdecimal() and len(written) < 3 else 0
            if not 1 <= front.count <= _MOST_COUNTED:
                message = f"'count' is how many numbers end an interval: from 1 to {_MOST_COUNTED}, such as 3"
                return Fault(message, source.mark_node(value), fix=source.replace(value, "3"))
        case "bells":
            front.bells = written == "true"
            if written not in {"true", "false"}:
                fix = source.replace(value, "true")
                return Fault("'bells' is true or false", source.mark_node(value), fix=fix)
        case "steps":
            message = "the steps of a text are its paragraphs; take 'steps' out"
            return Fault(message, source.mark_node(label))
        case _:
            front.pairs.append((label, value))
            if label.value == "lines":
                front.lines = written
            if label.value == "language":
                front.language = written if re.match(LANGUAGE, written) else "en"
    return None
