import pytest

from asking import make_request
from narrator.cache import Cache
from narrator.review.checking import check_session
from narrator.timeline.holds import HoldPlacer


@pytest.fixture
def review(write):
    def find(steps, head=""):
        path = write(f"title: x\n{head}voice: silent\nsteps:\n{steps}")
        return [note.describe("warning") for note in check_session(make_request(path, "f"), Cache()).notes]

    return find


SENTENCE = "Feel how the weight of your body rests on the floor and how the floor carries it."


def test_a_quiet_routine_has_no_warnings(review):
    assert review(f"  - say: {SENTENCE}\n  - hold: 1m\n") == []


def test_a_hold_too_short_for_its_cues(review):
    found = review("  - hold: 2s..3s\n    cues: [{at: half, say: Far too many words for that}]\n")
    assert found == [
        (
            "f:5:12: warning: this cue never fits in its hold, which takes at most 3s; make the hold longer or "
            "move the cue"
        )
    ]


def test_a_hold_that_is_repeated_is_tried_once(review, monkeypatch):
    tried = []
    place = HoldPlacer.place
    # A hold is tried from time 0, which no hold of a track begins at.
    monkeypatch.setattr(HoldPlacer, "place", lambda *given: tried.append(given[2].start) or place(*given))
    hold = "    - hold: 2s..3s\n      cues: [{at: half, say: 'Far too many words for that'}]\n"
    assert len(review(f"  - repeat: 9\n    steps:\n{hold}")) == 1
    assert tried.count(0) == 1
    assert len(tried) > 9


def test_long_speech_without_a_pause(review):
    talk = f"  - say: {SENTENCE}\n" * 12
    assert review(talk) == ["f:4:5: warning: over 60 s of speech without a pause start here; add a pause or a hold"]
    assert review(talk.replace("\n", "\n  - pause: 3s\n", 5)) == []


def test_wordings_for_each_number_of_rounds_are_not_said_one_after_another(review):
    steps = f"  - repeat: 1..9\n    steps: [{{say: 'Round {{round}} of {{rounds}}. {SENTENCE}'}}, {{hold: 1m}}]\n"
    assert review(steps) == []
    # Material that only a longer track has counts, too.
    talk = f"  - {{say: {SENTENCE}, extra: true}}\n" * 12
    assert review(f"  - hold: 1m\n{talk}") == [
        "f:5:5: warning: over 60 s of speech without a pause start here; add a pause or a hold"
    ]


def test_poses_without_a_word_of_safety(review):
    (found,) = review("  - say: Come into pigeon.\n  - hold: 1m\n")
    assert "f:1:1: warning: this routine has poses ('pigeon') but no words of safety" in found
    assert review("  - say: Come into pigeon. Stop if it hurts.\n  - hold: 1m\n") == []
    (found,) = review("  - say: Komm in die Taube, in den Ausfallschritt.\n  - hold: 1m\n", "language: de\n")
    assert "no words of safety" in found


@pytest.mark.parametrize(("pace", "reported"), [(2.0, "lower 'pace'"), (1.0, None)])
def test_a_pace_that_is_hard_to_follow(write, pace, reported):
    steps = f"  - say: {SENTENCE} {SENTENCE[::-1]}\n  - hold: 1m\n"
    path = write(f"title: x\nvoice: {{engine: silent, pace: {pace}}}\nsteps:\n{steps}")
    notes = [note.describe("warning") for note in check_session(make_request(path, "f"), Cache()).notes]
    assert len(notes) == (1 if reported else 0)
    assert all(reported in note and note.startswith("f:2:8: warning: the voice speaks") for note in notes)


def test_a_breath_held_too_long(review):
    found = review("  - breathe: 4-12-8\n    rounds: 3\n    voiced: 0\n")
    assert found == ["f:4:5: warning: the breath is held for 12 s; over 10 s is too long for beginners"]
