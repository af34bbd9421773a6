"""Every sentence that any track of a routine may say is in the list of its sayings, in reading order."""

from pathlib import Path

import pytest

from narrator.routine import find_routine, load_routine
from narrator.routine.coverage import count_wordings
from narrator.script import list_sayings, write_script

ROUTINES = sorted(path.stem for path in (Path(__file__).parents[2] / "routines").glob("*.yaml"))

EVERYTHING = """
title: All
language: en
steps:
  - say: Sit. [3s] And wait.
    brief: Wait.
  - say: Never at this length.
    from: 50m
  - section: Turn
    sides: [right, left]
    between: {say: Change., pause: 4s}
    steps:
      - say: {random: ["Look {side}.", "Turn {side}."]}
      - hold: 20s..1m
        cues:
          - {at: half, say: ["Breathe on, and on.", Breathe.]}
          - each: [One., Two.]
            every: 4s
          - {at: 4s, say: Now., optional: true}
  - repeat: 1..2
    steps: [{say: "Round {round} of {rounds}."}]
  - say: More.
    extra: 1
  - breathe: [{in: 2s}, {out: 2s}]
    rounds: 3
    voiced: 1
  - say: Sit.
"""


def test_everything_that_may_be_said_is_listed_once_in_reading_order(write):
    sayings = list_sayings(load_routine(write(EVERYTHING)))
    texts = [saying.text for saying in sayings]
    right = ["Look right.", "Turn right.", "Breathe on, and on.", "Breathe.", "One.", "Two.", "Now."]
    assert texts == [
        *("Sit.", "And wait.", "Wait.", "Never at this length."), *right, "Change.", "Look left.", "Turn left.",
        "Round 1 of 1.", "Round 1 of 2.", "Round 2 of 2.", "More.", "In", "Out",
    ]  # fmt: skip
    assert {saying.section for saying in sayings} == {None, "Turn"}
    assert next(saying for saying in sayings if saying.text == "More.").mark.line == 22


def test_brief_words_without_full_ones_stay_at_their_step(write):
    routine = load_routine(write('title: A\nlanguage: en\nsteps:\n  - say: "[2s]"\n    brief: Rest.\n  - say: End.\n'))
    assert [saying.text for saying in list_sayings(routine)] == ["Rest.", "End."]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long if index % 4 else ()) for index, name in enumerate(ROUTINES)]
)
def test_no_session_of_a_routine_says_more(name):
    routine = load_routine(find_routine(name))
    listed = {saying.text for saying in list_sayings(routine)}
    for guidance, seed in (("full", 0), ("brief", 1)):
        assert set(write_script(routine, guidance, seed=seed).list_texts()) <= listed


def test_wordings_are_counted_where_they_are(write):
    plain = "title: A\nlanguage: en\nsteps:\n  - say: Rest.\n"
    assert count_wordings(load_routine(write(plain))) == 1
    inside = "  - repeat: 2\n    steps:\n      - say: Rest.\n        brief: {random: [A., B., C.]}\n"
    assert count_wordings(load_routine(write(plain + inside))) == 3
