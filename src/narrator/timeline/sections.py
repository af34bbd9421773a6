"""Sections with a length: the natural lengths within them are scaled once to fit it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from narrator.errors import Fault, RoutineError
from narrator.script import ElasticId, Item, Script, Section
from narrator.timeline.glue import fill
from narrator.timeline.measure import Measured
from narrator.timeline.placed import show_length
from narrator.units import Ticks, floor_ticks, format_range, ticks_to_ms


def fit_sections(measured: Measured, *, strict: bool = True) -> Measured:
    """Scale the natural lengths in each section that has a length until it takes that long, inner sections first.

    The material is that of natural length, plus the section itself if it is extra. The runs of a section on each side
    are fitted together, so that equal holds stay equal: they take the length on average. The result applies to every
    set of material.

    Raises:
        RoutineError: with `strict`, if sections cannot take their lengths.

    """
    script = measured.script
    spans = _find_spans(script)
    groups: dict[ElasticId, list[int]] = {}
    for index, section in enumerate(script.sections):
        if section.length is not None and index in spans:
            groups.setdefault(section.elastic_id, []).append(index)
    notes: list[Fault] = []
    settled: dict[ElasticId, frozenset[int]] = {}
    for runs in sorted(groups.values(), key=lambda runs: _find_depth(script, runs[0]), reverse=True):
        measured = _fit_runs(measured, [(script.sections[run], spans[run]) for run in runs], notes, settled)
    # A brief script has the section lengths of the full one, which its fewer words may not fill.
    if notes and strict and script.guidance != "brief":
        raise RoutineError.gather(notes)
    return replace(measured, notes=notes)


def _fit_runs(
    measured: Measured,
    runs: Sequence[tuple[Section, range]],
    notes: list[Fault],
    settled: dict[ElasticId, frozenset[int]],
) -> Measured:
    script = measured.script
    extras = {unit.name for unit in script.units if unit.is_extra}
    rigid: Ticks = 0
    wanted: Ticks = 0
    inside: list[int] = []
    count = 0
    for section, span in runs:
        absent = extras.difference(section.units)
        members = [index for index in span if _is_natural(script.steps[index], absent)]
        if not members:
            continue
        behind = range(span.stop, len(script.steps))
        after = next((script.steps[index] for index in behind if _is_natural(script.steps[index], absent)), None)
        followers = [*(script.steps[index] for index in members[1:]), after]
        rigid += sum(measured.measure_box(*pair) for pair in zip(members, followers, strict=True))
        wanted += floor_ticks(section.length or 0)
        inside += members
        count += 1
    if not inside:
        return measured
    glue = measured.count_glue(inside)
    # A hold that equals one in another section with a length has been fitted there.
    for name in [name for name in glue if not settled.get(name, frozenset()).issubset(inside)]:
        fixed = glue.pop(name)
        rigid += fixed.natural * fixed.count
    settled |= dict.fromkeys(glue, frozenset(inside))
    found = fill(glue, wanted - rigid)
    if found:
        shares = found.ticks
    else:
        least = rigid + sum(g.least * g.count for g in glue.values())
        most = rigid + sum(g.most * g.count for g in glue.values())
        notes.append(_describe_section(runs[0][0], wanted, least, most, count))
        shares = {name: g.least if wanted < least else g.most for name, g in glue.items()}
    fitted = {name: replace(measured.glue[name], natural=max(share, 1)) for name, share in shares.items()}
    return replace(measured, glue={**measured.glue, **fitted})


def _is_natural(item: Item, absent: set[ElasticId]) -> bool:
    """Return whether a step is in if all units but the `absent` ones are."""
    return absent.isdisjoint(item.units) and absent.issuperset(item.yields)


def _find_spans(script: Script) -> dict[int, range]:
    """Return the consecutive steps of each section, including those of sections inside it."""
    spans: dict[int, range] = {}
    for index, item in enumerate(script.steps):
        for section in _list_around(script, item.section):
            spans[section] = range(spans[section].start if section in spans else index, index + 1)
    return spans


def _list_around(script: Script, section: int | None) -> Iterator[int]:
    """Yield a section and the sections around it, the innermost first."""
    while section is not None:
        yield section
        section = script.sections[section].parent


def _find_depth(script: Script, section: int) -> int:
    return sum(1 for _ in _list_around(script, section))


def _describe_section(section: Section, wanted: Ticks, least: Ticks, most: Ticks, runs: int) -> Fault:
    asked = show_length(ticks_to_ms(wanted // runs))
    shortest, longest = format_range(ticks_to_ms(-(-least // runs)), ticks_to_ms(most // runs))
    if wanted < least:
        reason = f"its speech and shortest holds already take {shortest}; raise 'length' or shorten its steps"
    else:
        reason = f"its speech and longest holds take only {longest}; lower 'length' or widen a hold"
    return Fault(f"section {section.title!r} should take {asked}, but {reason}", section.mark)
