"""The languages of a routine: every text with its place, and the texts that lack a translation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from narrator.errors import Fault, RoutineError
from narrator.languages import match_language
from narrator.routine.breath import PhaseSpec
from narrator.routine.hold_cues import HoldCue
from narrator.routine.model import Between, BreathWords, Include, Routine, Section
from narrator.routine.nearest import suggest
from narrator.routine.phrases import list_side_names
from narrator.routine.translations import Entry, Translations
from narrator.routine.words import SideNames, Words, list_contexts
from narrator.routine.written import Written

_SHOWN = {"title", "description"}
"""Kinds of texts that are shown, not spoken."""
_KINDS: tuple[tuple[type, str], ...] = (
    (HoldCue, "cue"),
    (Between, "between"),
    (BreathWords, "breathe"),
    (PhaseSpec, "breathe"),
)
_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a routine's own language, with its kind: say, brief, cue, between, breathe, title or description.

    `runs` has, for each side, the contexts in which the text is said, the narrowest first.
    """

    written: Written
    kind: str
    runs: tuple[tuple[str, ...], ...]
    inline: tuple[str, ...]
    """Languages that it has in the routine's own file."""
    is_value: bool = False
    """Whether it is the value of a parameter in a text of that kind."""

    @property
    def is_spoken(self) -> bool:
        """Whether the text is spoken."""
        return self.kind not in _SHOWN

    def is_in(self, language: str) -> bool:
        """Return whether the text has a translation for every side.

        Raises:
            RoutineError: a PO file cannot be used.

        """
        if _match(language, self.inline) is not None:
            return True
        translations = self.written.translations
        return all(translations.find(language, self.written.msgid, contexts) for contexts in self.runs)


@cache
def _match(language: str, known: tuple[str, ...]) -> str | None:
    return match_language(language, known)


@dataclass(frozen=True)
class _Around:
    """The surroundings of a text: titles of sections, innermost first, and the sides that it is said on."""

    own: str
    titles: tuple[str, ...] = ()
    sides: tuple[SideNames | None, ...] = (None,)

    @cached_property
    def runs(self) -> tuple[tuple[str, ...], ...]:
        """Contexts of the texts here, for each side."""
        return tuple(tuple(list_contexts(side, self.titles)) for side in self.sides)


def list_texts(routine: Routine) -> Iterator[Text]:
    """Yield the texts of a routine and of the files that it includes, and the values of parameters in them."""
    for words, kind, around in _list_words(routine, "", _Around(routine.language)):
        runs = around.runs
        inline = tuple(words.list_written(around.own))
        for text in words.list_own(around.own):
            if text and isinstance(text, Written):
                yield Text(text, kind, runs, inline)
                yield from (Text(value, kind, runs, inline, is_value=True) for value in _list_values(text))


def count_wordings(routine: Routine) -> int:
    """Return how many wordings the text of a routine that has most of them has."""
    found = _list_words(routine, "", _Around(routine.language))
    return max(len(wording.texts) for words, _, _ in found for wording in words.wordings)


def _list_values(text: Written) -> Iterator[Written]:
    for value in text.values.values():
        if value.has_letters:
            yield value
            yield from _list_values(value)


def _list_words(value: Any, kind: str, around: _Around) -> Iterator[tuple[Words, str, _Around]]:
    match value:
        case Words():
            yield value, kind, around
        case Section():
            inside = _enter(value, around)
            is_split = any("{side}" in text.lower() or "{other_side}" in text.lower() for text in value.section.texts)
            yield value.section, "title", replace(around, sides=inside.sides) if is_split else around
            yield from _list_words(value.between, "between", inside)
            yield from _list_words(value.steps, "", inside)
        case Include() if value.fragment:
            yield from _list_words(value.fragment, "", around)
        case BaseModel():
            own = next((kind for owner, kind in _KINDS if isinstance(value, owner)), None)
            for name in type(value).model_fields:
                yield from _list_words(getattr(value, name), own or name, around)
        case PhaseSpec():
            yield from _list_words(value.say, "breathe", around)
        case tuple():
            for each in value:
                yield from _list_words(each, kind, around)


def _enter(section: Section, around: _Around) -> _Around:
    titles = (section.section.pick_name(around.own, around.own), *around.titles)
    if not section.sides:
        return replace(around, titles=titles)
    names = [list_side_names(side, around.own) for side in section.sides]
    known = tuple(dict.fromkeys(name for each in names for name in each))
    return replace(around, titles=titles, sides=tuple(SideNames(frozenset(each), known) for each in names))


def list_files(routine: Routine) -> list[Translations]:
    """Return the translations of each file of a routine, its own first."""
    return list(dict.fromkeys([routine.translations, *_list_included(routine)]))


def _list_included(value: Any) -> Iterator[Translations]:
    for step in value.steps:
        if isinstance(step, Include) and step.fragment:
            yield step.fragment.translations
        if hasattr(step, "steps"):
            yield from _list_included(step)


# What is missing --------------------------------------------------------------------------------------------------


def list_languages(routine: Routine) -> list[str]:
    """Return the languages that all spoken texts of a routine are available in, its own first."""
    texts = list(list_texts(routine))
    codes = {code for text in texts for code in (*text.inline, *text.written.translations.languages)}
    return sorted((code for code in codes if _is_whole(texts, code)), key=lambda code: (code != routine.language, code))


def _is_whole(texts: Iterable[Text], language: str) -> bool:
    try:
        return all(text.is_in(language) for text in texts if text.is_spoken)
    except RoutineError:
        return False


def describe_gaps(routine: Routine, language: str) -> Fault:
    """Return one fault for all spoken texts that lack a language, with their lines and the languages available."""
    texts = [text for text in list_texts(routine) if text.is_spoken]
    gaps = [text for text in texts if not text.is_in(language)]
    known = ", ".join(list_languages(routine))
    only = f", only in {known}" if known else ""
    if len(gaps) == len(texts):
        text = f"this routine is not in {language!r}{only}; write '{language}: ...' in each text, or add a PO file"
    else:
        what = f"{_describe(gaps)}; write '{language}: ...' there, or add a PO file"
        text = f"this routine is not all in {language!r}{only}: {what}"
    return Fault(text, gaps[0].written.mark if gaps else routine.mark)


def _describe(gaps: list[Text]) -> str:
    """Return the number of missing texts, and their lines file by file."""
    lines = sorted({(text.written.mark.file, text.written.mark.line) for text in gaps})
    places = []
    for file, found in groupby(lines, key=lambda each: each[0]):
        numbers = [str(line) for _, line in found]
        more = f" and {len(numbers) - _MOST_LINES} more" if len(numbers) > _MOST_LINES else ""
        places.append(f"{file}, {'line' if len(numbers) == 1 else 'lines'} {', '.join(numbers[:_MOST_LINES])}{more}")
    count = len({(text.written.mark, text.written.msgid) for text in gaps})
    return f"{count} {'text has' if count == 1 else 'texts have'} no translation ({'; '.join(places)})"


def describe_fuzzy(entry: Entry) -> Fault:
    """Return the warning about a translation whose text has changed since."""
    return Fault("the text has changed since it was translated; check the translation, then remove 'fuzzy'", entry.mark)


def review_translations(routine: Routine) -> list[Fault]:
    """Return warnings about the translations of a routine: gaps, and entries that need a check.

    Raises:
        RoutineError: a PO file cannot be used.

    """
    texts = list(list_texts(routine))
    files = list_files(routine)
    own = routine.translations
    contexts: dict[str, set[str]] = {}
    for text in texts:
        if text.written.translations is own:
            contexts.setdefault(text.written.msgid, {""}).update(*text.runs)
    found = [fault for language in own.languages for fault in _list_gaps(texts, language)]
    for file in files:
        for language in file.languages:
            entries = file.open(language).values()
            found += (describe_fuzzy(entry) for entry in entries if entry.is_fuzzy)
            found += (_describe_stale(entry) for entry in entries if entry.msgid not in file.msgids)
            if file is own:
                found += (
                    _describe_context(each, contexts[each.msgid]) for each in entries if _is_strange(each, contexts)
                )
    return found


def _list_gaps(texts: list[Text], language: str) -> Iterator[Fault]:
    for is_spoken, what in ((True, "spoken"), (False, "shown")):
        gaps = [text for text in texts if text.is_spoken == is_spoken and not text.is_in(language)]
        if gaps:
            yield Fault(f"not all {what} texts are in {language!r}: {_describe(gaps)}", gaps[0].written.mark)


def _describe_stale(entry: Entry) -> Fault:
    return Fault(
        "the routine no longer has this text; run 'narrator translate', which keeps the entry if the text was edited",
        entry.mark,
    )


def _is_strange(entry: Entry, contexts: dict[str, set[str]]) -> bool:
    return entry.msgid in contexts and entry.context not in contexts[entry.msgid]


def _describe_context(entry: Entry, known: set[str]) -> Fault:
    text = f"this text is not used on a side or in a section named {entry.context!r}"
    return Fault(f"{text}; {suggest(entry.context, sorted(known - {''})) if known - {''} else 'remove it'}", entry.mark)
