"""Parts with parameters: the values filled in, and the places of faults."""

import time

import pytest

from narrator.errors import RoutineError
from narrator.routine import load_routine
from narrator.script import Silence, Speech, write_script

PART = """\
title: Pigeon
parameters:
  pose:
  hold: 1m
  tips: [Soften., Rest.]
  sides: [right, left]
steps:
  - section: '{Pose}'
    sides: {sides}
    steps:
      - say: Come into {pose}, the {side} leg in front.
      - hold: {hold}
        cues: [{spread: '{tips}', apart: 5s}]
"""


@pytest.fixture
def include(write, tmp_path):
    """Load a routine that includes a part with given values."""
    (tmp_path / "parts").mkdir()

    def load(given, part=PART, more=""):
        write(part, "parts/pigeon.yaml")
        step = f"  - include: parts/pigeon.yaml\n{f'    with: {given}' if given else ''}\n"
        return load_routine(write(f"title: x\nsteps:\n{step}{more}"), "routine.yaml")

    return load


@pytest.fixture
def refuse(include, tmp_path):
    def load(given, part=PART, more=""):
        with pytest.raises(RoutineError) as caught:
            write_script(include(given, part, more))
        return str(caught.value)

    return load


def show(routine):
    found = []
    for item in write_script(routine).steps:
        match item.what:
            case Speech(text):
                found.append(text)
            case Silence(length, cues=cues):
                found.append((length.least, length.natural, length.most))
                found += [cue.text for each in cues for cue in each.cues]
    return found


def test_values_are_typed_by_their_place(include):
    routine = include("{pose: pigeon, hold: 20s..80s, tips: [One., Two., 'On the {side}.'], sides: [left]}")
    assert show(routine) == [
        "Come into pigeon, the left leg in front.", (20_000 - 8, 40_000 + 8, 80_000 - 8), "One.", "Two.", "On the left.",
    ]  # fmt: skip


def test_defaults_replace_missing_values_and_names_may_be_capitalised(include):
    routine = include("{pose: pigeon}")
    assert show(routine)[:4] == [
        "Come into pigeon, the right leg in front.",
        (15_000, 60_000, 240_000),
        "Soften.",
        "Rest.",
    ]
    assert [section.title for section in write_script(routine).sections] == ["Pigeon"]


def test_one_part_may_be_included_with_different_values(include, write):
    more = "  - include: parts/pigeon.yaml\n    with: {pose: lizard, sides: [left]}\n"
    assert [text for text in show(include("{pose: pigeon, sides: [right]}", more=more)) if "Come" in str(text)] == [
        "Come into pigeon, the right leg in front.",
        "Come into lizard, the left leg in front.",
    ]


def test_values_of_any_shape_can_be_given(include):
    part = "parameters: {steps: [{say: Rest.}], cue: {at: half, say: On.}}\nsteps:\n  - section: A\n    steps: {steps}\n  - hold: 1m\n    cues: ['{cue}']\n"
    routine = include("{steps: [{say: One.}, {bell: bowl}, {say: Two.}], cue: {at: -10s}}", part)
    assert show(routine) == ["One.", "Two.", (15_000, 60_000, 240_000), "Ten seconds more."]
    assert show(include("", part)) == ["Rest.", (15_000, 60_000, 240_000), "On."]


def test_a_value_may_contain_another(include):
    part = "parameters: {least: 20s, times: 3}\nsteps:\n  - hold: '{least}..2m'\n  - repeat: {times}\n    steps: [{say: '{Round} of {times}.'}]\n".replace(
        "{Round}", "{round}"
    )
    assert show(include("{least: 30s, times: 2}", part)) == [(30_000, 60_000, 120_000), "1 of 2.", "2 of 2."]


def test_parts_nest_and_pass_values_on(include, write):
    write(
        "parameters: {after: , hold: 1m}\nsteps:\n  - say: Rest after {after}.\n  - hold: {hold}\n", "parts/rest.yaml"
    )
    part = "parameters: {pose: , hold: 2m}\nsteps:\n  - include: rest.yaml\n    with: {after: 'the {pose}', hold: {hold}}\n"
    assert show(include("{pose: pigeon, hold: 30s}", part)) == ["Rest after the pigeon.", (7_512, 30_000, 120_000)]


def test_a_fault_in_a_passed_value_is_reported_where_it_is_written(include, refuse, write):
    write("parameters: {hold: 1m}\nsteps:\n  - hold: {hold}\n", "parts/rest.yaml")
    part = "parameters: {hold: 2m}\nsteps:\n  - include: rest.yaml\n    with: {hold: {hold}}\n"
    assert refuse("{hold: 30}", part) == (
        "routine.yaml:4:18: error: '30' has no unit; write 30s or 30m (used at parts/rest.yaml:3:11)"
    )


def test_a_routine_with_parameters_works_alone(write):
    path = write("title: x\nparameters: {hold: 1m}\nsteps:\n  - hold: {hold}\n")
    assert show(load_routine(path)) == [(15_000, 60_000, 240_000)]
    with pytest.raises(
        RoutineError, match="f:2:14: error: the parameter 'hold' needs a value; write one after its name"
    ):
        load_routine(write("title: x\nparameters: {hold: }\nsteps:\n  - hold: {hold}\n"), "f")


def test_a_value_of_the_wrong_kind_is_reported_in_both_files(refuse):
    assert refuse("{pose: pigeon, hold: 40}") == (
        "routine.yaml:4:32: error: '40' has no unit; write 40s or 40m (used at parts/pigeon.yaml:12:15)"
    )
    assert refuse("{pose: pigeon, tips: Rest.}") == (
        "routine.yaml:4:32: error: 'spread' is a list; write [Rest.] (used at parts/pigeon.yaml:13:25)"
    )
    assert refuse("{pose: pigeon, tips: [Rest., '']}") == (
        "routine.yaml:4:40: error: the text is empty; write what to say, or remove the step (used at "
        "parts/pigeon.yaml:13:25)"
    )


def test_a_value_that_breaks_a_text_is_reported_in_both_files(refuse):
    assert refuse("{pose: 'pigeon [soon]'}") == (
        "parts/pigeon.yaml:11:14: error: [soon] is not a pause; write one as [3s], and other text without brackets "
        "(with {pose} from routine.yaml:4:18)"
    )


def test_an_unknown_name_in_a_value_is_reported_where_it_is_written(refuse):
    assert refuse("{pose: 'pigeon {sied}', tips: ['On the {rigth}.']}") == (
        "routine.yaml:4:18: error: {sied} has no meaning here; did you mean 'side'?\n"
        "routine.yaml:4:42: error: {rigth} has no meaning here; known are: side, other_side, round, rounds, nth"
    )


def test_a_list_within_a_text_is_refused(refuse):
    assert "parts/pigeon.yaml:11:14: error: {pose} is used within a text, but its value is a list" in refuse(
        "{pose: [a]}"
    )


def test_a_default_of_the_wrong_kind_is_reported_in_the_part(refuse):
    assert refuse("{pose: x}", PART.replace("hold: 1m", "hold: 40")).startswith(
        "parts/pigeon.yaml:4:9: error: '40' has no"
    )


def test_an_unknown_parameter_is_reported_with_the_nearest(refuse):
    assert refuse("{pose: x, hodl: 1m}") == (
        "routine.yaml:4:21: error: parts/pigeon.yaml has no parameter 'hodl'; did you mean 'hold'?"
    )


def test_a_missing_parameter_is_reported_where_the_part_is_included(refuse):
    assert refuse("{psoe: x}") == (
        "routine.yaml:4:12: error: parts/pigeon.yaml has no parameter 'psoe'; did you mean 'pose'?\n"
        "routine.yaml:3:5: error: 'pose', declared at parts/pigeon.yaml:3:3, needs a value; add 'with: {pose: ...}'"
    )
    assert refuse("") == (
        "routine.yaml:3:5: error: 'pose', declared at parts/pigeon.yaml:3:3, needs a value; add 'with: {pose: ...}'"
    )


def test_a_part_without_parameters_takes_none(refuse):
    assert refuse("{pose: x}", "steps: [{say: Rest.}]\n") == (
        "routine.yaml:4:12: error: parts/pigeon.yaml has no parameters; remove 'with', or declare 'parameters: {pose: "
        "...}' there"
    )


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (
            "parameters: {hold: 1m}\nsteps: [{say: Rest.}]\n",
            "1:14: error: this file does not use {hold}; write it where",
        ),
        (
            "parameters: {hold: 1m}\nsteps: [{hold: {hodl}}]\n",
            "2:16: error: {hodl} has no meaning here; did you mean 'hold'?",
        ),
        (
            "parameters: {a: x}\nsteps: [{say: 'The {b} of {a}.'}]\n",
            "2:15: error: {b} has no meaning here; known are: a, side",
        ),
        ("parameters: {side: x}\nsteps: [{say: 'The {side}.'}]\n", "1:14: error: {side} is reserved"),
        (
            "parameters: {My hold: x}\nsteps: [{say: Rest.}]\n",
            "1:14: error: 'My hold' is not a valid name of a parameter",
        ),
        ("parameters: [hold]\nsteps: [{say: Rest.}]\n", "1:13: error: values for parameters are a mapping"),
    ],
)
def test_faults_in_a_declaration_are_reported_in_the_part(refuse, part, message):
    assert f"parts/pigeon.yaml:{message}" in refuse("", part)


def test_with_is_a_mapping(refuse):
    assert "routine.yaml:4:11: error: values for parameters are a mapping, such as with: {hold: 40s..3m}" in refuse(
        "[a]"
    )


@pytest.mark.long
def test_values_that_multiply_are_refused_quickly(include, write):
    started = time.process_time()
    long = "x" * 100_000
    part = f"parameters: {{a: }}\nsteps:\n  - say: '{'{a}' * 10_000}'\n"
    with pytest.raises(RoutineError, match="too much text once parameters are filled in"):
        include(f"{{a: {long}}}", part)
    many = "parameters: {a: }\nsteps:\n" + "  - {hold: 1m, cues: '{a}'}\n" * 2000
    with pytest.raises(RoutineError, match="over 100,000 entries"):
        include(f"{{a: [{', '.join(['{at: half}'] * 100)}]}}", many)
    for level in range(6):
        inner = f"include: {level + 1}.yaml\n    with: {{a: {{a}}}}" if level < 5 else "say: '{a}'"
        write("parameters: {a: x}\nsteps:\n" + f"  - {inner}\n" * 10, f"{level}.yaml")
    with pytest.raises(RoutineError, match="over 100,000 entries in included files"):
        load_routine(write("title: x\nsteps: [{include: 0.yaml, with: {a: y}}]\n"))
    assert time.process_time() - started < 30


def test_a_sound_file_that_is_given_is_looked_for_beside_the_file_that_names_it(include, tmp_path):
    part = "parameters: {bell: bowl}\nsteps:\n  - bell: {bell}\n"
    with pytest.raises(RoutineError, match=r"routine.yaml:4:18: error: there is no sound file mine\.wav"):
        write_script(include("{bell: mine.wav}", part))
    nested = part.replace("bell: {bell}", "bell: {sound: '{bell}', times: 2}")
    with pytest.raises(RoutineError, match=r"routine.yaml:4:18: error: there is no sound file mine\.wav"):
        write_script(include("{bell: mine.wav}", nested))
    with pytest.raises(RoutineError, match=r"parts/pigeon.yaml:1:20: error: there is no sound file own\.wav"):
        write_script(include("", part.replace("bell: bowl", "bell: own.wav")))
    assert write_script(include("{bell: chime}", part)).steps[0].what.sound == "chime"
