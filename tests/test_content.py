"""Every built-in routine is worth hearing at every length, in full and in brief."""

import pytest

from content import list_faults
from narrator.routine import list_builtins

ROUTINES = list_builtins()
SOME = {"box-breathing", "ten-minute-hips", "bedtime"}
"""Routines that are looked at in brief, and in another language, in every run; the others are left to the long tests."""


def leave_most(name):
    return pytest.param(name, marks=() if name in SOME else pytest.mark.long)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROUTINES)
def test_a_routine_meets_the_standards_of_a_careful_teacher(name):
    assert list_faults(ROUTINES[name], "full") == []


@pytest.mark.slow
@pytest.mark.parametrize("name", map(leave_most, ROUTINES))
def test_a_routine_is_as_good_in_brief(name):
    assert list_faults(ROUTINES[name], "brief") == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "es"])
@pytest.mark.parametrize("name", map(leave_most, ROUTINES))
def test_a_routine_is_as_good_in_another_language(name, language):
    assert list_faults(ROUTINES[name], "full", language) == []


def test_four_routines_have_a_bed():
    assert sum("\nbed:" in path.read_text("utf-8") for path in ROUTINES.values()) >= 4


GOOD = """\
title: Rest
length: 10m
steps:
  - {id: safety, say: Stop if anything hurts.}
  - {id: choice, say: "If it gets to be too much, open your eyes."}
  - section: Pigeon
    sides: [right, left]
    steps:
      - say: Slide your {side} knee forward.
      - hold: 25s..3m
        cues: [{every: 30s, each: [Soften., Breathe.]}]
      - say: Come out.
  - repeat: 1..30
    steps:
      - say: Round {round}, and slowly around.
      - {hold: 25s..1m, cues: [{at: half, say: "Soften, this is round {round}."}]}
  - {id: ending, say: Thank you.}
"""


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("", ""), None),
        (("25s..3m", "10s..20s"), "/right/1 takes "),
        (("25s..3m", "4m..5m"), "over its cap: 2/right/1 "),
        (("1..30", "1..2"), "not 5 to 30 minutes"),
        (("hold: 25s..3m\n        cues: [{every: 30s", "hold: 2m..3m\n        cues: [{every: 10m"), "no word for "),
        (("        cues: [{every", "        quiet: true\n        cues: [{every"), "has a side and is quiet"),
        (("- {hold: 25s..1m,", "- {quiet: true, hold: 1m..2m,"), "10m: quiet for "),
        (
            ("{id: safety, say: Stop if anything hurts.}", "hold: 1m..2m\n  - {id: safety, say: Stop.}"),
            "no word of safety",
        ),
        (("id: choice, ", ""), "no way out"),
        (("id: ending, ", ""), "no gentle end"),
        (("- {id: ending", "- {hold: 5m..6m}\n  - {id: ending"), "no word for "),
        ((", this is round {round}", ""), None),
        (("Round {round}, and slowly", "And slowly"), "times as many"),
    ],
)
def test_each_fault_is_found(change, fault, tmp_path):
    path = tmp_path / "rest.yaml"
    text = GOOD.replace(*change)
    if "times as many" in (fault or ""):
        text = text.replace(", this is round {round}", "")
    path.write_text(text, encoding="utf-8")
    found = list_faults(path, "full")
    assert any(fault in each for each in found) if fault else found == []
