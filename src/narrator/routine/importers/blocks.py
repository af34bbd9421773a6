"""Split a document into headings, paragraphs and list items, each with its place in the file."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from narrator.errors import Mark, RoutineError

_HARD_BREAK = re.compile(r"( {2,}|\\)$")
_TASK = re.compile(r"\[[ xX]\]\s+")
_UNDERLINE = re.compile(r"={3,}\s*$")
_NO_RULES = ("reference", "code", "fence", "html_block", "lheading")


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a line of the file: its place and its text."""

    start: int
    text: str


@dataclass(frozen=True)
class Block:
    """A heading with its level, a paragraph, or a list item.

    `text` has its lines, joined by spaces, or by intended line breaks.
    """

    kind: Literal["heading", "paragraph", "item", "head"]
    lines: tuple[Line, ...]
    text: str
    level: int = 0
    number: int | None = None
    """Of an item: the number that it is written with; None where it has a sign."""
    is_first: bool = False
    """Of an item: whether its list begins with it."""

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset in the text at which each line starts."""
        return tuple(accumulate((len(line.text) + 1 for line in self.lines[:-1]), initial=0))

    def find_place(self, at: int) -> int:
        """Return the place in the file of an offset in the text."""
        index = bisect_right(self.starts, max(at, 0)) - 1
        return self.lines[index].start + min(at - self.starts[index], len(self.lines[index].text))


def split_blocks(text: str, first: int, *, is_markdown: bool, name: str, breaks: str | None = None) -> list[Block]:
    """Split a document into blocks, beginning at a place.

    `breaks` says what a line break in a paragraph means: `join`, `separate`, or, where it is None, what its line
    looks like: one after which the next word had room is meant.

    Raises:
        RoutineError: a comment is not closed.

    """
    body = _blank(text, first, name)
    starts = _list_starts(body)
    raw = body.split("\n")
    width = max((len(line.rstrip()) for line in raw), default=0)
    found = _Walker(raw, starts).walk(_make_parser(is_markdown=is_markdown).parse(body))
    # A heading may be empty.
    return [block if block.text else _join_lines(block, width, breaks) for block in found if block.lines]


@cache
def _make_parser(*, is_markdown: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable(list(_NO_RULES))
    parser.disable("inline")
    return parser if is_markdown else parser.disable(["heading", "blockquote", "table"])


def _blank(text: str, first: int, name: str) -> str:
    """Put spaces for what is before a place, and for comments: all else stays where it is."""

    def clear(part: str) -> str:
        return re.sub(r"[^\n]", " ", part)

    pieces = [clear(text[:first])]
    place = first
    while (start := text.find("<!--", place)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            line = text.count("\n", 0, start)
            column = start - text.rfind("\n", 0, start)
            shown = text.split("\n")[line]
            raise RoutineError(
                "a comment that opens here is not closed", Mark(name, line + 1, column, shown), fix=f"{shown} -->"
            )
        pieces += [text[place:start], clear(text[start : end + 3])]
        place = end + 3
    return "".join([*pieces, text[place:]])


def _list_starts(text: str) -> list[int]:
    starts = [0]
    starts.extend(found.end() for found in re.finditer("\n", text))
    return starts


class _Walker:
    """Finds the blocks of a parsed document, in the lines `raw`, which start at `starts`."""

    def __init__(self, raw: list[str], starts: list[int]) -> None:
        self._raw, self._starts = raw, starts
        self._level = 0
        self._item: Token | None = None
        self._is_first = False
        self._in_head = self._in_row = False

    def walk(self, tokens: Sequence[Token]) -> Iterator[Block]:
        """Yield the blocks, whose lines are not joined yet, unless they are rows of tables."""
        for token in tokens:
            is_open = token.nesting == 1
            match token.type:
                case "heading_open" | "heading_close":
                    self._level = int(token.tag[1:]) if is_open else 0
                case "bullet_list_open" | "ordered_list_open":
                    self._is_first = True
                case "list_item_open":
                    self._item = token
                case "thead_open" | "thead_close":
                    self._in_head = is_open
                case "tr_open" | "tr_close":
                    self._in_row = is_open
                    yield from self._make_row(token)
                case "inline" if not self._in_row:
                    yield self._make_block(token)

    def _make_row(self, token: Token) -> Iterator[Block]:
        """Yield a row of a table, from its line: a cell that the head lacks is not among the tokens."""
        if token.nesting == 1 and token.map:
            cells = tuple(_split_row(self._raw[token.map[0]], self._starts[token.map[0]]))
            if cells:
                yield Block("head" if self._in_head else "item", cells, " ".join(cell.text for cell in cells))

    def _make_block(self, token: Token) -> Block:
        lines = tuple(_find_lines(token, self._raw, self._starts))
        if self._item is not None and lines:
            number = int(self._item.info) if self._item.info else None
            is_first, self._is_first, self._item = self._is_first, False, None
            return Block("item", _drop_task(lines), "", number=number, is_first=is_first)
        if self._level:
            return Block("heading", lines, "", level=self._level)
        if len(lines) == 2 and _UNDERLINE.match(lines[1].text):
            return Block("heading", lines[:1], "", level=1)
        return Block("paragraph", lines, "")


def _split_row(line: str, start: int) -> Iterator[Line]:
    """Yield the cells of a table's row, with a colon after each but the last."""
    cells = [found for found in re.finditer(r"(?:\\\||[^|])+", line) if found.group().strip(" >")]
    for found in cells:
        text = found.group().strip(" >\t")
        column = found.start() + found.group().find(text)
        yield Line(start + column, f"{text}:" if found is not cells[-1] else text)


def _find_lines(token: Token, raw: list[str], starts: list[int]) -> Iterator[Line]:
    assert token.map is not None  # noqa: S101 - the caller has seen it
    for number, content in enumerate(token.content.split("\n"), token.map[0]):
        text = content.strip()
        # Signs around the content, such as those of quotations and items, are before it.
        column = max(raw[number].rfind(text), 0)
        if text:
            hard = raw[number][column + len(text) :]
            yield Line(starts[number] + column, text + (hard if _HARD_BREAK.search(hard) else ""))


def _drop_task(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines of an item without its task box."""
    found = _TASK.match(lines[0].text)
    return (Line(lines[0].start + found.end(), lines[0].text[found.end() :]), *lines[1:]) if found else lines


def _join_lines(block: Block, width: int, breaks: str | None) -> Block:
    """Return a block with its text: a line that ends early, before a capital, ends there."""
    lines: list[Line] = []
    text = ""
    for index, line in enumerate(block.lines):
        hard = _HARD_BREAK.search(line.text) is not None
        plain = re.sub(r"\\$", " ", line.text) if hard else line.text
        lines.append(Line(line.start, plain))
        text += plain
        if index + 1 < len(block.lines):
            following = block.lines[index + 1].text
            meant = breaks == "separate" or (breaks is None and (hard or _is_meant(line.text, following, width)))
            text += "\n" if meant else " "
    return Block(block.kind, tuple(lines), text, block.level, block.number, block.is_first)


def _is_meant(line: str, following: str, width: int) -> bool:
    """Return whether a line break is intended, not caused by filling the text to a width."""
    word = following.split(maxsplit=1)[0]
    return len(line) + 1 + len(word) <= width and line[-1:] not in ",;-–—" and not following[:1].islower()
