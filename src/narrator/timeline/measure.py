"""Measure the steps of a script: their boxes in ticks, and their elastics by name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from narrator.errors import Fault
from narrator.script import Bell, BreathBlock, Elastic, ElasticId, Item, Script, Silence, needs_gap
from narrator.timeline.glue import Glue
from narrator.timeline.placed import Lengths
from narrator.units import Ticks, floor_ticks, ms_to_ticks


@dataclass(frozen=True)
class Measured:
    """The steps of a script, measured.

    `boxes` has the ticks of each step without the gap after it, 0 for an elastic step. `glue` has each elastic by its
    name, counted once. `notes` are warnings about lengths that are not possible.
    """

    script: Script
    lengths: Lengths
    boxes: Sequence[Ticks]
    glue: Mapping[ElasticId, Glue]
    notes: Sequence[Fault] = ()

    def find_glue(self, index: int) -> Glue | None:
        """Return the elastic of a step, or None for a box."""
        what = self.script.steps[index].what
        return self.glue.get(what.elastic_id) if isinstance(what, Silence | BreathBlock) else None

    def measure_box(self, index: int, following: Item | None) -> Ticks:
        """Return the ticks of a step and of the gap before `following`; the last bell takes its whole ring."""
        item = self.script.steps[index]
        if isinstance(item.what, Bell) and following is None:
            return floor_ticks(self.lengths.measure(item.what, is_last=True))
        if not needs_gap(item, following):
            return self.boxes[index]
        return self.boxes[index] + ms_to_ticks(2 * self.script.gap if item.ends_paragraph else self.script.gap)

    def measure_boxes(self, indexes: Sequence[int]) -> list[Ticks]:
        """Return the ticks of each of several consecutive steps, including the gap after it."""
        steps = self.script.steps
        following = [*(steps[index] for index in indexes[1:]), None]
        return [self.measure_box(index, after) for index, after in zip(indexes, following, strict=True)]

    def count_glue(self, indexes: Iterable[int]) -> dict[ElasticId, Glue]:
        """Return the elastics among several steps by name, in order, each with its number of occurrences."""
        whats = (self.script.steps[index].what for index in indexes)
        names = Counter(what.elastic_id for what in whats if isinstance(what, Silence | BreathBlock))
        known = ((name, self.glue[name], count) for name, count in names.items() if name in self.glue)
        return {name: glue if count == glue.count else replace(glue, count=count) for name, glue, count in known}


def measure_steps(script: Script, lengths: Lengths) -> Measured:
    """Measure each step of a script by itself, with natural lengths as written."""
    boxes: list[Ticks] = []
    glue: dict[ElasticId, Glue] = {}
    for item in script.steps:
        boxes.append(measure_item(item, lengths))
        match item.what:
            case Silence(length=length, elastic_id=elastic_id) if length.least < length.most:
                glue.setdefault(elastic_id, _make_glue(length))
            case BreathBlock() as block if block.least < block.most:
                natural = round(block.natural * block.round)
                elastic = Elastic(block.measure(block.least), natural, block.measure(block.most))
                glue.setdefault(block.elastic_id, _make_glue(elastic, block))
    return Measured(script, lengths, boxes, glue)


def measure_item(item: Item, lengths: Lengths, *, is_last: bool = False) -> Ticks:
    """Return the ticks of a box, or 0 for an elastic; the last bell of a session takes its whole ring."""
    match item.what:
        case Silence(length=length):
            return floor_ticks(length.least) if length.least == length.most else 0
        case BreathBlock() as block:
            return floor_ticks(block.measure(block.least)) if block.least == block.most else 0
        case cue:
            return floor_ticks(lengths.measure(cue, is_last=is_last))


def _make_glue(length: Elastic, block: BreathBlock | None = None) -> Glue:
    natural, least, most = (floor_ticks(value) for value in (length.natural, length.least, length.most))
    return Glue(min(max(natural, least), most), least, most, block=block)
