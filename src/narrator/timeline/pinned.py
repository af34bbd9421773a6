"""The narration script as a file: a timeline that people read, edit and render with its times as they stand.

`format_script` and `ScriptFile` are inverse: an unedited file renders to the bytes of its routine.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BeforeValidator, Field, PrivateAttr, ValidationInfo, model_validator

from narrator.errors import Fault, Mark, RoutineError, UsageError
from narrator.routine.load import type_source
from narrator.routine.marked import Marked
from narrator.routine.model import Tags, VoiceShort, VoiceSpec
from narrator.routine.sounds import FLOOR, LOUDNESS, NONE, BedSpec, BellShort, Floor, Level, Loudness
from narrator.routine.source import Source
from narrator.routine.text import InlinePause, split_text
from narrator.routine.values import LANGUAGE, Duration, Pronunciation, Word
from narrator.routine.words import Line, find_own
from narrator.script import Bed, Bell, Breath, Cue, Heading, Speech, list_speeches, list_texts, make_bed, make_bell
from narrator.timeline import BedLine, Chapter, Lengths, Segment, Timeline, check_words, measure_words
from narrator.units import TICK, Db, Ms, format_clock, format_duration, ms_to_ticks, ticks_to_ms

FORMAT = 1
KEY = "narrator_script"
"""The key that tells a script file from a routine."""


def _check_format(value: Any) -> int:
    if value != str(FORMAT):
        raise ValueError(
            f"this script has the form {value!r}, and only {FORMAT} is known; make it anew with narrator script"
        )
    return FORMAT


def _type_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class SectionEntry(Marked):
    """A chapter: from `at` up to `to`."""

    title: Word
    at: Duration
    to: Duration

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.to <= self.at:
            raise ValueError("a section ends ('to') after it starts ('at')")
        return self


class CueEntry(Marked):
    """A cue at a time. `takes` counts for breaths alone; `section`, `side` and `line` are for the reader."""

    at: Duration
    say: Annotated[tuple[Line, ...], BeforeValidator(_type_list), Field(min_length=1)] | None = None
    bell: BellShort | None = None
    breathe: Literal["in", "hold", "out", "pause"] | None = None
    takes: Duration | None = None
    section: str | None = None
    side: str | None = None
    line: str | None = None

    @model_validator(mode="after")
    def _check_kind(self, info: ValidationInfo) -> Self:
        if self.bell is not None and (self.say is not None or self.breathe is not None):
            raise ValueError("a cue has one of 'say', 'bell' and 'breathe'; make two cues of these")
        if self.say is None and self.bell is None and self.breathe is None:
            raise ValueError("a cue has one of 'say', 'bell' and 'breathe'")
        if self.breathe is not None and (self.takes or 0) < TICK:
            raise ValueError("a breath needs its length; add 'takes: 4s'")
        if self.breathe is None and len(self.say or ()) > 1:
            raise ValueError("only a breath has several words; make a cue of each of these")
        if any(isinstance(piece, InlinePause) for text in self.say or () for piece in split_text(text, find_own(info))):
            raise ValueError("a script's words hold no pauses; make two cues of these")
        return self

    def make_cue(self, sounds: tuple[Path, ...] = ()) -> Cue:
        """Make the cue itself."""
        if self.bell:
            return make_bell(self.bell, self.find_mark("bell"), sounds)
        texts = tuple(" ".join(text.split()) for text in self.say or ())
        words = tuple(Speech(text) for text in texts)
        if self.breathe:
            return Breath(self.breathe, ticks_to_ms(ms_to_ticks(self.takes or 0)), words)
        return words[0]


class LevelEntry(Marked):
    """The bed's level from a time on; None where it is silent."""

    at: Duration
    level: Annotated[Level | None, BeforeValidator(lambda value: None if value == NONE else value)]


class BedEntry(BedSpec):
    """The bed, and where its level changes."""

    levels: Annotated[tuple[LevelEntry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if any(after.at <= before.at for before, after in pairwise(self.levels)):
            raise ValueError("the levels of a bed stand in the order of their times")
        return self


class ScriptFile(Marked):
    """A whole script file."""

    narrator_script: Annotated[int, BeforeValidator(_check_format)]
    title: Word
    language: Annotated[str, Field(pattern=LANGUAGE)] = "en"
    voice: VoiceShort = VoiceSpec()
    pronounce: dict[Word, Pronunciation] = Field({}, max_length=1000)
    tags: Tags = Tags()
    seed: int = 0
    gain: Annotated[float, Field(ge=-60, le=24, allow_inf_nan=False)] | None = None
    loudness: Loudness = LOUDNESS
    floor: Floor = FLOOR
    bed: BedEntry | None = None
    length: Duration
    sections: tuple[SectionEntry, ...] = ()
    cues: tuple[CueEntry, ...]
    _sounds: tuple[Path, ...] = PrivateAttr(default=())

    @property
    def heading(self) -> Heading:
        """What the session is called, and its voice."""
        return Heading(
            self.title,
            self.language,
            self.voice,
            self.tags,
            self.pronounce,
            self.find_mark("voice"),
            self.seed,
            self.list_marks("pronounce"),
        )

    def list_cues(self) -> list[Cue]:
        """The cues in the order of the file."""
        return self._made_cues

    @cached_property
    def _made_cues(self) -> list[Cue]:
        # Once: what a sound file holds may change while it is in use.
        return [entry.make_cue(self._sounds) for entry in self.cues]

    def make_bed(self) -> Bed | None:
        """The bed itself.

        Raises:
            RoutineError: it is a sound file that cannot be read.

        """
        return self._made_bed

    @cached_property
    def _made_bed(self) -> Bed | None:
        return make_bed(self.bed, self.find_mark("bed"), self._sounds) if self.bed else None

    def list_marked_texts(self) -> Iterator[tuple[str, Mark]]:
        """Yield every text that a voice is needed for, and where it is written."""
        for entry, cue in zip(self.cues, self.list_cues(), strict=True):
            for speech in list_speeches(cue):
                yield speech.text, entry.find_mark("say")

    def list_texts(self) -> list[str]:
        """Every distinct text that a voice is needed for, in order."""
        return list_texts(self.list_cues())


def make_script(source: Source, sounds: tuple[Path, ...] = ()) -> ScriptFile:
    """Make a script from a file's data; its sound files are also looked for in the folders `sounds`.

    Raises:
        RoutineError: with every fault found.

    """
    script = type_source(source, ScriptFile)
    script._sounds = sounds  # noqa: SLF001 - what the file cannot say is filled in
    return script


def is_script(source: Source) -> bool:
    """Whether a YAML file is a script rather than a routine."""
    return isinstance(source.data, dict) and KEY in source.data


def place_script(script: ScriptFile, lengths: Lengths) -> Timeline:
    """Place the cues of a script file at their own times, to the tick.

    Raises:
        RoutineError: cues that overlap, or run past the end; names the lines of both.

    """
    faults: list[Fault] = []
    segments: list[Segment] = []
    for number, (entry, cue) in enumerate(zip(script.cues, script.list_cues(), strict=True)):
        start = ticks_to_ms(ms_to_ticks(entry.at))
        end = start + lengths.measure_in_hold(cue)
        # A bell may go on ringing when the track ends, as long as it is struck before.
        last = start + (cue.times - 1) * cue.every + TICK if isinstance(cue, Bell) else end
        if last > script.length:
            faults.append(_describe_overrun(entry, start, end, script))
        if isinstance(cue, Breath):
            faults += (Fault(message, entry.mark) for message in check_words(cue, lengths))
        chapter = _find_chapter(script, start)
        segments.append(Segment(start, end, cue, entry.find_mark("at"), chapter, entry.side, f"cue-{number}"))
    segments.sort(key=lambda segment: segment.start)
    # A bell may be struck and ring under anything, and words may be said over a tone.
    spoken = [segment for segment in segments if list_speeches(segment.cue)]
    faults += _find_overlaps([replace(segment, end=measure_words(segment, lengths)) for segment in spoken])
    faults += _find_overlaps([segment for segment in segments if isinstance(segment.cue, Breath)])
    for before, section in pairwise((None, *script.sections)):
        if section and section.to > script.length:
            faults.append(
                Fault(f"this section ends after the track, which is {format_duration(script.length)}", section.mark)
            )
        if section and before and section.at < before.to:
            faults.append(Fault(f"this section starts before the one on line {before.mark.line} ends", section.mark))
    if faults:
        raise RoutineError.gather(faults)
    chapters = tuple(Chapter(section.title, section.at, section.to) for section in script.sections)
    bed = script.make_bed()
    levels = tuple((entry.at, entry.level) for entry in script.bed.levels) if script.bed else ()
    return Timeline(script.length, tuple(segments), (), chapters, bed=BedLine(bed, levels) if bed else None)


def _find_overlaps(alone: Sequence[Segment]) -> Iterator[Fault]:
    """Say which segments, in the order of their starts, begin before an earlier one has ended."""
    for first, second in zip(accumulate(alone, _find_later_end), alone[1:], strict=False):
        if second.start < first.end:
            yield Fault(
                f"this cue starts at {format_clock(second.start)}, but the one on line {first.mark.line} goes on "
                f"until {format_clock(first.end)}; move one of them by {format_duration(first.end - second.start)}",
                second.mark,
            )


def _find_later_end(one: Segment, other: Segment) -> Segment:
    return max(one, other, key=lambda segment: segment.end)


def _describe_overrun(entry: CueEntry, start: Ms, end: Ms, script: ScriptFile) -> Fault:
    line = script.find_mark("length").line
    return Fault(
        f"this cue runs from {format_clock(start)} to {format_clock(end)}, past the end of the track: 'length' on line "
        f"{line} is {format_duration(script.length)}; start it earlier or raise 'length'",
        entry.find_mark("at"),
    )


def _find_chapter(script: ScriptFile, start: Ms) -> int | None:
    return next((index for index, section in enumerate(script.sections) if section.at <= start < section.to), None)


def format_script(
    heading: Heading,
    voice: str,
    gain: Db,
    floor: Db | None,
    timeline: Timeline,
    file: str,
    folders: tuple[Path, ...] = (),
) -> str:
    """Write a timeline as a script file.

    `voice` is the one it was measured with, as `engine:name`; `file` is the routine, whose lines need no name;
    `folders` are those where sound files are looked for, the one where the script will be first. Without any, sound
    files are named by their whole paths.

    Raises:
        UsageError: a sound file is in none of the folders, nor below one.

    """
    head: dict[str, Any] = {
        KEY: FORMAT,
        "title": heading.title,
        "language": heading.language,
        "voice": _voice_to_data(voice, heading.voice.pace),
        **({"pronounce": dict(heading.pronounce)} if heading.pronounce else {}),
        "tags": {key: value for key, value in heading.tags.model_dump().items() if value is not None},
        "seed": heading.seed,
        "gain": gain,
        "floor": NONE if floor is None else floor,
        "length": format_duration(timeline.length),
        **({"bed": _bed_to_data(timeline.bed, folders)} if timeline.bed else {}),
    }
    lines = ["# A narration script: move a cue, change its words, delete it or add one, and render this file."]
    lines += [f"{key}: {_flow(value)}" for key, value in head.items()]
    if timeline.chapters:
        lines.append("sections:")
        for chapter in timeline.chapters:
            times = {"title": chapter.title, "at": format_clock(chapter.start), "to": format_clock(chapter.end)}
            lines.append(f"  - {_flow(times)}")
    lines.append("cues:" if timeline.segments else "cues: []")
    lines += [f"  - {_flow(_cue_to_data(segment, timeline, file, folders))}" for segment in timeline.segments]
    return "\n".join(lines) + "\n"


def _voice_to_data(voice: str, pace: float) -> dict[str, Any]:
    engine, _, name = voice.partition(":")
    return {"engine": engine, "name": name, "pace": pace}


def _name_sound(sound: Bell | Bed, folders: tuple[Path, ...]) -> str:
    """A sound's name, or the place of its file, seen from the first folder that it is below."""
    if not sound.digest:
        return sound.sound
    path = Path(sound.sound).resolve()
    for folder in folders:
        if path.is_relative_to(folder.resolve()):
            return path.relative_to(folder.resolve()).as_posix()
    if folders:
        raise UsageError(
            f"a script in {folders[0]} cannot name the sound file {path}, which is neither there nor below; write the "
            f"script to {path.parent}"
        )
    return str(path)


def _bell_to_data(bell: Bell, folders: tuple[Path, ...]) -> dict[str, Any]:
    data = {"sound": _name_sound(bell, folders), "times": bell.times}
    own = {
        "every": format_duration(bell.every) if bell.times > 1 else None,
        "pitch": bell.pitch,
        "length": None if bell.length is None else format_duration(bell.length),
        "level": bell.level,
    }
    return data | {key: value for key, value in own.items() if value is not None}


def _bed_to_data(line: BedLine, folders: tuple[Path, ...]) -> dict[str, Any]:
    bed = line.bed
    levels = [{"at": format_clock(at), "level": NONE if level is None else level} for at, level in line.levels]
    head = {"sound": _name_sound(bed, folders), "level": bed.level, "duck": bed.duck, "fade": format_duration(bed.fade)}
    return head | {"levels": levels}


def _cue_to_data(segment: Segment, timeline: Timeline, file: str, folders: tuple[Path, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {"at": format_clock(segment.start)}
    match segment.cue:
        case Speech(text):
            data["say"] = text
        case Breath(phase, _, words):
            data["breathe"] = phase
            texts = [word.text for word in words]
            data |= {"say": texts[0] if len(texts) == 1 else texts} if texts else {}
        case Bell() as bell:
            data["bell"] = _bell_to_data(bell, folders)
    data["takes"] = format_duration(segment.end - segment.start)
    if segment.chapter is not None:
        data["section"] = timeline.chapters[segment.chapter].title
    if segment.side is not None:
        data["side"] = segment.side
    mark = segment.mark
    data["line"] = mark.line if mark.file == file else f"{os.path.relpath(mark.file, Path(file).parent)}:{mark.line}"
    return data


def _flow(value: Mapping[str, Any] | str | float) -> str:
    """One line of YAML."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**9)
    return text.removesuffix("\n").removesuffix("\n...")
