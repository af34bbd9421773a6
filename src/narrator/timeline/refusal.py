"""Explain why a length is not possible: the possible lengths, the lines that limit it, and what to write there."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from narrator.errors import LengthError, Mark
from narrator.script import Bell, BreathBlock, Elastic, Item, Recording, Silence, Speech
from narrator.timeline.grow import Growth, Material, MaterialSet
from narrator.timeline.placed import Range, StepPlace, describe_places, show_length
from narrator.units import TICK, Ms, Ticks, floor_ticks, format_duration, format_range, format_seconds, ticks_to_ms

_STEPS_NAMED = 3
"""Number of steps named in a refusal, those that take most time first."""
_SHORTEST_HOLD: Ms = 5000
"""Shortest length that the advice to shrink a hold suggests."""
_LENGTH = r"(?:\d[\w.]*(?: breaths)?|\"\d[^\"]*\"|'\d[^']*')(?=\s*(?:$|[,}]|\s#))"
"""A length that is the whole value in a line of YAML."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A hold or pause as written, and its number of occurrences in a set of material."""

    kind: str
    line: str
    mark: Mark
    least: Ms
    natural: Ms
    most: Ms
    count: int

    @property
    def written(self) -> str:
        """The step as it is probably written."""
        if abs(self.natural - 4 * self.least) <= 100 and abs(self.most - 4 * self.natural) <= 100:
            return f"{self.kind}: {show_length(self.natural)}"
        return f"{self.kind}: {show_length(self.least)}..{show_length(self.most)}"

    def advise(self, least: Ms, most: Ms) -> "_Advice":
        """Return the advice on what to write in its line."""
        new = f"{show_length(least)}..{show_length(most)}"
        text = f"{self.line}: '{self.written}' -> '{self.kind}: {new}'"
        return _Advice(text, self.mark, _put_length(self.mark, new, self.kind))


@dataclass(frozen=True, slots=True)
class _Advice:
    """Advice as text, its place, and the corrected line."""

    text: str
    mark: Mark
    fix: str | None = None


def refuse_length(growth: Growth, target: Ms, span: Range) -> LengthError:
    """Return the error for an impossible length: the possible ones, the longest steps, and what to write in which line.

    Its place is that of the file's own length; if another length was requested, that of the first line to change.
    """
    script = growth.script
    message, advice = _describe_refusal(growth, target, span)
    if target == script.length and script.length_mark:
        fix = _put_length(script.length_mark, span.format_nearest(target))
        error = LengthError(f"{message}; or choose another length", script.length_mark, fix=fix)
    else:
        mark, fix = (advice.mark, advice.fix) if advice else (script.mark, None)
        message = f"{message}; or choose another length, or the nearest that can be met"
        error = LengthError(message, mark, options=("length", "nearest"), fix=fix)
    error.spans = span.spans
    return error


def _put_length(mark: Mark, new: str, key: str = "") -> str | None:
    """Return a line with a new length at a place, or as the value of a key after it."""
    before = rf".*?\b{key}:\s+" if key else ""
    found = re.compile(rf"({before}){_LENGTH}").match(mark.text, mark.column - 1)
    return f"{mark.text[: mark.column - 1]}{found[1]}{new}{mark.text[found.end() :]}" if found else None


def _describe_refusal(growth: Growth, target: Ms, span: Range) -> tuple[str, _Advice | None]:
    """Return why a length is not possible and what to change, and the advice on the first line to change, if any."""
    asked, is_between = format_duration(target), span.shortest <= target <= span.longest
    shortest, longest = span.format_ends()
    reach = f"the shortest possible length is {shortest}, the longest {longest}"
    if len(span.spans) > 1:
        reach = f"it can take {describe_spans(span.spans)}"
    material = growth.find_material(target)
    if not material.sets:
        return f"nothing is heard in a track of {asked}: every step has 'from' or 'until' against it; {reach}", None
    is_short, limiting = _find_limit(material, floor_ticks(target))
    steps = material.list_steps(limiting.count)
    advice = (_advise_shrinking if is_short else _advise_growing)(material, limiting, steps, target)
    most = "; ".join(named for _, named in _list_greatest(material, steps, is_short=is_short))
    message = (
        f"this routine cannot take {asked}{', whatever is left out or added' if is_between else ''}: {reach}; "
        f"most time goes to {most}; {'; '.join(each.text for each in advice)}"
    )
    return message, advice[0]


def describe_spans(spans: Sequence[tuple[Ms, Ms]]) -> str:
    """Return the possible lengths as text, such as: 5m to 7m30s, or 9m to 20m."""
    ends = (format_range(*span) for span in spans)
    shown = [f"{low} to {high}" if low != high else low for low, high in ends]
    return ", or ".join((", ".join(shown[:-1]), shown[-1])) if shown[1:] else shown[0]


def _find_limit(material: Material, ticks: Ticks) -> tuple[bool, MaterialSet]:
    """Return whether the limiting set of a length is too long at its least, else too short at its most, and the set."""
    below = [each for each in material.sets if each.most < ticks]
    return (False, below[-1]) if below else (True, material.sets[0])


def _list_greatest(material: Material, steps: Sequence[int], *, is_short: bool) -> Iterator[tuple[Mark, str]]:
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
        yield mark, f"{where}, {names[mark]} {format_seconds(length)}"


def _name_item(item: Item) -> str:
    match item.what:
        case Speech():
            return "say"
        case Bell():
            return "bell"
        case Recording():
            return "play"
        case Silence(is_hold=True):
            return "hold"
        case BreathBlock():
            return "breathe"
        case _:
            return "pause"


def _name_line(mark: Mark, top: Mark) -> str:
    return f"line {mark.line}" if mark.file == top.file else f"line {mark.line} of {mark.file}"


def _list_stretches(material: Material, steps: Iterable[int]) -> list[_Stretch]:
    """Return the holds and the elastic pauses of a set, by their lines."""
    script = material.measured.script
    found: Counter[tuple[str, Mark, Elastic]] = Counter()
    for item in (script.steps[index] for index in steps):
        if isinstance(item.what, Silence) and (item.what.is_hold or item.what.length.least < item.what.length.most):
            found["hold" if item.what.is_hold else "pause", item.mark, item.what.length] += 1
    return [
        _Stretch(kind, _name_line(mark, script.mark), mark, length.least, length.natural, length.most, count)
        for (kind, mark, length), count in found.items()
    ]


def _advise_growing(material: Material, limiting: MaterialSet, steps: Sequence[int], target: Ms) -> list[_Advice]:
    """Return the advice to widen the longest holds, each by the same factor."""
    missing = target - ticks_to_ms(limiting.most)
    holds = [stretch for stretch in _list_stretches(material, steps) if stretch.kind == "hold"]
    widest = sorted(holds, key=lambda hold: hold.most * hold.count, reverse=True)[:_STEPS_NAMED]
    whole = sum(hold.most * hold.count for hold in widest)
    if not widest:
        most = _round_up(missing)
        shortest, longest = format_range(most // 4, most)
        text = f"add 'hold: {shortest}..{longest}', or steps with 'extra: true'"
        return [_Advice(text, material.measured.script.mark)]
    return _begin(hold.advise(hold.least, _round_up(hold.most + missing * hold.most // whole + 1)) for hold in widest)


def _advise_shrinking(material: Material, limiting: MaterialSet, steps: Sequence[int], target: Ms) -> list[_Advice]:
    """Return the advice to shorten holds, and to make steps optional, until the length is possible."""
    missing = ticks_to_ms(limiting.least) - target
    holds = [stretch for stretch in _list_stretches(material, steps) if stretch.least > _SHORTEST_HOLD]
    holds.sort(key=lambda hold: hold.least * hold.count, reverse=True)
    advice: list[_Advice] = []
    for hold in holds:
        if missing <= 0:
            break
        least = max(_SHORTEST_HOLD, (hold.least - missing // hold.count - TICK) // 1000 * 1000)
        advice.append(hold.advise(least, max(hold.most, least + 1000)))
        missing -= (hold.least - least) * hold.count
    if missing > 0 or not advice:
        mark, largest = next(_list_greatest(material, steps, is_short=True))
        text = f"shorten these steps, or add 'optional: true' to those that a short session can do without ({largest})"
        return [_Advice(text, mark)]
    return _begin(advice)


def _begin(advice: Iterable[_Advice]) -> list[_Advice]:
    first, *more = advice
    return [replace(first, text=f"write in {first.text}"), *more]


def _round_up(length: Ms) -> Ms:
    """Return a length rounded up to whole seconds, or from two minutes on to tens of seconds."""
    unit = 1000 if length < 120_000 else 10_000
    return -(-length // unit) * unit
