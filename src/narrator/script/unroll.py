"""Unroll a `Routine` into a `Script`: sides, repeats and included files, with texts in one language as sentences."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine import model
from narrator.routine.coverage import describe_gaps
from narrator.routine.hold_cues import HoldCue as AuthoredCue
from narrator.routine.phrases import find_phrases
from narrator.routine.seed import settle_seed
from narrator.routine.text import InlinePause, Sentence
from narrator.routine.values import Guidance
from narrator.routine.words import Words
from narrator.script.breath import make_breath
from narrator.script.context import Context, Place, UnrollingError, join_id, make_bed
from narrator.script.cover import Cover, Picture, find_picture
from narrator.script.cues import (
    BreathBlock,
    Elastic,
    ElasticId,
    Heading,
    HoldCue,
    Item,
    Script,
    Section,
    Silence,
    Unit,
    make_rigid,
    round_length,
)
from narrator.script.hold_cues import make_hold_cue
from narrator.script.material import (
    Counting,
    Unwanted,
    check_edges,
    is_never_open,
    make_round,
    make_unit,
    make_window,
    mentions,
    name_round,
    name_step,
)
from narrator.script.sides import NamedSide, name_sides
from narrator.script.sketch import sketch_script
from narrator.script.sounds import Bed, Cue, Speech
from narrator.units import Ms, format_duration

MAX_STEPS = 10_000
"""Most steps of a routine once sides and repeats are unrolled."""
MAX_ITEMS = 50_000
"""Most sentences and silences of a routine, and most cues in its holds."""


def write_script(
    routine: model.Routine,
    guidance: Guidance = "full",
    language: str | None = None,
    without: Iterable[str] = (),
    seed: int | None = None,
    wording: int | None = None,
) -> Script:
    """Unroll a routine into a script in one of its languages, without the sections whose titles are in `without`.

    With the guidance `bells`, the script is that of `full`; the timeline removes the words. The default of `seed` is
    the routine's. With `wording`, a text with several wordings takes the one with this number, and not one at random.

    Raises:
        RoutineError: some steps cannot be unrolled (an unknown name in braces, a missing translation); lists them all.
        UsageError: a title in `without` is not that of a section.

    """
    without = tuple(without)
    if seed is None:
        seed = settle_seed(routine.seed, date.today())  # noqa: DTZ011 - the local date is meant
    writer = _Writer(
        routine, Context(routine, guidance, language or routine.language, seed, wording), Unwanted(without)
    )
    writer.add_bed()
    writer.add_picture()
    writer.add_steps(routine.steps, Place(("steps",)))
    writer.unwanted.check(routine.steps)
    if not writer.items and not writer.faults:
        writer.faults.append(Fault("there is nothing to hear in this routine; add a step", routine.mark))
    if fault := check_edges(window for item in writer.items for window in item.windows):
        writer.faults.append(fault)
    if writer.context.untranslated:
        # Report all missing translations at once, instead of those found before a step failed.
        gaps = describe_gaps(routine, writer.language)
        writer.faults = [gaps, *(fault for fault in writer.faults if fault not in writer.context.untranslated)]
    if writer.faults:
        raise RoutineError.gather(writer.faults)
    script = Script(
        heading=_make_heading(routine, writer.language, seed),
        guidance=guidance,
        length=routine.length,
        gap=routine.gap,
        steps=tuple(writer.items),
        sections=tuple(writer.sections),
        mark=routine.mark,
        bed=writer.bed,
        floor=routine.floor,
        room=routine.room,
        manner=routine.manner,
        loudness=routine.loudness,
        full=write_script(routine, "full", language, without, seed, wording) if guidance == "brief" else None,
        units=tuple(writer.units.values()),
        length_mark=None if routine.length is None else routine.find_mark("length"),
        notes=(*routine.notes, *writer.context.notes),
    )
    return _add_cover(script, routine, writer.picture)


def _make_heading(routine: model.Routine, language: str, seed: int) -> Heading:
    return Heading(
        str(routine.title.pick_name(language, routine.language)),
        language,
        routine.voice,
        routine.tags,
        routine.pronounce,
        routine.find_mark("voice"),
        seed,
        routine.list_marks("pronounce"),
    )


def _add_cover(script: Script, routine: model.Routine, picture: Picture | None) -> Script:
    """Return a script with its cover: the picture, none, or by default a sketch of all that a routine says."""
    cover: Cover | None = picture
    if routine.tags.cover is None:
        title = str(routine.title.pick_name(routine.language, routine.language))
        cover = script.full.heading.cover if script.full else sketch_script(script, title)
    return replace(script, heading=replace(script.heading, cover=cover))


class _Writer:
    """Collects the items of a script and all faults."""

    def __init__(self, routine: model.Routine, context: Context, unwanted: Unwanted) -> None:
        self.routine = routine
        self.language = context.language
        self.context = context
        self.unwanted = unwanted
        self.items: list[Item] = []
        self.units: dict[ElasticId, Unit] = {}
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.equals: dict[str, tuple[Elastic, Mark]] = {}
        self.count = 0
        self.cues = 0
        self.bed: Bed | None = None
        self.picture: Picture | None = None

    def add_bed(self) -> None:
        spec = self.routine.bed
        try:
            self.bed = make_bed(spec, self.routine.find_mark("bed"), self.routine.sounds) if spec else None
        except RoutineError as error:
            self.faults += error.faults

    def add_picture(self) -> None:
        try:
            self.picture = find_picture(self.routine.tags, self.routine.sounds)
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
            try:
                for each in self.list_places(step, replace(place, path=path, id=join_id(place.id, step.id or index))):
                    self.add_step(step, each)
            except UnrollingError as error:
                self.faults += error.faults

    def list_places(self, step: model.Step, place: Place) -> Iterator[Place]:
        """Yield the place of a step with its unit and window, once for each number of rounds that its texts name."""
        if unit := make_unit(step, place.path, place.units):
            place = self.enter(unit, place)
        if window := make_window(step):
            place = replace(place, windows=(*place.windows, window))
            if is_never_open(place.windows):
                raise UnrollingError(
                    "no track can have this step: 'from' and 'until' here and around it exclude each other; change one",
                    window.mark,
                )
        if place.counting is None or not mentions(step, "rounds"):
            yield place
            return
        for total, present, absent in place.counting.list_totals():
            words = {**place.words, "rounds": str(total)}
            units, yields = (*place.units, *present), (*place.yields, *absent)
            yield replace(place, words=words, units=units, yields=yields, counting=None)

    def enter(self, unit: Unit, place: Place) -> Place:
        self.units.setdefault(unit.name, unit)
        return replace(place, units=(*place.units, unit.name))

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
            case model.Play():
                self.add(self.context.make_recording(step, place), step.mark, place)
            case model.Breathe():
                cues = tuple(self.make_hold_cues(step.cues, place))
                self.add(make_breath(step, cues, place, self.context), step.mark, place)
            case model.Section():
                self.add_section(step, place)
            case model.Repeat():
                self.add_rounds(step, place)
            case model.Include():
                self.add_steps(step.steps, place)

    def add_hold(self, step: model.Hold, place: Place) -> None:
        length = self.context.settle(step.hold, step.breath, step.find_mark("hold"))
        elastic_id = place.path
        if step.equal:
            self.check_equal(step.equal, length, step.find_mark("hold"))
            elastic_id = ("equal", step.equal)
        cues = tuple(self.make_hold_cues(step.cues, place))
        self.add(Silence(length, elastic_id, is_hold=True, cues=cues, is_quiet=step.quiet), step.mark, place)

    def check_equal(self, name: str, length: Elastic, mark: Mark) -> None:
        """Refuse a hold whose bounds differ from those of the other holds with its name."""
        known, first = self.equals.setdefault(name, (length, mark))
        if known != length:
            raise UnrollingError(
                f"all holds with 'equal: {name}' need the same bounds: {_show_bounds(length)} here, but "
                f"{_show_bounds(known)} at {first}; write the same length in both",
                mark,
            )

    def add(self, what: Cue | Silence | BreathBlock, mark: Mark, place: Place, *, ends_paragraph: bool = False) -> None:
        if len(self.items) >= MAX_ITEMS:
            raise RoutineError(f"over {MAX_ITEMS:,} sentences and silences; make several routines", mark)
        self.items.append(
            Item(
                what, mark, place.section, place.side, ends_paragraph, units=place.units, yields=place.yields,
                windows=place.windows, id=place.id,
            )
        )  # fmt: skip

    def add_rounds(self, step: model.Repeat, place: Place) -> None:
        rounds, before = step.repeat, place.units
        for number in range(1, rounds.most + 1):
            inside = replace(
                place,
                path=name_round(place.path, number),
                id=join_id(place.id, f"round-{number}"),
                words=self.find_round_words(place, step, number),
            )
            if unit := make_round(step, place.path, number, before):
                inside = self.enter(unit, inside)
                before = (*before, unit.name)
            if rounds.least < rounds.most:
                counting = Counting(name_step(place.path), number, rounds.least, rounds.most)
                inside = replace(inside, counting=counting)
            else:
                inside = replace(inside, counting=None)
            self.add_steps(step.steps, inside)

    def find_round_words(self, place: Place, step: model.Repeat, number: int) -> dict[str, str]:
        words = {**place.words, "round": str(number), "rounds": str(step.repeat.most)}
        phrases = find_phrases(self.language)
        if phrases and number <= len(phrases.ordinals):
            return words | {"nth": phrases.ordinals[number - 1]}
        words.pop("nth", None)
        return words

    def add_say(self, words: Words, text_mark: Mark, mark: Mark, place: Place) -> None:
        for number, piece in enumerate(self.context.split(words, place, text_mark)):
            here = replace(place, id=f"{place.id}#{number}")
            match piece:
                case InlinePause(length):
                    self.add(Silence(make_rigid(length), (*place.path, number)), mark, here)
                case Sentence(text, ends_paragraph):
                    self.add(Speech(text), mark, here, ends_paragraph=ends_paragraph)

    def add_section(self, step: model.Section, place: Place) -> None:
        sides = self.find_sides(step)
        # If the title names the side, each side is a section, and therefore a chapter.
        is_split = bool(sides) and (mentions(step.section, "side") or mentions(step.section, "other_side"))
        title = "" if is_split else self.write_title(step, place)
        if self.unwanted.covers(step, title):
            return
        if step.bed and not self.routine.bed:
            self.faults.append(
                Fault("this routine has no bed; add 'bed: drone' at its top, or remove this", step.find_mark("bed"))
            )
        length = None if step.length is None else round_length(step.length)
        inside = place if is_split else self.open_section(step, title, length, place)
        if not sides:
            self.add_steps(step.steps, inside)
        names = [side.name for side in sides]
        for number, side in enumerate(sides):
            name = side.name
            words = {**place.words, "side": side.word}
            if len(sides) == 2:
                words["other_side"] = sides[1 - number].word
            id_ = join_id(place.id, name if name not in names[:number] else f"{name}.{number}")
            on_side = replace(inside, id=id_, side=name, names=side.names, later_side=number > 0, words=words)
            if is_split:
                share = None if length is None else _share_evenly(length, len(sides), number)
                on_side = self.open_section(step, self.write_title(step, on_side), share, on_side)
            if number and step.between:
                path = (*place.path, "between", number)
                self.add_between(step.between, replace(on_side, path=path, id=join_id(id_, "between")))
            self.add_steps(step.steps, on_side)

    def open_section(self, step: model.Section, title: str, length: Ms | None, place: Place) -> Place:
        self.sections.append(
            Section(title, step.mark, length, place.section, place.path, step.bed, place.units, place.id)
        )
        titles = (step.section.pick_name(self.routine.language, self.routine.language), *place.titles)
        return replace(place, section=len(self.sections) - 1, titles=titles)

    def write_title(self, step: model.Section, place: Place) -> str:
        """Return the title of a section with its braces filled in."""
        mark = step.find_mark("section")
        return self.context.write_title(step.section, place, mark)

    def add_between(self, between: model.Between, place: Place) -> None:
        if between.say:
            self.add_say(between.say, between.find_mark("say"), between.mark, place)
        else:
            switch = self.context.need_phrases(between.mark, "between: {say: Now change sides., pause: 4s}").switch
            self.add(Speech(switch), between.mark, place)
        length = self.context.settle(between.pause, None, between.find_mark("pause"))
        # The changes between all sides share one name, so that they are equally long.
        self.add(Silence(length, place.path[:-1]), between.mark, place)

    def find_sides(self, step: model.Section) -> list[NamedSide]:
        """Return the sides of a section with their names in the script's language."""
        try:
            return name_sides(step.sides or (), self.language, self.routine.language)
        except ValueError as error:
            raise UnrollingError(str(error), step.find_mark("sides")) from None

    def make_hold_cues(self, cues: Iterable[AuthoredCue], place: Place) -> Iterator[HoldCue]:
        for number, cue in enumerate(cues):
            self.cues += 1
            if self.cues > MAX_ITEMS:
                raise RoutineError(f"over {MAX_ITEMS:,} cues in holds; make several routines", cue.mark)
            try:
                if made := make_hold_cue(cue, number, place, self.context):
                    yield made
            except UnrollingError as error:
                self.faults += error.faults


def _share_evenly(length: Ms, count: int, index: int) -> Ms:
    """Return one of `count` shares of a length, in ms on whole ticks; the shares add up to the length."""
    return round_length(length * (index + 1) // count) - round_length(length * index // count)


def _show_bounds(length: Elastic) -> str:
    least, natural, most = (
        format_duration((bound + 50) // 100 * 100) for bound in (length.least, length.natural, length.most)
    )
    return f"{least}..{most} (natural {natural})"
