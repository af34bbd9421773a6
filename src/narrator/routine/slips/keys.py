"""Correct misspelt keys; each is reported once."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, get_args

import yaml
from pydantic import BaseModel

from narrator.errors import Fault, Mark
from narrator.routine.model import STEPS, list_keys
from narrator.routine.slips.languages import translate_key
from narrator.routine.slips.lines import KEYS
from narrator.routine.slips.values import read_number
from narrator.routine.source import Source
from narrator.sound.catalog import BELLS

_SYNONYMS = {
    "wait": "pause", "silence": "pause", "break": "pause", "sleep": "pause", "rest": "hold", "stay": "hold", "keep":
    "hold", "speak": "say", "tell": "say", "text": "say", "talk": "say", "voiceover": "say", "narrate": "say",
    "speech": "say", "breath": "breathe", "breathing": "breathe", "loop": "repeat", "times": "repeat",
    "chapter": "section", "part": "section", "block": "section", "group": "section",
    "file": "include", "import": "include", "name": "title", "duration": "length", "time": "length", "lang":
    "language", "speed": "pace", "rate": "pace", "music": "bed", "background": "bed", "ambience": "bed", "content":
    "steps", "items": "steps", "script": "steps", "segments": "steps", "summary": "description", "short": "brief",
    "prompts": "cues", "reminders": "cues", "volume": "level", "count": "times", "interval": "every",
    "pronunciation": "pronounce", "pronunciations": "pronounce", "cycles": "rounds",
}  # fmt: skip
_MOST_TRIED = 500
"""Most unknown keys of a file that are looked up."""
_LEAST_LIKE = 0.74
"""Least similarity, of at most 1, between a key and a misspelling of it."""
_QUOTES = "\"'“”‘’„«»` "


class Respelt(NamedTuple):
    """A key as written, and the key that was meant."""

    mark: Mark
    word: str
    right: str
    kind: str
    """`step` for the kind of a step, `bell` for a bell's name instead of one, `form` for capitals and quotes,
    `language` for a word of another language, else `key`."""


def respell_keys(source: Source, kind: type[BaseModel]) -> tuple[Source, list[Respelt]]:
    """Return a file with unambiguous misspelt keys corrected, and the list of them."""
    speller = _Speller(source)
    speller.walk(source.root, kind)
    if not speller.found:
        return source, []
    return Source(source.name, source.root, source.borrowed, source.text, source.translations), speller.found


def describe_keys(found: list[Respelt]) -> list[Fault]:
    """Return a fault for each key; all keys with capital letters or quotes share one fault."""
    return list(_describe(found))


@dataclass
class _Speller:
    source: Source
    found: list[Respelt] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)
    _tried: int = 0

    def walk(self, node: yaml.Node, kind: type[BaseModel]) -> None:
        """Correct the keys of a mapping and of the mappings in it."""
        if not isinstance(node, yaml.MappingNode) or id(node) in self._seen:
            return
        self._seen.add(id(node))
        self._respell(node, list_keys(kind), "key")
        fields = {each.alias or name: each for name, each in kind.model_fields.items()}
        for label, child in node.value:
            if label.value == "steps":
                self._walk_steps(child)
            elif label.value in fields:
                for inner in find_models(fields[label.value].annotation):
                    for each in child.value if isinstance(child, yaml.SequenceNode) else [child]:
                        self.walk(each, inner)

    def _walk_steps(self, node: yaml.Node) -> None:
        for step in node.value if isinstance(node, yaml.SequenceNode) else []:
            if isinstance(step, yaml.MappingNode):
                if not any(label.value in STEPS for label, _ in step.value) and not self._name_bell(step):
                    self._respell(step, list(STEPS), "step", most=1)
                key = next((label.value for label, _ in step.value if label.value in STEPS), None)
                if key:
                    self.walk(step, STEPS[key])

    def _name_bell(self, step: yaml.MappingNode) -> bool:
        """Correct a bell's name in place of a kind, with its strokes: `gong: 3`; return whether there was one."""
        if len(step.value) != 1:
            return False
        label, value = step.value[0]
        name = label.value.lower() if isinstance(label, yaml.ScalarNode) else ""
        if name not in BELLS or not isinstance(value, yaml.ScalarNode):
            return False
        times = read_number(value.value) if value.value.lower() not in {"", "true", "yes", "on"} else 1
        if times is None:
            return False
        bell = name if times == 1 else f"{{sound: {name}, times: {times}}}"
        mark = self.source.mark_node(label)
        word = mark.text[mark.column - 1 : value.end_mark.column]
        self.found.append(Respelt(mark, word, f"bell: {bell}", "bell"))
        label.value = "bell"
        step.value[0] = (label, yaml.ScalarNode(value.tag, name, label.start_mark, value.end_mark))
        return True

    def _respell(self, node: yaml.MappingNode, known: list[str], kind: str, most: int = 100) -> None:
        taken = {label.value for label, _ in node.value}
        for label, value in node.value:
            if not isinstance(label, yaml.ScalarNode) or label.value in known or not most:
                continue
            # In brackets, a word without a value is the rest of a text with a comma.
            if node.flow_style and isinstance(value, yaml.ScalarNode) and not value.value and not value.style:
                continue
            self._tried += 1
            if self._tried > _MOST_TRIED:
                return
            right = _find_right(label.value, [key for key in known if key not in taken])
            if right:
                most -= 1
                mark = self.source.mark_node(label)
                self.found.append(Respelt(mark, label.value, right, _name_slip(label.value, right) or kind))
                label.value = right
                taken.add(right)


def _find_right(word: str, known: list[str]) -> str | None:
    """Return the only key that a word can mean, or None."""
    plain = word.strip(_QUOTES).lower()
    for meant in (
        plain,
        _SYNONYMS.get(plain),
        plain.removesuffix(" for"),
        f"{plain}s",
        plain.removesuffix("s"),
        translate_key(plain),
    ):
        if meant in known:
            return meant
    # A key that belongs elsewhere is not misspelt.
    if plain in KEYS or translate_key(plain):
        return None
    swapped = next((key for key in known if sorted(key) == sorted(plain)), None)
    close = difflib.get_close_matches(plain, known, n=1, cutoff=_LEAST_LIKE)
    return swapped or (close[0] if close else None)


def _name_slip(word: str, right: str) -> str | None:
    plain = word.strip(_QUOTES).lower()
    return "form" if plain == right else "language" if translate_key(plain) == right else None


def _describe(found: list[Respelt]) -> Iterator[Fault]:
    forms = [each for each in found if each.kind == "form"]
    for each in found:
        fix = _rewrite(each.mark, found)
        match each.kind:
            case "form" if each is forms[0]:
                message = f"a key is written {each.right!r}, in small letters and without quotes, not {each.word!r}"
                yield Fault(message + _list_others(forms[1:]), each.mark, fix=fix)
            case "language":
                yield Fault(f"keys are English; write {each.right!r} instead of {each.word!r}", each.mark, fix=fix)
            case "key":
                yield Fault(f"unknown key {each.word!r}; did you mean {each.right!r}?", each.mark, fix=fix)
            case "bell":
                name = each.word.partition(":")[0]
                yield Fault(f"{name!r} is a bell, not a kind of step; write '- {each.right}'", each.mark, fix=fix)
            case "step":
                yield Fault(f"{each.word!r} is not a kind of step; did you mean {each.right!r}?", each.mark, fix=fix)


def join_fixes(keys: list[Fault], values: Sequence[Fault], found: list[Respelt]) -> list[Fault]:
    """Return the faults of keys and of values, with one correction for a line that has both."""
    lines = {(each.mark.file, each.mark.line) for each in found}
    joined = []
    for fault in values:
        if fault.mark and fault.fix and (fault.mark.file, fault.mark.line) in lines and fault.lines == 1:
            lines.discard((fault.mark.file, fault.mark.line))
            new = _rewrite(Mark(fault.mark.file, fault.mark.line, 1, fault.fix), found)
            fault = replace(fault, fix=new)  # noqa: PLW2901
        joined.append(fault)
    return [
        each if each.mark and (each.mark.file, each.mark.line) in lines else replace(each, fix=None) for each in keys
    ] + joined


def _list_others(others: list[Respelt]) -> str:
    shown = ", ".join(f"{each.word!r} on line {each.mark.line}" for each in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return f"; the same applies to {shown}{more}" if others else ""


def _rewrite(mark: Mark, found: Iterable[Respelt]) -> str:
    """Return the line with all of its keys corrected."""
    text = mark.text
    here = [each for each in found if (each.mark.file, each.mark.line) == (mark.file, mark.line)]
    for each in sorted(here, key=lambda each: -each.mark.column):
        start = each.mark.column - 1
        text = text[:start] + text[start:].replace(each.word, each.right, 1)
    return text


def find_models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in a field's type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from find_models(part)
