"""`narrator voices cut`: a take becomes a voice, and says what is missing, doubtful or left over."""

import json

import numpy as np
import pytest

from recordings import record, speak, write_wav
from take_maker import Plan, make_take

SENTENCES = (
    "Lie down on your back, and let your legs be long.",
    "Breathe in.",
    "Let both knees sink to the right, as far as they like.",
    "Soften your jaw.",
    "Breathe out slowly, and let your shoulders be heavy.",
    "Now come back to the middle.",
    "Roll onto one side, and rest there for a breath.",
    "Thank you for taking this time.",
)
ROUTINE = "title: Rest\nlanguage: en\nfloor: none\nsteps:\n" + "".join(f"  - say: {text}\n" for text in SENTENCES)
CUT = ("voices", "cut", "routine.yaml")


def list_rows(result):
    return [json.loads(line) for line in result.out.splitlines()]


@pytest.fixture
def routine(write):
    return write(ROUTINE)


@pytest.mark.long
def test_a_take_with_retakes_slips_and_noise_becomes_a_voice(narrator, routine, tmp_path):
    plan = Plan(frozenset({6}), frozenset({4}), frozenset({2}), frozenset(), frozenset({0}), frozenset({7}))
    take = make_take(SENTENCES, plan, 3)
    write_wav(tmp_path / "take.wav", take.samples)
    before = (tmp_path / "take.wav").read_bytes()
    rows = list_rows(narrator(*CUT, "take.wav", "--to", "anna", "--no-recognition", "--json"))
    known = {row["number"]: row for row in rows if row["kind"] == "sentence"}
    assert [known[number]["state"] == "missing" for number in range(1, 9)] == [number == 7 for number in range(1, 9)]
    for number, row in known.items():
        spans = [(start, end) for start, end, kind, sentence in take.truth if (kind, sentence) == ("good", number - 1)]
        if spans:
            assert abs(row["start_ms"] - spans[0][0]) < 150
            assert abs(row["end_ms"] - spans[-1][1]) < 250
    assert {row["what"] for row in rows if row["kind"] == "extra"} == {"said again", "not a sentence"}
    assert (tmp_path / "take.wav").read_bytes() == before
    missing = narrator("render", "routine.yaml", "--voice", "recorded:anna")
    assert "has no recording of 1 of 8 sentences: 'Roll onto one side" in missing.err
    write_wav(tmp_path / "07.wav", record(speak(SENTENCES[6])))
    again = list_rows(narrator(*CUT, "07.wav", "--to", "anna", "--json"))
    assert [row["state"] for row in again if row["kind"] == "sentence"].count("kept") == 7
    tracks = list_rows(narrator("render", "routine.yaml", "--voice", "recorded:anna", "--json"))
    assert tracks[-1]["clips_new"] == 8
    assert narrator("verify", tracks[-1]["path"]).code == 0


@pytest.mark.slow
def test_takes_that_have_a_part_each_are_read_as_one(narrator, routine, tmp_path):
    """The second begins in the middle. One sentence alone is doubtful, and does not replace a good one."""
    none = Plan()
    for name, part in (("one", SENTENCES[:5]), ("two", SENTENCES[5:]), ("three", SENTENCES[2:3])):
        write_wav(tmp_path / f"{name}.wav", make_take(part, none, 5).samples)
    rows = list_rows(narrator(*CUT, "one.wav", "two.wav", "three.wav", "--to", "anna", "--no-recognition", "--json"))
    known = [row for row in rows if row["kind"] == "sentence"]
    assert [(row["state"], row["take"]) for row in known] == [("good", "one.wav")] * 5 + [("good", "two.wav")] * 3


@pytest.mark.slow
def test_a_few_sentences_from_anywhere_are_doubtful(narrator, routine, tmp_path):
    """Without the recogniser, too little is heard to say which part of the list they are."""
    write_wav(tmp_path / "take.wav", make_take([SENTENCES[at] for at in (0, 3, 6)], Plan(), 5).samples)
    result = narrator(*CUT, "take.wav", "--to", "anna", "--no-recognition", "--json")
    states = [row["state"] for row in list_rows(result) if row["kind"] == "sentence"]
    assert "good" not in states
    assert "doubtful" in states


def test_files_named_by_number_or_words_are_sentences(narrator, routine, tmp_path):
    for number, name in ((2, "02.wav"), (4, "soften-your-jaw.wav"), (6, "006 now.wav")):
        write_wav(tmp_path / "files" / name, record(speak(SENTENCES[number - 1])))
    result = narrator(*CUT, "files", "--to", "anna", "--speaker", "Anna B")
    assert result.code == 0
    assert [line.split()[:2] for line in result.out.splitlines()[:8]] == [
        [str(number), "good" if number in (2, 4, 6) else "missing"] for number in range(1, 9)
    ]
    assert "anna/voice.yaml: 3 good, 5 missing; 3 files written" in result.out
    assert (tmp_path / "anna" / "voice.yaml").read_text().startswith('speaker: "Anna B"\nlanguage: en\n')


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("routine.yaml", "--to", "anna"), "no take is named"),
        (("take.wav", "--to", "anna"), "there is no take take.wav"),
        (("routine.yaml", "02.wav", "--to", "anna", "--only", "3,x"), "--only: 'x' is not the number of a sentence"),
        (("nothing.yaml", "02.wav", "--to", "anna"), "nothing.yaml"),
        (("routine.yaml", "bad.wav", "--to", "anna"), "bad.wav is not audio, or is damaged"),
    ],
)
def test_what_cannot_be_cut_is_reported(narrator, routine, tmp_path, args, message):
    write_wav(tmp_path / "02.wav", np.zeros(48_000))
    (tmp_path / "bad.wav").write_bytes(b"bad")
    result = narrator("voices", "cut", *args)
    assert result.code in (1, 2)
    assert message in result.err
    assert not (tmp_path / "anna").exists()
