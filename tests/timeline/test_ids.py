"""The script as JSON: ids that are the same at every length, and quiet holds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_timeline import as_script, lay, make_lengths, make_script, routines

from narrator.captions.content import Content
from narrator.captions.json import write
from narrator.errors import LengthError, RoutineError
from narrator.routine import list_builtins, load_routine
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Heading, write_script
from narrator.timeline import lay_out, measure_range

TEXT = """\
title: x
steps:
  - say: Welcome. [3s] Lie down.
  - section: Pigeon
    sides: [right, left]
    between: {pause: 4s}
    steps:
      - repeat: 1..3
        steps:
          - say: Round {round}.
          - hold: 10s..4m
            quiet: true
            cues:
              - {spread: [a, b, c], apart: 5s}
              - {at: -2s, bell: tick}
      - bell: tick
        optional: true
  - hold: 20s..4m
    cues: [{every: 8s, each: [x, y]}, {random: 1..5, bell: tick, apart: 2s}]
  - breathe: 4-6
    for: 30s..5m
    voiced: {first: 2, last: true}
    cues: [{at: 14s, say: Soft.}]
"""


def write_json(timeline):
    return json.loads(write(Content(Heading("x", "en", VoiceSpec(), Tags()), "silent:en", timeline)))


def list_ids(data):
    return [thing["id"] for thing in [*data["cues"], *data["holds"]]]


def name_all(data):
    """Return the cue of each id, without its times."""
    return {
        thing["id"]: (thing.get("text"), thing.get("sound"), thing["side"], thing["line"]) for thing in data["cues"]
    }


@pytest.mark.parametrize("guidance", ["full", "brief", "bells"])
def test_every_cue_and_hold_has_an_id_of_its_own_that_no_length_changes(guidance):
    script = make_script(TEXT, guidance)
    lengths = make_lengths(script)
    span = measure_range(script, lengths)
    known = {}
    for length in range(span.shortest, span.longest, (span.longest - span.shortest) // 40):
        data = write_json(lay_out(script, lengths, length))
        ids = list_ids(data)
        assert all(ids)
        assert len(set(ids)) == len(ids)
        for id_, what in name_all(data).items():
            # Texts in turn continue, so the text depends on the holds before.
            if "cue-" not in id_:
                assert known.setdefault(id_, what) == what
    assert len(known) > 20 or guidance == "bells"


def test_ids_say_the_path_the_side_the_round_and_the_number():
    ids = list_ids(write_json(lay(TEXT)))
    assert {"0#0", "0#2", "1/right/0/round-1/0#0", "1/left/0/round-2/1", "1/left/between", "1/right/0/round-1/1/cue-0#0",
            "1/right/0/round-1/1/cue-1#0", "2/cue-0#1", "3/round-1/phase-0", "3/last", "3/cue-0#0"} <= set(ids)  # fmt: skip


def test_a_step_may_have_an_id_of_its_own_in_place_of_its_number():
    text = TEXT.replace("  - say: Welcome.", "  - id: safety\n    say: Welcome.").replace(
        "  - section: Pigeon", "  - id: pigeon\n    section: Pigeon"
    )
    ids = list_ids(write_json(lay(text)))
    assert {"safety#0", "safety#2", "pigeon/right/0/round-1/0#0", "pigeon/left/between", "2/cue-0#1"} <= set(ids)


def refuse(steps):
    with pytest.raises(RoutineError) as caught:
        make_script(f"title: x\nsteps:\n{steps}")
    (fault,) = caught.value.faults
    return fault.mark.line, fault.message


@pytest.mark.parametrize("id_", ["Rest", "1", "a b", "a/b", "a#1", "''", "[a]", "-a", "x" * 41])
def test_an_id_is_a_plain_word(id_):
    line, message = refuse(f"  - id: {id_}\n    say: A.\n")
    assert line == 3
    assert "small letters, digits and hyphens, such as 'id: rest'" in message


@pytest.mark.parametrize("id_", ["begin", "between", "round-1", "cue-12"])
def test_an_id_is_not_one_that_narrator_gives(id_):
    assert refuse(f"  - say: A.\n    id: {id_}\n") == (
        4, f"the id {id_!r} is reserved; choose another one"
    )  # fmt: skip


def test_steps_of_one_list_have_different_ids():
    line, message = refuse("  - {say: A., id: rest}\n  - {say: B., id: rest}\n")
    assert (line, message.split(";")[0]) == (4, "the id 'rest' is already used at f:3:5")
    assert make_script("title: x\nsteps:\n  - {repeat: 2, id: a, steps: [{say: A., id: a}]}\n")


def test_holds_say_whether_their_silence_is_meant():
    holds = write_json(lay(TEXT))["holds"]
    assert [hold["quiet"] for hold in holds] == ["round" in hold["id"] for hold in holds]


@pytest.mark.slow
@given(routines, st.integers(0, 600_000))
def test_ids_are_unique_in_any_routine(steps, more):
    script, lengths = as_script(steps)
    span = measure_range(script, lengths)
    for length in (span.shortest, min(span.shortest + more, span.longest)):
        try:
            ids = list_ids(write_json(lay_out(script, lengths, length)))
        except LengthError:
            # No set of steps can have this length.
            continue
        assert all(ids)
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", ["ten-minute-hips", "warm-bath"])
def test_ids_are_unique_in_what_comes_along(name):
    script = write_script(load_routine(list_builtins()[name]))
    timeline = lay_out(script, make_lengths_with_rings(script))
    ids = list_ids(write_json(timeline))
    assert len(set(ids)) == len(ids)


def make_lengths_with_rings(script):
    from narrator.mix.sources import measure_rings
    from narrator.timeline.arrangement import Elastic

    lengths = make_lengths(script)
    return type(lengths)(lengths.clips, measure_rings(Elastic(script).list_cues()))
