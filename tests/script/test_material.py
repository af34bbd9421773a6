"""Material that enters and leaves: units, rounds, windows, and sections left out on request."""

import pytest

from narrator.errors import RoutineError, UsageError
from narrator.routine import load_routine
from narrator.script import Speech, write_script
from narrator.timeline import Growth, Lengths


@pytest.fixture
def unroll(write):
    def unroll_steps(steps, guidance="full", language=None, head="", without=()):
        routine = load_routine(write(f"title: x\n{head}steps:\n{steps}"), "f")
        return write_script(routine, guidance, language, without)

    return unroll_steps


def list_texts_by_count(script):
    """Return the texts for each number of units."""
    growth = Growth(script, Lengths(dict.fromkeys(script.list_texts(), 1200), {}))
    material = growth.natural
    steps = material.measured.script.steps
    return [
        [steps[index].what.text for index in material.list_steps(count) if isinstance(steps[index].what, Speech)]
        for count in range(len(material.units) + 1)
    ]


def describe_units(script):
    return [(unit.kind, unit.number, unit.is_extra, unit.round) for unit in script.units]


def test_optional_and_extra_steps_are_units_with_their_numbers(unroll):
    script = unroll(
        "  - say: a.\n    optional: true\n  - say: b.\n    extra: 3\n  - say: c.\n    optional: false\n"
        "  - section: S\n    sides: [right, left]\n    extra: true\n    steps: [{say: d., optional: 2}]\n"
    )
    assert describe_units(script) == [
        ("say", 1, False, None),
        ("say", 3, True, None),
        ("section", 1, True, None),
        ("say", 2, False, None),
    ]
    # Both sides together are one unit, within the section.
    assert [len(item.units) for item in script.steps] == [1, 1, 0, 2, 2]
    assert script.units[3].within == (script.units[2].name,)
    assert script.steps[3].units == script.steps[4].units


@pytest.mark.parametrize(
    ("repeat", "units"),
    [
        ("2", []),
        ("1..4", [(1, False, 2), (1, True, 3), (2, True, 4)]),
        ("{natural: 2, min: 1, max: 3}", [(1, False, 2), (1, True, 3)]),
        ("{natural: 2, max: 3}", [(1, True, 3)]),
        ("{natural: 3, min: 2}", [(1, False, 3)]),
        ("1..2\n    optional: 4", [(4, False, None), (5, True, 2)]),
        ("{natural: 2, min: 1, max: 3}\n    extra: 2", [(2, True, None), (2, False, 2), (3, True, 3)]),
    ],
)
def test_rounds_between_the_bounds_are_units(unroll, repeat, units):
    script = unroll(f"  - repeat: {repeat}\n    steps: [{{say: a.}}]\n")
    assert [unit[1:] for unit in describe_units(script)] == units


def test_a_text_names_the_rounds_that_the_track_has(unroll):
    script = unroll("  - repeat: 1..3\n    steps:\n      - say: 'Round {round} of {rounds}. Go.'\n      - say: Rest.\n")
    one, two, three = list_texts_by_count(script)
    assert one == ["Round 1 of 1.", "Go.", "Rest."]
    assert two == ["Round 1 of 2.", "Go.", "Rest.", "Round 2 of 2.", "Go.", "Rest."]
    assert three[::3] == ["Round 1 of 3.", "Round 2 of 3.", "Round 3 of 3."]
    # A voice speaks all of them before the length is known.
    assert len([text for text in script.list_texts() if text.startswith("Round")]) == 6


def test_rounds_inside_rounds_each_count_their_own(unroll):
    script = unroll(
        "  - repeat: 1..2\n    steps:\n      - say: 'Outer {round} of {rounds}.'\n"
        "      - repeat: 1..2\n        extra: 5\n        steps: [{say: 'Inner {round} of {rounds}.'}]\n"
    )
    found = list_texts_by_count(script)
    # The second outer round is extra with number 1, the inner repeat with 5, its second round with 6.
    assert found == [
        ["Outer 1 of 1."],
        ["Outer 1 of 2.", "Outer 2 of 2."],
        ["Outer 1 of 2.", "Inner 1 of 1.", "Outer 2 of 2.", "Inner 1 of 1."],
        ["Outer 1 of 2.", "Inner 1 of 2.", "Inner 2 of 2.", "Outer 2 of 2.", "Inner 1 of 2.", "Inner 2 of 2."],
    ]


def test_cues_in_holds_and_titles_name_the_rounds_too(unroll):
    script = unroll(
        "  - repeat: 1..2\n    steps:\n      - section: 'Round {round} of {rounds}'\n        steps:\n"
        "          - hold: 1m\n            cues: [{at: half, say: '{round} of {rounds}.'}]\n"
    )
    assert [section.title for section in script.sections] == ["Round 1 of 1", "Round 1 of 2", "Round 2 of 2"]
    assert script.list_texts() == ["1 of 1.", "1 of 2.", "2 of 2."]
    # The hold of a round is one hold, however often it is unrolled.
    assert len({item.what.elastic_id for item in script.steps}) == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["First.", "a first", "Second.", "a second"]), ("de", ["Erste.", "a erste", "Zweite.", "a zweite"]),
     ("es", ["Primera.", "a primera", "Segunda.", "a segunda"])],
)  # fmt: skip
def test_rounds_have_names(unroll, language, said):
    steps = "  - repeat: 2\n    steps: [{say: '{Nth}.'}, {say: 'a {nth}'}]\n"
    assert unroll(steps, head=f"language: {language}\n").list_texts() == said


def test_a_round_without_a_name_is_reported(unroll):
    with pytest.raises(RoutineError, match=r"f:4:19: error: narrator has no ordinal in 'en' for round 31; write"):
        unroll("  - repeat: 31\n    steps: [{say: '{nth}'}]\n")
    with pytest.raises(RoutineError, match=r"narrator has no ordinal in 'pl' for round 1; write \{round\}"):
        unroll("  - repeat: 2\n    steps: [{say: '{nth}'}]\n", head="language: pl\n")
    with pytest.raises(RoutineError, match=r"\{nth\} has no meaning here"):
        unroll("  - say: '{nth}'\n")


def test_titles_are_filled_in(unroll):
    script = unroll(
        "  - section: Legs\n    sides: [right, left]\n    steps:\n"
        "      - section: 'The {side} leg, not the {other_side}'\n        steps: [{hold: 1m}]\n"
    )
    titles = ["Legs", "The right leg, not the left", "The left leg, not the right"]
    assert [section.title for section in script.sections] == titles
    with pytest.raises(RoutineError, match=r"f:3:14: error: {sied} has no meaning here"):
        unroll("  - section: 'A {sied}'\n    steps: [{hold: 1m}]\n")
    with pytest.raises(RoutineError, match="a brace is unmatched"):
        unroll("  - section: 'A }'\n    steps: [{hold: 1m}]\n")


def test_a_section_whose_title_names_its_side_is_one_for_each(unroll):
    script = unroll(
        "  - section: 'Pigeon, {side}'\n    length: 4m\n    sides: [right, left]\n    steps: [{hold: 1m}]\n"
    )
    assert [(section.title, section.length) for section in script.sections] == [
        ("Pigeon, right", 120_000),
        ("Pigeon, left", 120_000),
    ]
    assert len({section.elastic_id for section in script.sections}) == 1
    assert [item.section for item in script.steps] == [0, 1]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("optional: 1\n    extra: 1", "5:5: error: a step is either 'optional' or 'extra'"),
        ("extra: 0", "4:12: error: 'extra' is true, false or a whole number from 1 to 9999, not '0'"),
        ("from: 8m\n    until: 8m", "5:5: error: 'until' is not longer than 'from', so no track has this step"),
        ("from: 0s", "4:11: error: 'from' is at least 1s, not 0s"),
        ("until: soon", "4:12: error: 'soon' is not a length of time"),
    ],
)
def test_contradictions_are_reported(unroll, step, message):
    with pytest.raises(RoutineError) as caught:
        unroll(f"  - say: a\n    {step}\n")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("repeat", "message"),
    [
        ("4..1", "the range 4..1 runs backwards; write 1..4"),
        ("0..3", "'repeat' is at least 1, not 0"),
        ("1..1001", "'repeat' is at most 1000, not 1001"),
        ("often", "'repeat' is a whole number, or a range such as 1..4, not 'often'"),
        ("{min: 1}", "'natural' is missing"),
        ("{natural: 1, min: 2}", "'natural' must be between 'min' and 'max'"),
        ("{natural: 1, mix: 2}", "unknown key 'mix'; did you mean 'min'?"),
        ("[1, 2]", "a range is written with two dots: 1..2"),
    ],
)
def test_a_repeat_that_is_not_a_number_of_rounds_is_reported(unroll, repeat, message):
    with pytest.raises(RoutineError) as caught:
        unroll(f"  - repeat: {repeat}\n    steps: [{{say: a}}]\n")
    assert message in str(caught.value)


def test_windows_inside_windows_must_meet(unroll):
    with pytest.raises(RoutineError, match=r"f:6:28: error: no track can have this step"):
        unroll("  - section: A\n    until: 8m\n    steps:\n      - {say: hello, from: 8m}\n")
    script = unroll("  - section: A\n    until: 8m\n    steps:\n      - {say: hello, from: 7m59s}\n")
    (window, inner) = script.steps[0].windows
    assert (window.kind, window.until, inner.kind, inner.since) == ("section", 480_000, "say", 479_000)
    assert [inner.admits(length) for length in (None, 478_999, 479_000)] == [False, False, True]
    assert [window.admits(length) for length in (None, 479_999, 480_000)] == [True, True, False]


SECTIONS = """\
  - section: {en: The Lunge, de: Ausfallschritt}
    steps:
      - say: One.
      - section: Inner
        steps: [{say: Two.}]
  - repeat: 2
    steps:
      - section: 'Round {round}'
        steps: [{say: Three.}]
"""


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ((), ["One.", "Two.", "Three."]),
        (("the  lunge",), ["Three."]),
        (("Ausfallschritt", "Inner"), ["Three."]),
        (("inner",), ["One.", "Three."]),
        (("Round {round}",), ["One.", "Two."]),
        (("Round 2",), ["One.", "Two.", "Three."]),
    ],
)
def test_sections_are_left_out_by_title(unroll, without, said):
    assert unroll(SECTIONS, without=without).list_texts() == said


def test_an_unknown_section_is_reported_with_the_nearest(unroll):
    with pytest.raises(UsageError, match="no section 'The Lung'; did you mean 'The Lunge'"):
        unroll(SECTIONS, without=["Inner", "The Lung"])
    with pytest.raises(UsageError, match="no section 'A'; it has no sections"):
        unroll("  - say: a\n", without=["A"])
    with pytest.raises(RoutineError, match="nothing to hear"):
        unroll("  - section: A\n    steps: [{say: a}]\n", without=["A"])


def test_brief_guidance_keeps_sections_out_of_what_settles_the_levels(unroll):
    script = unroll("  - section: A\n    steps: [{say: a.}]\n  - say: b.\n    brief: c.\n", "brief", without=["a"])
    assert sorted(script.list_texts()) == ["b.", "c."]


def test_too_many_lengths_in_windows_are_refused(unroll):
    steps = "".join(f"  - {{say: a, from: {number}m}}\n" for number in range(1, 26))
    with pytest.raises(
        RoutineError, match="f:27:20: error: over 24 different lengths in 'from' and 'until'; use fewer"
    ):
        unroll(steps)
    assert unroll(steps.replace("25m", "24m")).steps
