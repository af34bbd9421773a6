import re

from hypothesis import given
from hypothesis import strategies as st

from narrator.speech.text.pieces import split_pieces


@given(st.lists(st.text("abc é1", min_size=1, max_size=40), max_size=20).map(", ".join), st.integers(20, 120))
def test_pieces_fit_and_lose_no_word(text, most):
    pieces = split_pieces(text, most)
    assert all(len(piece) <= most for piece in pieces)
    assert re.sub(r"[\s,]", "", "".join(pieces)) == re.sub(r"[\s,]", "", text)
    if all(len(word) < most for word in text.split()):
        assert " ".join(pieces).replace(",", "").split() == text.replace(",", "").split()


def test_languages_without_spaces_are_cut_at_their_stops():
    assert split_pieces("吸气，慢慢地。呼气，放松。", 8) == ["吸气，慢慢地。", "呼气，放松。"]


def test_a_quote_is_closed_before_a_cut():
    spoken = "Breathe in and out, and in and out."
    assert split_pieces(f'He said "{spoken}" Then she said "close both of your eyes now."', 70) == [
        f'He said "{spoken}"',
        'Then she said "close both of your eyes now."',
    ]
    assert split_pieces("(As she says: “breathe in.”) Then rest.", 30) == ["(As she says: “breathe in.”)", "Then rest."]
    assert split_pieces('"Breathe in," she says, "and let go"', 26) == ['"Breathe in," she says,', '"and let go"']
    assert split_pieces("「吸气。」「呼气，放松。」", 7) == ["「吸气。」", "「呼气，", "放松。」"]


def test_a_word_that_is_too_long_is_cut_only_then():
    assert split_pieces("a " + "b" * 12, 10) == ["a bbbbbbbb", "bbbb"]
