"""The sheet to read from has every sentence with its number, as written, in text and in a page."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.captions.captions import clean_text
from narrator.takes.sentences import Sentence
from narrator.takes.sheet import write_html, write_text
from sheets import Page

ONE = "title: One\nlanguage: en\nsteps:\n  - say: Breathe 4-7-8. Rest.\n"
TWO = "title: Zwei\nlanguage: de\nsteps:\n  - say: Ruh dich aus.\n  - section: Ende\n    steps: [{say: Steh auf.}]\n"
HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120)


class Items(HTMLParser):
    """The numbers and the sentences of a page."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag == "li":
            self.found.append(["", ""])

    def handle_endtag(self, tag):
        while self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "li" in self.open and self.open[-1] in {"span", "p"}:
            self.found[-1][self.open[-1] == "p"] += data


def test_text_has_how_to_read_and_the_sentences_below_their_titles(narrator, write):
    write(ONE, "one.yaml")
    result = narrator("voices", "sheet", "one.yaml")
    assert result.out == (
        "One\n\n"
        "Read in a quiet room, always at the same distance from the microphone.\n"
        "Leave two seconds of silence between two sentences, and do not read the numbers.\n"
        "After a slip, be silent for a moment, and read the whole sentence again.\n\n"
        "  1  Breathe 4-7-8.\n  2  Rest.\n"
    )
    assert narrator("voices", "sheet", "one.yaml", "--output", "-").out == result.out


def test_routines_have_their_titles_and_sections(narrator, write):
    write(ONE, "one.yaml")
    write(TWO, "two.yaml")
    lines = narrator("voices", "sheet", "one.yaml", "two.yaml").out.splitlines()
    assert lines[0] == "One, Zwei"
    assert [line for line in lines[6:] if line] == [
        "# One", "  1  Breathe 4-7-8.", "  2  Rest.", "# Zwei", "  3  Ruh dich aus.", "## Ende", "  4  Steh auf.",
    ]  # fmt: skip


def test_the_page_is_in_the_language_of_the_routine_and_marks_others(narrator, write, tmp_path):
    write(ONE, "one.yaml")
    write(TWO, "two.yaml")
    assert narrator("voices", "sheet", "two.yaml", "one.yaml", "--output", "a.html").out == "a.html  4 sentences\n"
    page = Page((tmp_path / "a.html").read_text("utf-8"))
    page.check()
    assert page.tags[0] == ("html", {"lang": "de", "dir": "ltr"})
    assert ("ol", {"class": "sentences", "lang": "en", "dir": "ltr"}) in page.tags
    assert "Lies in einem ruhigen Raum" in page.text
    assert Items(page.text).found == [
        ["1", "Ruh dich aus."],
        ["2", "Steh auf."],
        ["3", "Breathe 4-7-8."],
        ["4", "Rest."],
    ]


def test_a_built_in_routine_can_be_read_in_another_language(narrator):
    german = narrator("voices", "sheet", "box-breathing", "--language", "de").out
    assert "Willkommen." in german
    assert "Lies in einem ruhigen Raum" in german
    numbers = [int(number) for number in re.findall(r"^ +(\d+)  ", german, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_file_that_narrator_did_not_write_is_kept(narrator, write, tmp_path):
    write(ONE, "one.yaml")
    for name in ("a.txt", "a.html"):
        path = tmp_path / name
        path.write_text("my own")
        result = narrator("voices", "sheet", "one.yaml", "--output", name)
        assert (result.code, path.read_text()) == (3, "my own")
        assert "was not written by narrator" in result.err
        assert narrator("voices", "sheet", "one.yaml", "--output", name, "--force").code == 0
        # Now it is narrator's own.
        assert narrator("voices", "sheet", "one.yaml", "--output", name).code == 0
    result = narrator("voices", "sheet", "one.yaml", "--output", "a.pdf")
    assert (result.code, result.err) == (2, "error: --output: a.pdf must end in .txt or .html\n")
    bells = write("title: Bells\nlanguage: en\nsteps:\n  - bell: bowl\n", "bells.yaml")
    assert "nothing is said in these routines" in narrator("voices", "sheet", str(bells)).err


@given(texts=st.lists(HOSTILE, min_size=1, max_size=6), title=HOSTILE, section=HOSTILE)
def test_no_text_is_lost_or_becomes_markup(texts, title, section):
    sentences = [Sentence(number, text, "en", title, section) for number, text in enumerate(texts, 1)]
    page = Page(write_html(sentences))
    page.check()
    shown = [clean_text(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for text in texts]
    assert Items(page.text).found == [[str(number), text] for number, text in enumerate(shown, 1)]
    written = "".join(write_text(sentences).split())
    for number, text in enumerate(texts, 1):
        if words := "".join(clean_text(text).split()):
            assert f"{number}{words}" in written


@pytest.mark.parametrize("language", ["ar", "ja"])
def test_the_direction_is_that_of_the_language(language):
    page = Page(write_html([Sentence(1, "x", language, "t", None)]))
    assert page.tags[0][1]["dir"] == ("rtl" if language == "ar" else "ltr")
