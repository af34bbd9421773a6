"""Cues in a hold: evenly spread, in turn, and at random."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_timeline import lay, make_script

from narrator.errors import Mark, RoutineError
from narrator.routine.values import At
from narrator.script import Bell, Countdown, Drawn, Every, HoldCue, Speech, Spread
from narrator.timeline import Hold, Lengths
from narrator.timeline.holds import CLEARANCE, HoldPlacer
from narrator.units import TICK

MARK = Mark("f", 1, 1)
START = 504

clips = st.lists(st.integers(20, 200).map(lambda ticks: ticks * TICK), min_size=1, max_size=7)
aparts = st.integers(1000, 60_000)
lengths_of_holds = st.lists(st.integers(1, 30_000).map(lambda ticks: ticks * TICK), min_size=2, max_size=12)
tails = st.sampled_from([(), (At(At.WHOLE, -10_000),), (At(At.WHOLE, -30_000), At(At.WHOLE, -4321)), (Countdown(),)])


def place(length, cue, takes, tail=(), placer=None):
    """Return the segments of a cue with texts of these lengths in a hold, and those counted from its end."""
    own = tuple(Speech(f"{number}") for number in range(len(takes)))
    ends = [HoldCue(MARK, where, (Speech("e"),) * (5 if where == Countdown() else 1), id="end") for where in tail]
    placer = placer or HoldPlacer(Lengths({str(n): each for n, each in enumerate(takes)} | {"e": 960}, {}))
    segments, notes = placer.place([cue._replace(cues=own), *ends], Hold(START, START + length, MARK))
    assert all(segment.start % TICK == 0 and segment.end <= START + length for segment in segments)
    own_segments = [segment for segment in segments if segment.cue.text != "e"]
    return own_segments, [segment for segment in segments if segment.cue.text == "e"], notes


def keep(tail):
    """Return the time reserved at the end of a hold."""
    return max([5000 if where == Countdown() else -where.offset for where in tail], default=0)


def list_silences(segments, end):
    times = [START, *(time for segment in segments for time in (segment.start, segment.end)), end]
    return [later - earlier for earlier, later in zip(times[::2], times[1::2], strict=True)]


@given(clips, aparts, tails, lengths_of_holds)
def test_a_spread_says_the_first_texts_with_equal_silences(takes, apart, tail, lengths):
    cue = HoldCue(MARK, Spread(apart), (), id="s")
    counts = []
    for length in sorted(lengths):
        segments, ends, _ = place(length, cue, takes, tail)
        counts.append(len(segments))
        assert [segment.cue.text for segment in segments] == [str(number) for number in range(len(segments))]
        if segments:
            # The last silence ends at the reserved time.
            kept = -(-keep(tail) // TICK) * TICK
            silences = list_silences(segments, START + length - kept)
            assert max(silences) - min(silences) <= TICK
            assert min(silences) >= apart
        assert all(segment.end <= other.start for segment in segments for other in ends)
        # Another text would not have fitted.
        if len(segments) < len(takes):
            more = len(segments) + 1
            room = length - keep(tail) - sum(takes[:more])
            assert room < (apart + TICK) * (more + 1) + TICK
    assert counts == sorted(counts)


@given(clips, st.integers(1000, 60_000), tails, lengths_of_holds)
def test_texts_in_turn_come_at_each_interval_that_has_room(takes, interval, tail, lengths):
    cue = HoldCue(MARK, Every(interval), (), takes_turns=True, name=("a",), id="e")
    longest, counts = max(takes), []
    for length in sorted(lengths):
        segments, ends, notes = place(length, cue, takes, tail)
        counts.append(len(segments))
        assert [segment.cue.text for segment in segments] == [str(n % len(takes)) for n in range(len(segments))]
        assert all((segment.start - START + TICK - 1) % interval < TICK for segment in segments)
        assert all(first.start + longest + CLEARANCE <= second.start for first, second in pairwise(segments))
        assert all(segment.end + CLEARANCE <= other.start for segment in segments for other in ends)
        assert not [note for note in notes if note.mark == MARK and "'e'" not in note.message]
    assert counts == sorted(counts)


@given(clips, st.integers(1000, 30_000), lengths_of_holds)
def test_one_list_goes_on_from_hold_to_hold(takes, interval, lengths):
    placer = HoldPlacer(Lengths({str(n): each for n, each in enumerate(takes)}, {}))
    cue = HoldCue(MARK, Every(interval), (), takes_turns=True, name=("a",))
    said = [segment.cue.text for length in lengths for segment in place(length, cue, takes, placer=placer)[0]]
    assert said == [str(number % len(takes)) for number in range(len(said))]


@given(clips, aparts, tails, lengths_of_holds, st.integers(0, 4), st.integers(0, 5), st.integers())
def test_drawn_cues_keep_apart_and_only_grow_in_number(takes, apart, tail, lengths, least, more, seed):
    most = max(least + more, 1)
    cue = HoldCue(MARK, Drawn(least, most, apart, str(seed)), (), takes_turns=True, name=("a",), id="r")
    counts = []
    for length in sorted(lengths):
        segments, _, notes = place(length, cue, takes, tail)
        counts.append(len(segments))
        if segments:
            assert min(list_silences(segments, START + length - keep(tail))) >= apart
        assert len(segments) <= most
        assert any("drawn" in note.message for note in notes) == (len(segments) < least)
    assert counts == sorted(counts)


@given(st.integers(), st.integers(60_000, 3_600_000).map(lambda length: length // TICK * TICK))
def test_the_seed_settles_what_is_drawn(seed, length):
    cue = HoldCue(MARK, Drawn(1, 9, 1000, str(seed)), (), takes_turns=True, name=("a",))
    first, again = ([s.start for s in place(length, cue, [480])[0]] for _ in range(2))
    other = cue._replace(where=Drawn(1, 9, 1000, f"{seed} too"))
    assert first == again
    assert 1 <= len(first) <= 9
    assert len(first) != 9 or first != [s.start for s in place(length, other, [480])[0]]


def test_all_numbers_of_a_range_are_drawn():
    seen = set()
    for seed in range(60):
        cue = HoldCue(MARK, Drawn(3, 6, 1000, str(seed)), (), takes_turns=True, name=("a",))
        seen.add(len(place(600_000, cue, [480])[0]))
    assert seen == {3, 4, 5, 6}


# As written -------------------------------------------------------------------------------------------------------


def say(timeline):
    return [(segment.start - START, getattr(segment.cue, "text", "bell")) for segment in timeline.segments]


def make_hold(cues, hold="60s..60s", more=""):
    return lay(f"title: x\nsteps:\n  - hold: {hold}\n    cues: [{cues}]\n{more}")


def test_a_spread_of_three_texts_in_a_minute_and_in_half_of_one():
    texts = "{spread: [aa, bb, cc], apart: 10s}"
    (first, _), (second, _), (third, _) = say(make_hold(texts))
    takes = TICK * 26
    assert abs(first - (60_000 - 3 * takes) // 4) <= TICK
    assert abs(second - first - takes - first) <= TICK
    assert abs(third - second - takes - first) <= TICK
    assert [text for _, text in say(make_hold(texts, "30s..30s"))] == ["aa"]
    short = make_hold(texts, "20s..20s")
    assert (say(short), short.notes) == ([], ())


def test_twenty_seconds_are_kept_around_a_spread_unless_another_time_is_given():
    assert [text for _, text in say(make_hold("{spread: [a, b, c]}", "65s..65s"))] == ["a", "b"]
    assert [text for _, text in say(make_hold("{spread: [a, b, c], apart: 40s}", "80s..80s"))] == []


def test_a_spread_leaves_room_for_what_is_counted_from_the_end():
    timeline = make_hold("{spread: [a, b], apart: 10s}, {at: -10s}, {countdown: 5}")
    assert [text for _, text in say(timeline)][:2] == ["a", "b"]
    silences = [second.start - first.end for first, second in pairwise(timeline.segments)][:2]
    assert abs(silences[0] - silences[1]) <= TICK


STEPS = """\
title: x
steps:
  - section: A
    sides: [right, left]
    steps:
      - repeat: 2
        steps:
          - hold: 50s..50s
            cues: [{every: 20s, each: [a, b, c]}]
"""


def test_one_list_goes_on_across_sides_and_rounds():
    assert [text for _, text in say(lay(STEPS))] == ["a", "b", "c", "a", "b", "c", "a", "b"]


def test_two_lists_each_go_on_by_themselves():
    cues = "{every: 20s, each: [a, b, c]}, {every: 9s, each: [x, y]}"
    more = f"  - hold: 25s..25s\n    cues: [{cues}]\n"
    texts = [text for _, text in say(make_hold(cues, "45s..45s", more))]
    assert [text for text in texts if text in "abc"] == ["a", "b", "a"]
    assert [text for text in texts if text in "xy"] == ["x", "y", "x", "y", "x", "y"]


def test_texts_in_turn_wait_for_a_slot_that_is_free():
    timeline = make_hold("{at: 20s, say: here}, {every: 20s, each: [a, b]}", "61s..61s")
    assert [text for _, text in say(timeline)] == ["here", "a", "b"]


def test_bells_are_drawn_for_each_hold_from_the_seed():
    text = "title: x\nseed: {seed}\nsteps:\n  - repeat: 2\n    steps: [{{hold: 10m..10m, cues: [{{random: 3..6, bell: chime, apart: 1m}}]}}]\n"
    one, same, other = (lay(text.format(seed=seed)) for seed in (1, 1, 2))
    assert one == same
    assert say(one) != say(other)
    first, second = (
        [s.start - hold.start for s in one.segments if hold.start <= s.start < hold.end] for hold in one.holds
    )
    assert first != second
    assert 3 <= len(first) <= 6
    assert all(later - earlier >= 61_000 for earlier, later in pairwise(first))


def test_texts_are_drawn_one_or_in_turn():
    assert [t for _, t in say(make_hold("{random: 2, say: Back., apart: 5s}"))] == ["Back.", "Back."]
    assert [t for _, t in say(make_hold("{random: 3, each: [a, b], apart: 5s}"))] == ["a", "b", "a"]


def test_too_few_drawn_cues_are_reported_unless_they_are_optional():
    (note,) = make_hold("{random: 3, bell: bowl, apart: 20s}").notes
    assert note.describe("warning") == (
        "f:4:12: warning: only 1 of 3 drawn cues are heard: no room for it in a hold of 1m"
    )
    assert make_hold("{random: 3, bell: bowl, apart: 20s, optional: true}").notes == ()


def test_an_optional_cue_leaves_without_a_note():
    cues = "{at: half, say: here}, {at: 29.9s, say: there}, {at: 30.1s, bell: chime, optional: true}"
    timeline = make_hold(cues)
    assert [text for _, text in say(timeline)] == ["there"]
    assert [note.mark.column for note in timeline.notes] == [12]


SIDES = """\
title: x
steps:
  - section: A
    sides: [right, left]
    steps:
      - hold: 65s..65s
        cues: [{cue}]
"""


@pytest.mark.parametrize(
    ("cue", "said"),
    [
        ("{at: half, say: 'Long {side}.', brief: Short.}", ["Long right.", "Short."]),
        ("{at: half, brief: ''}", ["Halfway."]),
        ("{spread: [a, b], brief: [x]}", ["a", "b", "x"]),
        ("{spread: [a, b], brief: ''}", ["a", "b"]),
        ("{every: 20s, each: [a, b], brief: [x, y]}", ["a", "b", "a", "y", "x", "y"]),
        ("{every: 20s, say: a, brief: x}", ["a", "a", "a", "x", "x", "x"]),
    ],
)
def test_brief_words_in_holds_are_for_later_sides_and_brief_guidance(cue, said):
    text = SIDES.replace("{cue}", cue)
    assert [text for _, text in say(lay(text))] == said
    brief = lay(text, guidance="brief")
    assert not {text for _, text in say(brief)} & {"Long right.", "Halfway.", "a", "b"}


EQUAL = """\
title: x
steps:
  - section: A
    steps: [{hold: 20s..2m, equal: pose}]
  - section: B
    sides: [right, left]
    steps:
      - hold: 20s..2m
        equal: pose
      - hold: 30s..3m
"""


@pytest.mark.parametrize("target", [None, 160_000, 300_000, 600_000])
def test_equal_holds_are_equally_long_wherever_they_are(target):
    timeline = lay(EQUAL, target)
    lengths = [hold.end - hold.start for hold in timeline.holds]
    assert lengths[0] == lengths[1] == lengths[3] != lengths[2] == lengths[4]


def test_equal_holds_suit_each_section_that_has_a_length():
    timeline = lay(
        "title: x\nsteps:\n  - section: A\n    length: 1m\n    steps: [{hold: 10s..4m, equal: a}]\n"
        "  - section: B\n    length: 2m\n    steps: [{hold: 10s..4m, equal: a}, {hold: 10s..4m}]\n"
    )
    assert [chapter.end - chapter.start for chapter in timeline.chapters] == [60_000, 120_000]
    assert [hold.end - hold.start for hold in timeline.holds] == [60_000] * 3


def test_equal_holds_with_other_bounds_are_refused_with_both_lines():
    with pytest.raises(RoutineError) as caught:
        make_script(EQUAL.replace("      - hold: 20s..2m", "      - hold: 20s..3m"))
    assert str(caught.value) == (
        "f:8:15: error: all holds with 'equal: pose' need the same bounds: 20s..3m (natural 1m) here, but "
        "20s..2m (natural 49s) at f:4:20; write the same length in both"
    )


def test_a_quiet_hold_says_so_and_rings_no_half():
    text = "title: x\nsteps:\n  - hold: 1m..1m\n    quiet: true\n  - hold: 1m..1m\n"
    assert [hold.is_quiet for hold in lay(text).holds] == [True, False]
    bells = lay(text, guidance="bells")
    assert [segment.start for segment in bells.segments] == [bells.holds[1].start + 30_000]


def test_a_bell_in_a_hold_is_struck_where_it_is_drawn():
    (segment,) = make_hold("{random: 1, bell: {sound: chime, times: 2, every: 3s}}").segments
    assert segment.cue == Bell("chime", 2, 3000, rest=3000)


def test_what_is_left_out_is_named_by_its_section_and_sides():
    steps = "title: x\nsteps:\n  - section: Figure four\n    sides: [right, left]\n    steps:\n      - hold: 1s..1s\n"
    cues = "        cues: [{at: half, say: Far too many words for this}]\n"
    (note,) = lay(steps + cues).notes
    assert note.describe("warning") == (
        "f:7:16: warning: 'Far too many words for this' is left out: no room for it in a hold of 1s "
        "(Figure four, right and left)"
    )
