"""Properties of material, breath and silence at every length, checked on generated scripts."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from test_timeline import make_lengths, patterns, ranges, seconds

from narrator.errors import LengthError, RoutineError
from narrator.routine import model
from narrator.script import BreathBlock, Phase, Silence, Voiced, write_script
from narrator.timeline import lay_out, measure_range
from narrator.timeline.glue import Glue, Springs, enter_rounds, fill
from narrator.timeline.grow import Growth, order_units
from narrator.units import LONGEST, TICK, floor_ticks

FEW = settings(max_examples=max(settings().max_examples // 2, 1))
"""An example of a growing script at many lengths takes 50 ms."""

# Scripts with all that grows ------------------------------------------------------------------------------------

texts = st.sampled_from(["Rest.", "Breathe in. Breathe out.", "One. [2s] Two.", "Let your shoulders be heavy now."])
counted_texts = st.sampled_from(["Round {round} of {rounds}.", "{Nth} round.", "And again, {rounds} in all. [1s] Go."])
says = texts.map(lambda text: {"say": text, "brief": "Again."})
leaves = st.one_of(
    says,
    st.one_of(seconds, ranges).map(lambda text: {"pause": text}),
    st.one_of(seconds, ranges, st.sampled_from(["4 breaths"])).map(lambda text: {"hold": text}),
    st.integers(1, 3).map(lambda times: {"bell": {"sound": "bowl", "times": times, "every": "2s"}}),
    st.tuples(patterns, st.one_of(seconds, ranges)).map(lambda b: {"breathe": b[0], "for": b[1], "voiced": 0}),
    st.tuples(patterns, st.integers(1, 4)).map(lambda b: {"breathe": b[0], "rounds": b[1], "voiced": 0}),
)
ranks = st.one_of(
    st.just({}),
    st.just({}),
    st.tuples(st.sampled_from(["optional", "extra"]), st.sampled_from([True, 1, 2, 3])).map(lambda r: {r[0]: r[1]}),
)
windows = st.one_of(
    *[st.just({})] * 5,
    st.integers(1, 12).map(lambda n: {"from": f"{n * 40}s"}),
    st.integers(1, 12).map(lambda n: {"until": f"{n * 40}s"}),
)


@st.composite
def rounds_of(draw):
    least = draw(st.integers(1, 2))
    natural = least + draw(st.integers(0, 2))
    most = natural + draw(st.integers(0, 2))
    return {"natural": str(natural), "min": str(least), "max": str(most)} if most > 1 else "1"


def make_nested(windowed):
    flags = st.tuples(ranks, windows if windowed else st.just({})).map(lambda pair: pair[0] | pair[1])

    def flag(steps):
        return st.tuples(steps, flags).map(lambda pair: pair[0] | pair[1])

    def nest(inner):
        steps = st.lists(inner, min_size=1, max_size=3)
        sides = st.sampled_from([{}, {}, {"sides": ["right", "left"]}, {"sides": ["right", "left"], "between": "3s"}])
        section = st.tuples(steps, sides).map(lambda s: {"section": "A", "steps": s[0]} | s[1])
        # A wide hold lets a section have its length.
        wide = {"hold": {"natural": "30s", "min": "1s", "max": "30m"}}
        twice = {"repeat": {"natural": "2", "min": "1"}, "steps": [{"say": "Now {round} of {rounds}, at your ease."}]}
        timed = st.tuples(steps, sides, st.integers(300, 900), st.sampled_from([[wide], [wide, twice]])).map(
            lambda s: {"section": "B", "steps": [*s[3], *s[0]], "length": f"{s[2]}s"} | s[1]
        )
        counted = st.one_of(steps, st.tuples(counted_texts, steps).map(lambda s: [{"say": s[0]}, *s[1]]))
        repeat = st.tuples(rounds_of(), counted).map(lambda r: {"repeat": r[0], "steps": r[1]})
        return flag(st.one_of(section, timed, repeat, repeat))

    return st.lists(st.recursive(flag(leaves), nest, max_leaves=8), min_size=1, max_size=5)


grown, plain_grown = make_nested(windowed=True), make_nested(windowed=False)
places = st.lists(st.floats(0, 1), min_size=2, max_size=9)


def as_growth(steps):
    """Return the growth of a script; of one with fewer steps if a section cannot take its length."""
    # Something always remains.
    routine = model.Routine.model_validate({"title": "x", "steps": [{"say": "Rest."}, *steps]})
    try:
        script = write_script(routine)
        growth = Growth(script, make_lengths(script))
        measure_range(growth, growth.lengths)
    except RoutineError as error:
        faults = error.faults
    else:
        return growth
    expected = ("should take", "exclude each other")
    assert all(any(words in fault.message for words in expected) for fault in faults)
    return reject()


def list_lengths(growth, places):
    """Return possible lengths in order: the ends of intervals, those where material changes, and some between."""
    spans = growth.list_spans()
    found = {low + int(place * (high - low)) for low, high in spans for place in places} | {
        end for span in spans for end in span
    }
    edges = [
        e for start in growth.starts for each in growth.find_material(start).sets for e in (each.natural, each.most)
    ]
    found |= {edge * TICK - part for edge in edges[:8] for part in (0, 1)}
    able = sorted(length for length in found if length <= LONGEST and any(low <= length <= high for low, high in spans))
    return able[:: len(able) // 20 + 1]


def share_at(growth, length):
    """Return the units present, the shares of all elastics, those of breath, and the unused ticks."""
    chosen, material = growth.choose(length), growth.find_material(length)
    rigid, glue = material.measure_set(chosen.count)
    shares = fill(glue, floor_ticks(length) - rigid)
    used = rigid + sum(shares.ticks[name] * g.count for name, g in glue.items())
    breath = {name: shares.ticks[name] for name, g in glue.items() if g.block}
    return material.units[: chosen.count], shares.ticks, breath, glue, floor_ticks(length) - used


@pytest.mark.slow
@FEW
@given(grown, places)
def test_a_track_is_as_long_as_asked_and_all_in_it_has_its_bounds(steps, places):
    growth = as_growth(steps)
    for length in list_lengths(growth, places)[::3]:
        timeline = lay_out(growth, growth.lengths, length)
        assert timeline.length == length
        ends = [thing.end for thing in (*timeline.segments, *timeline.holds)]
        assert max(ends, default=0) <= length
        things = sorted((thing.start, thing.end) for thing in (*timeline.segments, *timeline.holds))
        assert all(first[1] <= second[0] for first, second in pairwise(things))
        _, shares, _, glue, left = share_at(growth, length)
        for name, g in glue.items():
            assert g.least <= shares[name] <= g.most
        growing = [g for name, g in glue.items() if not g.block and shares[name] < g.most]
        blocks = [g for name, g in glue.items() if g.block and shares[name] < g.most]
        # The unused ticks are fewer than the next tick of a silence, or the next round, would take.
        slack = max((g.count for g in growing), default=None)
        slack = slack or max(((g.block.round // TICK + 2) * g.count for g in blocks), default=1)
        assert 0 <= left < slack


@pytest.mark.slow
@FEW
@given(grown, places)
def test_sides_are_equally_long(steps, places):
    growth = as_growth(steps)
    for length in list_lengths(growth, places)[::3]:
        timeline = lay_out(growth, growth.lengths, length)
        material, count = growth.find_material(length), growth.choose(length).count
        items = [material.measured.script.steps[index].what for index in material.list_steps(count)]
        holds = [what.elastic_id for what in items if isinstance(what, Silence) and what.is_hold]
        known: dict = {}
        for unknown, hold in zip(holds, timeline.holds, strict=True):
            assert known.setdefault(unknown, hold.end - hold.start) == hold.end - hold.start


@pytest.mark.slow
@FEW
@given(grown, places)
def test_material_only_grows_with_the_length(steps, places):
    growth = as_growth(steps)
    lengths = list_lengths(growth, places)
    units = [set(growth.find_material(length).units[: growth.choose(length).count]) for length in lengths]
    for (shorter, before), (longer, after) in pairwise(zip(lengths, units, strict=True)):
        material = growth.find_material(longer)
        # A unit that is missing at a longer length has no steps there.
        lasting = {unit for unit in before if material.has_steps(unit)}
        if not lasting <= after:
            # Steps that entered by `from` leave no room for it, however short the silences are.
            assert any(shorter < start <= longer for start in growth.starts)
            needed = min(each.least for each in material.sets if lasting <= set(material.units[: each.count]))
            assert needed > floor_ticks(longer)


@pytest.mark.long
@FEW
@given(grown, places)
def test_windows_admit_what_they_say(steps, places):
    growth = as_growth(steps)
    for length in list_lengths(growth, places)[::2]:
        material, count = growth.find_material(length), growth.choose(length).count
        for item in material.measured.script.steps:
            assert all(window.since <= length < (window.until or math.inf) for window in item.windows)
        # Nothing else is missing: every possible step is in the largest set.
        able = [item for item in growth.script.steps if all(window.admits(length) for window in item.windows)]
        assert material.measured.script.steps == tuple(able)
        assert count <= len(material.units)


@pytest.mark.slow
@FEW
@given(grown, places)
def test_within_one_set_rounds_never_fall_and_no_hold_shortens(steps, places):
    growth = as_growth(steps)
    found = [(length, share_at(growth, length)) for length in list_lengths(growth, places)]
    for (shorter, one), (longer, other) in pairwise(found):
        same_steps = growth.find_material(shorter) is growth.find_material(longer)
        if not same_steps or one[0] != other[0]:
            continue
        assert all(one[2][name] <= other[2][name] for name in one[2])
        if one[2] == other[2]:
            assert all(one[1][name] <= other[1][name] for name in one[1])


def solve_by_halving(rigid, glue, ticks, number=float):
    """Return the continuous factor at which a set takes `ticks`, as a float or as a fraction to 2^-60."""
    parts = [(g.natural, g.least, g.most, g.count) for g in glue.values()]

    def take(factor):
        return rigid + sum(min(max(factor * natural, least), most) * count for natural, least, most, count in parts)

    low, high = number(0), number(1 << 23)
    for _ in range(84):
        middle = (low + high) / 2
        low, high = (low, middle) if take(middle) >= ticks else (middle, high)
    return high


@pytest.mark.slow
@FEW
@given(plain_grown, places)
def test_the_choice_is_that_of_trying_every_set(steps, places):
    growth = as_growth(steps)
    material = growth.natural
    assume(len(material.units) <= 9)
    measured = {count: material.measure_set(count) for count in range(len(material.units) + 1)}
    bounds = {
        count: [
            rigid + sum(bound(g) * g.count for g in glue.values()) for bound in (lambda g: g.least, lambda g: g.most)
        ]
        for count, (rigid, glue) in measured.items()
    }
    # A set with the same steps as the one before it is the same set.
    distinct = [c for c in bounds if not c or material.list_steps(c) != material.list_steps(c - 1)]
    kept = [c for c in distinct if all(bounds[c][0] <= bounds[larger][0] for larger in bounds if larger > c)]
    assert kept == [each.count for each in material.sets]
    for length in list_lengths(growth, places)[::2]:
        ticks = floor_ticks(length)
        able = [count for count in kept if bounds[count][0] <= ticks <= bounds[count][1]]
        chosen = growth.choose(length).count
        assert chosen in able
        distances = {count: abs(math.log(max(solve_by_halving(*measured[count], ticks), 1e-9))) for count in able}
        at_ends = {count for count in able if ticks in bounds[count]}
        if chosen not in at_ends:
            inner = [distance for count, distance in distances.items() if count not in at_ends]
            assert distances[chosen] <= min(inner) + 1e-9


@st.composite
def blocks_and_silences(draw):
    blocks = []
    for number in range(draw(st.integers(1, 3))):
        lengths = st.integers(60, 400).map(lambda length: length * 50)
        phases = (Phase("in", draw(lengths), draw(lengths)),)
        least, extra = draw(st.integers(1, 3)), draw(st.integers(0, 9))
        block = BreathBlock(phases, Fraction(0), least, least + extra, Voiced(0), (number,))
        low, high = (floor_ticks(block.measure(rounds)) for rounds in (least, least + extra))
        blocks.append(Glue(draw(st.integers(low, high)), low, high, draw(st.integers(1, 3)), block))
    numbers = st.tuples(*[st.integers(1, 3000)] * 3, st.integers(1, 3))
    silences = [Glue(sorted(n[:3])[1], min(n[:3]), max(n[:3]), n[3]) for n in draw(st.lists(numbers, max_size=3))]
    return blocks, silences


@pytest.mark.slow
@settings(max_examples=200)
@given(blocks_and_silences(), st.floats(0, 1))
def test_rounds_enter_as_written_one_by_one(glue, place):
    blocks, silences = glue
    least, most = (sum(getattr(g, bound) * g.count for g in blocks + silences) for bound in ("least", "most"))
    ticks = least + int(place * (most - least))
    springs = Springs(silences)
    rounds = [g.block.least for g in blocks]

    def taken(index, count):
        return floor_ticks(blocks[index].block.measure(count))

    steps = [
        (Fraction(taken(index, count), g.natural), index, count)
        for index, g in enumerate(blocks)
        for count in range(g.block.least + 1, g.block.most + 1)
    ]
    for due, index, count in sorted(steps):
        tried = [*rounds[:index], count, *rounds[index + 1 :]]
        left = ticks - sum(taken(i, n) * blocks[i].count for i, n in enumerate(tried))
        if left < springs.least:
            break
        by_name = dict(enumerate(silences))
        if left < springs.most and solve_by_halving(0, by_name, left, Fraction) < due:
            break
        rounds = tried
    assert enter_rounds(blocks, springs, ticks) == [taken(index, count) for index, count in enumerate(rounds)]


@pytest.mark.slow
@FEW
@given(grown)
def test_sets_are_as_long_as_measured_one_by_one(steps):
    growth = as_growth(steps)
    for start in growth.starts:
        material = growth.find_material(start)
        for each in material.sets:
            rigid, glue = material.measure_set(each.count)
            for bound in ("least", "natural", "most"):
                assert getattr(each, bound) == rigid + sum(getattr(g, bound) * g.count for g in glue.values())
        for smaller, larger in pairwise(material.sets):
            assert smaller.least <= larger.least
            assert smaller.natural <= larger.natural
            assert smaller.most <= larger.most


@pytest.mark.slow
@FEW
@given(grown, st.lists(st.integers(0, 4_000_000), min_size=1, max_size=8))
def test_the_stated_intervals_are_all_that_can_be_met(steps, lengths):
    growth = as_growth(steps)
    span = measure_range(growth, growth.lengths)
    for length in {*lengths, *(low - TICK for low, _ in span.spans), *(high + TICK + 1 for _, high in span.spans)}:
        within = any(low <= length <= high for low, high in span.spans)
        about = any(low - 1 <= length <= high + TICK for low, high in span.spans)
        try:
            assert lay_out(growth, growth.lengths, max(length, 0)).length == length
            assert about
        except LengthError:
            assert not within


def test_units_without_steps_at_shorter_lengths_bring_nothing_in():
    short = [{"say": "Rest."}, {"hold": {"natural": "60s", "min": "10s", "max": "10m"}}]
    late = [{"hold": {"natural": "60s", "min": "10s", "max": "10m"}, "extra": True, "from": "4m"} for _ in range(3)]
    growth = as_growth([*short, *late])
    # The one hold is stretched to four minutes; from then on there are as many as keep the factor near to 1.
    assert [growth.choose(minutes * 60_000).count for minutes in (3, 4)] == [0, 3]
    assert growth.find_material(180_000).sets[-1].count == 0
    many = as_growth([*short, *late, *late, *late])
    assert many.choose(240_000).count == 3


@pytest.mark.slow
@FEW
@given(plain_grown)
def test_units_enter_by_rank_and_none_before_those_around_it(steps):
    growth = as_growth(steps)
    units, natural = order_units(growth.script.units)
    extras = {unit.name for unit in units[natural:]}
    for unit in growth.script.units:
        assert (unit.name in extras) == (unit.is_extra or bool(extras & set(unit.within)))
    left, entered = list(growth.script.units), set()
    for number, unit in enumerate(units):
        group = [each for each in left if (each.name in extras) == (number >= natural)]
        free = [each for each in group if entered.issuperset(each.within)]
        assert unit == min(free, key=lambda each: (each.number, each.order, each.round or 0))
        left.remove(unit)
        entered.add(unit.name)
    assert not left


@pytest.mark.slow
@FEW
@given(grown)
def test_a_section_has_its_length_in_the_natural_track(steps):
    growth = as_growth(steps)
    material = growth.natural
    script, names = material.measured.script, {}
    timeline = lay_out(growth, growth.lengths)
    count = material.find_natural_set()
    _, glue = material.measure_set(count)
    indexes = material.list_steps(count)
    boxes = dict(zip(indexes, material.measured.measure_boxes(indexes), strict=True))
    last = indexes[-1]
    for index in indexes:
        item, taken = script.steps[index], boxes[index]
        if isinstance(item.what, Silence | BreathBlock) and item.what.elastic_id in glue:
            taken = glue[item.what.elastic_id].settle()
        section = item.section
        while section is not None:
            known = script.sections[section]
            # A section inside another with a length may be scaled again; a last bell rings longer.
            parents, around = [], known.parent
            while around is not None:
                parents.append(script.sections[around].length)
                around = script.sections[around].parent
            if known.length and not any(parents):
                names.setdefault(known.elastic_id, {}).setdefault(section, []).append((taken, index == last))
            section = known.parent
    assert timeline.length
    for unknown, runs in names.items():
        wanted = sum(floor_ticks(script.sections[section].length) for section in runs)
        found = sum(taken for run in runs.values() for taken, _ in run)
        rings = any(is_last for run in runs.values() for _, is_last in run)
        counts = sum(g.count for g in glue.values())
        assert rings or wanted - counts <= found <= wanted, unknown
