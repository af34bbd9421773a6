"""`Routine` to `Script`: sides unrolled, text split into sentences, every rigid silence made explicit. No audio.

All lengths in a script are whole ticks: rigid silences and the bounds of elastics go to the nearest one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine import model
from narrator.routine.text import InlinePause, Sentence, fill_braces, split_text
from narrator.units import TICK, Ms, ms_to_ticks, ticks_to_ms

LEAD: Ms = 500
"""Silence before the first cue."""
MAX_STEPS = 10_000
"""Steps a routine may come to once sides are unrolled."""

Guidance: TypeAlias = Literal["full", "brief"]
Unknown: TypeAlias = tuple[object, ...]
"""Name of an elastic length; silences with one name are always equally long."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence: `text` as written, which is also what is spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class Bell:
    """A bell struck `times` times, `every` ms apart."""

    sound: str
    times: int = 1
    every: Ms = 4000


Cue: TypeAlias = Speech | Bell


@dataclass(frozen=True, slots=True)
class Elastic:
    """A length between `least` and `most`, `natural` when nothing asks otherwise; all in whole ticks, as ms."""

    natural: Ms
    least: Ms
    most: Ms


def list_texts(cues: Iterable[Cue]) -> list[str]:
    """Distinct texts of spoken cues, in order."""
    return list(dict.fromkeys(cue.text for cue in cues if isinstance(cue, Speech)))


class HoldCue(NamedTuple):
    """A cue inside a hold: where in it, and its wordings, the first that fits being used."""

    at: model.At
    wordings: tuple[Cue, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing to hear, for a while; a hold is one to practise in and may have cues of its own."""

    length: Elastic
    unknown: Unknown
    is_hold: bool = False
    cues: tuple[HoldCue, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a script: what, in which section (an index, innermost), on which side, from which step."""

    what: Cue | Silence
    mark: Mark
    section: int | None = None
    side: str | None = None
    ends_paragraph: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it runs; `unknown` is shared by the runs of one authored section on each side."""

    title: str
    mark: Mark
    length: Ms | None
    parent: int | None
    unknown: Unknown


@dataclass(frozen=True)
class Heading:
    """What a session is called, in which language it speaks, with which voice, and what players show beside it."""

    title: str
    language: str
    voice: model.VoiceSpec
    tags: model.Tags


@dataclass(frozen=True)
class Script:
    """Everything that will be heard and waited for, in order, with lengths of silence still open."""

    heading: Heading
    guidance: Guidance
    length: Ms | None
    items: tuple[Item, ...]
    sections: tuple[Section, ...]
    mark: Mark

    def list_texts(self) -> list[str]:
        """Every distinct text that a voice is needed for, in order, every wording of cues in holds included."""
        return list_texts(self.list_cues())

    def list_cues(self) -> Iterator[Cue]:
        """Every cue that may be heard, in order, every wording of those in holds included."""
        for item in self.items:
            if not isinstance(item.what, Silence):
                yield item.what
            else:
                for cue in item.what.cues:
                    yield from cue.wordings


def write_script(routine: model.Routine, guidance: Guidance = "full") -> Script:
    """Unroll a routine into its script.

    Raises:
        RoutineError: with every step that cannot be unrolled (an unknown word in braces, too many steps).

    """
    writer = _Writer(guidance)
    writer.add_steps(routine.steps, _Place(("steps",)))
    if writer.faults:
        first, *more = writer.faults
        raise RoutineError(first.message, first.mark, tuple(more))
    lead = Item(Silence(rigid(LEAD), ("lead",)), routine.mark)
    return Script(
        heading=Heading(routine.title, routine.language, routine.voice, routine.tags),
        guidance=guidance,
        length=routine.length,
        items=(lead, *_add_gaps(writer.items, routine.gap)),
        sections=tuple(writer.sections),
        mark=routine.mark,
    )


def rigid(length: Ms) -> Elastic:
    """A length that neither stretches nor shrinks, on the nearest tick."""
    ticks = _round(length)
    return Elastic(ticks, ticks, ticks)


def _round(length: Ms) -> Ms:
    return ticks_to_ms(ms_to_ticks(length))


def _type_elastic(spec: model.Elastic) -> Elastic:
    """Bounds on the nearest tick; natural and least are one tick at the least, so that a share of them exists."""
    return Elastic(max(_round(spec.natural), TICK), max(_round(spec.least), TICK), max(_round(spec.most), TICK))


@dataclass(frozen=True)
class _Place:
    """Where in the routine a step is unrolled: its path, the side it is on, and the words for braces."""

    path: Unknown
    section: int | None = None
    side: str | None = None
    later_side: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


class _Writer:
    """Collects the items of a script, and every fault met on the way."""

    def __init__(self, guidance: Guidance) -> None:
        self.guidance = guidance
        self.items: list[Item] = []
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.count = 0

    def add_steps(self, steps: tuple[model.Step, ...], place: _Place) -> None:
        for index, step in enumerate(steps):
            self.count += 1
            if self.count > MAX_STEPS:
                raise RoutineError(
                    f"over {MAX_STEPS:,} steps once sides are unrolled; make several routines", step.mark
                )
            self.add_step(step, replace(place, path=(*place.path, index)))

    def add_step(self, step: model.Step, place: _Place) -> None:
        match step:
            case model.Say():
                self.add_say(step, place)
            case model.Pause():
                self.add(Silence(rigid(step.pause), place.path), step.mark, place)
            case model.Hold():
                cues = tuple(self.make_hold_cue(cue, place) for cue in step.cues)
                silence = Silence(_type_elastic(step.hold), place.path, is_hold=True, cues=cues)
                self.add(silence, step.mark, place)
            case model.Bell():
                self.add(_make_bell(step.bell), step.mark, place)
            case model.Section():
                self.add_section(step, place)

    def add(self, what: Cue | Silence, mark: Mark, place: _Place, *, ends_paragraph: bool = False) -> None:
        self.items.append(Item(what, mark, place.section, place.side, ends_paragraph))

    def add_say(self, step: model.Say, place: _Place) -> None:
        is_brief = step.brief is not None and (place.later_side or self.guidance == "brief")
        key, text = ("brief", step.brief or "") if is_brief else ("say", step.say)
        for number, piece in enumerate(split_text(self.fill(text, place, step.find_mark(key)))):
            match piece:
                case InlinePause(length):
                    self.add(Silence(rigid(length), (*place.path, number)), step.mark, place)
                case Sentence(text, ends_paragraph):
                    self.add(Speech(text), step.mark, place, ends_paragraph=ends_paragraph)

    def make_hold_cue(self, cue: model.HoldCue, place: _Place) -> HoldCue:
        if cue.bell:
            return HoldCue(cue.at, (_make_bell(cue.bell),), cue.mark)
        mark = cue.find_mark("say")
        wordings = tuple(Speech(" ".join(self.fill(text, place, mark).split())) for text in cue.say or ())
        return HoldCue(cue.at, wordings, cue.mark)

    def add_section(self, step: model.Section, place: _Place) -> None:
        length = None if step.length is None else _round(step.length)
        self.sections.append(Section(step.section, step.mark, length, place.section, place.path))
        inside = replace(place, section=len(self.sections) - 1)
        if not step.sides:
            self.add_steps(step.steps, inside)
        for number, side in enumerate(step.sides or ()):
            words = dict(place.words) | {"side": side}
            if len(step.sides or ()) == 2:
                words["other_side"] = (step.sides or ())[1 - number]
            self.add_steps(step.steps, replace(inside, side=side, later_side=number > 0, words=words))

    def fill(self, text: str, place: _Place, mark: Mark) -> str:
        try:
            return fill_braces(text, place.words)
        except ValueError as error:
            self.faults.append(Fault(str(error), mark))
            return text


def _make_bell(spec: model.BellSpec) -> Bell:
    return Bell(spec.sound, spec.times, spec.every)


def _add_gaps(items: list[Item], gap: Ms) -> Iterator[Item]:
    """Put a gap after each sentence that is followed by another or by the end: silences and bells need none."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        yield item
        if isinstance(item.what, Speech) and (following is None or isinstance(following.what, Speech)):
            length = rigid(2 * gap if item.ends_paragraph else gap)
            yield replace(item, what=Silence(length, ("gap",)), ends_paragraph=False)
