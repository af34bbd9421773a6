from pathlib import Path

import pytest

from narrator.takes.names import find_named, make_name

WANTED = {
    1: "Breathe in.",
    7: "Breathe in, and let your shoulders sink.",
    8: "Thank you.",
    12: "Und jetzt: öffne die Augen!",
}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("07.wav", 7),
        ("007 Breathe in.m4a", 7),
        ("7-anything.wav", 7),
        ("breathe-in.wav", 1),
        ("Breathe_in_and_let_your.wav", 7),
        ("thank you.mp3", 8),
        ("und-jetzt-öffne-die-augen.wav", 12),
        ("2026-11-27.m4a", None),
        ("1-2.wav", None),
        ("13.wav", None),
        ("take.wav", None),
        ("Voice 7.m4a", None),
    ],
)
def test_a_file_is_named_after_its_sentence(name, number):
    assert find_named(Path(name), 2000, WANTED) == number


def test_a_long_file_is_a_take_whatever_its_name():
    assert find_named(Path("07.wav"), 60_000, WANTED) is None


def test_names_are_made_from_number_and_words():
    assert make_name(7, WANTED[7]) == "007-breathe-in-and-let-your-shoulders-sink"
    assert make_name(12, WANTED[12]) == "012-und-jetzt-öffne-die-augen"
    assert all(find_named(Path(f"{make_name(each, text)}.wav"), 2000, WANTED) == each for each, text in WANTED.items())
