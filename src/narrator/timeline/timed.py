"""Place timed text on a timeline: each line at its time, or as soon as the line before it has ended."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from narrator.errors import Fault, LengthError, Mark, RoutineError
from narrator.routine.heading import Tags, VoiceSpec
from narrator.routine.importers.spoken import Strike
from narrator.routine.importers.timed import TimedText
from narrator.routine.sounds import FLOOR, LOUDNESS, ROOM
from narrator.routine.text import InlinePause
from narrator.script import Bell, Cue, Heading, Speech, list_texts, sketch_cues
from narrator.script.sketch import measure_text
from narrator.timeline.placed import Lengths, Segment, Timeline
from narrator.units import LONGEST, Db, Lufs, Ms, ceil_ticks, format_clock, format_duration, ms_to_ticks, ticks_to_ms

SENTENCE_GAP: Ms = 360
"""Silence between two sentences of a line."""
LATE_GAP: Ms = 240
"""Silence between a line that takes too long and the line that waits for its end."""
TAIL: Ms = 500
"""Silence after the last word, equal to that before the first one of a routine."""


@dataclass(frozen=True, slots=True)
class TimedCue:
    """A cue of a line, and the silence before it."""

    cue: Cue
    wait: Ms


@dataclass(frozen=True, slots=True)
class TimedGroup:
    """The cues of a line, and the time of the first of them (on a tick)."""

    start: Ms
    cues: tuple[TimedCue, ...]
    mark: Mark
    words_mark: Mark


@dataclass(frozen=True)
class TimedScript:
    """All cues with their times; the length is known when they have been spoken."""

    heading: Heading
    groups: tuple[TimedGroup, ...]
    end: Ms
    """When the last line ends as it is written; 0 where nothing says so."""
    mark: Mark
    notes: tuple[Fault, ...] = ()
    bed: None = None
    floor: Db | None = FLOOR
    room: str = ROOM
    loudness: Lufs = LOUDNESS

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues in the order of their times."""
        return (each.cue for group in self.groups for each in group.cues)

    def list_marked_texts(self) -> Iterator[tuple[str, Mark]]:
        """Yield every text to speak and the place where it is written."""
        for group in self.groups:
            for each in group.cues:
                if isinstance(each.cue, Speech):
                    yield each.cue.text, group.words_mark

    def list_texts(self) -> list[str]:
        """Return the distinct texts to speak, in order."""
        return list_texts(self.list_cues())


def make_timed_script(text: TimedText) -> TimedScript:
    """Make a script of timed text."""
    found = (
        TimedGroup(
            ticks_to_ms(ms_to_ticks(line.at)), _list_cues(line.pieces, line.words_mark), line.mark, line.words_mark
        )
        for line in text.lines
    )
    groups = tuple(group for group in found if group.cues)
    end = max((line.to or 0 for line in text.lines), default=0)
    cover = sketch_cues(text.title, end, _list_times(groups))
    heading = Heading(text.title, text.language, VoiceSpec(), Tags(), {}, text.mark, cover=cover)
    return TimedScript(heading, groups, end, text.mark, text.notes)


def _list_times(groups: Iterable[TimedGroup]) -> Iterator[tuple[Ms, Cue]]:
    """Yield each cue with an estimate of its time."""
    for group in groups:
        at = group.start
        for each in group.cues:
            at += each.wait
            yield at, each.cue
            at += measure_text(each.cue.text) if isinstance(each.cue, Speech) else 0


def _list_cues(pieces: tuple[str | InlinePause | Strike, ...], mark: Mark) -> tuple[TimedCue, ...]:
    cues: list[TimedCue] = []
    wait: Ms = 0
    for piece in pieces:
        match piece:
            case InlinePause(length):
                # A pause replaces the gap between two sentences.
                wait = (0 if wait == SENTENCE_GAP else wait) + length
                continue
            case Strike(sound, times):
                cues.append(TimedCue(Bell(sound, times, mark=mark), wait))
            case str():
                cues.append(TimedCue(Speech(piece), wait))
        wait = SENTENCE_GAP if isinstance(piece, str) else 0
    return tuple(cues)


def place_timed(script: TimedScript, lengths: Lengths, length: Ms | None = None) -> Timeline:
    """Place each line at its time, or as soon as the words of the line before it have ended, with a note.

    Raises:
        LengthError: the track is longer than `length`.
        RoutineError: it is longer than any track.

    """
    placer = _Placer(lengths)
    for group in script.groups:
        placer.add(group)
    natural = max(placer.end, script.end)
    if natural > LONGEST:
        message = f"the track would be over {format_duration(LONGEST)}, the longest it can be; start this line earlier"
        raise RoutineError(message, script.groups[-1].mark)
    if length is not None and length < natural:
        error = LengthError(
            f"this takes {format_duration(natural)}, and cannot take {format_duration(length)}: the times of its lines "
            "are fixed; choose a longer length, which ends in silence",
            script.mark,
        )
        error.spans = ((natural, LONGEST),)
        raise error
    segments = tuple(sorted(placer.segments, key=lambda segment: segment.start))
    return Timeline(natural if length is None else length, segments, (), (), tuple(placer.notes))


class _Placer:
    """Places lines one after another. `end` is the earliest end of the track."""

    def __init__(self, lengths: Lengths) -> None:
        self.segments: list[Segment] = []
        self.notes: list[Fault] = []
        self.end: Ms = 0
        self._lengths = lengths
        self._spoken: TimedGroup | None = None
        """The last line with words, and when these are over."""
        self._free: Ms = 0

    def add(self, group: TimedGroup) -> None:
        """Place the cues of a line."""
        now = group.start
        # A bell is struck at its time, even under speech.
        if any(isinstance(each.cue, Speech) for each in group.cues):
            if self._spoken and self._free > now:
                self.notes.append(self._describe_overrun(self._spoken, group))
                now = _round_up(self._free + LATE_GAP)
            self._spoken = group
        for each in group.cues:
            now = _round_up(now + each.wait)
            end = now + self._lengths.measure_in_hold(each.cue)
            id_ = f"cue-{len(self.segments)}"
            self.segments.append(Segment(now, end, each.cue, group.words_mark, id=id_))
            if isinstance(each.cue, Speech):
                self._free = end
            is_over = (
                end + TAIL if isinstance(each.cue, Speech) else now + self._lengths.measure(each.cue, is_last=True)
            )
            self.end = max(self.end, -(-is_over // 1000) * 1000)
            now = end

    def _describe_overrun(self, group: TimedGroup, following: TimedGroup) -> Fault:
        over = format_duration(-(-(self._free - following.start) // 100) * 100)
        later = format_clock(-(-(self._free + LATE_GAP) // 100) * 100)
        about = "is likely to take" if self._lengths.is_estimate else "takes"
        return Fault(
            f"this line {about} {over} longer than there is before the next, which waits for it; use fewer words, or "
            f"let line {following.mark.line} start at {later}",
            group.words_mark,
        )


def _round_up(time: Ms) -> Ms:
    return ticks_to_ms(ceil_ticks(time))
