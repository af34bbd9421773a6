"""The layout of timelines."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.errors import LengthError, RoutineError
from narrator.routine import model
from narrator.routine.load import load_routine, type_source
from narrator.routine.source import parse_source
from narrator.script import Bell, Breath, BreathBlock, write_script
from narrator.timeline import Lengths, lay_out, measure_range
from narrator.timeline.glue import Glue, Springs
from narrator.timeline.holds import CLEARANCE
from narrator.units import TICK

RINGS = {Bell("bowl"): 12_000, Bell("chime"): 5_016, Bell("tick"): 120}


def measure(text: str) -> int:
    """Return a simulated clip length: whole ticks, different for different texts."""
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
breaths = st.integers(1, 12).map(lambda n: f"{n}..{2 * n} breaths")
ats = st.sampled_from(["half", "10%", "90%", "0s", "5s", "20s", "-3s", "-10s"])
own_cues = [{"at": "half"}, {"countdown": 3}, {"every": "7s", "bell": "tick"}, {"every": "15s", "say": "On."}]
hold_cues = st.lists(
    st.one_of(
        ats.map(lambda at: {"at": at, "say": ["Let everything soften now.", "Soften."]}),
        ats.map(lambda at: {"at": at, "bell": "chime"}),
        st.sampled_from(own_cues),
    ),
    max_size=4,
)
patterns = st.sampled_from(["box", "4-7-8", "5.5-5.5", "3.3-2.1"])
plain_steps = st.one_of(
    words.map(lambda text: {"say": text, "brief": "Again."}),
    st.one_of(seconds, ranges).map(lambda text: {"pause": text}),
    st.tuples(st.one_of(seconds, ranges, breaths), hold_cues).map(lambda hold: {"hold": hold[0], "cues": hold[1]}),
    st.integers(1, 3).map(lambda times: {"bell": str(times)}),
    st.tuples(patterns, st.integers(1, 5)).map(lambda breath: {"breathe": breath[0], "rounds": breath[1], "voiced": 0}),
    st.tuples(patterns, st.one_of(seconds, ranges)).map(
        lambda breath: {"breathe": breath[0], "for": breath[1], "voiced": 0}
    ),
)
steps_maybe_optional = st.tuples(plain_steps, st.sampled_from([False, False, False, True])).map(
    lambda step: step[0] | ({"optional": True} if step[1] else {})
)


def nest(inner):
    steps = st.lists(inner, min_size=1, max_size=3)
    sides = st.sampled_from([None, ["right", "left"], ["first", "second", "forward"]])
    section = st.tuples(steps, sides, st.booleans()).map(
        lambda section: (
            {"section": "A", "steps": section[0]}
            | ({"sides": section[1]} if section[1] else {})
            | ({"between": "3s"} if section[1] and section[2] else {})
        )
    )
    repeat = st.tuples(steps, st.integers(1, 3)).map(lambda repeat: {"repeat": repeat[1], "steps": repeat[0]})
    return st.one_of(section, repeat)


routines = st.lists(st.recursive(steps_maybe_optional, nest, max_leaves=8), min_size=1, max_size=5)
firm_routines = st.lists(st.recursive(plain_steps, nest, max_leaves=8), min_size=1, max_size=5)


def as_script(steps, guidance="full"):
    # Something always remains when every optional step is left out.
    routine = model.Routine.model_validate({"title": "x", "steps": [*steps, {"bell": "tick"}]})
    script = write_script(routine, guidance)
    return script, make_lengths(script)


def lay_within(script, lengths, place, part=0):
    """Return the layout at a position in the script's range; None if its optional steps leave a gap there."""
    span = measure_range(script, lengths)
    target = span.shortest + int(place * (span.longest - span.shortest)) + part
    try:
        return lay_out(script, lengths, target)
    except LengthError as error:
        if "whatever is left out or added" not in str(error):
            raise
        return None


@pytest.mark.slow
@given(routines, st.floats(0, 1), st.integers(0, 23), st.sampled_from(["full", "brief", "bells"]))
def test_any_length_in_range_is_met_exactly(steps, place, part, guidance):
    script, lengths = as_script(steps, guidance)
    timeline = lay_within(script, lengths, place, part)
    if timeline is None:
        return
    assert timeline == lay_out(script, lengths, timeline.length)
    assert all(segment.start % TICK == 0 for segment in timeline.segments)
    assert all(first.end <= second.start for first, second in pairwise(timeline.segments))
    assert all(segment.end <= timeline.length for segment in timeline.segments)


@pytest.mark.slow
@given(routines)
def test_the_stated_range_is_the_true_one(steps):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    for reachable in (span.shortest, span.longest):
        assert lay_out(script, lengths, reachable).length == reachable
    assert lay_out(script, lengths).length == span.natural
    for beyond in (span.shortest - TICK, span.longest + TICK):
        with pytest.raises(LengthError):
            lay_out(script, lengths, beyond)


@pytest.mark.slow
@given(routines, st.floats(0, 1), st.integers(1, 5000))
def test_a_longer_track_never_shortens_a_hold(steps, place, more):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    target = span.shortest + int(place * (span.longest - span.shortest))
    found = []
    for length in (target, min(target + more, span.longest)):
        try:
            timeline = lay_out(script, lengths, length)
        except LengthError:
            return
        rounds = [segment for segment in timeline.segments if isinstance(segment.cue, Breath)]
        left_out = [note for note in timeline.notes if "optional" in note.message]
        shape = (len(rounds), left_out, len(timeline.holds))
        found.append((*shape, [hold.end - hold.start for hold in timeline.holds]))
    (*shape, before), (*later_shape, after) = found
    # Whole breath rounds, and steps that enter, take time from the silences.
    if shape == later_shape:
        assert all(one <= other for one, other in zip(before, after, strict=True))


@pytest.mark.slow
@given(firm_routines, st.floats(0, 1))
def test_holds_keep_their_bounds_and_sides_are_equal(steps, place):
    script, lengths = as_script(steps)
    timeline = lay_within(script, lengths, place)
    silences = [item.what for item in script.items if getattr(item.what, "is_hold", False)]
    by_name: dict = {}
    for silence, hold in zip(silences, timeline.holds, strict=True):
        length = hold.end - hold.start
        assert silence.length.least <= length <= silence.length.most
        assert by_name.setdefault(silence.elastic_id, length) == length


@pytest.mark.slow
@given(firm_routines, st.floats(0, 1))
def test_rounds_of_breath_are_whole_and_within_bounds(steps, place):
    script, lengths = as_script(steps)
    timeline = lay_within(script, lengths, place)
    blocks = [item.what for item in script.items if isinstance(item.what, BreathBlock)]
    ins = [segment for segment in timeline.segments if isinstance(segment.cue, Breath) and segment.cue.phase == "in"]
    assert sum(block.least for block in blocks) <= len(ins) <= sum(block.most for block in blocks)


@pytest.mark.slow
@given(routines, st.floats(0, 1))
def test_cues_in_holds_keep_clear_of_one_another(steps, place):
    script, lengths = as_script(steps)
    timeline = lay_within(script, lengths, place)
    for hold in timeline.holds if timeline else ():
        inside = [segment for segment in timeline.segments if hold.start <= segment.start < hold.end]
        assert all(segment.end <= hold.end for segment in inside)
        for first, second in pairwise(inside):
            # The numbers of one countdown may touch.
            assert first.end + (0 if first.mark == second.mark else CLEARANCE) <= second.start


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
    shares = Springs(glue).share(ticks)
    used = sum(value * g.count for value, g in zip(shares, glue, strict=True))
    assert used <= ticks
    growing = [(value, g) for value, g in zip(shares, glue, strict=True) if value < g.most]
    # The next elastic to grow would not have fitted.
    assert not growing or ticks - used < max(g.count for _, g in growing)
    # There is one common factor: no elastic has passed the factor at which another was due.
    reached = max((value / g.natural for value, g in zip(shares, glue, strict=True) if value > g.least), default=0)
    assert all((value + 1) / g.natural >= reached * (1 - 1e-12) for value, g in growing)


def test_lengths_out_of_reach_are_refused_with_both_ends():
    glue = [Glue(10, 5, 20, 2)]
    assert Springs(glue).share(9) is None
    assert Springs(glue).share(41) is None
    assert Springs(glue).share(10) == [5]
    assert Springs(glue).share(11) == [5]
    assert Springs(glue).share(40) == [20]
    assert Springs([]).share(0) == []
    assert Springs([]).share(1) is None


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
    # The outer factor scales the result of the inner section.
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
        ("5s", "20s..1m", "should take 5s, but its speech and shortest holds already take 20s"),
        ("5m", "20s..1m", "should take 5m, but its speech and longest holds take only 1m"),
    ],
)
def test_a_section_that_cannot_take_its_length_is_an_error(length, hold, reason):
    text = f"title: x\nsteps:\n  - section: A\n    length: {length}\n    steps: [{{hold: {hold}}}]\n"
    with pytest.raises(RoutineError) as caught:
        lay(text)
    assert str(caught.value).startswith("f:3:5: error: section 'A' " + reason)
    brief = lay(text, guidance="brief")
    assert [note.message for note in brief.notes] == [caught.value.faults[0].message]


def test_a_refusal_names_the_range_and_what_takes_most():
    text = "title: x\nsteps:\n  - hold: 20s..1m\n  - hold: 30s..1m\n  - bell: {times: 10}\n  - hold: 5s..1m\n"
    with pytest.raises(LengthError) as caught:
        lay(text, 10_000)
    assert str(caught.value).startswith(
        "f:5:5: error: this routine cannot take 10s: the shortest possible length is 1m36s, the longest 3m40s; most time "
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


def test_cues_are_placed_where_requested():
    timeline = make_hold("{at: half, say: b}, {at: 20s, say: a}, {at: -10s, say: c}, {at: 75%, bell: chime}")
    assert starts(timeline) == [(20_016 - 24, "a"), (30_000, "b"), (45_000, "bell"), (49_992, "c")]


def test_the_first_wording_that_fits_is_used():
    long = "A wording that is far too long to be said in so short a hold"
    timeline = make_hold(f"{{at: 1s, say: [{long}, short]}}", "3s..3s")
    assert starts(timeline) == [(984, "short")]
    assert timeline.notes == ()


def test_cues_that_do_not_fit_are_left_out_in_a_fixed_order_and_reported():
    timeline = make_hold("{at: half, say: percent}, {at: 29s, say: start}, {at: -30s, say: end}")
    assert [text for _, text in starts(timeline)] == ["end"]
    assert [note.describe("warning") for note in timeline.notes] == [
        "f:4:38: warning: 'start' is left out: no room for it in a hold of 1m",
        "f:4:12: warning: 'percent' is left out: no room for it in a hold of 1m",
    ]


@pytest.mark.long
def test_five_thousand_steps_are_laid_out(write):
    steps = "  - {say: Rest., brief: Rest.}\n  - hold: 5s..1m\n" * 2500
    script = write_script(load_routine(write(f"title: x\nsteps:\n{steps}")))
    lengths = make_lengths(script)
    assert lay_out(script, lengths, measure_range(script, lengths).natural + 60_000).length % 1000


def test_phases_start_at_the_rounded_cumulative_time():
    timeline = lay("title: x\nsteps:\n  - breathe: 3.3-2.1\n    rounds: 50\n    voiced: 0\n")
    for number, segment in enumerate(timeline.segments):
        true = 504 + number // 2 * 5400 + number % 2 * 3300
        assert abs(segment.start - true) <= TICK / 2
        assert segment.end - segment.start == segment.cue.length
    assert timeline.length - 504 == 270_000


def test_rounds_give_way_to_a_length_and_silences_take_the_rest():
    text = "title: x\nsteps:\n  - breathe: box\n    for: 2m\n    voiced: 0\n  - hold: 30s\n"
    natural = lay(text)
    assert abs(natural.length - (504 + 7 * 16_000 + 30_000)) <= TICK
    longer = lay(text, 300_000)
    assert len([segment for segment in longer.segments if segment.cue.phase == "in"]) == 14
    (hold,) = longer.holds
    assert hold.end == 300_000


def test_breath_alone_leaves_less_than_a_round_at_the_end():
    timeline = lay("title: x\nsteps:\n  - breathe: box\n    for: 2m\n    voiced: 0\n", 150_000)
    assert 150_000 - 16_000 < timeline.segments[-1].end + 4000 <= 150_000


def test_a_word_that_does_not_fit_its_phase_is_an_error_with_both_lengths():
    with pytest.raises(RoutineError) as caught:
        lay("title: x\nsteps:\n  - breathe: 4-1\n    rounds: 3\n    words: {out: And breathe all the way out}\n")
    assert str(caught.value) == (
        "f:3:5: error: 'And breathe all the way out' takes 2.42s, but the phase 'out' has 1.00s; use a shorter word, a "
        "slower breath or a quicker pace"
    )


def test_optional_steps_are_left_out_last_first_and_reported():
    text = (
        "title: x\nsteps:\n  - hold: 10s..1m\n  - hold: 20s..1m\n    optional: true\n"
        "  - section: A\n    optional: true\n    steps: [{hold: 30s..1m}]\n"
    )
    assert [len(lay(text, length).holds) for length in (90_000, 40_000, 12_000)] == [3, 2, 1]
    assert [note.mark.line for note in lay(text, 12_000).notes] == [4, 6]
    assert lay(text, 12_000).chapters == ()
    with pytest.raises(LengthError, match=r"the shortest possible length is 11s"):
        lay(text, 9_000)


def test_a_countdown_ends_with_the_hold():
    timeline = make_hold("{countdown: 5}")
    assert [text for _, text in starts(timeline)] == ["five", "four", "three", "two", "one"]
    assert [round((60_000 - start) / 1000) for start, _ in starts(timeline)] == [5, 4, 3, 2, 1]


def test_repeated_cues_come_after_each_interval():
    timeline = make_hold("{every: 20s, bell: tick}", "70s..70s")
    assert [start for start, _ in starts(timeline)] == [20_000 // 24 * 24, 40_000 // 24 * 24, 60_000]


def test_bells_mark_sections_sides_and_halves_in_place_of_words():
    text = (
        "title: x\nsteps:\n  - say: Welcome.\n  - section: A\n    sides: [right, left]\n    steps:\n"
        "      - say: To the {side}, and stay there for a while, at ease.\n      - hold: 30s..30s\n"
    )
    full, bells = lay(text), lay(text, guidance="bells")
    assert (full.length, full.holds) == (bells.length, bells.holds)
    right, left = full.holds
    assert [(segment.start, segment.cue.sound) for segment in bells.segments] == [
        (full.chapters[0].start, "bowl"),
        (right.start + 15_000, "tick"),
        (right.end, "chime"),
        (left.start + 15_000, "tick"),
    ]


def test_rounds_leave_the_silences_their_least():
    text = (
        "title: x\nsteps:\n  - hold: {natural: 60s, min: 60s, max: 61s}\n  - breathe: 5-5\n    for: 2m\n    voiced: 0\n"
        "  - pause: 1s\n"
    )
    for length in (120_000, 157_000, 180_000, 185_000):
        assert lay(text, length).length == length


def test_a_routine_of_optional_steps_alone_keeps_one():
    text = "title: x\nsteps:\n" + "".join(f"  - say: {word}.\n    optional: true\n" for word in ("One", "Two", "Three"))
    script = make_script(text)
    span = measure_range(script, make_lengths(script))
    assert len(lay(text, span.shortest).segments) == 1
    assert len(lay(text).segments) == 3


def test_a_last_bell_rings_out_if_the_steps_after_it_are_left_out():
    text = "title: x\nsteps:\n  - say: Start.\n  - bell: bowl\n  - say: End.\n    optional: true\n"
    script = make_script(text)
    span = measure_range(script, make_lengths(script))
    assert span.shortest <= span.natural <= span.longest
    assert lay(text, span.shortest).length == span.shortest


def test_a_section_that_opens_with_another_is_rung_in_at_its_start():
    text = (
        "title: x\nsteps:\n  - section: Outer\n    steps:\n      - section: Inner\n        steps: [{hold: 30s..30s}]\n"
        "      - say: Now rest.\n      - hold: 10s..10s\n"
    )
    bells = lay(text, guidance="bells")
    assert [(segment.start, segment.cue.sound) for segment in bells.segments] == [(504, "bowl"), (15_504, "tick")]


def test_many_repeated_cues_are_placed_quickly():
    timeline = make_hold("{every: 1s, bell: tick}", "2h..2h")
    assert 3000 < len(timeline.segments) <= 7200
