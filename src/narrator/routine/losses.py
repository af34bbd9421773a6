"""Warnings about material that would not be heard, each with what to write instead if that is known."""

import difflib
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import yaml
from pydantic import BaseModel

from narrator.errors import Fault, Mark
from narrator.languages import find_base
from narrator.routine.hold_cues import HoldCue
from narrator.routine.model import Fragment, Include, Routine, Say, Section
from narrator.routine.slips.lengths import read_loosely
from narrator.routine.slips.lines import TEXTS, quote
from narrator.routine.source import Source
from narrator.routine.text.durations import parse_pause
from narrator.routine.words import Side, Words

_ENDS = ".!?…:;\"'”’»)]"
_LISTS = frozenset({"say", "each", "spread", "random", "brief"})
_TOLD = re.compile(r"\((?:(?:rest|wait|hold|silence|for)\s+)*(\d[\d.,]*\s*[A-Za-z]+\.?)\)", re.IGNORECASE)
_UNCOUNTED = ("length", "voice", "gap", "lines", "breath", "pronounce", "seed", "tags", "bed", "floor", "loudness")
"""Keys that have no effect in an included file."""
_HEARD = frozenset({"gap", "lines", "breath", "pronounce"})
"""Those of them that affect how steps are heard; the others concern a whole session."""


# In a file -------------------------------------------------------------------------------------------------------


def find_cut_texts(source: Source) -> list[Fault]:
    """Return warnings about texts of a file that YAML ends earlier than the author intended."""
    return [*_walk(source, source.root, "", set())]


def _walk(source: Source, node: yaml.Node, key: str, seen: set[int]) -> Iterator[Fault]:
    if id(node) in seen or not source.is_own(node):
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield from _find_cut(source, node, key)
        if key in TEXTS | _LISTS:
            yield from _find_told_pauses(source, node)
    elif isinstance(node, yaml.SequenceNode):
        if node.flow_style and key in _LISTS:
            yield from _find_torn(source, node.value)
        if node.flow_style and key == "sides" and len(node.value) == 1:
            yield from _find_one_side(source, node.value[0])
        for child in node.value:
            yield from _walk(source, child, key, seen)
    elif isinstance(node, yaml.MappingNode):
        for label, child in node.value:
            # Keys such as languages and sides are part of a text.
            yield from _walk(source, child, key if key in TEXTS and label.value not in TEXTS else label.value, seen)


def _find_cut(source: Source, node: yaml.ScalarNode, key: str) -> Iterator[Fault]:
    """Find texts that are cut by ` #`, and texts that start with an anchor `&name`; neither part is said."""
    if node.style or not node.value or node.end_mark.line >= len(source.lines):
        return
    line, start, end = source.lines[node.end_mark.line], node.start_mark.column, node.end_mark.column
    written = source.cut(node) or ""
    if written.startswith("&") and f"*{written[1:].split()[0]}" not in source.text:
        message = "what follows & is a name for the text, and is not said; put the text in quotes"
        yield Fault(message, source.mark_node(node), fix=source.replace(node, quote(written)))
    found = re.match(r"(\s+)#(.*)", line[end:])
    told = found and _describe_comment(found[1], found[2], line[:end], is_text=key in TEXTS | _LISTS)
    if not found or not told:
        return
    fix = line[:start] + quote(line[start:].rstrip()) if written else None
    yield Fault(told, Mark(source.name, node.end_mark.line + 1, end + len(found[1]) + 1, line), fix=fix)


def _describe_comment(space: str, comment: str, before: str, *, is_text: bool) -> str | None:
    """Return a warning if a comment may be intended as text, else None."""
    if re.match(r"[\w(\"']", comment):
        return "what follows # is a comment, and is not said; put the text in quotes"
    if is_text and space == " " and before[-1:] not in _ENDS and comment.strip():
        return "what follows # is a comment, and is not said; put the text in quotes, or two spaces before the comment"
    return None


def _find_torn(source: Source, items: list[yaml.Node]) -> Iterator[Fault]:
    """Find a text in a bracketed list that its own comma splits in two: `[Let go, and rest.]`."""
    for before, item in pairwise(items):
        first, second = (_read_plain(source, each) for each in (before, item))
        if first and second and first[0].isupper() and first[-1] not in _ENDS and second[0].islower():
            line = source.lines[item.start_mark.line]
            fix = None
            if before.start_mark.line == item.end_mark.line:
                whole = line[before.start_mark.column : item.end_mark.column]
                fix = line[: before.start_mark.column] + quote(whole) + line[item.end_mark.column :]
            message = f"a comma in [...] starts a text of its own here: {second!r}; put the whole text in quotes"
            yield Fault(message, source.mark_node(item), fix=fix)


def _find_one_side(source: Source, item: yaml.Node) -> Iterator[Fault]:
    """Find two sides that are not separated by a comma: `[right; left]`."""
    names = [name.strip() for name in re.split(r"[;/|&+]|\band\b", _read_plain(source, item))]
    if len(names) > 1 and all(names):
        message = f"this is one side; with a comma it is {len(names)}: [{', '.join(names)}]"
        yield Fault(message, source.mark_node(item), fix=source.replace(item, ", ".join(names)))


def _find_told_pauses(source: Source, node: yaml.ScalarNode) -> Iterator[Fault]:
    """Find lengths in parentheses, which are read aloud: `(3 sec)`, `(rest 10s)`."""
    mark = source.mark_node(node)
    for found in _TOLD.finditer(node.value):
        is_pause = parse_pause(found.group()[1:-1], "en", by_word=True) is not None
        if not is_pause and (length := read_loosely(found[1])):
            start = mark.text.find(found.group(), mark.column - 1)
            if start >= 0:
                at = Mark(mark.file, mark.line, start + 1, mark.text)
                message = f"{found.group()} is read aloud; a pause is written [{length}]"
                yield Fault(message, at, fix=at.rewrite(found.group(), f"[{length}]"))


def _read_plain(source: Source, node: yaml.Node) -> str:
    is_plain = isinstance(node, yaml.ScalarNode) and not node.style and source.is_own(node)
    return node.value if is_plain else ""


# In a routine ----------------------------------------------------------------------------------------------------


def find_losses(routine: Routine, source: Source) -> list[Fault]:
    """Return warnings about material that would not be heard, including that of included files."""
    return [*_find_long_briefs(routine), *_find_unsaid(routine, source)]


def find_uncounted(fragment: Fragment, source: Source) -> list[Fault]:
    """Return a warning about the keys that have no effect in an included file, if there are any."""
    is_whole = fragment.title is not None
    keys = [key for key in _UNCOUNTED if key in fragment.model_fields_set and (key in _HEARD or not is_whole)]
    if not keys:
        return []
    marks = sorted((source.find_mark([key], key=True) for key in keys), key=lambda mark: mark.line)
    named = " and ".join(filter(None, (", ".join(map(repr, keys[:-1])), repr(keys[-1]))))
    verb = "has" if len(keys) == 1 else "have"
    return [Fault(f"{named} {verb} no effect in an included file; move it to the routine itself", marks[0])]


def _find_long_briefs(routine: Routine) -> Iterator[Fault]:
    for model in _list_models(routine):
        if isinstance(model, Say):
            yield from _compare(model, (model.say,), (model.brief,) if model.brief else ())
        elif isinstance(model, HoldCue):
            yield from _compare(model, model.say or model.each or model.spread or (), model.brief or ())


def _compare(model: Say | HoldCue, full: tuple[Words, ...], brief: tuple[Words, ...]) -> Iterator[Fault]:
    if not full or not brief:
        return
    known = {wording.language for words in full for wording in words.wordings}
    for language in known & {wording.language for words in brief for wording in words.wordings}:
        long, short = (_count_words(texts, language) for texts in (full, brief))
        # The number of words is only an estimate of the length.
        if short > 1.2 * long:
            message = f"'brief' has {short} words, more than the {long} that it is said instead of; write a shorter one"
            yield Fault(message, model.find_mark("brief"))
            return


def _count_words(texts: Iterable[Words], language: str) -> int:
    found = (
        text for words in texts for wording in words.wordings if wording.language == language for text in wording.texts
    )
    return max((len(re.sub(r"\[[^\]]*\]", " ", text).split()) for text in found), default=0)


def _find_unsaid(routine: Routine, source: Source) -> Iterator[Fault]:
    """Find words in `pronounce` that no text contains in any language."""
    if not routine.pronounce:
        return
    texts = " \n".join(_list_texts(routine))
    for word in routine.pronounce:
        if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", texts, re.IGNORECASE):
            mark = source.find_mark(["pronounce", word], key=True)
            known = dict.fromkeys(re.findall(r"\w{3,}", texts))
            close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.8)
            meant = f"did you mean {close[0]!r}?" if close else "correct its spelling, or take it out"
            fix = mark.rewrite(word, close[0]) if close else None
            yield Fault(f"no text has the word {word!r}; {meant}", mark, fix=fix)


def _list_texts(routine: Routine) -> Iterator[str]:
    from narrator.routine.phrases import find_phrases  # imported here, because it uses the loader itself

    languages = {find_base(routine.language)}
    for model in _list_models(routine):
        for words in _list_values(model, Words):
            languages |= {find_base(wording.language) for wording in words.wordings if wording.language}
            yield from words.texts
        if isinstance(model, Section):
            for side in _list_values(model, Side):
                yield from (name for _, name in side.names)
    for language in sorted(languages):
        if phrases := find_phrases(language):
            yield from (phrases.switch, phrases.halfway, phrases.last_round, phrases.seconds_more.other)
            yield from (*phrases.numbers, *phrases.ordinals, *phrases.sides.values())
            yield from (phrases.breath.get(phase) for phase in ("in", "hold", "out", "pause"))


def _list_models(model: BaseModel) -> Iterator[BaseModel]:
    """Yield a model and all models within it, including the steps of included files, each of them once."""
    waiting, seen = [model], {id(model)}
    while waiting:
        inner = waiting.pop()
        yield inner
        within = [*_list_values(inner, BaseModel), *(inner.steps if isinstance(inner, Include) else ())]
        # A file included twice with the same parameters has the same steps.
        new = {id(each): each for each in within if id(each) not in seen}
        seen |= new.keys()
        waiting += reversed(new.values())


def _list_values(model: BaseModel, kind: Any) -> Iterator[Any]:
    """Yield the values of a type in the fields of a model, including those in lists and breaths."""
    waiting = [getattr(model, name) for name in type(model).model_fields]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, kind):
            yield value
        elif isinstance(value, tuple):
            waiting += value
        elif hasattr(value, "say"):
            waiting.append(value.say)
