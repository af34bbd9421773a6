"""Lay out a `Script` with measured lengths on a `Timeline` of a target length."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from narrator.errors import Fault, LengthError, Mark, RoutineError
from narrator.routine.values import At
from narrator.script import Bell, BreathBlock, Drawn, ElasticId, Every, HoldCue, Item, Script, Silence
from narrator.timeline.bells import ring_instead
from narrator.timeline.breaths import check_breath_words, place_breaths
from narrator.timeline.changes import describe_left_out, list_changes
from narrator.timeline.glue import fill
from narrator.timeline.grow import Growth, Material
from narrator.timeline.holds import HoldPlacer
from narrator.timeline.measure import measure_item
from narrator.timeline.placed import (
    BedLine,
    Chapter,
    Hold,
    Lengths,
    Made,
    Range,
    Segment,
    StepPlace,
    Timeline,
    Turn,
    describe_places,
)
from narrator.timeline.refusal import refuse_length
from narrator.units import LONGEST, TICK, Db, Ms, Ticks, floor_ticks, format_duration, ticks_to_ms

MAX_CUES = 200_000
"""Most strokes, breaths and cues in holds of a session: over two a second for a day."""


def lay_out(script: Script | Growth, lengths: Lengths, target: Ms | None = None) -> Timeline:
    """Place every cue so that the track takes exactly `target` ms, or its natural length if that is None.

    Optional steps and rounds are left out and extras added so that silences stay near their natural lengths. To lay a
    script out at many lengths, pass its growth instead.

    Raises:
        LengthError: the target is not possible; the error says which lengths are, and what to change.
        RoutineError: a section's own length is not possible, or a word does not fit in its phase of a breath.

    """
    growth = script if isinstance(script, Growth) else Growth(script, lengths)
    script = growth.script
    check_breath_words(script, lengths)
    timeline = _lay_out_naturally(growth) if target is None else _lay_out_to(growth, target)
    return ring_instead(timeline, script, lengths) if script.guidance == "bells" else timeline


def _lay_out_naturally(growth: Growth) -> Timeline:
    material = growth.natural
    count = material.find_natural_set()
    _, glue = material.measure_set(count)
    timeline = _place(material, count, {name: g.settle() for name, g in glue.items()}, None)
    if timeline.length > LONGEST:
        raise refuse_length(growth, timeline.length, measure_range(growth, growth.lengths))
    elastic = any(g.block is None for g in glue.values())
    return replace(timeline, made=_describe_making(growth, material, count, None, 1.0 if elastic else None))


def _lay_out_to(growth: Growth, target: Ms) -> Timeline:
    if target > LONGEST:
        message = f"{format_duration(target)} is over {format_duration(LONGEST)}, the longest a track can be"
        raise LengthError(f"{message}; choose a shorter one", options=("length",))
    chosen = growth.choose(target)
    if chosen is None:
        raise refuse_length(growth, target, measure_range(growth, growth.lengths))
    material = growth.find_material(target)
    rigid, glue = material.measure_set(chosen.count)
    shares = fill(glue, floor_ticks(target) - rigid)
    if shares is None:
        raise AssertionError(f"a set of {chosen.least} to {chosen.most} ticks cannot take {floor_ticks(target)}")
    timeline = _place(material, chosen.count, shares.ticks, target)
    factor = None if shares.factor is None else float(shares.factor)
    made = _describe_making(growth, material, chosen.count, target, factor)
    # With bells only, words that are left out would not have been heard.
    notes = () if growth.script.guidance == "bells" else timeline.notes
    return replace(timeline, made=made, notes=tuple(dict.fromkeys((*describe_left_out(made.left_out, target), *notes))))


def _describe_making(growth: Growth, material: Material, count: int, target: Ms | None, factor: float | None) -> Made:
    used = [material.has_steps(unit) for unit in material.units]
    return Made(sum(used[:count]), sum(used), factor, *list_changes(growth, material, count, target))


def measure_range(script: Script | Growth, lengths: Lengths) -> Range:
    """Return the shortest, natural and longest length of a script, and all possible lengths.

    Raises:
        RoutineError: a section's own length is not possible.

    """
    growth = script if isinstance(script, Growth) else Growth(script, lengths)
    material = growth.natural
    rigid, glue = material.measure_set(material.find_natural_set())
    natural = ticks_to_ms(rigid + sum(g.settle() * g.count for g in glue.values()))
    spans = tuple((low, min(high, LONGEST)) for low, high in growth.list_spans() if low <= LONGEST)
    if not spans:
        return Range(natural, natural, natural)
    return Range(spans[0][0], natural, spans[-1][1], spans)


def _find_outermost(script: Script, section: int | None) -> int | None:
    while section is not None and (parent := script.sections[section].parent) is not None:
        section = parent
    return section


def _place(material: Material, count: int, shares: Mapping[ElasticId, Ticks], target: Ms | None) -> Timeline:
    placing = _Placing(material)
    boxes = list(_list_boxes(material, count))
    _check_count(boxes, shares)
    now: Ms = 0
    for item, box in boxes:
        if isinstance(item.what, Silence | BreathBlock):
            box = shares.get(item.what.elastic_id, box)  # noqa: PLW2901 - the share replaces the box
        end = now + ticks_to_ms(box)
        placing.add(item, now, end)
        now = end
    return placing.finish(now if target is None else target)


class _Placing:
    """A timeline under construction, item by item."""

    def __init__(self, material: Material) -> None:
        self._script, self._lengths = material.measured.script, material.measured.lengths
        outermost = [index for index, section in enumerate(self._script.sections) if section.parent is None]
        self._outermost = {section: number for number, section in enumerate(outermost)}
        self._placer = HoldPlacer(self._lengths)
        self._segments: list[Segment] = []
        self._holds: list[Hold] = []
        self._notes = material.measured.notes
        self._left_out: dict[Fault, list[StepPlace]] = {}
        self._spans: dict[int, tuple[Ms, Ms]] = {}
        self._turns: dict[tuple[int | None, str | None], Ms] = {}
        self._levels: list[tuple[Ms, Db | None]] = []

    def add(self, item: Item, start: Ms, end: Ms) -> None:
        """Place the next item."""
        self._mark_level(_find_bed_level(self._script, item.section), start)
        found = _find_outermost(self._script, item.section)
        chapter = None if found is None else self._outermost[found]
        if chapter is not None:
            self._spans[chapter] = (self._spans.get(chapter, (start, start))[0], end)
        # A section that opens with another begins with it.
        section = item.section
        while section is not None:
            self._turns.setdefault((section, item.side if section == item.section else None), start)
            section = self._script.sections[section].parent
        title = self._name_section(item)
        match item.what:
            case Silence(is_hold=True, cues=cues, is_quiet=is_quiet):
                hold = Hold(start, end, item.mark, chapter, item.side, is_quiet, item.id, title)
                self._holds.append(hold)
                self._segments += self._place_cues(cues, hold)
            case Silence():
                pass
            case BreathBlock() as block:
                breaths, spoken = place_breaths(block, item, start, end, chapter, self._lengths)
                hold = Hold(start, end, item.mark, chapter, item.side, id=item.id, section=title)
                placed = self._place_cues(block.cues, hold, spoken)
                breaths = [replace(breath, section=title) for breath in breaths]
                self._segments += sorted([*breaths, *placed], key=attrgetter("start"))
            case cue:
                self._segments.append(Segment(start, end, cue, item.mark, chapter, item.side, item.id, title))

    def _mark_level(self, level: Db | None, start: Ms) -> None:
        if self._levels and self._levels[-1][0] == start:
            self._levels.pop()
        if not self._levels or self._levels[-1][1] != level:
            self._levels.append((start, level))

    def _place_cues(self, cues: Sequence[HoldCue], hold: Hold, spoken: Sequence[tuple[Ms, Ms]] = ()) -> list[Segment]:
        if not cues:
            return []
        placed, left_out = self._placer.place(cues, hold, spoken)
        for note in left_out:
            self._left_out.setdefault(note, []).append(hold.place)
        return [replace(segment, section=hold.section) for segment in placed]

    def _name_section(self, item: Item) -> str | None:
        return None if item.section is None else self._script.sections[item.section].title

    def _list_left_out(self) -> Iterator[Fault]:
        for note, places in self._left_out.items():
            yield replace(note, message=note.message + describe_places(places))

    def finish(self, length: Ms) -> Timeline:
        """Return the timeline of a track of that length."""
        # Chapters that lost all their steps are dropped, and those after them are renumbered.
        kept = {number: index for index, number in enumerate(sorted(self._spans))}
        titles = [self._script.sections[section].title for section in self._outermost]
        chapters = tuple(Chapter(titles[number], *self._spans[number]) for number in sorted(self._spans))
        segments, holds = self._segments, self._holds
        if any(number != index for number, index in kept.items()):
            segments = [replace(segment, chapter=_renumber(segment.chapter, kept)) for segment in segments]
            holds = [replace(hold, chapter=_renumber(hold.chapter, kept)) for hold in holds]
        return Timeline(
            length,
            tuple(segments),
            tuple(holds),
            chapters,
            tuple(dict.fromkeys((*self._notes, *self._list_left_out()))),
            tuple(Turn(start, *place) for place, start in self._turns.items()),
            BedLine(self._script.bed, tuple(self._levels)) if self._script.bed else None,
        )


def _check_count(boxes: Sequence[tuple[Item, Ticks]], shares: Mapping[ElasticId, Ticks]) -> None:
    """Refuse more cues than any session needs, before they are made.

    Raises:
        RoutineError: at the step that has most of them.

    """
    counts: Counter[Mark] = Counter()
    for item, box in boxes:
        match item.what:
            case Silence(cues=cues, elastic_id=elastic_id) if cues:
                length = ticks_to_ms(shares.get(elastic_id, box))
                counts[item.mark] += sum(_count_placements(cue, length) for cue in cues)
            case BreathBlock() as block:
                length = ticks_to_ms(shares.get(block.elastic_id, box))
                rounds = (length + TICK) // block.round
                voiced = rounds if block.voiced.every else min(rounds, block.voiced.first)
                words = sum(len(phase.words) for phase in block.phases)
                counts[item.mark] += rounds * len(block.phases) + voiced * words
                counts[item.mark] += sum(_count_placements(cue, length) for cue in block.cues)
            case Bell(times=times):
                counts[item.mark] += times
    if counts.total() > MAX_CUES:
        ((mark, count),) = counts.most_common(1)
        raise RoutineError(
            f"this routine has {counts.total():,} cues, {count:,} of them here; at most {MAX_CUES:,} are possible: "
            "repeat them less often, or make several routines",
            mark,
        )


def _count_placements(cue: HoldCue, length: Ms) -> int:
    """Return the most times that a cue can be heard in a hold of that length."""
    match cue.where:
        case Every(interval):
            return length // interval
        case Drawn(most=most):
            return most
        case At():
            return 1
        case _:
            return len(cue.cues)


def _list_boxes(material: Material, count: int) -> Iterator[tuple[Item, Ticks]]:
    """Yield each item of a set, including the gaps between neighbours, and its ticks."""
    items = material.measured.script.keep(material.list_steps(count)).items
    for index, item in enumerate(items):
        yield item, measure_item(item, material.measured.lengths, is_last=index == len(items) - 1)


def _find_bed_level(script: Script, section: int | None) -> Db | None:
    """Return the bed's level in a section: its own, or that of the nearest enclosing section that has one."""
    while section is not None:
        found = script.sections[section]
        if found.bed is not None:
            return found.bed.level
        section = found.parent
    return script.bed.level if script.bed else None


def _renumber(chapter: int | None, kept: Mapping[int, int]) -> int | None:
    return None if chapter is None else kept[chapter]
