import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.speech.wording import LONGEST_BREATH, has_words, split_breaths, split_clauses, word_english


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Breathe 4-7-8.", "Breathe 4, 7, 8."),
        ("box breathing, 4-4-4-4", "box breathing, 4, 4, 4, 4"),
        ("Hold for 10–12 breaths.", "Hold for 10 to 12 breaths."),
        ("3 - 5 rounds", "3 to 5 rounds"),
        ("5-5 breathing", "5, 5 breathing"),
        ("at 6 a.m. and later", "at 6 ay em and later"),
        ("Wake at 7:30 p.m., then rest.", "Wake at 7 30 pee em, then rest."),
        ("Come at 6 a.m.", "Come at 6 ay em."),
        ("Come at 6 AM. Stay.", "Come at 6 ay em. Stay."),
        ("At 7:00 a.m. sharp", "At 7 ay em sharp"),
        ("At 7:00", "At 7 o'clock"),
        ("at 7:05", "at 7 oh 5"),
        ("I am 6 am I not", "I am 6 ay em I not"),
        ("5 cm, 20 m, 1 m", "5 centimetres, 20 metres, 1 metre"),
        ("hold 30s", "hold 30 seconds"),
        ("a 5-min rest", "a 5 minutes rest"),
        ("20°C or 45°", "20 degrees Celsius or 45 degrees"),
        ("3.5–4 m", "3.5 to 4 metres"),
        ("60 bpm", "60 beats per minute"),
        ("1/2 way", "half way"),
        ("1½ hours and ¾", "1 and a half hours and three quarters"),
        ("-5 degrees", "minus 5 degrees"),
        ("rock & roll", "rock and roll"),
        ("and/or", "and or"),
        ("e.g. a block, etc.", "for example a block, et cetera"),
        ("Smile 🙂.", "Smile ."),
        # What is right already stays as it is.
        ("30 seconds, 90%, the 1st, 10,000 steps", "30 seconds, 90%, the 1st, 10,000 steps"),
        ("well-known T-spine, C3 to C5, covid-19", "well-known T-spine, C3 to C5, covid-19"),
        ("I'm 5'2 and in a mess", "I'm 5'2 and in a mess"),
    ],
)
def test_what_is_misread_is_put_into_words(written, spoken):
    assert word_english(written) == spoken


def test_clauses_end_at_stops():
    clauses = split_clauses("Rest; breathe — slowly: in, “out.” Well… 3.5, self-care? Yes!")
    assert [(clause.words, clause.stop) for clause in clauses] == [
        ("Rest", ","),
        ("breathe", ","),
        ("slowly", ","),
        ("in", ","),
        ("“out", "."),
        ("Well", "."),
        ("3.5", ","),
        ("self-care", "?"),
        ("Yes", "!"),
    ]


@pytest.mark.parametrize("text", ["", "...", " – ", "?!", "🙂", "*", "“”"])
def test_nothing_is_spoken_without_words(text):
    assert not split_breaths(word_english(text))
    assert not has_words(word_english(text))


def test_a_long_text_is_cut_at_clauses_into_even_breaths():
    text = ", ".join(["and let the breath go out slowly"] * 12)
    breaths = split_breaths(text)
    counts = [sum(len(clause.words.split()) for clause in breath) for breath in breaths]
    assert counts == [28, 28, 28]
    assert [clause for breath in breaths for clause in breath] == split_clauses(text)


@given(st.lists(st.sampled_from(["hip", "knee", "toe,", "heel.", "—", "and"]), max_size=300).map(" ".join))
def test_no_breath_is_too_long_and_no_word_is_lost(text):
    breaths = split_breaths(text)
    assert all(0 < sum(len(clause.words.split()) for clause in breath) <= LONGEST_BREATH for breath in breaths)
    said = [word for breath in breaths for clause in breath for word in clause.words.split()]
    assert said == [word.strip(",.") for word in text.split() if word.strip(",.—")]
