"""The outline of a session to teach from: its parts, and in them what is said, held and breathed, in order."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import PurePath
from typing import NamedTuple, TypeAlias

from narrator.captions.captions import clean_text
from narrator.script import Bell, Breath, Recording, Speech
from narrator.timeline import Chapter, Hold, Segment, Timeline, list_chapters
from narrator.units import Ms

_COUNT: Ms = 1500
"""Longest time from one number of a countdown to the next."""
_NUMBER = 12
"""Most letters of a text that may be such a number."""
_SHORTEST_PAUSE: Ms = 500
_BREATH_ID = re.compile(r"/round-(\d+)/phase-\d+$")
_ROUND_ID = re.compile(r"/round-(\d+)(?=[/#]|$)")

Thing: TypeAlias = Segment | Hold


class Place(NamedTuple):
    """Where a step is: the section inside that of its part, its side, and the round of each repeat around it."""

    section: str | None
    side: str | None
    rounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Words that are said from `start` on: a sentence, a phase of a breath, or numbers one a second.

    `wait` is the silence behind them.
    """

    start: Ms
    texts: tuple[str, ...]
    wait: Ms = 0
    phase: str | None = None
    """Which phase of a breath has these words."""
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """A bell or a recording, and the silence behind it."""

    start: Ms
    name: str
    times: int = 1
    """How often a bell is struck."""
    length: Ms | None = None
    """Of a recording."""
    text: str = ""
    """What is said in a recording."""
    wait: Ms = 0


Entry: TypeAlias = Line | Sound


@dataclass(frozen=True, slots=True)
class Rest:
    """A hold, and what is heard in it."""

    start: Ms
    end: Ms
    side: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Rounds:
    """Breath rounds: the phases of the first and the last, with their lengths in ms, and what is said in them."""

    start: Ms
    end: Ms
    count: int
    first: tuple[tuple[str, Ms], ...]
    last: tuple[tuple[str, Ms], ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The time from which another place within a part is meant."""

    start: Ms
    place: Place


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a session with its heading; the title is None if the session has no sections."""

    title: str | None
    start: Ms
    end: Ms
    steps: tuple[Entry | Rest | Rounds | Turn, ...]
    is_introduction: bool = False
    """Whether it comes before the first section, so that its title is narrator's own."""


def make_outline(timeline: Timeline, language: str) -> tuple[Part, ...]:
    """Return the parts of a session: its chapters, or the whole of it."""
    chapters = list_chapters(timeline, language, len(timeline.chapters) + 1)
    parts: list[tuple[str | None, Chapter]] = [(each.title, each) for each in chapters]
    parts = parts or [(None, Chapter("", 0, timeline.length))]
    starts = [chapter.start for _, chapter in parts]
    things: list[Thing] = sorted([*timeline.segments, *timeline.holds], key=_order)
    by_part = groupby(things, key=lambda thing: max(bisect_right(starts, thing.start) - 1, 0))
    inside = {number: list(found) for number, found in by_part}
    made = [
        Part(title, chapter.start, chapter.end, tuple(_list_steps(inside.get(number, []), title, chapter.end)))
        for number, (title, chapter) in enumerate(parts)
    ]
    if len(chapters) > len(timeline.chapters):
        made[0] = replace(made[0], is_introduction=True)
    return tuple(made)


def _order(thing: Thing) -> tuple[Ms, bool]:
    return thing.start, isinstance(thing, Segment)


def _list_steps(things: Sequence[Thing], title: str | None, end: Ms) -> Iterator[Entry | Rest | Rounds | Turn]:
    groups = list(_group(things))
    places = [_find_place(group[0], title) for group in groups]
    before: Place | None = None
    is_divided = len(set(places)) > 1
    for group, place, following in zip(groups, places, [*groups[1:], None], strict=True):
        if is_divided and place != before and (before is not None or any(place)):
            yield Turn(group[0].start, place)
        before = place
        yield from _make_steps(group, following[0].start if following else end)


def _find_place(thing: Thing, title: str | None) -> Place:
    section = None if thing.chapter is None or thing.section == title else thing.section
    rounds = _ROUND_ID.findall(_BREATH_ID.sub("", thing.id))
    return Place(section, thing.side, tuple(map(int, rounds)))


# Groups ---------------------------------------------------------------------------------------------------------------


def _group(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    """Yield each hold with what is in it, the breaths of a step with what is said meanwhile, and all else alone."""
    at = 0
    while at < len(things):
        first = things[at]
        if isinstance(first, Hold):
            stop = _find_end_of_hold(first, things, at + 1)
        else:
            stop = _find_end_of_breaths(first, things, at + 1) if isinstance(first.cue, Breath) else at + 1
        yield things[at:stop]
        at = stop


def _find_end_of_hold(hold: Hold, things: Sequence[Thing], at: int) -> int:
    while at < len(things) and isinstance(things[at], Segment) and things[at].start < hold.end:
        at += 1
    return at


def _find_end_of_breaths(first: Segment, things: Sequence[Thing], at: int) -> int:
    """Return the index after the last breath of a step, or after the last cue over its rounds."""
    block, end, longest, stop = _name_block(first), first.end, first.end - first.start, at
    for index in range(at, len(things)):
        thing = things[index]
        is_own = bool(block) and thing.id.startswith(f"{block}/")
        if isinstance(thing, Hold) or not (is_own or thing.start <= end + longest):
            break
        if isinstance(thing.cue, Breath):
            if _name_block(thing) != block:
                break
            end, longest = thing.end, max(longest, thing.end - thing.start)
            stop = index + 1
        elif is_own or thing.start < end:
            stop = index + 1
    return stop


def _name_block(breath: Segment) -> str:
    """Return the id of the step that a breath belongs to; empty in a file with fixed times."""
    return _BREATH_ID.sub("", breath.id) if _BREATH_ID.search(breath.id) else ""


def _make_steps(group: Sequence[Thing], following: Ms) -> Iterator[Entry | Rest | Rounds]:
    first = group[0]
    segments = [thing for thing in group if isinstance(thing, Segment)]
    if isinstance(first, Hold):
        yield Rest(first.start, first.end, first.side, tuple(_list_entries(segments)))
    elif any(isinstance(segment.cue, Breath) for segment in segments):
        yield _make_rounds(segments, following)
    else:
        wait = following - first.end
        yield from (replace(entry, wait=max(wait, 0)) for entry in _list_entries(segments))


def _list_entries(segments: Sequence[Segment]) -> Iterator[Entry]:
    """Yield what is heard, with the numbers of a countdown as one line."""
    line: Line | None = None
    said: Ms = 0
    for segment in segments:
        match segment.cue:
            case Speech(text) if clean := clean_text(text):
                if line and segment.start - said <= _COUNT and max(map(len, (*line.texts, clean))) <= _NUMBER:
                    line = replace(line, texts=(*line.texts, clean))
                else:
                    yield from [line] if line else []
                    line = Line(segment.start, (clean,))
                said = segment.start
            case Bell() | Recording():
                yield from [line] if line else []
                line = None
                yield _make_sound(segment)
    if line:
        yield line


def _make_sound(segment: Segment) -> Sound:
    match segment.cue:
        case Bell(sound, times):
            return Sound(segment.start, PurePath(sound).stem, times)
        case Recording(sound, text=text):
            length = segment.end - segment.start
            return Sound(segment.start, PurePath(sound).stem, 1, length, clean_text(text))
        case other:
            raise AssertionError(f"{other!r} has no sound of its own")


# Breaths --------------------------------------------------------------------------------------------------------------


def _make_rounds(segments: Sequence[Segment], following: Ms) -> Rounds:
    rounds = list(_split_rounds([segment for segment in segments if isinstance(segment.cue, Breath)]))
    starts = [round_[0].start for round_ in rounds]
    lengths = [second - first for first, second in pairwise(starts)]
    spoken = max(segment.end for segment in segments)
    # The rest at the end of a breath has no tone: the last round is as long as the one before.
    end = max(min(starts[-1] + lengths[-1], following), spoken) if lengths else spoken
    numbers = {id(segment): number for number, round_ in enumerate(rounds, 1) for segment in round_}
    entries: list[Entry] = []
    for segment in segments:
        match segment.cue:
            case Breath(phase, _, words) if texts := tuple(filter(None, (clean_text(word.text) for word in words))):
                entries.append(Line(segment.start, texts, 0, phase, numbers[id(segment)]))
            case Speech() | Bell() | Recording():
                entries += _list_entries([segment])
    ends = [*starts[1:], end]
    first, last = (tuple(_list_phases(rounds[at], ends[at])) for at in (0, -1))
    return Rounds(segments[0].start, end, len(rounds), first, last, tuple(entries))


def _split_rounds(breaths: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Yield the breaths of each round: by their ids, else each begins with the phase that the first begins with."""
    group: list[Segment] = []
    for breath in breaths:
        if group and _begins_round(breath, group):
            yield group
            group = []
        group.append(breath)
    yield group


def _begins_round(breath: Segment, group: Sequence[Segment]) -> bool:
    found, known = _BREATH_ID.search(breath.id), _BREATH_ID.search(group[-1].id)
    if found and known:
        return found[1] != known[1]
    names = [each.cue.phase for each in (breath, group[0], group[-1]) if isinstance(each.cue, Breath)]
    return names[0] == names[1] != names[2]


def _list_phases(breaths: Sequence[Segment], end: Ms) -> Iterator[tuple[str, Ms]]:
    """Yield the phases of a round that ends at a time; a silence in it is a pause."""
    for breath, following in zip(breaths, [*(each.start for each in breaths[1:]), end], strict=True):
        if isinstance(breath.cue, Breath):
            yield breath.cue.phase, breath.cue.length
        if (rest := following - breath.end) >= _SHORTEST_PAUSE:
            yield "pause", rest
