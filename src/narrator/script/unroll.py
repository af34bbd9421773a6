"""`Routine` to `Script`: sides, repeats and included files unrolled, text in one language as sentences. No audio."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from narrator.errors import Fault, Mark, NarratorError, RoutineError
from narrator.routine import model
from narrator.routine.phrases import Lexicon, Phrases, find_phrases, list_languages
from narrator.routine.sounds import BedSpec, BellSpec, find_sound
from narrator.routine.text import InlinePause, Sentence, fill_braces, split_text
from narrator.routine.values import At, Words
from narrator.routine.values import Elastic as AuthoredElastic
from narrator.script.cues import (
    Bed,
    Bell,
    BreathBlock,
    Cue,
    Elastic,
    Guidance,
    Heading,
    HoldCue,
    Item,
    Phase,
    Script,
    Section,
    Silence,
    Speech,
    Unknown,
    make_rigid,
    round_length,
)
from narrator.units import TICK, Ms

MAX_STEPS = 10_000
"""Steps a routine may come to once sides and repeats are unrolled."""
MAX_ITEMS = 50_000
"""Sentences and silences that it may come to, and cues in its holds."""
MAX_CHARACTERS = 2_000_000
"""Characters of text that it may come to: some forty hours of speech."""


def write_script(routine: model.Routine, guidance: Guidance = "full", language: str | None = None) -> Script:
    """Unroll a routine into its script, in one of its languages.

    With the guidance `bells` the script is that of `full`: the timeline takes the words out.

    Raises:
        RoutineError: with every step that cannot be unrolled (an unknown word in braces, a missing translation).

    """
    writer = _Writer(routine, guidance, language or routine.language)
    writer.add_bed()
    writer.add_steps(routine.steps, _Place(("steps",)))
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
        full=write_script(routine, "full", language) if guidance == "brief" else None,
    )


@dataclass(frozen=True)
class _Place:
    """Where in the routine a step is unrolled: its path, the side it is on, and the words for braces."""

    path: Unknown
    section: int | None = None
    side: str | None = None
    later_side: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Unknown, ...] = ()


class _Writer:
    """Collects the items of a script, and every fault met on the way."""

    def __init__(self, routine: model.Routine, guidance: Guidance, language: str) -> None:
        self.routine = routine
        self.guidance = guidance
        self.language = language
        self.lexicon = Lexicon(routine.pronounce, language)
        self.items: list[Item] = []
        self.sections: list[Section] = []
        self.faults: list[Fault] = []
        self.count = 0
        self.cues = 0
        self.characters = 0
        self.bed: Bed | None = None

    def add_bed(self) -> None:
        spec = self.routine.bed
        try:
            self.bed = make_bed(spec, self.routine.find_mark("bed"), self.routine.sounds) if spec else None
        except RoutineError as error:
            self.faults += error.faults

    def add_steps(self, steps: Sequence[model.Step], place: _Place) -> None:
        for index, step in enumerate(steps):
            self.count += 1
            if self.count > MAX_STEPS:
                raise RoutineError(
                    f"over {MAX_STEPS:,} steps once sides and repeats are unrolled; make several routines", step.mark
                )
            path = (*place.path, index)
            options = (*place.options, path) if step.optional else place.options
            try:
                self.add_step(step, replace(place, path=path, options=options))
            except _UnrollingError as error:
                self.faults += error.faults

    def add_step(self, step: model.Step, place: _Place) -> None:
        match step:
            case model.Say():
                is_brief = step.brief is not None and (place.later_side or self.guidance == "brief")
                said = step.brief if is_brief and step.brief else step.say
                self.add_say(said, step.find_mark("brief" if is_brief else "say"), step.mark, place)
            case model.Pause():
                length = self.settle(step.pause, step.breath, step.find_mark("pause"))
                self.add(Silence(length, place.path), step.mark, place)
            case model.Hold():
                length = self.settle(step.hold, step.breath, step.find_mark("hold"))
                cues = tuple(self.make_hold_cues(step.cues, place))
                self.add(Silence(length, place.path, is_hold=True, cues=cues), step.mark, place)
            case model.Bell():
                self.add(self.make_bell(step.bell, step.find_mark("bell")), step.mark, place)
            case model.Breathe():
                self.add(self.make_breath(step, place), step.mark, place)
            case model.Section():
                self.add_section(step, place)
            case model.Repeat():
                for number in range(1, step.repeat + 1):
                    words = {**place.words, "round": str(number), "rounds": str(step.repeat)}
                    self.add_steps(step.steps, replace(place, path=(*place.path, f"round {number}"), words=words))
            case model.Include():
                self.add_steps(step.steps, place)

    def add(
        self, what: Cue | Silence | BreathBlock, mark: Mark, place: _Place, *, ends_paragraph: bool = False
    ) -> None:
        if len(self.items) >= MAX_ITEMS:
            raise RoutineError(f"over {MAX_ITEMS:,} sentences and silences; make several routines", mark)
        self.items.append(Item(what, mark, place.section, place.side, ends_paragraph, place.options))

    def add_say(self, words: Words, text_mark: Mark, mark: Mark, place: _Place) -> None:
        for number, piece in enumerate(self.split(words, place, text_mark)):
            match piece:
                case InlinePause(length):
                    self.add(Silence(make_rigid(length), (*place.path, number)), mark, place)
                case Sentence(text, ends_paragraph):
                    self.add(self.make_speech(text), mark, place, ends_paragraph=ends_paragraph)

    def add_section(self, step: model.Section, place: _Place) -> None:
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
            on_side = replace(inside, side=name, later_side=number > 0, words=words)
            if number and step.between:
                self.add_between(step.between, replace(on_side, path=(*place.path, "between", number)))
            self.add_steps(step.steps, on_side)

    def add_between(self, between: model.Between, place: _Place) -> None:
        if between.say:
            self.add_say(between.say, between.find_mark("say"), between.mark, place)
        else:
            self.add(self.make_speech(self.need_phrases(between.mark).switch), between.mark, place)
        length = self.settle(between.pause, None, between.find_mark("pause"))
        # One name for the changes between all sides: they are equally long.
        self.add(Silence(length, place.path[:-1]), between.mark, place)

    def find_sides(self, step: model.Section) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the sides as written, and as said in the script's language."""
        known = {language or self.routine.language: names for language, names in step.sides or ()}
        names = next(iter(known.values()))
        for code in (self.language, self.language.partition("-")[0]):
            if code in known:
                return known[code], known[code]
        phrases = self.need_phrases(step.find_mark("sides"))
        for name in names:
            if name not in phrases.sides:
                raise _UnrollingError(
                    f"the side {name!r} has no name in {self.language!r}; write sides: {{{self.language}: ...}}",
                    step.find_mark("sides"),
                )
        return names, tuple(phrases.sides[name] for name in names)

    def make_hold_cues(self, cues: Iterable[model.HoldCue], place: _Place) -> Iterator[HoldCue]:
        for cue in cues:
            self.cues += 1
            if self.cues > MAX_ITEMS:
                raise RoutineError(f"over {MAX_ITEMS:,} cues in holds; make several routines", cue.mark)
            try:
                yield self.make_hold_cue(cue, place)
            except _UnrollingError as error:
                self.faults += error.faults

    def make_hold_cue(self, cue: model.HoldCue, place: _Place) -> HoldCue:
        if cue.countdown is not None:
            numbers = self.need_phrases(cue.mark).numbers[1 : cue.countdown + 1]
            return HoldCue(cue.mark, countdown=tuple(self.make_speech(number) for number in reversed(numbers)))
        wordings: tuple[Cue, ...]
        if cue.bell:
            wordings = (self.make_bell(cue.bell, cue.find_mark("bell")),)
        elif cue.say:
            mark = cue.find_mark("say")
            wordings = tuple(self.make_speech(self.write_whole(words, place, mark)) for words in cue.say)
        else:
            wordings = (self.make_speech(self.find_own_words(cue)),)
        return HoldCue(cue.mark, wordings, cue.at, cue.every)

    def find_own_words(self, cue: model.HoldCue) -> str:
        """What narrator says of itself at a time: halfway, or how many seconds remain."""
        phrases = self.need_phrases(cue.mark)
        at = cue.at or At(0, 0)
        if at == At(At.WHOLE // 2, 0):
            return phrases.halfway
        seconds, rest = divmod(-at.offset, 1000)
        if at.share == At.WHOLE and not rest and 0 < seconds < len(phrases.numbers):
            return phrases.say_seconds_more(seconds)
        raise _UnrollingError("narrator has words of its own only for 'half' and for -1s to -60s; add 'say'", cue.mark)

    def make_breath(self, step: model.Breathe, place: _Place) -> BreathBlock:
        block = BreathBlock((), Fraction(0), 0, 0, step.voiced, place.path)
        phases = tuple(
            Phase(name, length, self.make_breath_words(step, name, length, place) if step.voiced else ())
            for name, length in step.breathe
        )
        block = replace(block, phases=phases)
        if step.rounds is not None:
            return replace(block, natural=Fraction(step.rounds), least=step.rounds, most=step.rounds)
        least, natural, most = self.resolve(step.for_, None, step.find_mark("for")) if step.for_ else (0, 0, 0)
        fewest = max(1, -(-least // block.round))
        return replace(
            block, natural=Fraction(natural, block.round), least=fewest, most=max(fewest, most // block.round)
        )

    def make_breath_words(self, step: model.Breathe, name: str, length: Ms, place: _Place) -> tuple[Speech, ...]:
        own = step.words.in_ if name == "in" else getattr(step.words, name)
        if own is not None:
            mark = step.words.find_mark(name)
            first = self.write_whole(own, place, mark)
        else:
            first = self.need_phrases(step.mark).breath.get(name)
        if not step.count:
            return (self.make_speech(first),)
        numbers = self.need_phrases(step.mark).numbers[2 : length // 1000 + 1]
        return tuple(self.make_speech(word) for word in (first, *numbers))

    def make_bell(self, spec: BellSpec, mark: Mark) -> Bell:
        try:
            return make_bell(spec, mark, self.routine.sounds)
        except RoutineError as error:
            raise _UnrollingError.gather(error.faults) from None

    def make_speech(self, text: str) -> Speech:
        return Speech(text, self.lexicon.respell(text))

    def settle(self, elastic: AuthoredElastic, breath: Ms | None, mark: Mark) -> Elastic:
        """Bounds on the nearest tick; at least one tick each, so that a share of them exists."""
        least, natural, most = (round_length(length) for length in self.resolve(elastic, breath, mark))
        if least == most:
            return Elastic(most, most, most)
        return Elastic(max(least, TICK), max(natural, TICK), max(most, TICK))

    def resolve(self, elastic: AuthoredElastic, breath: Ms | None, mark: Mark) -> tuple[Ms, Ms, Ms]:
        try:
            return elastic.resolve(breath or self.routine.breath)
        except ValueError as error:
            raise _UnrollingError(str(error), mark) from None

    def split(self, words: Words, place: _Place, mark: Mark) -> list[Sentence | InlinePause]:
        """A text taken apart: what is filled into its braces may hold brackets of its own."""
        try:
            return split_text(self.write(words, place, mark))
        except ValueError as error:
            raise _UnrollingError(str(error), mark) from None

    def write_whole(self, words: Words, place: _Place, mark: Mark) -> str:
        """A text that is one clip, and so has no pauses in it."""
        pieces = self.split(words, place, mark)
        if any(isinstance(piece, InlinePause) for piece in pieces):
            raise _UnrollingError("there is no room for a pause in these words; take the [...] out", mark)
        return " ".join(piece.text for piece in pieces if isinstance(piece, Sentence))

    def write(self, words: Words, place: _Place, mark: Mark) -> str:
        """A text in the script's language, its braces filled in."""
        chance = random.Random(f"{self.routine.seed} {place.path} {place.side}")  # noqa: S311 - nothing is secret here
        try:
            text = fill_braces(words.pick(self.language, self.routine.language, chance), place.words)
        except ValueError as error:
            raise _UnrollingError(str(error), mark) from None
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise RoutineError(f"over {MAX_CHARACTERS:,} characters of text; make several routines", mark)
        return text

    def need_phrases(self, mark: Mark) -> Phrases:
        phrases = find_phrases(self.language)
        if phrases is None:
            raise _UnrollingError(
                f"narrator has no words of its own in {self.language!r}, only in {', '.join(list_languages())}; write "
                "the words here",
                mark,
            )
        return phrases


class _UnrollingError(NarratorError):
    """A step that cannot be unrolled: the others still can, so that all faults are told."""


def make_bell(spec: BellSpec, mark: Mark, sounds: tuple[Path, ...] = ()) -> Bell:
    """Make the bell that is written so at a place; its file is looked for as `find_sound` does.

    Raises:
        RoutineError: it is a sound file that cannot be read.

    """
    sound, digest = find_sound(spec.sound, mark, sounds)
    return Bell(sound, spec.times, spec.every, spec.pitch, spec.length, spec.level, digest, mark)


def make_bed(spec: BedSpec, mark: Mark, sounds: tuple[Path, ...] = ()) -> Bed:
    """Make the bed that is written so at a place; its file is looked for as `find_sound` does.

    Raises:
        RoutineError: it is a sound file that cannot be read.

    """
    sound, digest = find_sound(spec.sound, mark, sounds)
    return Bed(sound, spec.level, spec.duck, spec.fade, digest, mark)
