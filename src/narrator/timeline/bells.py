"""Guidance by bells only: the timeline of full guidance, exact to the tick, with bells instead of words."""

from dataclasses import replace

from narrator.errors import Mark
from narrator.script import Bell, Breath, Recording, Script, strike_in_manner
from narrator.timeline.placed import Lengths, Segment, Timeline
from narrator.units import Ms, floor_ticks, ticks_to_ms

_FOR_SECTION, _FOR_SIDE, _FOR_HALF = Bell("bowl"), Bell("chime"), Bell("tick")
_HALVED: Ms = 20_000
"""Shortest hold that has a bell at its half."""


def ring_instead(timeline: Timeline, script: Script, lengths: Lengths) -> Timeline:
    """Remove the words, and add bells where sections and sides begin and at the half of each hold.

    Its bells keep their times, as do recordings without words. A bell that would overlap another is not added.
    """
    kept: list[Segment] = []
    for segment in timeline.segments:
        match segment.cue:
            case Bell() | Recording(text=""):
                kept.append(segment)
            case Breath(phase, length, _) if phase != "pause":
                kept.append(replace(segment, cue=Breath(phase, length)))
    added: list[tuple[Ms, Bell, Mark, int | None, str | None, str]] = []
    for turn in timeline.turns:
        if turn.section is None or turn.start >= timeline.length:
            continue
        section = script.sections[turn.section]
        chapter = next((n for n, c in enumerate(timeline.chapters) if c.start <= turn.start < c.end), None)
        id_ = "/".join((section.id, *([turn.side] if turn.side else []), "begin"))
        is_start = turn.start == min(other.start for other in timeline.turns if other.section == turn.section)
        added.append((turn.start, _FOR_SECTION if is_start else _FOR_SIDE, section.mark, chapter, turn.side, id_))
    added += (
        (
            hold.start + ticks_to_ms(floor_ticks((hold.end - hold.start) // 2)),
            _FOR_HALF,
            hold.mark,
            hold.chapter,
            hold.side,
            f"{hold.id}/half",
        )
        for hold in timeline.holds
        if hold.end - hold.start >= _HALVED and not hold.is_quiet
    )
    for start, bell, mark, chapter, side, id_ in added:
        if any(other.start < start + bell.every and start < other.end for other in kept):
            continue
        struck = strike_in_manner(bell, script.manner)
        end = min(start + lengths.measure_in_hold(struck), timeline.length)
        kept.append(Segment(start, end, struck, mark, chapter, side, id_))
    return replace(timeline, segments=tuple(sorted(kept, key=lambda segment: segment.start)))
