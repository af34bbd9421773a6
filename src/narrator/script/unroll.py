"""`Routine` to `Script`: sides, repeats and included files unrolled, text in one language as sentences. No audio."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine import model
from narrator.routine.hold_cues import HoldCue as AuthoredCue
from narrator.routine.seed import settle_seed
from narrator.routine.text import InlinePause, Sentence
from narrator.routine.values import Words
from narrator.script.breath import make_breath
from narrator.script.context import Context, Place, UnrollingError, join_id, make_bed
from narrator.script.cues import (
    Bed,
    BreathBlock,
    Cue,
    Elastic,
    Guidance,
    Heading,
    HoldCue,
    Item,
    Script,
    Section,
    Silence,
    make_rigid,
    round_length,
)
from narrator.script.hold_cues import make_hold_cue
from narrator.units import format_duration

MAX_STEPS = 10_000
"""Steps a routine may come to once sides and repeats are unrolled."""
MAX_ITEMS = 50_000
"""Sentences and silences that it may come to."""


def write_script(
    routine: model.Routine,
    guidance: Guidance = "full",
    language: str | None = None,
    *,
    seed: int | None = None,
) -> Script:
    """Unroll a routine into its script, in one of its languages, with the routine's own seed or another.

    With the guidance `bells` the script is that of `full`: the timeline takes the words out.

    Raises:
        RoutineError: with every step that cannot be unrolled (an unknown word in braces, a missing translation).

    """
    if seed is None:
        seed = settle_seed(routine.seed, date.today())  # noqa: DTZ011 - the local date is meant
    writer = _Writer(routine, guidance, language or routine.language, seed)
    writer.add_bed()
    writer.add_steps(routine.steps, Place(("steps",)))
    if not writer.items and not writer.faults:
        writer.faults.append(Fault("there is nothing to hear in this routine; add a step", routine.mark))
    if writer.faults:
        raise RoutineError.gather(writer.faults)
    return Script(
        heading=Heading(
            routine.title.pick_name(writer.language, routine.language),
            writer.language,
            routine.voice,
            routine.tags,
            routine.pronounce,
            routine.find_mark("voice"),
            seed,
        ),
        guidance=guidance,
        length=routine.length,
        gap=routine.gap,
        steps=tuple(writer.items),
        sections=tuple(writer.sections),
        mark=routine.mark,
        bed=writer.bed,
        floor=routine.floor,
        loudness=routine.loudness,
        full=write_script(routine, "full", language, seed=seed) if guidance == "brief" else None,
    )


class _Writer:
    """Collects the items of a script, and every fault met on the way."""

    def __init__(self, routine: model.Routine, guidance: Guidance, language: str, seed: int) -> None:
        self.routine = routine
        self.language = language
        self.context = Context(routine, guidance, language, seed)
        self.items: list[Item] = []
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.equals: dict[str, tuple[Elastic, Mark]] = {}
        self.count = 0
        self.bed: Bed | None = None

    def add_bed(self) -> None:
        spec = self.routine.bed
        try:
            self.bed = make_bed(spec, self.routine.find_mark("bed")) if spec else None
        except RoutineError as error:
            self.faults += error.faults

    def add_steps(self, steps: Sequence[model.Step], place: Place) -> None:
        for index, step in enumerate(steps):
            self.count += 1
            if self.count > MAX_STEPS:
                raise RoutineError(
                    f"over {MAX_STEPS:,} steps once sides and repeats are unrolled; make several routines", step.mark
                )
            path = (*place.path, index)
            options = (*place.options, path) if step.optional else place.options
            try:
                self.add_step(step, replace(place, path=path, id=join_id(place.id, index), options=options))
            except UnrollingError as error:
                self.faults += error.faults

    def add_step(self, step: model.Step, place: Place) -> None:
        match step:
            case model.Say():
                is_brief = step.brief is not None and self.context.is_brief(place)
                said = step.brief if is_brief and step.brief else step.say
                self.add_say(said, step.find_mark("brief" if is_brief else "say"), step.mark, place)
            case model.Pause():
                length = self.context.settle(step.pause, step.breath, step.find_mark("pause"))
                self.add(Silence(length, place.path), step.mark, place)
            case model.Hold():
                self.add_hold(step, place)
            case model.Bell():
                self.add(self.context.make_bell(step.bell, step.find_mark("bell")), step.mark, place)
            case model.Breathe():
                cues = tuple(self.make_hold_cues(step.cues, place))
                self.add(make_breath(step, cues, place, self.context), step.mark, place)
            case model.Section():
                self.add_section(step, place)
            case model.Repeat():
                for number in range(1, step.repeat + 1):
                    words = {**place.words, "round": str(number), "rounds": str(step.repeat)}
                    path, id_ = (*place.path, f"round {number}"), join_id(place.id, f"round-{number}")
                    self.add_steps(step.steps, replace(place, path=path, id=id_, words=words))
            case model.Include():
                self.add_steps(step.steps, place)

    def add_hold(self, step: model.Hold, place: Place) -> None:
        length = self.context.settle(step.hold, step.breath, step.find_mark("hold"))
        unknown = place.path
        if step.equal:
            self.check_equal(step.equal, length, step.find_mark("hold"))
            unknown = ("equal", step.equal)
        cues = tuple(self.make_hold_cues(step.cues, place))
        self.add(Silence(length, unknown, is_hold=True, cues=cues, is_quiet=step.quiet), step.mark, place)

    def check_equal(self, name: str, length: Elastic, mark: Mark) -> None:
        """Refuse a hold whose bounds are not those of the others that have its name."""
        known, first = self.equals.setdefault(name, (length, mark))
        if known != length:
            raise UnrollingError(
                f"the holds that are equal: {name} need the same bounds: {_show_bounds(length)} here, but "
                f"{_show_bounds(known)} at {first}; write the same length in both",
                mark,
            )

    def add(self, what: Cue | Silence | BreathBlock, mark: Mark, place: Place, *, ends_paragraph: bool = False) -> None:
        if len(self.items) >= MAX_ITEMS:
            raise RoutineError(f"over {MAX_ITEMS:,} sentences and silences; make several routines", mark)
        self.items.append(Item(what, mark, place.section, place.side, ends_paragraph, place.options, id=place.id))

    def add_say(self, words: Words, text_mark: Mark, mark: Mark, place: Place) -> None:
        for number, piece in enumerate(self.context.split(words, place, text_mark)):
            here = replace(place, id=f"{place.id}#{number}")
            match piece:
                case InlinePause(length):
                    self.add(Silence(make_rigid(length), (*place.path, number)), mark, here)
                case Sentence(text, ends_paragraph):
                    self.add(self.context.make_speech(text), mark, here, ends_paragraph=ends_paragraph)

    def add_section(self, step: model.Section, place: Place) -> None:
        length = None if step.length is None else round_length(step.length)
        title = step.section.pick_name(self.language, self.routine.language)
        if step.bed and not self.routine.bed:
            self.faults.append(
                Fault("this routine has no bed; add 'bed: drone' at its top, or take this out", step.find_mark("bed"))
            )
        self.sections.append(Section(title, step.mark, length, place.section, place.path, step.bed))
        inside = replace(place, section=len(self.sections) - 1)
        if step.sides is None:
            self.add_steps(step.steps, inside)
            return
        names, spoken = self.find_sides(step)
        for number, (name, word) in enumerate(zip(names, spoken, strict=True)):
            words = {**place.words, "side": word}
            if len(names) == 2:
                words["other_side"] = spoken[1 - number]
            id_ = join_id(place.id, name if name not in names[:number] else f"{name}.{number}")
            on_side = replace(inside, id=id_, side=name, later_side=number > 0, words=words)
            if number and step.between:
                self.add_between(
                    step.between, replace(on_side, path=(*place.path, "between", number), id=join_id(id_, "between"))
                )
            self.add_steps(step.steps, on_side)

    def add_between(self, between: model.Between, place: Place) -> None:
        if between.say:
            self.add_say(between.say, between.find_mark("say"), between.mark, place)
        else:
            self.add(self.context.make_speech(self.context.need_phrases(between.mark).switch), between.mark, place)
        length = self.context.settle(between.pause, None, between.find_mark("pause"))
        # One name for the changes between all sides: they are equally long.
        self.add(Silence(length, place.path[:-1]), between.mark, place)

    def find_sides(self, step: model.Section) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the sides as written, and as said in the script's language."""
        known = {language or self.routine.language: names for language, names in step.sides or ()}
        names = next(iter(known.values()))
        for code in (self.language, self.language.partition("-")[0]):
            if code in known:
                return known[code], known[code]
        phrases = self.context.need_phrases(step.find_mark("sides"))
        for name in names:
            if name not in phrases.sides:
                raise UnrollingError(
                    f"the side {name!r} has no name in {self.language!r}; write sides: {{{self.language}: ...}}",
                    step.find_mark("sides"),
                )
        return names, tuple(phrases.sides[name] for name in names)

    def make_hold_cues(self, cues: Iterable[AuthoredCue], place: Place) -> Iterator[HoldCue]:
        for number, cue in enumerate(cues):
            try:
                if made := make_hold_cue(cue, number, place, self.context):
                    yield made
            except UnrollingError as error:
                self.faults += error.faults


def _show_bounds(length: Elastic) -> str:
    least, natural, most = (
        format_duration((bound + 50) // 100 * 100) for bound in (length.least, length.natural, length.most)
    )
    return f"{least}..{most} (natural {natural})"
