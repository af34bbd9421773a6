from hypothesis import given
from hypothesis import strategies as st

from narrator.speech.text.breaths import LONGEST_BREATH, count_words, split_breaths, split_clauses


def list_breaths(text: str) -> list[str]:
    return [" ".join(f"{clause.words}{clause.stop}" for clause in breath) for breath in split_breaths(text)]


def count_breaths(text: str) -> list[int]:
    return [sum(count_words(clause.words) for clause in breath) for breath in split_breaths(text)]


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


def test_a_number_is_as_many_words_as_it_has_figures():
    assert count_words("rest for 10 breaths until 1998") == 4 + 2 + 4
    assert max(count_breaths(", ".join(map(str, range(1970, 2010))))) <= LONGEST_BREATH


def test_a_long_text_is_cut_at_clauses_into_even_breaths():
    text = ", ".join(["and let the breath go out slowly"] * 12)
    assert count_breaths(text) == [28, 28, 28]
    assert [clause for breath in split_breaths(text) for clause in breath] == split_clauses(text)


def test_a_sentence_is_kept_whole_where_that_can_be():
    short, long = "Let the eyes close, and rest.", "Feel how the breath comes in, and how it goes, all by itself. "
    assert list_breaths(long * 3 + short) == [long.strip() + " " + long.strip(), f"{long}{short}"]


def test_a_clause_that_is_too_long_is_cut_before_a_joining_word():
    text = " ".join(["the back of the body grows wide on the floor"] * 3 + ["and"] + ["the front of it softens"] * 4)
    first, second = list_breaths(text)
    assert first.endswith("floor")
    assert second.startswith("and the front")


@given(st.lists(st.sampled_from(["hip", "knee", "toe,", "heel.", "—", "and", "1998"]), max_size=300).map(" ".join))
def test_no_breath_is_too_long_and_no_word_is_lost(text):
    assert all(0 < count <= LONGEST_BREATH for count in count_breaths(text))
    said = [word for breath in split_breaths(text) for clause in breath for word in clause.words.split()]
    assert said == [word.strip(",.") for word in text.split() if word.strip(",.—")]


def test_no_breath_is_a_word_or_two_cut_off():
    assert count_breaths("Inhale, " + "now " * 40) == [20, 21]
