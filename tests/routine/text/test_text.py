import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.routine.text import InlinePause, Sentence, TextError, check_braces, fill_braces, split_text
from narrator.routine.text.sentences import split_sentences


def sentences(text, language="en"):
    return [piece.text for piece in split_text(text, language) if isinstance(piece, Sentence)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Breathe for 5.5 seconds. Then rest.", ["Breathe for 5.5 seconds.", "Then rest."]),
        ("Wake at 7 a.m. and stretch.", ["Wake at 7 a.m. and stretch."]),
        ("Props, e.g. a block, help. Rest.", ["Props, e.g. a block, help.", "Rest."]),
        ("He said “Rest.” Then he left.", ["He said “Rest.”", "Then he left."]),
        ("Wait... and rest…  Good.", ["Wait...", "and rest…", "Good."]),
        ("One.\nTwo.", ["One.", "Two."]),
        ("... !", []),
    ],
)
def test_text_is_split_into_sentences(text, expected):
    assert sentences(text) == expected


def test_pauses_and_paragraphs_are_found():
    assert split_text("In. [3s] Out [0.5s] now.\n\nRest.", "en") == [
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
        split_text(text, "en")


@pytest.mark.parametrize("text", ["{side", "side}", "{{side}}"])
def test_braces_must_close(text):
    with pytest.raises(ValueError, match="brace is unmatched"):
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


def letters(text):
    return [char for char in text if char.isalnum()]


@given(
    st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(". !?…\n\"'“”()3zZ")), max_size=200),
    st.sampled_from(["en", "de", "fr", "th", "ja", "hi", "nb", "xx"]),
)
def test_no_letter_is_lost_in_sentences(text, language):
    found = split_sentences(text, language)
    assert letters("".join(found)) == letters(text)
    assert all(letters(sentence) and sentence == sentence.strip() for sentence in found)


@given(st.text(max_size=100), st.sampled_from(["en", "de", "ja"]))
def test_any_text_is_taken_apart_or_refused(text, language):
    try:
        pieces = split_text(text, language)
    except TextError as error:
        pieces = [Sentence(fault.message) for fault in error.faults]
    assert all(piece.length > 0 if isinstance(piece, InlinePause) else letters(piece.text) for piece in pieces)


def test_lines_join_or_end_sentences():
    text = "Lie down\nand rest\n[2s] Breathe\n\nNow"
    assert split_text(text, "en") == [
        Sentence("Lie down and rest"), InlinePause(2000), Sentence("Breathe", ends_paragraph=True), Sentence("Now"),
    ]  # fmt: skip
    assert [getattr(piece, "text", piece) for piece in split_text(text, "en", "separate")] == [
        "Lie down", "and rest", InlinePause(2000), "Breathe", "Now",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["breathe", "one, two, three,", "Atem", "吸って吐いて、", "หายใจเข้า", "12345"])
@pytest.mark.parametrize("count", [70, 1000])
def test_a_long_sentence_is_cut_without_a_loss(word, count):
    text = " ".join([word] * count)
    pieces = split_sentences(text, "en")
    assert len(pieces) > 1
    assert " ".join(pieces).split() == text.split()
    assert max(len(piece) for piece in pieces) <= 360


def test_a_long_sentence_is_cut_at_clauses_in_pieces_of_about_one_length():
    clause = "breathe in slowly and let the shoulders fall down"
    pieces = split_sentences(", ".join([clause] * 14) + ".", "en")
    assert all(piece.endswith((",", ".")) for piece in pieces)
    counts = [len(piece.split()) for piece in pieces]
    assert max(counts) <= 60
    assert max(counts) - min(counts) <= 9


def test_a_word_of_combining_marks_is_cut_before_a_letter():
    pieces = split_sentences("กี" * 400, "th")
    assert len(pieces) > 1
    assert all(piece[0] == "ก" for piece in pieces)


def test_a_pause_in_braces_is_reported_how_to_be_written():
    with pytest.raises(ValueError, match=r"for a pause, write \[5s\]"):
        fill_braces("In. {pause 5s}", {"side": "right"})
