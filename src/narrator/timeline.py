"""`Script` + measured lengths + target to `Timeline`: boxes and glue, in pure integer arithmetic over ticks.

Speech and bells are rigid boxes. Holds are glue: each has a natural length and bounds, and all of a track stretch or
shrink by one common factor until the track is as long as was asked (the way TeX sets a line; Knuth and Plass,
"Breaking paragraphs into lines", 1981).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from narrator.errors import Fault, LengthError, Mark, RoutineError
from narrator.routine.model import At
from narrator.script import Bell, Cue, HoldCue, Item, Script, Silence, Speech, Unknown
from narrator.units import (
    LONGEST,
    TICK,
    Ms,
    Ticks,
    ceil_ticks,
    floor_ticks,
    format_duration,
    ms_to_ticks,
    ticks_to_ms,
)

CLEARANCE: Ms = 300
"""Silence that two cues inside a hold keep between them."""
BELL_ROOM: Ms = 1000
"""Room that the last stroke of a bell inside a hold needs before the next cue."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Measured lengths of everything rigid: clips by text, and the ring of a bell (to −60 dB) by sound."""

    clips: Mapping[str, Ms]
    rings: Mapping[str, Ms]

    def measure(self, cue: Cue, *, is_last: bool = False) -> Ms:
        """Length of a cue's box; the last bell of a session takes its whole ring."""
        match cue:
            case Speech(text):
                return self.clips[text]
            case Bell(sound, times, every):
                box = ticks_to_ms(ms_to_ticks(times * every))
                return ticks_to_ms(ceil_ticks(max(box, (times - 1) * every + self.rings[sound]))) if is_last else box

    def measure_in_hold(self, cue: Cue) -> Ms:
        """Room that a cue needs inside a hold, where a bell may ring on beneath what follows."""
        if isinstance(cue, Bell):
            return ticks_to_ms(ceil_ticks((cue.times - 1) * cue.every + BELL_ROOM))
        return self.measure(cue)


@dataclass(frozen=True, slots=True)
class Segment:
    """A cue placed: from `start` (on a tick) up to, not including, `end`."""

    start: Ms
    end: Ms
    cue: Cue
    mark: Mark
    chapter: int | None = None
    side: str | None = None

    def __post_init__(self) -> None:
        if self.start < 0 or self.end <= self.start or self.start % TICK:
            raise ValueError(f"not a segment: {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold placed."""

    start: Ms
    end: Ms
    mark: Mark
    chapter: int | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """An outermost section placed."""

    title: str
    start: Ms
    end: Ms


@dataclass(frozen=True)
class Timeline:
    """Everything that is heard and when; `length` is the track's. `notes` tell what had to give way."""

    length: Ms
    segments: tuple[Segment, ...]
    holds: tuple[Hold, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """Lengths that a script can take: shortest, natural and longest."""

    shortest: Ms
    natural: Ms
    longest: Ms


@dataclass(frozen=True, slots=True)
class _Glue:
    """An unknown length in ticks that counts `count` times (the holds on both sides of a pose are one unknown)."""

    natural: Ticks
    least: Ticks
    most: Ticks
    count: int = 1


def lay_out(script: Script, lengths: Lengths, target: Ms | None = None) -> Timeline:
    """Place every cue so that the track takes exactly `target` ms, or its natural length when that is None.

    Raises:
        LengthError: the target is out of reach; says the range and what takes most.
        RoutineError: a section's own length is out of reach.

    """
    boxes, glue, notes = _measure(script, lengths)
    ticks = sum(boxes)
    if target is None:
        target = ticks_to_ms(ticks + sum(g.natural * g.count for g in glue.values()))
        shares = {name: g.natural for name, g in glue.items()}
    else:
        found = share(list(glue.values()), floor_ticks(target) - ticks)
        if found is None or target > LONGEST:
            raise _refuse_length(script, lengths, target)
        shares = dict(zip(glue, found, strict=True))
    return _place(script, lengths, boxes, shares, target, notes)


def measure_range(script: Script, lengths: Lengths) -> Range:
    """Shortest, natural and longest length of a script.

    Raises:
        RoutineError: a section's own length is out of reach.

    """
    boxes, glue, _ = _measure(script, lengths)
    rigid = sum(boxes)

    def total(values: Iterable[tuple[Ticks, int]]) -> Ms:
        return ticks_to_ms(rigid + sum(value * count for value, count in values))

    return Range(
        total((g.least, g.count) for g in glue.values()),
        total((g.natural, g.count) for g in glue.values()),
        total((g.most, g.count) for g in glue.values()),
    )


# How finely the common factor is searched. Two elastics reach their next tick at factors a/n and b/m; where these
# differ they do so by at least 1/(n·m), and no natural length is over a day: (3.6 million ticks)² < 2^44. In steps of
# 2^-48 each step therefore holds at most one such factor, and the search is exact.
_FINENESS = 48


def share(glue: Sequence[_Glue], ticks: Ticks) -> list[Ticks] | None:
    """Share ticks among elastics: each gets floor(factor × natural) within its bounds, at the largest factor that fits.

    Elastics that reach their next tick at the same factor are served in order, until one cannot be served whole. A
    larger `ticks` therefore never makes a share smaller. None when even the bounds cannot meet it.
    """
    least = sum(g.least * g.count for g in glue)
    most = sum(g.most * g.count for g in glue)
    if not least <= ticks <= most:
        return None
    if ticks == most:
        return [g.most for g in glue]

    def stretch(factor: int) -> list[Ticks]:
        return [min(max(factor * g.natural >> _FINENESS, g.least), g.most) for g in glue]

    def total(shares: list[Ticks]) -> Ticks:
        return sum(value * g.count for value, g in zip(shares, glue, strict=True))

    low, high = 0, (max(g.most for g in glue) + 1) << _FINENESS
    while high - low > 1:
        middle = (low + high) // 2
        if total(stretch(middle)) <= ticks:
            low = middle
        else:
            high = middle
    shares, following = stretch(low), stretch(high)
    left = ticks - total(shares)
    for index, g in enumerate(glue):
        if following[index] > shares[index]:
            if g.count > left:
                break
            shares[index] += 1
            left -= g.count
    return shares


def _measure(script: Script, lengths: Lengths) -> tuple[list[Ticks], dict[Unknown, _Glue], list[Fault]]:
    """Ticks of each item's box (0 for elastics), the glue by name, and notes."""
    boxes: list[Ticks] = []
    glue: dict[Unknown, _Glue] = {}
    last = len(script.items) - 1
    for index, item in enumerate(script.items):
        match item.what:
            case Silence(length=length, unknown=unknown) if length.least < length.most:
                boxes.append(0)
                known = glue.get(unknown)
                glue[unknown] = (
                    replace(known, count=known.count + 1)
                    if known
                    else _Glue(*(floor_ticks(value) for value in (length.natural, length.least, length.most)))
                )
            case Silence(length=length):
                boxes.append(floor_ticks(length.least))
            case cue:
                boxes.append(floor_ticks(lengths.measure(cue, is_last=index == last)))
    notes = _fit_sections(script, boxes, glue)
    return boxes, glue, notes


def _fit_sections(script: Script, boxes: list[Ticks], glue: dict[Unknown, _Glue]) -> list[Fault]:
    """Scale the naturals within each section that has a length until it takes that long, inner sections first.

    The runs of one section on each side are fitted together, so that equal holds stay equal: they take the length on
    average.
    """
    notes: list[Fault] = []
    members = _list_members(script)
    groups: dict[Unknown, list[int]] = {}
    for index, section in enumerate(script.sections):
        if section.length is not None:
            groups.setdefault(section.unknown, []).append(index)
    for runs in sorted(groups.values(), key=lambda runs: _find_depth(script, runs[0]), reverse=True):
        section = script.sections[runs[0]]
        inside = list(chain.from_iterable(members[run] for run in runs))
        rigid = sum(boxes[index] for index in inside)
        counts = Counter(
            item.what.unknown
            for item in (script.items[index] for index in inside)
            if isinstance(item.what, Silence) and item.what.unknown in glue
        )
        within = [replace(glue[name], count=count) for name, count in counts.items()]
        wanted = floor_ticks(section.length or 0) * len(runs)
        shares = share(within, wanted - rigid)
        if shares is None:
            fault = _describe_section(section.title, wanted, rigid, within, len(runs), section.mark)
            if script.guidance == "full":
                raise RoutineError(fault.message, fault.mark)
            notes.append(fault)
            shares = [g.least if wanted - rigid < sum(g.least * g.count for g in within) else g.most for g in within]
        for name, value in zip(counts, shares, strict=True):
            glue[name] = replace(glue[name], natural=max(value, 1))
    return notes


def _list_members(script: Script) -> list[list[int]]:
    """Indexes of the items within each section, those of sections inside it included."""
    members: list[list[int]] = [[] for _ in script.sections]
    for index, item in enumerate(script.items):
        section = item.section
        while section is not None:
            members[section].append(index)
            section = script.sections[section].parent
    return members


def _find_depth(script: Script, section: int) -> int:
    parent = script.sections[section].parent
    return 0 if parent is None else 1 + _find_depth(script, parent)


def _find_outermost(script: Script, section: int | None) -> int | None:
    while section is not None and (parent := script.sections[section].parent) is not None:
        section = parent
    return section


def _describe_section(title: str, wanted: Ticks, rigid: Ticks, within: Sequence[_Glue], runs: int, mark: Mark) -> Fault:
    least = rigid + sum(g.least * g.count for g in within)
    most = rigid + sum(g.most * g.count for g in within)
    asked = _show(ticks_to_ms(wanted // runs))
    if wanted < least:
        figure = _show(ticks_to_ms(-(-least // runs)))
        reason = f"its narration and shortest holds already take {figure}; raise 'length' or shorten its steps"
    else:
        figure = _show(ticks_to_ms(most // runs))
        reason = f"its narration and longest holds come to {figure}; lower 'length' or widen a hold"
    return Fault(f"section {title!r} is to take {asked}, but {reason}", mark)


def _show(length: Ms) -> str:
    """To a tenth of a second: the grid of ticks is not the author's business."""
    return format_duration((length + 50) // 100 * 100)


def _refuse_length(script: Script, lengths: Lengths, target: Ms) -> LengthError:
    """Say why a track cannot be that long: the range, and the three steps that take most of it."""
    span = measure_range(script, lengths)
    too_short = target < span.shortest
    boxes, _, _ = _measure(script, lengths)
    takes: Counter[Mark] = Counter()
    names: dict[Mark, str] = {}
    for item, box in zip(script.items, boxes, strict=True):
        length = ticks_to_ms(box)
        if isinstance(item.what, Silence) and not box:
            length = item.what.length.least if too_short else item.what.length.most
        if item.mark != script.mark:
            takes[item.mark] += length
            names.setdefault(item.mark, _name_item(item))
    most = "; ".join(f"line {mark.line}, {names[mark]} {_show(length)}" for mark, length in takes.most_common(3))
    limit = "shorten one of them" if too_short else "widen a hold"
    return LengthError(
        f"this routine cannot take {format_duration(target)}: the shortest it can be is "
        f"{format_duration(span.shortest)}, the longest {format_duration(span.longest)}; "
        f"most time goes to {most}; {limit} or choose a --length between",
        Mark(script.mark.file, script.mark.line, script.mark.column),
    )


def _name_item(item: Item) -> str:
    match item.what:
        case Speech():
            return "say"
        case Bell():
            return "bell"
        case Silence(is_hold=True):
            return "hold"
        case _:
            return "pause"


def _place(
    script: Script,
    lengths: Lengths,
    boxes: Sequence[Ticks],
    shares: Mapping[Unknown, Ticks],
    target: Ms,
    notes: list[Fault],
) -> Timeline:
    segments: list[Segment] = []
    holds: list[Hold] = []
    spans: dict[int, tuple[Ms, Ms]] = {}
    numbers = {
        section: number
        for number, section in enumerate(
            index for index, section in enumerate(script.sections) if section.parent is None
        )
    }
    now: Ms = 0
    for item, box in zip(script.items, boxes, strict=True):
        ticks = shares[item.what.unknown] if isinstance(item.what, Silence) and item.what.unknown in shares else box
        end = now + ticks_to_ms(ticks)
        outermost = _find_outermost(script, item.section)
        chapter = None if outermost is None else numbers[outermost]
        if chapter is not None:
            spans[chapter] = (spans.get(chapter, (now, now))[0], end)
        if not isinstance(item.what, Silence):
            segments.append(Segment(now, end, item.what, item.mark, chapter, item.side))
        elif item.what.is_hold:
            hold = Hold(now, end, item.mark, chapter, item.side)
            holds.append(hold)
            placed, left_out = _place_in_hold(item.what.cues, hold, lengths)
            segments += placed
            notes += left_out
        now = end
    chapters = [
        Chapter(script.sections[section].title, *spans[number])
        for section, number in numbers.items()
        if number in spans
    ]
    return Timeline(target, tuple(segments), tuple(holds), tuple(chapters), tuple(notes))


def _place_in_hold(cues: Sequence[HoldCue], hold: Hold, lengths: Lengths) -> tuple[list[Segment], list[Fault]]:
    """Place the cues of a hold: those counted from its end first, then from its start, then percentages.

    A cue fits when it ends inside the hold and keeps clear of its neighbours; of several wordings the first that fits
    is taken, and what fits in no wording is left out with a note.
    """
    placed: list[Segment] = []
    notes: list[Fault] = []
    length = hold.end - hold.start

    def rank(cue: HoldCue) -> tuple[int, Ms]:
        kind = {At.WHOLE: 0, 0: 1}.get(cue.at.share, 2)
        return kind, cue.at.resolve(length)

    for cue in sorted(cues, key=rank):
        start = hold.start + ticks_to_ms(floor_ticks(cue.at.resolve(length)))
        for wording in cue.wordings:
            end = start + lengths.measure_in_hold(wording)
            clear = all(end + CLEARANCE <= other.start or other.end + CLEARANCE <= start for other in placed)
            if start >= hold.start and end <= hold.end and clear:
                placed.append(Segment(start, end, wording, cue.mark, hold.chapter, hold.side))
                break
        else:
            what = cue.wordings[-1]
            name = f"'{what.text}'" if isinstance(what, Speech) else f"the bell {what.sound!r}"
            notes.append(Fault(f"{name} is left out: no room for it in a hold of {_show(length)}", cue.mark))
    return sorted(placed, key=lambda segment: segment.start), notes
