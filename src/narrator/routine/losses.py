"""Warnings about material that would not be heard, each with what to write instead if that is known."""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from narrator.errors import Fault
from narrator.languages import find_base
from narrator.routine.hold_cues import HoldCue
from narrator.routine.model import Fragment, Include, Routine, Say, Section
from narrator.routine.source import Source
from narrator.routine.words import Side, Words

_UNCOUNTED = (
    "length",
    "voice",
    "gap",
    "lines",
    "breath",
    "pronounce",
    "seed",
    "tags",
    "bed",
    "floor",
    "room",
    "loudness",
    "manner",
)
"""Keys that have no effect in an included file."""
_HEARD = frozenset({"gap", "lines", "breath", "pronounce"})
"""Those of them that affect how steps are heard; the others concern a whole session."""


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
            message = f"'brief' has {short} words, more than the {long} that it replaces; write a shorter text"
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
            meant = f"did you mean {close[0]!r}?" if close else "correct its spelling, or remove it"
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
