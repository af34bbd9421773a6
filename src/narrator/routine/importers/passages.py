"""Split the blocks of a document into words and steps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markdown_it import MarkdownIt

from narrator.errors import Fault, RoutineError
from narrator.routine.importers.blocks import Block
from narrator.routine.importers.lengths import read_silence, take_last_length, take_length
from narrator.routine.importers.marks import Mark, Running, read_bare, split_at_marks
from narrator.routine.importers.parts import Note, Setting, Step, Value
from narrator.routine.importers.tree import Tree
from narrator.routine.text.breaths import has_words
from narrator.routine.text.marks import TextFault
from narrator.units import format_duration

_LONGEST_BARE = 80
_MOST = 5000
"""Most blocks of a document, and most marks and texts between them."""
_MOST_FAULTS = 100
_MOST_SIGNS = 400
"""Most signs of emphasis in a text between two marks; more are noise."""
_SECONDS = re.compile(r"\s*;\s*(\d{1,5}(?:[.,]\d{1,3})?(?:\s*[^\W\d_]{1,10}\.?)?)\s*$")
_LAST_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)\s*$")
_LEFT_SIGN = re.compile(r"(?<=\S)[*`]+|[*`]+(?=\S)")


@dataclass
class Passage:
    """A parsed block: its words and steps, and its settings."""

    block: Block
    pieces: list[Mark | Running] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)

    @property
    def steps(self) -> list[Step]:
        """The steps of its marks."""
        return [piece.what for piece in self.pieces if isinstance(piece, Mark) and isinstance(piece.what, Step)]


@dataclass
class Found:
    """Results for a whole document, besides its passages."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)
    """Places of lines that are marks without brackets."""
    intervals: int = 0
    phrases: int = 0
    """Lines of a phrase and its seconds."""


def split_phrases(blocks: Sequence[Block]) -> list[Block] | None:
    """Return the lines of a text as blocks if most of them are `phrase; seconds`; None for other texts."""
    lines = [line for block in blocks if block.kind != "heading" for line in block.lines]
    count = sum(_SECONDS.search(line.text) is not None for line in lines)
    if count < 2 or count * 2 <= len(lines):
        return None
    return [
        Block(block.kind, (line,), line.text, block.level, block.number, block.is_first)
        for block in blocks
        for line in block.lines
    ]


class Reader:
    """Splits the blocks of a document at their marks."""

    def __init__(
        self, tree: Tree, language: str, count: int | None, *, takes_bare: bool, has_seconds: bool = False
    ) -> None:
        self.tree, self.language, self.count = tree, language, count
        self.takes_bare, self.has_seconds = takes_bare, has_seconds
        self.found = Found()

    def read_all(self, blocks: Sequence[Block]) -> list[Passage]:
        """Return blocks with their marks parsed, until there are too many faults to report; faults are recorded.

        Raises:
            RoutineError: there are more blocks or marks than any session has.

        """
        passages: list[Passage] = []
        marks = 0
        for block in blocks:
            passages.append(self._read(block))
            marks += len(passages[-1].pieces)
            if len(passages) > _MOST or marks > _MOST:
                what = "paragraphs" if len(passages) > _MOST else "marks"
                raise RoutineError(
                    f"over {_MOST:,} {what}; make several texts", self.tree.find_mark(block.find_place(0))
                )
            if len(self.found.faults) > _MOST_FAULTS:
                break
        return passages

    def _read(self, block: Block) -> Passage:
        passage = Passage(block)
        for piece in self._list_pieces(block):
            if len(self.found.faults) > _MOST_FAULTS:
                break
            what = piece.what if isinstance(piece, Mark) else None
            match what:
                case TextFault():
                    self.found.faults.append(self.tree.describe(what, block.find_place(piece.start)))
                case Setting(key, value):
                    passage.settings.append(Setting(key, self._place(value, block)))
                case Note():
                    pass
                case _:
                    passage.pieces.append(piece)
        if block.kind == "item":
            self._read_interval(passage)
        return passage

    def _list_pieces(self, block: Block) -> Iterator[Mark | Running]:
        """Yield the marks of a block and the words between them; in a plain text a whole line may be a mark."""
        place = 0
        if self.has_seconds and (found := _SECONDS.search(block.text)):
            yield from self._split(block.text, 0, found.start())
            if length := read_silence(found[1], self.language):
                silence = Value(length, found.start(1), found.end(1))
                yield Mark(found.start(), found.end(), Step({"pause": silence}))
            self.found.phrases += 1
            return
        if self.takes_bare and block.kind == "paragraph":
            for start, line in zip(block.starts, block.lines, strict=True):
                if len(line.text) <= _LONGEST_BARE and (bare := read_bare(line.text, self.language)):
                    yield from self._split(block.text, place, start)
                    self.found.bare.append(line.start)
                    place = start + len(line.text)
                    yield _move(Mark(0, len(line.text), bare), start)
        yield from self._split(block.text, place, len(block.text))

    def _split(self, text: str, start: int, end: int) -> Iterator[Mark | Running]:
        if text[start:end].strip():
            yield from (_move(piece, start) for piece in split_at_marks(text[start:end], self.language))

    def _read_interval(self, passage: Passage) -> None:
        """Replace the words of an item about its length by a hold."""
        first = passage.pieces[0] if passage.pieces else None
        if not isinstance(first, Running):
            return
        step = self._make_interval(first.text, first.start)
        if step:
            self.found.intervals += 1
            passage.pieces[0] = Mark(first.start, first.end, step)

    def _make_interval(self, text: str, start: int) -> Step | None:
        lead = len(text) - len(text.lstrip())
        taken = take_length(text.strip(), self.language)
        if taken and has_words(text.strip()[taken[1] :]):
            at = Value(_write(taken[0]), start + lead, start + lead + taken[1])
        elif taken := take_last_length(text, self.language):
            if not has_words(text[: taken[1]]):
                return None
            at = Value(_write(taken[0]), start + taken[1], start + len(text))
        else:
            return None
        words = Value(_LAST_PARENTHESIS.sub(r", \1", clean(text)), start + lead, start + len(text.rstrip()))
        cues: list[Any] = [{"at": "0s", "say": words}]
        if self.count:
            cues.append({"countdown": str(self.count)})
        # Quiet: nobody wonders that it is short, or that nothing is said in the rest of it.
        return Step({"hold": at, "quiet": "true", "cues": cues})

    @staticmethod
    def _place(value: Value, block: Block) -> Value:
        return Value(value.text, block.find_place(value.start), block.find_place(value.end))


def _write(length: int) -> str:
    return f"{format_duration(length)}..{format_duration(length)}"


def _shift(what: Any, by: int) -> Any:
    """Return the data of a mark, shifted to a later place."""
    match what:
        case Value(text, start, end):
            return Value(text, start + by, end + by)
        case Step(data, is_elastic):
            return Step(_shift(data, by), is_elastic)
        case Setting(key, value):
            return Setting(key, _shift(value, by))
        case Mapping():
            return {key: _shift(value, by) for key, value in what.items()}
        case list():
            return [_shift(each, by) for each in what]
    return what


def _move(piece: Mark | Running, by: int) -> Mark | Running:
    if isinstance(piece, Running):
        return Running(piece.start + by, piece.end + by, piece.text)
    return Mark(piece.start + by, piece.end + by, _shift(piece.what, by))


@cache
def _make_parser() -> MarkdownIt:
    return MarkdownIt("zero").enable(["emphasis", "backticks", "escape", "newline"])


def clean(text: str) -> str:
    """Return running text without the signs of emphasis, and with single spaces."""
    signs = sum(text.count(sign) for sign in "*_`\\")
    if 0 < signs <= _MOST_SIGNS:
        tokens = _make_parser().parseInline(text)
        text = "".join(
            "\n" if token.type in {"softbreak", "hardbreak"} else token.content
            for token in tokens[0].children or ()
            if token.type in {"text", "code_inline", "text_special", "softbreak", "hardbreak"}
        )
    if signs:
        text = _LEFT_SIGN.sub("", text)
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")
