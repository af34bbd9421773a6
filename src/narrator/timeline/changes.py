"""The differences between the material of a track and that of the routine at its natural length."""

from collections.abc import Iterator, Sequence

from narrator.errors import Fault
from narrator.script import Unit, Window
from narrator.timeline.grow import Growth, Material
from narrator.timeline.placed import Change
from narrator.units import Ms, format_duration


def list_changes(
    growth: Growth, material: Material, count: int, target: Ms | None
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Return what is left out and what is added if a track of `target` ms has the first `count` units."""
    natural, used = material.natural_count, [unit for unit in material.units if material.has_steps(unit)]
    present = set(material.units[:count])
    expected = set(material.units[:natural])
    left_out = [_describe_unit(unit) for unit in used if unit in expected and unit not in present]
    added = [_describe_unit(unit) for unit in used if unit in present and unit not in expected]
    if target is not None:
        before = _list_windows(growth.natural, growth.natural.natural_count)
        after = _list_windows(material, count)
        left_out += (Change(w.kind, "until", w.step) for w in before if not w.admits(target))
        added += (Change(w.kind, "from", w.step) for w in after if not w.admits(None))
    return tuple(left_out), tuple(added)


def describe_left_out(changes: Sequence[Change], target: Ms) -> Iterator[Fault]:
    """Yield a note for each optional step that is left out; for rounds, the range of `repeat` implies it."""
    for change in changes:
        if change.reason == "optional":
            yield Fault(f"this optional step is left out to fit in {format_duration(target)}", change.mark)


def _describe_unit(unit: Unit) -> Change:
    if unit.round is not None:
        return Change(unit.kind, "round", unit.mark, unit.round)
    return Change(unit.kind, "extra" if unit.is_extra else "optional", unit.mark)


def _list_windows(material: Material, count: int) -> list[Window]:
    steps = material.measured.script.steps
    return list(dict.fromkeys(window for index in material.list_steps(count) for window in steps[index].windows))
