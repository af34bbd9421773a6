"""The sayings of a routine: every sentence that any track of it may contain, in the order of the routine."""

from collections.abc import Iterator
from dataclasses import dataclass

from narrator.errors import Mark
from narrator.routine.coverage import count_wordings
from narrator.routine.model import Routine
from narrator.script.cues import Item, Script, list_marked_cues
from narrator.script.sounds import list_speeches
from narrator.script.unroll import write_script


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence as written, its place, and the title of its innermost section."""

    text: str
    mark: Mark
    section: str | None = None


def list_sayings(routine: Routine, language: str | None = None) -> tuple[Saying, ...]:
    """Return every sentence of a routine in one of its languages, each once, by the step that says it first.

    They are those of all guidances, lengths and seeds: of all sides and rounds, of optional and extra steps, and of
    texts with several wordings. The sentences of full guidance come before the brief ones of the same step.

    Raises:
        RoutineError: some steps cannot be unrolled.

    """
    by_step: dict[str, list[Saying]] = {}
    for wording in range(count_wordings(routine)):
        brief = write_script(routine, "brief", language, wording=wording)
        for script in (brief.material, brief):
            for item in script.steps:
                by_step.setdefault(_name_step(item), []).extend(_list_said(item, script))
    sayings = (saying for said in by_step.values() for saying in said)
    found: dict[str, Saying] = {}
    for saying in sayings:
        found.setdefault(saying.text, saying)
    return tuple(found.values())


def _name_step(item: Item) -> str:
    """Return the id of the step that an item belongs to: the same for full and brief words."""
    return item.id.partition("#")[0]


def _list_said(item: Item, script: Script) -> Iterator[Saying]:
    section = None if item.section is None else script.sections[item.section].title
    for mark, cue in list_marked_cues([item]):
        yield from (Saying(speech.text, mark, section) for speech in list_speeches(cue))
