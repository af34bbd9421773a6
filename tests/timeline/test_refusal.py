"""An impossible length is refused with advice that works."""

import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_timeline import lay, make_lengths

from narrator.errors import LengthError
from narrator.routine import model
from narrator.routine.load import type_source
from narrator.routine.source import parse_source
from narrator.script import write_script
from narrator.timeline import lay_out, measure_range
from narrator.units import format_duration, parse_duration

holds = st.one_of(
    st.integers(8, 90).map(lambda n: f"hold: {n}s"),
    st.tuples(st.integers(6, 40), st.integers(1, 90)).map(lambda r: f"hold: {r[0]}s..{r[0] + r[1]}s"),
)
lines = st.one_of(holds, holds, st.sampled_from(["say: Let everything be heavy.", "pause: 3s", "pause: 4s..9s"]))


@st.composite
def routine_texts(draw):
    found = ["title: x", "steps:"]
    for line in [draw(holds), *draw(st.lists(lines, max_size=4))]:
        flag = draw(st.sampled_from(["", "", "", ", optional: true", ", extra: 2"]))
        sides = draw(st.booleans())
        if sides:
            found += ["  - section: A", "    sides: [right, left]", "    steps:"]
        found.append(f"{'    ' if sides else ''}  - {{{line}{flag}}}")
    return "\n".join([*found, "  - say: Done.", ""])


def apply(text, message):
    """Apply the advice of a message to a text."""
    rows = text.splitlines()
    advice = re.findall(r"line (\d+): '(hold|pause): [^']*' -> '([^']*)'", message)
    for line, kind, written in advice:
        rows[int(line) - 1] = re.sub(rf"{kind}: [^,}}]*", written, rows[int(line) - 1])
    return "\n".join(rows) + "\n", bool(advice)


def can_take(text, length):
    script = write_script(type_source(parse_source(text, "f"), model.Routine))
    lay_out(script, make_lengths(script), length)


@given(routine_texts(), st.floats(0.02, 3))
def test_what_is_said_to_widen_makes_a_longer_track_possible(text, more):
    script = write_script(type_source(parse_source(text, "f"), model.Routine))
    target = int(measure_range(script, make_lengths(script)).longest * (1 + more)) + 100
    with pytest.raises(LengthError) as caught:
        lay(text, target)
    changed, is_changed = apply(text, str(caught.value))
    assert is_changed
    can_take(changed, target)


@given(routine_texts(), st.floats(0.01, 0.95))
def test_what_is_said_to_shrink_makes_a_shorter_track_possible(text, less):
    script = write_script(type_source(parse_source(text, "f"), model.Routine))
    target = int(measure_range(script, make_lengths(script)).shortest * less)
    with pytest.raises(LengthError) as caught:
        lay(text, target)
    changed, is_changed = apply(text, str(caught.value))
    if is_changed:
        can_take(changed, target)
    else:
        assert "add 'optional: true' to" in str(caught.value)


def test_the_long_form_of_what_is_written_is_named():
    with pytest.raises(LengthError, match=re.escape("line 3: 'hold: 1m' -> 'hold: 15s..6m'; or choose another length")):
        lay("title: x\nsteps:\n  - hold: 1m\n", 360_000)


def make_error(text, target):
    with pytest.raises(LengthError) as caught:
        lay(text, target)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("hold", "fix"),
    [
        ("- hold: 1m", "- hold: 15s..50m"),
        ("- {quiet: true, hold: 30s..1m}", "- {quiet: true, hold: 30s..50m}"),
        ('- hold: "1m"  # rest', "- hold: 15s..50m  # rest"),
        ("- hold: 5 breaths", "- hold: 10s..50m"),
        ("- hold: {natural: 1m, max: 2m}", None),
        ("- quiet: true\n    hold: 1m", None),
    ],
)
def test_a_length_that_was_asked_for_is_refused_at_the_first_line_to_change(hold, fix):
    text = f"title: x\nsteps:\n  {hold}\n"
    fault = make_error(text, 3_000_000)
    assert (fault.mark.line, fault.mark.column, fault.options) == (3, 5, ("length", "nearest"))
    assert fault.fix == (fix and f"  {fix}")
    assert fault.message.endswith("; or choose another length, or the nearest that can be met")
    if fix:
        can_take(text.replace(hold, fix), 3_000_000)


@pytest.mark.parametrize("line", ["length: 50m", "length: '50m'  # long"])
def test_the_length_of_the_file_is_refused_where_it_is_written(line):
    text = f"title: x\n{line}\nsteps:\n  - hold: 1m\n"
    fault = make_error(text, 3_000_000)
    assert (fault.mark.line, fault.mark.column, fault.options) == (2, 9, ())
    assert fault.fix == f"length: 4m{line[len('length: 50m') + 2 :] if '#' in line else ''}"
    can_take(text.replace(line, fault.fix), 240_000)
    # What is asked for is another matter.
    assert make_error(text, 3_100_000).mark.line == 4


def test_a_length_that_needs_more_material_is_refused_at_the_beginning():
    fault = make_error("title: x\nsteps:\n  - say: Hi.\n", 60_000)
    assert (fault.mark.line, fault.fix) == (1, None)
    assert "add 'hold: " in fault.message


def test_a_length_between_two_sets_is_refused_with_all_that_can_be_met():
    text = "title: x\nsteps:\n  - hold: 10s..20s\n  - section: A\n    extra: true\n    steps: [{hold: 1m..2m}]\n"
    with pytest.raises(LengthError) as caught:
        lay(text, 50_000)
    assert "it can take 11s to 20s, or 1m11s to 2m20s; most time goes to line 3, hold 20s; write in" in str(
        caught.value
    )
    assert pickle.loads(pickle.dumps(caught.value)).spans == ((10_512, 20_496), (70_512, 140_496))  # noqa: S301 - own
    with pytest.raises(LengthError, match=r"cannot take 1h: it can take 11s to 20s, or 1m11s to 2m20s"):
        lay(text, 3_600_000)
    changed, _ = apply(text, str(caught.value))
    can_take(changed, 50_000)
    script = write_script(type_source(parse_source(text, "f"), model.Routine))
    span = measure_range(script, make_lengths(script))
    assert [format_duration(span.find_nearest(length)) for length in (5000, 15_000, 45_503, 45_505, 10**7)] == [
        "10.512s", "15s", "20.496s", "1m10.512s", "2m20.496s",
    ]  # fmt: skip
    # Of two equally near lengths, the shorter.
    assert format_duration(span.find_nearest(45_504)) == "20.496s"


@settings(max_examples=30)
@given(routine_texts(), st.integers(0, 1_000_000))
def test_lengths_that_are_offered_can_be_met(text, asked):
    script = write_script(type_source(parse_source(text, "f"), model.Routine))
    possible = measure_range(script, make_lengths(script))
    for shown in (*possible.format_ends(), possible.format_nearest(asked)):
        can_take(text, parse_duration(shown))


def test_a_length_that_every_step_excludes_is_reported():
    with pytest.raises(
        LengthError, match="nothing is heard in a track of 1m: every step has 'from' or 'until' against it"
    ):
        lay("title: x\nsteps:\n  - {hold: 10s..10m, from: 2m}\n  - {hold: 10s..10m, until: 30s}\n", 60_000)


def test_a_routine_without_holds_is_advised_to_add_one():
    with pytest.raises(LengthError, match=r"add 'hold: 15s..58s', or steps with 'extra: true'"):
        lay("title: x\nsteps:\n  - say: Hello.\n", 60_000)
