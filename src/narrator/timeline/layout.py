"""`Script` + measured lengths + target to `Timeline`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from narrator.errors import Fault, LengthError, Mark, RoutineError
from narrator.script import Bell, Breath, BreathBlock, Item, Script, Silence, Speech, Unknown
from narrator.timeline.bells import ring_instead
from narrator.timeline.holds import place_in_hold
from narrator.timeline.measure import Measured, measure_script
from narrator.timeline.options import leave_out_options, measure_leasts
from narrator.timeline.placed import BedLine, Chapter, Hold, Lengths, Range, Segment, Timeline, Turn, show_length
from narrator.units import LONGEST, TICK, Db, Ms, Ticks, floor_ticks, format_duration, ms_to_ticks, ticks_to_ms

MAX_CUES = 200_000
"""Strokes, breaths and cues in holds that a session may come to: over two a second for a day."""


def lay_out(script: Script, lengths: Lengths, target: Ms | None = None) -> Timeline:
    """Place every cue so that the track takes exactly `target` ms, or its natural length when that is None.

    Optional steps are left out, the last first, before a target is refused.

    Raises:
        LengthError: the target is out of reach; says the range and what takes most.
        RoutineError: a section's own length is out of reach, or a word does not fit its phase of a breath.

    """
    _check_breath_words(script, lengths)
    whole = measure_script(script, lengths)
    if target is None:
        timeline = _place(script, lengths, whole, {name: g.fix(g.natural) for name, g in whole.glue.items()}, None)
        if timeline.length > LONGEST:
            raise _refuse_length(script, lengths, timeline.length)
    else:
        fitting = leave_out_options(script, lengths, floor_ticks(target))
        measured = whole if fitting is script else measure_script(fitting, lengths, strict=False)
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
        if script.guidance == "bells":
            # Nobody misses words that nobody would hear.
            timeline = replace(timeline, notes=())
        timeline = replace(timeline, notes=tuple(dict.fromkeys((*notes, *timeline.notes))))
    return ring_instead(timeline, script, lengths) if script.guidance == "bells" else timeline


def measure_range(script: Script, lengths: Lengths) -> Range:
    """Shortest length (optional steps left out), natural and longest length of a script.

    Raises:
        RoutineError: a section's own length is out of reach.

    """
    whole = measure_script(script, lengths)
    shortest = min(least for least in measure_leasts(script, lengths) if least is not None)
    shortest_ms = ticks_to_ms(shortest)
    return Range(
        shortest_ms,
        ticks_to_ms(whole.rigid + sum(g.fix(g.natural) * g.count for g in whole.glue.values())),
        max(shortest_ms, min(ticks_to_ms(whole.most), LONGEST)),
    )


def _refuse_length(script: Script, lengths: Lengths, target: Ms) -> LengthError:
    """Say why a track cannot be that long: the range, and the three steps that take most of it."""
    span = measure_range(script, lengths)
    too_short = target < span.shortest
    measured = measure_script(script, lengths)
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
    most = "; ".join(f"line {mark.line}, {names[mark]} {show_length(length)}" for mark, length in takes.most_common(3))
    limit = "shorten one of them" if too_short else "widen a hold"
    reason = "" if too_short or target > span.longest else " with some of its optional steps nor without"
    return LengthError(
        f"this routine cannot take {format_duration(target)}{reason}: the shortest it can be is "
        f"{format_duration(span.shortest)}, the longest {format_duration(span.longest)}; "
        f"most time goes to {most}; {limit} or choose a --length between",
        script.mark,
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


def _find_outermost(script: Script, section: int | None) -> int | None:
    while section is not None and (parent := script.sections[section].parent) is not None:
        section = parent
    return section


def _place(
    script: Script, lengths: Lengths, measured: Measured, shares: Mapping[Unknown, Ticks], target: Ms | None
) -> Timeline:
    _check_count(script, measured, shares)
    segments: list[Segment] = []
    holds: list[Hold] = []
    notes = list(measured.notes)
    spans: dict[int, tuple[Ms, Ms]] = {}
    outermost = [index for index, section in enumerate(script.sections) if section.parent is None]
    numbers = {section: number for number, section in enumerate(outermost)}
    turns: dict[tuple[int | None, str | None], Ms] = {}
    levels: list[tuple[Ms, Db | None]] = []
    now: Ms = 0
    for item, box in zip(script.items, measured.boxes, strict=True):
        level = _find_bed_level(script, item.section)
        if levels and levels[-1][0] == now:
            levels.pop()
        if not levels or levels[-1][1] != level:
            levels.append((now, level))
        end = now + ticks_to_ms(box)
        if isinstance(item.what, Silence | BreathBlock) and item.what.unknown in shares:
            end = now + ticks_to_ms(shares[item.what.unknown])
        found = _find_outermost(script, item.section)
        chapter = None if found is None else numbers[found]
        if chapter is not None:
            spans[chapter] = (spans.get(chapter, (now, now))[0], end)
        # A section that opens with another begins with it.
        section = item.section
        while section is not None:
            turns.setdefault((section, item.side if section == item.section else None), now)
            section = script.sections[section].parent
        match item.what:
            case Silence(is_hold=True, cues=cues):
                hold = Hold(now, end, item.mark, chapter, item.side)
                holds.append(hold)
                placed, left_out = place_in_hold(cues, hold, lengths)
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
        tuple(dict.fromkeys(notes)),
        tuple(Turn(start, *place) for place, start in turns.items()),
        BedLine(script.bed, tuple(levels)) if script.bed else None,
    )


def _check_count(script: Script, measured: Measured, shares: Mapping[Unknown, Ticks]) -> None:
    """Refuse what comes to more cues than any session needs, before they are made.

    Raises:
        RoutineError: at the step that has most of them.

    """
    counts: Counter[Mark] = Counter()
    for item, box in zip(script.items, measured.boxes, strict=True):
        match item.what:
            case Silence(cues=cues, unknown=unknown) if cues:
                length = ticks_to_ms(shares.get(unknown, box))
                counts[item.mark] += sum(length // cue.every if cue.every else len(cue.countdown) or 1 for cue in cues)
            case BreathBlock() as block:
                rounds = (ticks_to_ms(shares.get(block.unknown, box)) + TICK) // block.round
                words = sum(len(phase.words) for phase in block.phases)
                counts[item.mark] += rounds * len(block.phases) + min(rounds, block.voiced) * words
            case Bell(times=times):
                counts[item.mark] += times
    if counts.total() > MAX_CUES:
        ((mark, count),) = counts.most_common(1)
        raise RoutineError(
            f"this comes to {counts.total():,} cues, {count:,} of them here, where {MAX_CUES:,} are possible; repeat "
            "them less often, or make several routines",
            mark,
        )


def _find_bed_level(script: Script, section: int | None) -> Db | None:
    """The bed's level in a section: its own, or that of the nearest around it that has one."""
    while section is not None:
        found = script.sections[section]
        if found.bed is not None:
            return found.bed.level
        section = found.parent
    return script.bed.level if script.bed else None


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
        if isinstance(item.what, BreathBlock) and item.what.voiced:
            for phase in item.what.phases:
                breath = Breath(phase.name, phase.length, phase.words)
                faults |= dict.fromkeys(Fault(message, item.mark) for message in check_words(breath, lengths))
    if faults:
        raise RoutineError.gather(faults)


def check_words(breath: Breath, lengths: Lengths) -> Iterator[str]:
    """Say which measured words of a breath are longer than the phase, or than their second of a count."""
    if lengths.is_estimate:
        return
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
