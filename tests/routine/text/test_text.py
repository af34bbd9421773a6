import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.routine.text import InlinePause, Sentence, check_braces, fill_braces, split_text


def sentences(text):
    return [piece.text for piece in split_text(text) if isinstance(piece, Sentence)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Breathe for 5.5 seconds. Then rest.", ["Breathe for 5.5 seconds.", "Then rest."]),
        ("Wake at 7 a.m. and stretch.", ["Wake at 7 a.m. and stretch."]),
        ("Props, e.g. a block, help. Rest.", ["Props, e.g. a block, help.", "Rest."]),
        ("He said “Rest.” Then he left.", ["He said “Rest.”", "Then he left."]),
        ("Wait... and rest…  Good.", ["Wait...", "and rest…", "Good."]),
        ("吸气。呼气。", ["吸气。", "呼气。"]),
        ("One.\nTwo.", ["One.", "Two."]),
        ("... !", []),
    ],
)
def test_text_is_split_into_sentences(text, expected):
    assert sentences(text) == expected


def test_pauses_and_paragraphs_are_found():
    assert split_text("In. [3s] Out [0.5s] now.\n\nRest.") == [
        Sentence("In."),
        InlinePause(3000),
        Sentence("Out"),
        InlinePause(500),
        Sentence("now.", ends_paragraph=True),
        Sentence("Rest."),
    ]


@pytest.mark.parametrize("text", ["[soon]", "[3]", "a [3s", "a 3s]", "[]", "[[3s]]"])
def test_brackets_must_hold_a_pause(text):
    with pytest.raises(ValueError, match=r"\[3s\]"):
        split_text(text)


@pytest.mark.parametrize("text", ["{side", "side}", "{{side}}"])
def test_braces_must_close(text):
    with pytest.raises(ValueError, match="brace without its partner"):
        check_braces(text)


def test_braces_are_filled():
    assert (
        fill_braces("{Side} knee, {other_side} leg", {"side": "right", "other_side": "left"}) == "Right knee, left leg"
    )


def test_an_unknown_word_in_braces_names_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'side'"):
        fill_braces("{sied}", {"side": "right"})
    with pytest.raises(ValueError, match="inside a section with 'sides'"):
        fill_braces("{side}", {})


@given(st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), max_size=200))
def test_no_word_is_lost_in_splitting(text):
    assert "".join("".join(sentences(text)).split()).replace(" ", "") or not any(c.isalnum() for c in text)
    letters = [char for char in text if char.isalnum()]
    assert [char for sentence in sentences(text) for char in sentence if char.isalnum()] == letters
