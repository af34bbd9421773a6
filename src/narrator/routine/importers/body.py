"""Make steps in sections from the passages of a document."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from narrator.errors import Fault
from narrator.routine.importers.blocks import Block
from narrator.routine.importers.headings import read_heading
from narrator.routine.importers.marks import Mark, Running
from narrator.routine.importers.parts import Step, Value
from narrator.routine.importers.passages import Passage, clean
from narrator.routine.importers.tree import Tree
from narrator.routine.text.breaths import has_words
from narrator.routine.text.marks import InlinePause
from narrator.units import format_duration

GAP = "0.6s..20s"
"""Silence between two paragraphs of a text without other elastic silences."""
_RANKS = frozenset({"extra", "optional"})


@dataclass
class _Open:
    """An open section: the level of its heading, and its steps."""

    level: int
    steps: list[Any]
    data: dict[str, Any] | None
    """The section itself; None for the document."""
    block: Block | None = None
    is_repeated: bool = False


class Body:
    """Assembles passages as steps in sections. With a `gap`, there is that silence between any two texts."""

    def __init__(self, tree: Tree, language: str, gap: str | None) -> None:
        self.tree, self.language, self.gap = tree, language, gap
        self.steps: list[Any] = []
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.bed: Value | None = None
        self.sections = 0
        self.gaps = 0
        self.has_breaks = False
        """Whether a text has a line break that ends a sentence."""
        self._open = [_Open(0, self.steps, None)]
        self._after_text: list[Any] | None = None
        """The steps of which the last is a text; None where something else is."""

    def add(self, passage: Passage) -> None:
        """Add a passage."""
        if passage.block.kind == "heading":
            self._add_section(passage)
            return
        self._set_bed(passage, self._open[-1].data)
        ranks = {setting.key: setting.value for setting in passage.settings if setting.key in _RANKS}
        made = list(self._make_steps(passage))
        if not made:
            return
        self.has_breaks |= any("\n" in step["say"].text for step in made if "say" in step)
        outer = self._open[-1].steps
        steps: list[Any] = []
        if self._after_text is not None and "say" in made[0]:
            self._add_gap(steps if ranks else self._after_text)
        if ranks:
            steps += made
            outer.append({**steps[0], **ranks} if len(steps) == 1 else {"repeat": "1", **ranks, "steps": steps})
        elif self._joins(outer, made[0]):
            outer[-1]["say"] = _join(outer[-1]["say"], made[0]["say"])
            outer += made[1:]
        else:
            outer += made
        is_text = "say" in made[-1] and not made[-1]["say"].text.endswith("]")
        self._after_text = outer if is_text and not ranks else None
        if is_text and ranks and self.gap:
            self._after_text = outer

    def close(self) -> None:
        """Close all open sections."""
        self._close(1)

    def _joins(self, steps: list[Any], made: Mapping[str, Any]) -> bool:
        """Return whether a text continues the one before it, as its next paragraph."""
        return bool(not self.gap and steps and set(steps[-1]) == {"say"} and set(made) == {"say"})

    def _add_gap(self, steps: list[Any]) -> None:
        if self.gap:
            self.gaps += 1
            steps.append({"pause": self.gap})

    def _make_steps(self, passage: Passage) -> Iterator[dict[str, Any]]:
        """Yield the steps of a passage, with their places in the file."""
        block = passage.block
        run: list[Mark | Running] = []
        for piece in passage.pieces:
            if isinstance(piece, Mark) and isinstance(piece.what, Step):
                yield from _make_say(run, block)
                run = []
                yield _settle(piece.what.data, block, piece.start, piece.end)
            else:
                run.append(piece)
        yield from _make_say(run, block)

    def _set_bed(self, passage: Passage, section: dict[str, Any] | None = None) -> None:
        """Set the bed, or its level in a section, from a passage."""
        for bed in (setting.value for setting in passage.settings if setting.key == "bed"):
            is_level = bed.text == "none" or re.fullmatch(r"-?\d+", bed.text)
            fault = None
            if not is_level and self.bed and self.bed.text != bed.text:
                fault = f"a track has only one bed, and this one already has {self.bed.text!r}; remove one of the two"
            elif not is_level:
                self.bed = bed
            elif section is not None:
                section["bed"] = bed
            else:
                fault = "a level of the bed is for a section; before the first one, write 'bed' in the front matter"
            if fault:
                self.faults.append(Fault(fault, self.tree.find_mark(bed.start)))

    def _add_section(self, passage: Passage) -> None:
        block = passage.block
        self._close(block.level)
        words = clean(" ".join(piece.text for piece in passage.pieces if isinstance(piece, Running)))
        heading = read_heading(words, self.language)
        start, end = block.find_place(0), block.find_place(len(block.text))
        # A section with neither sides nor rounds is like the one that contains it.
        data: dict[str, Any] = {"section": Value(heading.title or "...", start, end)}
        data |= {setting.key: setting.value for setting in passage.settings if setting.key in _RANKS}
        self._set_bed(passage, data)
        steps: list[Any] = []
        if heading.sides:
            data["sides"] = [Value(side, start, end) for side in heading.sides]
        if heading.rounds:
            data["steps"] = [{"repeat": Value(heading.rounds, start, end), "steps": steps}]
        else:
            data["steps"] = steps
        self._open[-1].steps.append(data)
        self._open.append(_Open(block.level, steps, data, block, bool(heading.sides or heading.rounds)))
        self.sections += 1
        for piece in passage.pieces:
            if isinstance(piece, Mark) and isinstance(piece.what, Step):
                steps.append(_settle(piece.what.data, block, piece.start, piece.end))
                self._after_text = None
            elif isinstance(piece, Mark) and isinstance(piece.what, InlinePause):
                steps.append({"pause": _settle_pause(piece, block)})
                self._after_text = None

    def _close(self, level: int) -> None:
        """Close the sections that a heading of a level ends."""
        while self._open[-1].level >= level:
            done = self._open.pop()
            if not done.steps:
                self._drop_empty(done)
            elif done.is_repeated and self._after_text is done.steps and self.gap:
                self._add_gap(done.steps)
                self._after_text = None

    def _drop_empty(self, section: _Open) -> None:
        assert section.block is not None and section.data is not None  # noqa: S101, PT018 - the document stays open
        self._open[-1].steps.pop()
        self.sections -= 1
        title = section.data["section"].text
        message = f"nothing is below the heading {title!r}, which is not spoken; write its text below it"
        self.notes.append(Fault(message, self.tree.find_mark(section.block.lines[0].start)))


def _join(one: Value, other: Value) -> Value:
    return Value(f"{one.text}\n\n{other.text}", one.start, other.end)


def _settle(data: Any, block: Block, start: int, end: int) -> Any:
    """Return the data of a mark with places in the file."""
    match data:
        case Value(text, begin, finish):
            return Value(text, block.find_place(begin), block.find_place(finish))
        case str():
            return Value(data, block.find_place(start), block.find_place(end))
        case Mapping():
            return {key: _settle(value, block, start, end) for key, value in data.items()}
    return [_settle(each, block, start, end) for each in data]


def _settle_pause(mark: Mark, block: Block) -> Value:
    assert isinstance(mark.what, InlinePause)  # noqa: S101 - the callers have seen it
    return Value(format_duration(mark.what.length), block.find_place(mark.start), block.find_place(mark.end))


def _make_say(run: Sequence[Mark | Running], block: Block) -> Iterator[dict[str, Any]]:
    """Yield the steps of words and pauses: one text, or pauses if there are no words."""
    texts = [(piece, clean(piece.text) if isinstance(piece, Running) else "") for piece in run]
    if not any(has_words(text) for _, text in texts):
        yield from ({"pause": _settle_pause(piece, block)} for piece in run if isinstance(piece, Mark))
        return
    said = ""
    for piece, text in texts:
        if isinstance(piece, Running):
            space = " " if said and not re.match(r"[,;:.!?…]", text) else ""
            said += (space if not said.endswith("\n") else "") + text
        else:
            said += f"{' ' if said else ''}[{_settle_pause(piece, block).text}]"
    yield {"say": Value(said, block.find_place(run[0].start), block.find_place(run[-1].end))}
