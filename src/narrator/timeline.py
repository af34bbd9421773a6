"""`Script` + measured lengths + target to `Timeline`: boxes and glue, in pure integer arithmetic over ticks.

Speech and bells are rigid boxes. Holds are glue: each has a natural length and bounds, and all of a track stretch or
shrink by one common factor until the track is as long as was asked (the way TeX sets a line; Knuth and Plass,
"Breaking paragraphs into lines", 1981).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from narrator.errors import Fault, LengthError, Mark, RoutineError
from narrator.routine.values import At
from narrator.script import (
    Bell,
    Breath,
    BreathBlock,
    Cue,
    Elastic,
    HoldCue,
    Item,
    Script,
    Silence,
    Speech,
    Unknown,
)
from narrator.units import LONGEST, TICK, Ms, Ticks, ceil_ticks, floor_ticks, format_duration, ms_to_ticks, ticks_to_ms

CLEARANCE: Ms = 300
"""Silence that two cues inside a hold keep between them."""
BELL_ROOM: Ms = 1000
"""Room that the last stroke of a bell inside a hold needs before the next cue."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of everything rigid: clips by the text that is spoken, the ring of a bell (to −60 dB) by sound."""

    clips: Mapping[str, Ms]
    rings: Mapping[str, Ms]
    is_estimate: bool = False
    """Not every clip was measured, so that a word too long for its phase is only likely."""

    def measure(self, cue: Cue, *, is_last: bool = False) -> Ms:
        """Length of a cue's box; the last bell of a session takes its whole ring."""
        match cue:
            case Speech(spoken=spoken):
                return self.clips[spoken]
            case Breath(length=length):
                return ticks_to_ms(ceil_ticks(length))
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


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a section (an index into the script's) begins, or begins on another side."""

    start: Ms
    section: int | None
    side: str | None


@dataclass(frozen=True)
class Timeline:
    """Everything that is heard and when; `length` is the track's. `notes` tell what had to give way."""

    length: Ms
    segments: tuple[Segment, ...]
    holds: tuple[Hold, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[Fault, ...] = ()
    turns: tuple["Turn", ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """Lengths that a script can take: shortest, natural and longest."""

    shortest: Ms
    natural: Ms
    longest: Ms


@dataclass(frozen=True, slots=True)
class _Glue:
    """An unknown length in ticks that counts `count` times (the holds on both sides of a pose are one unknown).

    With a `block` it comes in whole rounds of breath only.
    """

    natural: Ticks
    least: Ticks
    most: Ticks
    count: int = 1
    block: BreathBlock | None = None

    def fix(self, ticks: Ticks, extra: int = 0) -> Ticks:
        """Ticks of the whole rounds that fit into `ticks`, and some more, within the bounds."""
        if self.block is None:
            return ticks
        rounds = (ticks_to_ms(ticks + 1) - 1) // self.block.round + extra
        return floor_ticks(self.block.measure(min(max(rounds, self.block.least), self.block.most)))


def lay_out(script: Script, lengths: Lengths, target: Ms | None = None) -> Timeline:
    """Place every cue so that the track takes exactly `target` ms, or its natural length when that is None.

    Optional steps are left out, the last first, before a target is refused.

    Raises:
        LengthError: the target is out of reach; says the range and what takes most.
        RoutineError: a section's own length is out of reach, or a word does not fit its phase of a breath.

    """
    _check_breath_words(script, lengths)
    whole = _measure(script, lengths)
    if target is None:
        timeline = _place(script, lengths, whole, {name: g.fix(g.natural) for name, g in whole.glue.items()}, None)
    else:
        fitting = _leave_out_options(script, lengths, floor_ticks(target))
        measured = whole if fitting is script else _measure(fitting, lengths, strict=False)
        shares = measured.share(floor_ticks(target))
        if shares is None or target > LONGEST:
            raise _refuse_length(script, lengths, target)
        left_out = {name for name, _ in script.options} - {name for name, _ in fitting.options}
        notes = [
            Fault(f"this optional step is left out, to make room in {format_duration(target)}", mark)
            for name, mark in script.options
            if name in left_out
        ]
        timeline = _place(fitting, lengths, measured, shares, target)
        timeline = replace(timeline, notes=(*notes, *timeline.notes))
    return _ring_instead(timeline, script, lengths) if script.guidance == "bells" else timeline


def measure_range(script: Script, lengths: Lengths) -> Range:
    """Shortest length (all optional steps left out), natural and longest length of a script.

    Raises:
        RoutineError: a section's own length is out of reach.

    """
    whole = _measure(script, lengths)
    barest = script.leave_out({name for name, _ in script.options})
    least = whole if barest is script else _measure(barest, lengths, strict=False)
    return Range(
        ticks_to_ms(least.least),
        ticks_to_ms(whole.rigid + sum(g.fix(g.natural) * g.count for g in whole.glue.values())),
        ticks_to_ms(whole.most),
    )


@dataclass(frozen=True)
class _Measured:
    """A script's boxes in ticks (0 for elastics), its elastics by name, and notes."""

    boxes: Sequence[Ticks]
    glue: Mapping[Unknown, _Glue]
    notes: Sequence[Fault]

    @property
    def rigid(self) -> Ticks:
        return sum(self.boxes)

    @property
    def least(self) -> Ticks:
        return self.rigid + sum(g.least * g.count for g in self.glue.values())

    @property
    def most(self) -> Ticks:
        return self.rigid + sum(g.most * g.count for g in self.glue.values())

    def share(self, ticks: Ticks) -> dict[Unknown, Ticks] | None:
        """Ticks of each elastic, so that all take `ticks` together; None when the bounds do not allow it."""
        found = share_rounds(list(self.glue.values()), ticks - self.rigid)
        return None if found is None else dict(zip(self.glue, found, strict=True))


def _leave_out_options(script: Script, lengths: Lengths, ticks: Ticks) -> Script:
    """The script without as few of its last optional steps as lets it be that short."""
    names = [name for name, _ in script.options]

    def can_be_short(count: int) -> bool:
        fewer = script.leave_out(names[len(names) - count :])
        return bool(fewer.steps) and _measure(fewer, lengths, strict=False).least <= ticks

    if can_be_short(0):
        return script
    count = bisect_left(range(len(names) + 1), True, key=can_be_short)
    return script.leave_out(names[len(names) - count :]) if count <= len(names) else script


def share_rounds(glue: Sequence[_Glue], ticks: Ticks) -> list[Ticks] | None:
    """As `share`, with the rounds of breath whole.

    The factor is first found with rounds continuous; then rounds are whole numbers and the silences are shared anew.
    What no silence can take becomes further rounds, in order, as far as they fit; what is left after that stays over.
    """
    shares = share(glue, ticks)
    if shares is None or all(g.block is None for g in glue):
        return shares
    fixed = [g.fix(value) for g, value in zip(glue, shares, strict=True)]
    silences = [index for index, g in enumerate(glue) if g.block is None]
    room = sum(glue[index].most * glue[index].count for index in silences)

    def left() -> Ticks:
        return ticks - sum(fixed[index] * g.count for index, g in enumerate(glue) if g.block is not None)

    for index, g in enumerate(glue):
        longer = g.fix(fixed[index], extra=1)
        if g.block is not None and left() > room and (longer - fixed[index]) * g.count <= left():
            fixed[index] = longer
    again = share([glue[index] for index in silences], min(left(), room))
    for index, value in zip(silences, again or (), strict=True):
        fixed[index] = value
    return fixed


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


def _measure(script: Script, lengths: Lengths, *, strict: bool = True) -> _Measured:
    """Measure a script; with `strict`, a section that cannot take its own length is an error."""
    boxes: list[Ticks] = []
    glue: dict[Unknown, _Glue] = {}
    last = len(script.items) - 1
    for index, item in enumerate(script.items):
        match item.what:
            case Silence(length=length, unknown=unknown) if length.least < length.most:
                boxes.append(0)
                _count(glue, unknown, length)
            case Silence(length=length):
                boxes.append(floor_ticks(length.least))
            case BreathBlock() as block if block.least < block.most:
                boxes.append(0)
                natural = round(block.natural * block.round)
                elastic = Elastic(block.measure(block.least), natural, block.measure(block.most))
                _count(glue, block.unknown, elastic, block)
            case BreathBlock() as block:
                boxes.append(floor_ticks(block.measure(block.least)))
            case cue:
                boxes.append(floor_ticks(lengths.measure(cue, is_last=index == last)))
    notes = _fit_sections(script, boxes, glue, strict=strict)
    return _Measured(boxes, glue, notes)


def _count(glue: dict[Unknown, _Glue], name: Unknown, length: Elastic, block: BreathBlock | None = None) -> None:
    known = glue.get(name)
    if known:
        glue[name] = replace(known, count=known.count + 1)
    else:
        natural, least, most = (floor_ticks(value) for value in (length.natural, length.least, length.most))
        glue[name] = _Glue(min(max(natural, least), most), least, most, block=block)


def _fit_sections(script: Script, boxes: list[Ticks], glue: dict[Unknown, _Glue], *, strict: bool) -> list[Fault]:
    """Scale the naturals within each section that has a length until it takes that long, inner sections first.

    The runs of one section on each side are fitted together, so that equal holds stay equal: they take the length on
    average.
    """
    notes: list[Fault] = []
    members = _list_members(script)
    groups: dict[Unknown, list[int]] = {}
    for index, section in enumerate(script.sections):
        if section.length is not None and members[index]:
            groups.setdefault(section.unknown, []).append(index)
    for runs in sorted(groups.values(), key=lambda runs: _find_depth(script, runs[0]), reverse=True):
        section = script.sections[runs[0]]
        inside = list(chain.from_iterable(members[run] for run in runs))
        rigid = sum(boxes[index] for index in inside)
        counts = Counter(
            item.what.unknown
            for item in (script.items[index] for index in inside)
            if isinstance(item.what, Silence | BreathBlock) and item.what.unknown in glue
        )
        within = [replace(glue[name], count=count) for name, count in counts.items()]
        wanted = floor_ticks(section.length or 0) * len(runs)
        shares = share_rounds(within, wanted - rigid)
        if shares is None:
            fault = _describe_section(section.title, wanted, rigid, within, len(runs), section.mark)
            if script.guidance != "brief" and strict:
                raise RoutineError(fault.message, fault.mark)
            notes.append(fault)
            least = sum(g.least * g.count for g in within)
            shares = [g.least if wanted - rigid < least else g.most for g in within]
        for name, value in zip(counts, shares, strict=True):
            glue[name] = replace(glue[name], natural=max(value, 1))
    return notes if strict else []


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
    measured = _measure(script, lengths)
    takes: Counter[Mark] = Counter()
    names: dict[Mark, str] = {}
    for item, box in zip(script.items, measured.boxes, strict=True):
        length = ticks_to_ms(box)
        if isinstance(item.what, Silence | BreathBlock) and item.what.unknown in measured.glue:
            found = measured.glue[item.what.unknown]
            length = ticks_to_ms(found.least if too_short else found.most)
        if item.mark != script.mark:
            takes[item.mark] += length
            names.setdefault(item.mark, _name_item(item))
    most = "; ".join(f"line {mark.line}, {names[mark]} {_show(length)}" for mark, length in takes.most_common(3))
    limit = "shorten one of them" if too_short else "widen a hold"
    reason = "" if too_short or target > span.longest else " with some of its optional steps nor without"
    return LengthError(
        f"this routine cannot take {format_duration(target)}{reason}: the shortest it can be is "
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
        case BreathBlock():
            return "breathe"
        case _:
            return "pause"


def _place(
    script: Script, lengths: Lengths, measured: _Measured, shares: Mapping[Unknown, Ticks], target: Ms | None
) -> Timeline:
    segments: list[Segment] = []
    holds: list[Hold] = []
    notes = list(measured.notes)
    spans: dict[int, tuple[Ms, Ms]] = {}
    outermost = [index for index, section in enumerate(script.sections) if section.parent is None]
    numbers = {section: number for number, section in enumerate(outermost)}
    turns: dict[tuple[int | None, str | None], Ms] = {}
    now: Ms = 0
    for item, box in zip(script.items, measured.boxes, strict=True):
        end = now + ticks_to_ms(box)
        if isinstance(item.what, Silence | BreathBlock) and item.what.unknown in shares:
            end = now + ticks_to_ms(shares[item.what.unknown])
        found = _find_outermost(script, item.section)
        chapter = None if found is None else numbers[found]
        if chapter is not None:
            spans[chapter] = (spans.get(chapter, (now, now))[0], end)
        turns.setdefault((item.section, item.side), now)
        match item.what:
            case Silence(is_hold=True, cues=cues):
                hold = Hold(now, end, item.mark, chapter, item.side)
                holds.append(hold)
                placed, left_out = _place_in_hold(cues, hold, lengths)
                segments += placed
                notes += left_out
            case Silence():
                pass
            case BreathBlock() as block:
                cues_of_breath = _list_breaths(block, end - now)
                segments += (
                    Segment(now + start, now + stop, cue, item.mark, chapter, item.side)
                    for start, stop, cue in cues_of_breath
                )
            case cue:
                segments.append(Segment(now, end, cue, item.mark, chapter, item.side))
        now = end
    # Chapters that lost all their steps are none; the numbers of those behind them move up.
    kept = {number: index for index, number in enumerate(sorted(spans))}
    chapters = tuple(Chapter(script.sections[outermost[number]].title, *spans[number]) for number in sorted(spans))
    return Timeline(
        now if target is None else target,
        tuple(replace(segment, chapter=_renumber(segment.chapter, kept)) for segment in segments),
        tuple(replace(hold, chapter=_renumber(hold.chapter, kept)) for hold in holds),
        chapters,
        tuple(notes),
        tuple(Turn(start, *place) for place, start in turns.items()),
    )


def _renumber(chapter: int | None, kept: Mapping[int, int]) -> int | None:
    return None if chapter is None else kept[chapter]


def _list_breaths(block: BreathBlock, length: Ms) -> Iterator[tuple[Ms, Ms, Breath]]:
    """Start, end and cue of each phase of a block; phases start at the rounded cumulative time."""
    rounds = (length + TICK) // block.round
    now = 0
    for number in range(rounds):
        for phase in block.phases:
            start, now = now, now + phase.length
            words = phase.words if number < block.voiced else ()
            if phase.name != "pause" or words:
                first, last = ticks_to_ms(ms_to_ticks(start)), ticks_to_ms(ms_to_ticks(now))
                yield first, last, Breath(phase.name, last - first, words)


def _check_breath_words(script: Script, lengths: Lengths) -> None:
    """Refuse words that are longer than their phase of a breath, or their second of a count."""
    faults: dict[Fault, None] = {}
    for item in script.steps:
        if isinstance(item.what, BreathBlock) and item.what.voiced and not lengths.is_estimate:
            for phase in item.what.phases:
                breath = Breath(phase.name, phase.length, phase.words)
                faults |= dict.fromkeys(Fault(message, item.mark) for message in check_words(breath, lengths))
    if faults:
        first, *more = faults
        raise RoutineError(first.message, first.mark, tuple(more))


def check_words(breath: Breath, lengths: Lengths) -> Iterator[str]:
    """Say which words of a breath are longer than the phase, or than their second of a count."""
    last = len(breath.words) - 1
    for number, word in enumerate(breath.words):
        room = breath.length - 1000 * number if number == last else 1000
        takes = lengths.clips[word.spoken]
        # A clip is padded up to a whole tick, which the phase, in turn, may lack.
        if takes > room + TICK:
            where = f"the phase {breath.phase!r}" if not last else f"its second of the phase {breath.phase!r}"
            yield (
                f"{word.text!r} takes {takes / 1000:.2f}s, but {where} has {room / 1000:.2f}s; use a shorter word, a "
                "slower breath or a quicker pace"
            )


# Cues inside holds ------------------------------------------------------------------------------------------------

_Candidate = tuple[tuple[int, Ms], Ms, HoldCue, tuple[Cue, ...], int]
"""Rank, start within the hold, cue, wordings, and a number that members of one countdown share."""


def _place_in_hold(cues: Sequence[HoldCue], hold: Hold, lengths: Lengths) -> tuple[list[Segment], list[Fault]]:
    """Place the cues of a hold: those counted from its end first, then from its start, percentages, repeated ones.

    A cue fits when it ends inside the hold and keeps clear of its neighbours; of several wordings the first that fits
    is taken, and what fits in no wording is left out with a note. The numbers of a countdown may touch one another.
    """
    placed: list[tuple[Segment, int]] = []
    notes: list[Fault] = []
    length = hold.end - hold.start
    candidates = [
        candidate for family, cue in enumerate(cues) for candidate in _list_candidates(cue, length, lengths, family)
    ]
    for _, offset, cue, wordings, family in sorted(candidates, key=lambda candidate: candidate[0]):
        start = hold.start + ticks_to_ms(floor_ticks(max(offset, 0)))
        for wording in wordings:
            end = start + lengths.measure_in_hold(wording)
            if offset >= 0 and end <= hold.end and _is_clear(start, end, family, placed):
                placed.append((Segment(start, end, wording, cue.mark, hold.chapter, hold.side), family))
                break
        else:
            what = wordings[-1]
            name = f"'{what.text}'" if isinstance(what, Speech) else f"the bell {getattr(what, 'sound', '')!r}"
            notes.append(Fault(f"{name} is left out: no room for it in a hold of {_show(length)}", cue.mark))
    return sorted((segment for segment, _ in placed), key=lambda segment: segment.start), list(dict.fromkeys(notes))


def _is_clear(start: Ms, end: Ms, family: int, placed: Iterable[tuple[Segment, int]]) -> bool:
    for other, other_family in placed:
        clearance = 0 if family == other_family else CLEARANCE
        if end + clearance > other.start and other.end + clearance > start:
            return False
    return True


def _list_candidates(cue: HoldCue, length: Ms, lengths: Lengths, family: int) -> Iterator[_Candidate]:
    if cue.at is not None:
        offset = cue.at.resolve(length)
        kind = {At.WHOLE: 0, 0: 1}.get(cue.at.share, 2)
        yield (kind, offset), offset, cue, cue.wordings, family
    elif cue.every is not None:
        # Repeated cues are those that end within the hold: that there is no further one is no loss to be told.
        shortest = min(lengths.measure_in_hold(wording) for wording in cue.wordings)
        for offset in range(cue.every, length - shortest + 1, cue.every):
            yield (3, offset), offset, cue, cue.wordings, family
    for number, speech in enumerate(reversed(cue.countdown), 1):
        offset = length - 1000 * number
        yield (0, offset), offset, cue, (speech,), family


# Bells in place of words ------------------------------------------------------------------------------------------

_FOR_SECTION, _FOR_SIDE, _FOR_HALF = Bell("bowl"), Bell("chime"), Bell("tick")
_HALVED: Ms = 20_000
"""Holds shorter than this have no bell at their half."""


def _ring_instead(timeline: Timeline, script: Script, lengths: Lengths) -> Timeline:
    """Take the words out, and ring where sections and sides begin and at the half of each hold.

    Every bell of the timeline stays where it is. One that would ring beside another is not added.
    """
    kept: list[Segment] = []
    for segment in timeline.segments:
        match segment.cue:
            case Bell():
                kept.append(segment)
            case Breath(phase, length, _) if phase != "pause":
                kept.append(replace(segment, cue=Breath(phase, length)))
    added: list[tuple[Ms, Bell, Mark, int | None, str | None]] = []
    for turn in timeline.turns:
        if turn.section is None:
            continue
        section = script.sections[turn.section]
        chapter = next((n for n, c in enumerate(timeline.chapters) if c.start <= turn.start < c.end), None)
        is_start = turn.start == min(other.start for other in timeline.turns if other.section == turn.section)
        added.append((turn.start, _FOR_SECTION if is_start else _FOR_SIDE, section.mark, chapter, turn.side))
    added += (
        (
            hold.start + ticks_to_ms(floor_ticks((hold.end - hold.start) // 2)),
            _FOR_HALF,
            hold.mark,
            hold.chapter,
            hold.side,
        )
        for hold in timeline.holds
        if hold.end - hold.start >= _HALVED
    )
    for start, bell, mark, chapter, side in added:
        if any(other.start < start + bell.every and start < other.end for other in kept):
            continue
        end = min(start + lengths.measure_in_hold(bell), timeline.length)
        kept.append(Segment(start, end, bell, mark, chapter, side))
    return replace(timeline, segments=tuple(sorted(kept, key=lambda segment: segment.start)))
