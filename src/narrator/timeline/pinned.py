"""A pinned script: cues at fixed times, as in a script file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine.source import Source
from narrator.script import (
    Bed,
    Bell,
    Breath,
    Cover,
    Cue,
    Heading,
    Recording,
    find_picture,
    list_speeches,
    list_texts,
    make_bed,
    sketch_cues,
)
from narrator.timeline.breaths import check_words, measure_words
from narrator.timeline.placed import BedLine, Chapter, Lengths, Segment, Timeline
from narrator.units import TICK, Db, Lufs, Ms, format_clock, format_duration, ms_to_ticks, ticks_to_ms

if TYPE_CHECKING:
    from narrator.timeline.pinned_model import CueEntry, ScriptFile

FORMAT = 1
KEY = "narrator_script"
"""The key that distinguishes a script file from a routine."""


@dataclass(frozen=True, slots=True)
class PinnedCue:
    """A cue, its start (on a tick), and the places where the start and the words are written."""

    start: Ms
    cue: Cue
    side: str | None
    mark: Mark
    start_mark: Mark
    words_mark: Mark


@dataclass(frozen=True, slots=True)
class PinnedSection:
    """A chapter and the place where it is written."""

    chapter: Chapter
    mark: Mark


@dataclass(frozen=True)
class PinnedScript:
    """All cues of a session with their times."""

    heading: Heading
    length: Ms
    length_mark: Mark
    cues: tuple[PinnedCue, ...]
    sections: tuple[PinnedSection, ...]
    bed_line: BedLine | None
    floor: Db | None
    room: str
    loudness: Lufs
    gain: Db | None
    """Gain of the session; None if it has to be measured."""
    notes: tuple[Fault, ...] = ()

    @property
    def bed(self) -> Bed | None:
        """The bed, without its levels."""
        return self.bed_line.bed if self.bed_line else None

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues in the order of the file."""
        return (each.cue for each in self.cues)

    def list_marked_texts(self) -> Iterator[tuple[str, Mark]]:
        """Yield every text to speak and the place where it is written."""
        for each in self.cues:
            for speech in list_speeches(each.cue):
                yield speech.text, each.words_mark

    def list_texts(self) -> list[str]:
        """Return the distinct texts to speak, in order."""
        return list_texts(self.list_cues())


def is_script(source: Source) -> bool:
    """Return whether a YAML file is a script rather than a routine."""
    return isinstance(source.data, dict) and KEY in source.data


def make_script(source: Source, sounds: tuple[Path, ...] = ()) -> PinnedScript:
    """Make a script from a file's data; the folders `sounds` are also searched for its sound files.

    Raises:
        RoutineError: with all faults found.

    """
    from narrator.routine.load import type_source
    from narrator.timeline.pinned_model import ScriptFile

    file = type_source(source, ScriptFile)
    bed = make_bed(file.bed, file.find_mark("bed"), sounds) if file.bed else None
    cues = tuple(_make_cue(entry, sounds) for entry in file.cues)
    levels = tuple((entry.at, entry.level) for entry in file.bed.levels) if file.bed else ()
    sections = (PinnedSection(Chapter(each.title, each.at, each.to), each.mark) for each in file.sections)
    return PinnedScript(
        _make_heading(file, _find_cover(file, cues, sounds)),
        file.length,
        file.find_mark("length"),
        cues,
        tuple(sections),
        BedLine(bed, levels) if bed else None,
        file.floor,
        file.room,
        file.loudness,
        file.gain,
    )


def _make_heading(file: "ScriptFile", cover: Cover | None) -> Heading:
    marks, voice_mark = file.list_marks("pronounce"), file.find_mark("voice")
    return Heading(
        file.title, file.language, file.voice, file.tags, file.pronounce, voice_mark, file.seed, marks, cover
    )


def _find_cover(file: "ScriptFile", cues: Sequence[PinnedCue], sounds: tuple[Path, ...]) -> Cover | None:
    """Return the picture that a script names, its sketch, or a sketch of its cues."""
    if file.tags.cover is not None:
        return find_picture(file.tags, sounds)
    if file.sketch is not None:
        return file.sketch.make()
    times = ((each.start, each.cue) for each in cues)
    return sketch_cues(file.title, file.length, times, (each.at for each in file.sections))


def _make_cue(entry: "CueEntry", sounds: tuple[Path, ...]) -> PinnedCue:
    start = ticks_to_ms(ms_to_ticks(entry.at))
    marks = entry.mark, entry.find_mark("at"), entry.find_mark("say")
    return PinnedCue(start, entry.make_cue(sounds), entry.side, *marks)


def place_script(script: PinnedScript, lengths: Lengths) -> Timeline:
    """Place the cues of a script at their own times.

    Raises:
        RoutineError: cues overlap or run past the end; names the lines of both.

    """
    segments = sorted(_list_segments(script, lengths), key=lambda segment: segment.start)
    # A bell may be struck and ring under anything, and words may be said over a tone.
    spoken = [each for each in segments if isinstance(each.cue, Recording) or list_speeches(each.cue)]
    faults = [
        *_check_cues(script, lengths),
        *_find_overlaps([replace(segment, end=measure_words(segment, lengths)) for segment in spoken]),
        *_find_overlaps([segment for segment in segments if isinstance(segment.cue, Breath)]),
        *_check_sections(script),
    ]
    if faults:
        raise RoutineError.gather(faults)
    chapters = tuple(section.chapter for section in script.sections)
    return Timeline(script.length, tuple(segments), (), chapters, bed=script.bed_line)


def _list_segments(script: PinnedScript, lengths: Lengths) -> Iterator[Segment]:
    for number, each in enumerate(script.cues):
        end = each.start + lengths.measure_in_hold(each.cue)
        chapter = _find_chapter(script, each.start)
        yield Segment(each.start, end, each.cue, each.start_mark, chapter, each.side, f"cue-{number}")


def _check_cues(script: PinnedScript, lengths: Lengths) -> Iterator[Fault]:
    """Yield the faults of each cue by itself."""
    for each in script.cues:
        end = each.start + lengths.measure_in_hold(each.cue)
        # A bell may ring past the end of the track if its last stroke is before it.
        last = each.start + (each.cue.times - 1) * each.cue.every + TICK if isinstance(each.cue, Bell) else end
        if last > script.length:
            yield _describe_overrun(each, end, script)
        if isinstance(each.cue, Breath):
            yield from (Fault(message, each.mark) for message in check_words(each.cue, lengths))


def _check_sections(script: PinnedScript) -> Iterator[Fault]:
    for before, section in pairwise((None, *script.sections)):
        if section and section.chapter.end > script.length:
            yield Fault(f"this section ends after the track, which is {format_duration(script.length)}", section.mark)
        if section and before and section.chapter.start < before.chapter.end:
            yield Fault(f"this section starts before the one on line {before.mark.line} ends", section.mark)


def _find_overlaps(alone: Sequence[Segment]) -> Iterator[Fault]:
    """Yield a fault for each segment, sorted by start, that begins before an earlier one has ended."""
    for first, second in zip(accumulate(alone, _find_later_end), alone[1:], strict=False):
        if second.start < first.end:
            yield Fault(
                f"this cue starts at {format_clock(second.start)}, but the one on line {first.mark.line} lasts "
                f"until {format_clock(first.end)}; move one of them by {format_duration(first.end - second.start)}",
                second.mark,
            )


def _find_later_end(one: Segment, other: Segment) -> Segment:
    return max(one, other, key=lambda segment: segment.end)


def _describe_overrun(cue: PinnedCue, end: Ms, script: PinnedScript) -> Fault:
    return Fault(
        f"this cue runs from {format_clock(cue.start)} to {format_clock(end)}, past the end of the track: 'length' on "
        f"line {script.length_mark.line} is {format_duration(script.length)}; start it earlier or raise 'length'",
        cue.start_mark,
    )


def _find_chapter(script: PinnedScript, start: Ms) -> int | None:
    sections = (section.chapter for section in script.sections)
    return next((index for index, chapter in enumerate(sections) if chapter.start <= start < chapter.end), None)
