"""Material of a routine that enters and leaves: units, windows, and texts with the number of rounds."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from narrator.errors import Fault, UsageError
from narrator.routine import model
from narrator.routine.nearest import suggest
from narrator.routine.words import Words
from narrator.script.cues import ElasticId, Unit, Window


@dataclass(frozen=True, slots=True)
class Counting:
    """One round of a repeat whose number of rounds depends on the track's length."""

    name: ElasticId
    number: int
    least: int
    most: int

    def list_totals(self) -> Iterator[tuple[int, tuple[ElasticId, ...], tuple[ElasticId, ...]]]:
        """Yield each total number of rounds that includes this one, the units then present, and those absent."""
        for total in range(max(self.number, self.least), self.most + 1):
            present = (name_round(self.name, total),) if total > self.least else ()
            absent = (name_round(self.name, total + 1),) if total < self.most else ()
            yield total, present, absent


def name_step(path: ElasticId) -> ElasticId:
    """Return the name of an authored step: its path without rounds. Names sort in the order of the file."""
    return tuple(part for part in path if not (isinstance(part, str) and part.startswith("round ")))


def name_round(step: ElasticId, number: int) -> ElasticId:
    """Return the name of the unit of one round of a repeat."""
    return (*step, f"round {number}")


def make_unit(step: model.StepBase, path: ElasticId, within: tuple[ElasticId, ...]) -> Unit | None:
    """Return the unit of an optional or extra step; None for other steps."""
    if not (step.optional or step.extra):
        return None
    name = name_step(path)
    number = step.optional or step.extra or 1
    return Unit(name, find_kind(step), step.mark, name, number, bool(step.extra), within)


def make_round(step: model.Repeat, path: ElasticId, number: int, within: tuple[ElasticId, ...]) -> Unit | None:
    """Return the unit of a round; None for a round that every track has.

    Rounds above the natural number are extra, and enter one after the other.
    """
    rounds = step.repeat
    if number <= rounds.least:
        return None
    own = step.optional or step.extra
    beyond = number - rounds.natural
    name = name_step(path)
    rank = beyond + (own or 0) if beyond > 0 else own or 1
    return Unit(name_round(name, number), "repeat", step.mark, name, rank, beyond > 0, within, number)


def make_window(step: model.StepBase) -> Window | None:
    """Return the window of track lengths in which a step is heard; None if it is in all."""
    if step.from_ is None and step.until is None:
        return None
    mark = step.find_mark("until" if step.from_ is None else "from")
    return Window(find_kind(step), step.mark, mark, step.from_ or 0, step.until)


def is_never_open(windows: Collection[Window]) -> bool:
    """Return whether no track length is in all of the windows."""
    ends = [window.until for window in windows if window.until is not None]
    return bool(ends) and max(window.since for window in windows) >= min(ends)


MAX_EDGES = 24
"""Most different lengths in `from` and `until`; the range between two of them is laid out by itself."""


def check_edges(windows: Iterable[Window]) -> Fault | None:
    """Return a fault at the first length of `from` and `until` that is one too many, or None."""
    edges: set[int] = set()
    for window in windows:
        edges |= {edge for edge in (window.since, window.until) if edge}
        if len(edges) > MAX_EDGES:
            return Fault(f"over {MAX_EDGES} different lengths in 'from' and 'until'; use fewer", window.mark)
    return None


def find_kind(step: model.StepBase) -> str:
    """Return the key of a step: `say`, `section` and so on."""
    return next(key for key, kind in model.STEPS.items() if isinstance(step, kind))


def mentions(step: Any, name: str) -> bool:
    """Return whether a text of a step contains a name in braces; steps inside it do not count."""
    pattern = re.compile(rf"\{{{name}\}}", re.IGNORECASE)
    return any(pattern.search(text) for words in _find_words(step) for text in words.texts)


def _find_words(value: Any) -> Iterator[Words]:
    match value:
        case Words():
            yield value
        case BaseModel():
            for name in type(value).model_fields:
                yield from _find_words(getattr(value, name))
        case tuple() | list():
            for each in value:
                if not isinstance(each, model.StepBase):
                    yield from _find_words(each)


# Sections left out on request -------------------------------------------------------------------------------------


def list_titles(steps: Iterable[model.StepBase]) -> Iterator[str]:
    """Yield the titles of all sections, in all languages, as written."""
    for step in steps:
        if isinstance(step, model.Section):
            yield from (*step.section.texts, *step.section.list_translations())
        if isinstance(step, model.Section | model.Repeat | model.Include):
            yield from list_titles(step.steps)


class Unwanted:
    """The titles of sections to leave out of a session; case does not matter."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._wanted = {_fold(title): title for title in titles}
        self._found: set[str] = set()

    def covers(self, section: model.Section, title: str) -> bool:
        """Return whether a section is one of them, by its title as written or as filled in."""
        if not self._wanted:
            return False
        own = {_fold(text) for text in (title, *section.section.texts, *section.section.list_translations())}
        if own.isdisjoint(self._wanted):
            return False
        # Sections inside it are left out as well, and may be named too.
        self._found |= own | {_fold(text) for text in list_titles(section.steps)}
        return True

    def check(self, steps: Iterable[model.StepBase]) -> None:
        """Refuse titles that no section has.

        Raises:
            UsageError: a title is unknown; the error suggests the nearest.

        """
        for title in (title for title in self._wanted if title not in self._found):
            known = list(dict.fromkeys(list_titles(steps)))
            hint = suggest(self._wanted[title], known) if known else "it has no sections"
            raise UsageError(f"this routine has no section {self._wanted[title]!r}; {hint}")


def _fold(title: str) -> str:
    return " ".join(title.split()).casefold()
