"""Why a track cannot be so long: what can be met, which lines limit it, and what to write there instead."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from narrator.errors import LengthError, Mark
from narrator.script import Bell, BreathBlock, Elastic, Item, Silence, Speech
from narrator.timeline.grow import Growth, Material, MaterialSet
from narrator.timeline.placed import Range, StepPlace, describe_places, show_length
from narrator.units import TICK, Ms, Ticks, floor_ticks, format_duration, ticks_to_ms

_STEPS_NAMED = 3
"""Steps that a refusal names, those that take most first."""
_SHORTEST_HOLD: Ms = 5000
"""A hold that is advised to shrink is advised no further than this."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A hold or pause as written, and how it occurs in a set of material."""

    kind: str
    line: str
    least: Ms
    natural: Ms
    most: Ms
    count: int

    @property
    def written(self) -> str:
        """The step as it is likely written."""
        if abs(self.natural - 4 * self.least) <= 100 and abs(self.most - 4 * self.natural) <= 100:
            return f"{self.kind}: {show_length(self.natural)}"
        return f"{self.kind}: {show_length(self.least)}..{show_length(self.most)}"

    def advise(self, least: Ms, most: Ms) -> str:
        """Say what to write in its line."""
        return f"{self.line}: '{self.written}' -> '{self.kind}: {show_length(least)}..{show_length(most)}'"


def refuse_length(growth: Growth, target: Ms, span: Range) -> LengthError:
    """Make the error for a length out of reach: what can be met, what takes most, and what to write in which line."""
    error = LengthError(_describe_refusal(growth, target, span), growth.script.mark)
    error.spans = span.spans
    return error


def _describe_refusal(growth: Growth, target: Ms, span: Range) -> str:
    asked, is_between = format_duration(target), span.shortest <= target <= span.longest
    reach = f"the shortest it can be is {format_duration(span.shortest)}, the longest {format_duration(span.longest)}"
    if len(span.spans) > 1:
        reach = f"it can take {describe_spans(span.spans)}"
    material = growth.find_material(target)
    if not material.sets:
        return f"nothing is heard in a track of {asked}: every step has 'from' or 'until' against it; {reach}"
    is_short, limiting = _find_limit(material, floor_ticks(target))
    steps = material.list_steps(limiting.count)
    advice = (_advise_shrinking if is_short else _advise_growing)(material, limiting, steps, target)
    most = "; ".join(_list_greatest(material, steps, is_short=is_short))
    return (
        f"this routine cannot take {asked}{', whatever is left out or added' if is_between else ''}: {reach}; "
        f"most time goes to {most}; {'; '.join(advice)}; or choose another length"
    )


def describe_spans(spans: Sequence[tuple[Ms, Ms]]) -> str:
    """Say which lengths can be met, as in: 5m to 7m30s, or 9m to 20m."""
    shown = [
        f"{format_duration(low)} to {format_duration(high)}" if low < high else format_duration(low)
        for low, high in spans
    ]
    return ", or ".join((", ".join(shown[:-1]), shown[-1])) if shown[1:] else shown[0]


def _find_limit(material: Material, ticks: Ticks) -> tuple[bool, MaterialSet]:
    """Find the set that limits a length: whether it is too long for it at its least, or else too short at its most."""
    below = [each for each in material.sets if each.most < ticks]
    return (False, below[-1]) if below else (True, material.sets[0])


def _list_greatest(material: Material, steps: Sequence[int], *, is_short: bool) -> Iterator[str]:
    takes: Counter[Mark] = Counter()
    names: dict[Mark, str] = {}
    places: dict[Mark, list[StepPlace]] = {}
    script = material.measured.script
    for index, box in zip(steps, material.measured.measure_boxes(steps), strict=True):
        item, glue = script.steps[index], material.measured.find_glue(index)
        takes[item.mark] += ticks_to_ms(box if glue is None else glue.least if is_short else glue.most)
        names.setdefault(item.mark, _name_item(item))
        title = None if item.section is None else script.sections[item.section].title
        places.setdefault(item.mark, []).append(StepPlace(title, item.side))
    for mark, length in takes.most_common(_STEPS_NAMED):
        where = f"{_name_line(mark, script.mark)}{describe_places(places[mark])}"
        yield f"{where}, {names[mark]} {show_length(length)}"


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


def _name_line(mark: Mark, top: Mark) -> str:
    return f"line {mark.line}" if mark.file == top.file else f"line {mark.line} of {mark.file}"


def _list_stretches(material: Material, steps: Iterable[int]) -> list[_Stretch]:
    """List the holds of a set, and the pauses that may stretch, by their lines."""
    script = material.measured.script
    found: Counter[tuple[str, Mark, Elastic]] = Counter()
    for item in (script.steps[index] for index in steps):
        if isinstance(item.what, Silence) and (item.what.is_hold or item.what.length.least < item.what.length.most):
            found["hold" if item.what.is_hold else "pause", item.mark, item.what.length] += 1
    return [
        _Stretch(kind, _name_line(mark, script.mark), length.least, length.natural, length.most, count)
        for (kind, mark, length), count in found.items()
    ]


def _advise_growing(material: Material, limiting: MaterialSet, steps: Sequence[int], target: Ms) -> list[str]:
    """Say which holds to widen, and by how much: the longest, each by the same factor."""
    missing = target - ticks_to_ms(limiting.most)
    holds = [stretch for stretch in _list_stretches(material, steps) if stretch.kind == "hold"]
    widest = sorted(holds, key=lambda hold: hold.most * hold.count, reverse=True)[:_STEPS_NAMED]
    whole = sum(hold.most * hold.count for hold in widest)
    if not widest:
        most = _round_up(missing)
        return [f"add 'hold: {show_length(most // 4)}..{show_length(most)}', or steps with 'extra: true'"]
    advice = [hold.advise(hold.least, _round_up(hold.most + missing * hold.most // whole + 1)) for hold in widest]
    return [f"write in {advice[0]}", *advice[1:]]


def _advise_shrinking(material: Material, limiting: MaterialSet, steps: Sequence[int], target: Ms) -> list[str]:
    """Say which holds to let shrink, and which steps to make optional, until the length can be met."""
    missing = ticks_to_ms(limiting.least) - target
    holds = [stretch for stretch in _list_stretches(material, steps) if stretch.least > _SHORTEST_HOLD]
    holds.sort(key=lambda hold: hold.least * hold.count, reverse=True)
    advice: list[str] = []
    for hold in holds:
        if missing <= 0:
            break
        least = max(_SHORTEST_HOLD, (hold.least - missing // hold.count - TICK) // 1000 * 1000)
        advice.append(hold.advise(least, max(hold.most, least + 1000)))
        missing -= (hold.least - least) * hold.count
    if missing > 0 or not advice:
        largest = next(_list_greatest(material, steps, is_short=True))
        return [
            f"shorten these steps, or add 'optional: true' to those that a short session can do without ({largest})"
        ]
    return [f"write in {advice[0]}", *advice[1:]]


def _round_up(length: Ms) -> Ms:
    """Return a length that is easily written: whole seconds, or whole tens of them from two minutes on."""
    unit = 1000 if length < 120_000 else 10_000
    return -(-length // unit) * unit
