"""Texts in lines: nothing is lost, and each part fits a screen."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from narrator.captions.lines import COLUMNS, direct_line, ends_clause, list_units, split_text

LATIN = st.lists(st.text("abcdefghé'’-ß", min_size=1, max_size=14), min_size=1, max_size=60)
STOPS = st.lists(st.sampled_from(["", "", "", ",", ";", ".", "?", " !", " —"]), min_size=60, max_size=60)


def show(text, language="en"):
    return [[line.strip() for line in lines] for lines in split_text(text, language)]


@given(words=LATIN, stops=STOPS, language=st.sampled_from(["en", "fr", "ja"]))
def test_words_keep_their_order_and_fit(words, stops, language):
    text = " ".join(f"{word}{stop}" for word, stop in zip(words, stops, strict=False))
    parts = split_text(text, language)
    assert "".join(line for lines in parts for line in lines) == text
    assert max(map(len, parts)) <= 2
    for lines in parts:
        for line in lines:
            assert cell_len(line.rstrip()) <= COLUMNS
            # No word is cut, and no line begins with a sign.
            assert line.endswith(" ") or text.endswith(line)
            assert line[0] not in "!—"


@given(
    text=st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]) | st.sampled_from(" 、。ーんแสการよม"),
        max_size=200,
    ).map(str.strip),
    language=st.sampled_from(["en", "ja", "zh-TW", "zh", "th", "ar", "de-AT", "x-odd"]),
)
@example(text="ก" * 300, language="th")
@example(text="「" * 300, language="ja")
@example(text="!" + 100 * " !", language="fr")
def test_any_text_is_whole_in_any_language(text, language):
    units, parts = list_units(text, language), split_text(text, language)
    assert "".join(units) == "".join(line for lines in parts for line in lines) == text
    assert all(1 <= len(lines) <= 2 for lines in parts)
    for lines in parts:
        for line in lines:
            # What is wider cannot be cut.
            assert cell_len(line.rstrip()) <= COLUMNS or line in units


def test_lines_end_at_clauses():
    assert show("Slide your right knee forward, behind your right wrist, and let your left leg slide back, into pigeon.") == [
        ["Slide your right knee forward,", "behind your right wrist,"],
        ["and let your left leg slide back,", "into pigeon."],
    ]  # fmt: skip
    assert show("Short, and on one line.") == [["Short, and on one line."]]
    assert show("x" * 90) == [["x" * 90]]
    assert show("") == []


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        (
            "ja",
            "仰向けになって、両腕を体の横に置き、手のひらを天井に向けて、鼻からゆっくりと息を吸い込みましょう。",
            [
                ["仰向けになって、両腕を体の横に置き、", "手のひらを天井に向けて、"],
                ["鼻からゆっくりと息を吸い込みましょう。"],
            ],
        ),
        (
            "zh-TW",
            "躺下來，雙臂放在身體兩側，手掌朝上，慢慢地吸氣。",
            [["躺下來，雙臂放在身體兩側，", "手掌朝上，慢慢地吸氣。"]],
        ),
        (
            "fr",
            "Respirez – doucement ! Puis relâchez « toutes » les épaules : c’est bien ?",
            [["Respirez – doucement ! Puis relâchez", "« toutes » les épaules : c’est bien ?"]],
        ),
        (
            "ar",
            "استلق على ظهرك، وأرخ كتفيك، ثم خذ نفسا عميقا من أنفك ببطء شديد.",
            [["استلق على ظهرك، وأرخ كتفيك،", "ثم خذ نفسا عميقا من أنفك ببطء شديد."]],
        ),
    ],
)
def test_lines_end_where_the_script_of_the_language_allows(language, text, parts):
    assert show(text, language) == parts


def test_thai_is_cut_between_words():
    text = "นอนหงายลงบนพื้นวางแขนไว้ข้างลำตัวหายใจเข้าช้าๆและผ่อนคลายไหล่ทั้งสองข้างแล้วหลับตาลงเบาๆ"
    first, *others = (line for lines in show(text, "th") for line in lines)
    assert others
    # No line begins with a vowel or a tone above or below a letter.
    assert all(cell_len(line[0]) == 1 for line in (first, *others))
    units = list_units(text, "th")
    assert {"นอน", "หงาย", "เข้า", "คลาย"} <= set(units)
    assert "ช้าๆ" in units


def test_a_line_runs_as_its_text_does():
    hebrew = "שכבו על הגב ואז עברו ל Savasana"
    assert direct_line("Savasana על הגב", hebrew) == "\u200fSavasana על הגב"
    assert direct_line("שכבו על", hebrew) == "שכבו על"
    assert direct_line("שלום means peace", "The word שלום means peace") == "\u200eשלום means peace"
    assert direct_line("123", hebrew) == "123"


@pytest.mark.parametrize("text", ["Rest,", "Rest. ", "«Rest!» ", "休む。", "نم،", "well: "])
def test_a_clause_ends_at_a_stop(text):
    assert ends_clause(text)
    assert not ends_clause("rest")
