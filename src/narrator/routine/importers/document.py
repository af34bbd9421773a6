"""Read a text or a Markdown document as a routine: a tree with places, like that of a YAML file."""

import re
from typing import Any

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine.importers.blocks import Block, split_blocks
from narrator.routine.importers.body import GAP, Body
from narrator.routine.importers.front import Front, read_front
from narrator.routine.importers.parts import Value
from narrator.routine.importers.passages import Passage, Reader, clean, split_phrases
from narrator.routine.importers.tree import Tree
from narrator.routine.importers.words import list_common
from narrator.routine.phrases import find_phrases
from narrator.routine.source import Reading, Source, check_controls, make_source
from narrator.routine.translations import Translations

_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def read_document(
    text: str,
    name: str,
    stem: str,
    translations: Translations,
    *,
    is_markdown: bool,
    takes_bare: bool,
    notes: tuple[Fault, ...] = (),
) -> Source:
    """Read a document; messages use `name` for it, and `stem` is its default title.

    Raises:
        RoutineError: with every mark that is not understood, each at its place.

    """
    check_controls(text, name)
    text = _BREAKS.sub("\n", text)
    tree = Tree(text, name)
    front = read_front(text, name)
    language = front.language or _guess_language(text[front.end :]) or "en"
    blocks = split_blocks(text, front.end, is_markdown=is_markdown, name=name, breaks=front.lines)
    heads = [tree.find_mark(block.lines[0].start) for block in blocks if block.kind == "head"]
    notes += tuple(Fault("the head of a table is not spoken; write it as a sentence above", mark) for mark in heads)
    blocks = [block for block in blocks if block.kind != "head"]
    title, blocks = _take_title(blocks, is_markdown=is_markdown)
    phrases = split_phrases(blocks)
    reader = Reader(tree, language, front.count, takes_bare=takes_bare, has_seconds=phrases is not None)
    reader.found.notes += notes
    passages = reader.read_all(phrases or blocks)
    return _Assembler(tree, front, language, _find_title(title, stem), reader, passages).make(translations)


# Title and language -----------------------------------------------------------------------------------------------


def _take_title(blocks: list[Block], *, is_markdown: bool) -> tuple[Block | None, list[Block]]:
    """Return the heading that is the title, and the blocks without it.

    It is the first block, of level 1, if no other block has this level except directly after it; in a plain text, it is
    a separate first line.
    """
    if not blocks:
        return None, blocks
    first = blocks[0]
    if first.kind == "heading":
        is_only = not any(block.kind == "heading" and block.level == 1 for block in blocks[1:])
        is_followed = len(blocks) > 1 and blocks[1].kind == "heading"
        if first.level == 1 and (is_only or is_followed):
            return first, blocks[1:]
    elif not is_markdown and first.kind == "paragraph" and len(blocks) > 1:
        is_short = len(first.lines) == 1 and len(first.text.split()) <= 12
        if is_short and first.text.rstrip()[-1:] not in ".!?…,;:]" and "[" not in first.text:
            return first, blocks[1:]
    return None, blocks


def _find_title(heading: Block | None, stem: str) -> Value:
    """Return the title in a heading; if it is missing or empty, the name of the file."""
    words = clean(heading.text).replace("\n", " ") if heading else ""
    if heading and words:
        return Value(words, heading.find_place(0), heading.find_place(len(heading.text)))
    plain = stem.replace("-", " ").replace("_", " ").strip()
    return Value(plain[:1].upper() + plain[1:] or "Session", 0, 0)


def _guess_language(text: str) -> str | None:
    """Return the language of most of the frequent words of a text; None if it is not clear."""
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    scores = sorted(((sum(word in common for word in words), code) for code, common in list_common()), reverse=True)
    (best, language), (second, _), *_ = scores
    return language if best >= 3 and best * 10 >= second * 12 and best * 8 >= len(words) else None


# All together -----------------------------------------------------------------------------------------------------


class _Assembler:
    """Makes the tree of a routine from a document."""

    def __init__(
        self, tree: Tree, front: Front, language: str, title: Value, reader: Reader, passages: list[Passage]
    ) -> None:
        self.tree, self.front, self.language, self.title = tree, front, language, title
        self.reader, self.passages = reader, passages
        steps = [step for passage in passages for step in passage.steps]
        self.is_elastic = any(step.is_elastic for step in steps)
        self.has_bell = any("bell" in step.data for step in steps)
        self.gap = None if self.is_elastic or reader.found.intervals or reader.has_seconds else GAP

    def make(self, translations: Translations) -> Source:
        """Return the document as a source."""
        body = Body(self.tree, self.language, self.gap)
        for passage in self.passages:
            body.add(passage)
        body.close()
        if faults := [*self.reader.found.faults, *body.faults]:
            raise RoutineError.gather(sorted(faults, key=_find_order))
        if not body.steps:
            mark = Mark(self.tree.name, 1, 1)
            raise RoutineError("there is nothing to say in this text; write what should be heard", mark)
        if self.front.bells and not self.has_bell:
            body.steps = [{"bell": "bowl"}, *body.steps, {"bell": "bowl"}]
        end = len(self.tree.text)
        root = self.tree.make_node(self._make_head(body), 0, end)
        root.value[1:1] = [pair for pair in self.front.pairs if pair[0].value != "title"]
        reading = Reading((*self._list_notes(), *body.notes), tuple(self._list_decisions(body)), self.front.text)
        return make_source(root, self.tree.text, self.tree.name, translations, reading)

    def _make_head(self, body: Body) -> dict[str, Any]:
        own = {label.value: value for label, value in self.front.pairs}
        head: dict[str, Any] = {"title": own.get("title", self.title)}
        if "language" not in own:
            head["language"] = self.language
        if "lines" not in own and body.has_breaks:
            head["lines"] = "separate"
        if body.bed and "bed" not in own:
            head["bed"] = body.bed
        return {**head, "steps": body.steps}

    def _list_notes(self) -> list[Fault]:
        found, notes = self.reader.found, list(self.reader.found.notes)
        if found.bare:
            mark = self.tree.find_mark(found.bare[0])
            more = len(found.bare) - 1
            lines = f"this line and {more} more are taken for marks" if more else "this line is taken for a mark"
            message = f"{lines}, and not spoken; write a mark in brackets to be sure"
            notes.append(Fault(message, mark, fix=mark.text.replace(mark.text.strip(), f"[{mark.text.strip()}]")))
        for passage in self.passages:
            block = passage.block
            if block.is_first and block.number is not None and block.number != 1:
                mark = self.tree.find_mark(block.lines[0].start)
                message = f"the number {block.number} is read as that of an item and is not spoken; write it in words"
                notes.append(Fault(message, mark))
        return notes

    def _list_decisions(self, body: Body) -> list[str]:
        phrases = find_phrases(self.language)
        named = phrases.language if phrases else self.language
        if self.front.language:
            how = "by its front matter"
        elif _guess_language(self.tree.text[self.front.end :]):
            how = "by its words"
        else:
            how = "unless 'language' in the front matter says otherwise"
        texts = sum(passage.block.kind != "heading" for passage in self.passages)
        counts = [
            _count(body.sections, "section"), _count(self.reader.found.intervals, "interval"),
            _count(texts, "paragraph or item", "paragraphs and items"),
        ]  # fmt: skip
        lines = [f"read as text in {named} ({how}): {', '.join(filter(None, counts))}"]
        if self.reader.found.phrases:
            lines.append(f"{self.reader.found.phrases} lines are a phrase and the seconds of silence after it")
        if body.gaps:
            lines.append(f"no hold in it: the {_count(body.gaps, 'gap')} between paragraphs stretch, from 0.6s to 20s")
        if not self.has_bell:
            lines.append(
                "no bell in it: one opens and closes it, by 'bells: true'" if self.front.bells
                else "no bell in it; 'bells: true' in the front matter opens and closes it with one"
            )  # fmt: skip
        return lines


def _count(number: int, one: str, many: str | None = None) -> str:
    return "" if not number else f"{number} {one if number == 1 else many or one + 's'}"


def _find_order(fault: Fault) -> tuple[int, int]:
    return (fault.mark.line, fault.mark.column) if fault.mark else (0, 0)
