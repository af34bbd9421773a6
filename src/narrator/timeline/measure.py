"""What a script takes: its boxes in ticks, and its glue; sections that have a length of their own are fitted here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from narrator.errors import Fault, Mark, RoutineError
from narrator.script import BreathBlock, Elastic, Script, Silence, Unknown
from narrator.timeline.glue import Glue, share_rounds
from narrator.timeline.placed import Lengths, show_length
from narrator.units import Ticks, floor_ticks, ticks_to_ms


@dataclass(frozen=True)
class Measured:
    """A script's boxes in ticks (0 for elastics), its elastics by name, and notes."""

    boxes: Sequence[Ticks]
    glue: Mapping[Unknown, Glue]
    notes: Sequence[Fault]

    @property
    def rigid(self) -> Ticks:
        """What the boxes take."""
        return sum(self.boxes)

    @property
    def least(self) -> Ticks:
        """Shortest length."""
        return self.rigid + sum(g.least * g.count for g in self.glue.values())

    @property
    def most(self) -> Ticks:
        """Longest length."""
        return self.rigid + sum(g.most * g.count for g in self.glue.values())

    def share(self, ticks: Ticks) -> dict[Unknown, Ticks] | None:
        """Ticks of each elastic, so that all take `ticks` together; None when the bounds do not allow it."""
        found = share_rounds(list(self.glue.values()), ticks - self.rigid)
        return None if found is None else dict(zip(self.glue, found, strict=True))


def measure_script(script: Script, lengths: Lengths, *, strict: bool = True) -> Measured:
    """Measure a script; with `strict`, a section that cannot take its own length is an error."""
    boxes: list[Ticks] = []
    glue: dict[Unknown, Glue] = {}
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
    return Measured(boxes, glue, notes)


def _count(glue: dict[Unknown, Glue], name: Unknown, length: Elastic, block: BreathBlock | None = None) -> None:
    known = glue.get(name)
    if known:
        glue[name] = replace(known, count=known.count + 1)
    else:
        natural, least, most = (floor_ticks(value) for value in (length.natural, length.least, length.most))
        glue[name] = Glue(min(max(natural, least), most), least, most, block=block)


def _fit_sections(script: Script, boxes: list[Ticks], glue: dict[Unknown, Glue], *, strict: bool) -> list[Fault]:
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
            notes.append(fault)
            least = sum(g.least * g.count for g in within)
            shares = [g.least if wanted - rigid < least else g.most for g in within]
        for name, value in zip(counts, shares, strict=True):
            glue[name] = replace(glue[name], natural=max(value, 1))
    if notes and strict and script.guidance != "brief":
        raise RoutineError.gather(notes)
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


def _describe_section(title: str, wanted: Ticks, rigid: Ticks, within: Sequence[Glue], runs: int, mark: Mark) -> Fault:
    least = rigid + sum(g.least * g.count for g in within)
    most = rigid + sum(g.most * g.count for g in within)
    asked = show_length(ticks_to_ms(wanted // runs))
    if wanted < least:
        figure = show_length(ticks_to_ms(-(-least // runs)))
        reason = f"its narration and shortest holds already take {figure}; raise 'length' or shorten its steps"
    else:
        figure = show_length(ticks_to_ms(most // runs))
        reason = f"its narration and longest holds come to {figure}; lower 'length' or widen a hold"
    return Fault(f"section {title!r} is to take {asked}, but {reason}", mark)
