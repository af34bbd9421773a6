"""The arithmetic of time."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.errors import LengthError, RoutineError
from narrator.routine import model
from narrator.routine.load import load_routine, type_source
from narrator.routine.source import parse_source
from narrator.script import Speech, write_script
from narrator.timeline import CLEARANCE, Lengths, lay_out, measure_range, share
from narrator.timeline import _Glue as Glue
from narrator.units import TICK

RINGS = {"bowl": 12_000, "chime": 5_016, "tick": 120}


def measure(text: str) -> int:
    """Pretended length of a clip: whole ticks, different for different texts."""
    return TICK * (20 + 3 * len(text))


def make_script(text: str, guidance="full"):
    return write_script(type_source(parse_source(text, "f"), model.Routine), guidance)


def make_lengths(script) -> Lengths:
    return Lengths({text: measure(text) for text in script.list_texts()}, RINGS)


def lay(text: str, target=None, guidance="full"):
    script = make_script(text, guidance)
    return lay_out(script, make_lengths(script), target)


# Routines made by hypothesis ------------------------------------------------------------------------------------

words = st.sampled_from(["Rest.", "Breathe in. Breathe out.", "Let your shoulders be heavy.", "One. [2s] Two."])
seconds = st.integers(1, 90).map(lambda n: f"{n}s")
ranges = st.tuples(st.integers(0, 20), st.integers(1, 200)).map(lambda r: f"{r[0]}s..{r[0] + r[1]}s")
ats = st.sampled_from(["half", "10%", "90%", "0s", "5s", "20s", "-3s", "-10s"])
hold_cues = st.lists(
    st.fixed_dictionaries({"at": ats}).flatmap(
        lambda cue: st.sampled_from(
            [{**cue, "say": ["Let everything soften now.", "Soften."]}, {**cue, "bell": "chime"}]
        )
    ),
    max_size=4,
)
plain_steps = st.one_of(
    words.map(lambda text: {"say": text, "brief": "Again."}),
    seconds.map(lambda text: {"pause": text}),
    st.tuples(st.one_of(seconds, ranges), hold_cues).map(lambda hold: {"hold": hold[0], "cues": hold[1]}),
    st.integers(1, 3).map(lambda times: {"bell": str(times)}),
)


def make_section(steps):
    return st.tuples(steps, st.sampled_from([None, ["right", "left"], ["one", "two", "three"]])).map(
        lambda section: {"section": "A", "steps": section[0]} | ({"sides": section[1]} if section[1] else {})
    )


routines = st.lists(
    st.recursive(plain_steps, lambda inner: make_section(st.lists(inner, min_size=1, max_size=3)), max_leaves=8),
    min_size=1,
    max_size=5,
)


def as_script(steps):
    routine = model.Routine.model_validate({"title": "x", "steps": steps})
    script = write_script(routine)
    return script, make_lengths(script)


@given(routines, st.floats(0, 1), st.integers(0, 23))
def test_any_length_in_range_is_met_exactly(steps, place, part):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    target = span.shortest + int(place * (span.longest - span.shortest)) + part
    timeline = lay_out(script, lengths, target)
    assert timeline.length == target
    assert timeline == lay_out(script, lengths, target)
    assert all(segment.start % TICK == 0 for segment in timeline.segments)
    assert all(first.end <= second.start for first, second in pairwise(timeline.segments))
    assert all(segment.end <= target for segment in timeline.segments)


@given(routines)
def test_the_stated_range_is_the_true_one(steps):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    for reachable in (span.shortest, span.natural, span.longest):
        assert lay_out(script, lengths, reachable).length == reachable
    for beyond in (span.shortest - TICK, span.longest + TICK):
        with pytest.raises(LengthError):
            lay_out(script, lengths, beyond)


@given(routines, st.floats(0, 1), st.integers(1, 5000))
def test_a_longer_track_never_shortens_a_hold(steps, place, more):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    target = span.shortest + int(place * (span.longest - span.shortest))
    longer = min(target + more, span.longest)
    holds = [[hold.end - hold.start for hold in lay_out(script, lengths, length).holds] for length in (target, longer)]
    assert all(before <= after for before, after in zip(*holds, strict=True))


@given(routines, st.floats(0, 1))
def test_holds_keep_their_bounds_and_sides_are_equal(steps, place):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    timeline = lay_out(script, lengths, span.shortest + int(place * (span.longest - span.shortest)))
    silences = [
        item.what for item in script.items if not isinstance(item.what, Speech) and getattr(item.what, "is_hold", 0)
    ]
    taken = [hold.end - hold.start for hold in timeline.holds]
    by_name = {}
    for silence, length in zip(silences, taken, strict=True):
        assert silence.length.least <= length <= silence.length.most
        assert by_name.setdefault(silence.unknown, length) == length


@given(routines, st.floats(0, 1))
def test_cues_in_holds_keep_clear_of_one_another(steps, place):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    timeline = lay_out(script, lengths, span.shortest + int(place * (span.longest - span.shortest)))
    for hold in timeline.holds:
        inside = [segment for segment in timeline.segments if hold.start <= segment.start < hold.end]
        assert all(segment.end <= hold.end for segment in inside)
        assert all(first.end + CLEARANCE <= second.start for first, second in pairwise(inside))


@given(
    st.lists(
        st.tuples(st.integers(1, 5000), st.integers(1, 5000), st.integers(0, 9000), st.integers(1, 3)), max_size=9
    ),
    st.floats(0, 1),
)
@settings(max_examples=200)
def test_shares_are_the_largest_common_factor_that_fits(numbers, place):
    glue = [Glue(natural, min(natural, least), max(natural, most), count) for natural, least, most, count in numbers]
    least, most = sum(g.least * g.count for g in glue), sum(g.most * g.count for g in glue)
    ticks = least + int(place * (most - least))
    shares = share(glue, ticks)
    used = sum(value * g.count for value, g in zip(shares, glue, strict=True))
    assert used <= ticks
    growing = [(value, g) for value, g in zip(shares, glue, strict=True) if value < g.most]
    # The next to grow would not have fitted.
    assert not growing or ticks - used < max(g.count for _, g in growing)
    # One factor serves all: no elastic has passed the factor at which another was due.
    reached = max((value / g.natural for value, g in zip(shares, glue, strict=True) if value > g.least), default=0)
    assert all((value + 1) / g.natural >= reached * (1 - 1e-12) for value, g in growing)


def test_lengths_out_of_reach_are_refused_with_both_ends():
    glue = [Glue(10, 5, 20, 2)]
    assert share(glue, 9) is None
    assert share(glue, 41) is None
    assert share(glue, 10) == [5]
    assert share(glue, 11) == [5]
    assert share(glue, 40) == [20]
    assert share([], 0) == []
    assert share([], 1) is None


# By example -------------------------------------------------------------------------------------------------------


def test_a_section_takes_its_length_narration_and_bells_included():
    text = (
        "title: x\nsteps:\n  - section: A\n    length: 1m\n    steps:\n      - bell: bowl\n"
        "      - say: Settle down.\n      - hold: 5s..3m\n  - section: B\n    steps: [{hold: 10s}]\n"
    )
    first, second = lay(text).chapters
    assert (first.start, first.end - first.start) == (504, 60_000)
    assert second.end - second.start == 10_008


def test_sections_within_sections_are_met_from_the_inside_out():
    text = (
        "title: x\nsteps:\n  - section: A\n    length: 2m\n    steps:\n      - hold: 10s..3m\n"
        "      - section: B\n        length: 30s\n        steps: [{hold: 10s..3m}]\n"
    )
    timeline = lay(text)
    outer, inner = (hold.end - hold.start for hold in timeline.holds)
    assert outer + inner == 120_000
    # The outer factor scales what the inner section settled.
    assert inner > 30_000


def test_a_section_on_two_sides_takes_its_length_on_each_in_the_mean():
    text = (
        (
            "title: x\nsteps:\n  - section: A\n    sides: [right, left]\n    steps:\n      - section: B\n"
            "        length: 30s\n        steps:\n          - {say: A rather long sentence on the {side}., brief: Now {side}.}\n"
            "          - hold: 1s..1m\n"
        )
        .replace("{side}., brief: Now {side}.", "'{side}', brief: 'Now {side}.'")
        .replace("A rather long sentence on the '{side}'", "'A rather long sentence on the {side}.'")
    )
    right, left = lay(text).holds
    assert right.end - right.start == left.end - left.start
    assert 59_900 < lay(text).length - 504 <= 60_000


@pytest.mark.parametrize(
    ("length", "hold", "reason"),
    [
        ("5s", "20s..1m", "to take 5s, but its narration and shortest holds already take 20s"),
        ("5m", "20s..1m", "to take 5m, but its narration and longest holds come to 1m"),
    ],
)
def test_a_section_that_cannot_take_its_length_is_an_error(length, hold, reason):
    text = f"title: x\nsteps:\n  - section: A\n    length: {length}\n    steps: [{{hold: {hold}}}]\n"
    with pytest.raises(RoutineError) as caught:
        lay(text)
    assert str(caught.value).startswith("f:3:5: error: section 'A' is " + reason)
    brief = lay(text, guidance="brief")
    assert [note.message for note in brief.notes] == [caught.value.faults[0].message]


def test_a_refusal_names_the_range_and_what_takes_most():
    text = "title: x\nsteps:\n  - hold: 20s..1m\n  - hold: 30s..1m\n  - bell: {times: 10}\n  - hold: 5s..1m\n"
    with pytest.raises(LengthError) as caught:
        lay(text, 10_000)
    assert str(caught.value).startswith(
        "f:1:1: error: this routine cannot take 10s: the shortest it can be is 1m35.496s, the longest 3m40.512s; most time "
        "goes to line 5, bell 40s; line 4, hold 30s; line 3, hold 20s; "
    )


def test_the_last_bell_rings_out_and_others_ring_on():
    timeline = lay("title: x\nsteps:\n  - bell: bowl\n  - hold: 10s..10s\n  - bell: bowl\n")
    first, last = timeline.segments
    assert first.end - first.start == 4008
    assert last.end - last.start == 12_000
    assert timeline.length == last.end


def make_hold(cues: str, hold="60s..60s"):
    return lay(f"title: x\nsteps:\n  - hold: {hold}\n    cues: [{cues}]\n")


def starts(timeline):
    return [(segment.start - 504, getattr(segment.cue, "text", "bell")) for segment in timeline.segments]


def test_cues_stand_where_they_are_asked_for():
    timeline = make_hold("{at: half, say: b}, {at: 20s, say: a}, {at: -10s, say: c}, {at: 75%, bell: chime}")
    assert starts(timeline) == [(20_016 - 24, "a"), (30_000, "b"), (45_000, "bell"), (49_992, "c")]


def test_the_first_wording_that_fits_is_used():
    long = "A wording that is far too long to be said in so short a hold"
    timeline = make_hold(f"{{at: 1s, say: [{long}, short]}}", "3s..3s")
    assert starts(timeline) == [(984, "short")]
    assert timeline.notes == ()


def test_what_does_not_fit_gives_way_in_a_fixed_order_and_is_told():
    timeline = make_hold("{at: half, say: percent}, {at: 29s, say: start}, {at: -30s, say: end}")
    assert [text for _, text in starts(timeline)] == ["end"]
    assert [note.describe("warning") for note in timeline.notes] == [
        "f:4:38: warning: 'start' is left out: no room for it in a hold of 1m",
        "f:4:12: warning: 'percent' is left out: no room for it in a hold of 1m",
    ]


def test_five_thousand_steps_are_laid_out(write):
    steps = "  - {say: Rest., brief: Rest.}\n  - hold: 5s..1m\n" * 2500
    script = write_script(load_routine(write(f"title: x\nsteps:\n{steps}")))
    lengths = make_lengths(script)
    assert lay_out(script, lengths, measure_range(script, lengths).natural + 60_000).length % 1000
