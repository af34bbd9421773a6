"""The sheet to teach from: it has every word once, in order and at its time, and needs nothing but itself."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import narrator
from narrator.captions import page as page_module
from narrator.captions.captions import clean_text
from narrator.captions.content import Content
from narrator.captions.sheet import write
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Bell, Breath, Heading, Recording, Speech
from narrator.timeline import Chapter, Hold
from sheets import Page
from timelines import MARK, make_timeline, say

ROOT = Path(__file__).parents[2]
SESSIONS = [
    ("ten-minute-hips", {}), ("ten-minute-hips", {"length": "30m"}), ("box-breathing", {}),
    ("body-scan", {"language": "de"}), ("journaling", {"guidance": "bells"}),
]  # fmt: skip
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.sampled_from(
        [
            "</style><script>alert(1)</script>",
            "<!--",
            "]]>",
            "&lt;",
            '" onload="x',
            "'",
            "<svg>",
            "\ufffe",
            "a\x00b\x1b[0m",
        ]
    ),
)


def show(time):
    hours, rest = divmod(time // 1000, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def list_words(timeline):
    """The start and the text of all that is said, in order."""
    for segment in sorted(timeline.segments, key=lambda segment: segment.start):
        match segment.cue:
            case Speech(text) | Recording(text=text):
                yield segment.start, text
            case Breath(words=words):
                yield segment.start, " ".join(word.text for word in words)


def check_words(page, timeline):
    """Every word is there once, in order; each row has the second of its first text, and is at most a countdown."""
    said = [(start, clean_text(text).replace("\ufffe", "\ufffd").split()) for start, text in list_words(timeline)]
    said = [(start, words) for start, words in said if words]
    rows = [row for row in page.rows if row.words]
    assert [word for row in rows for word in row.words] == [word for _, words in said for word in words]
    at = 0
    for row in rows:
        first, number = said[at][0], 0
        assert row.time == show(first)
        while number < len(row.words):
            assert said[at][0] - first <= 1500 * number
            number += len(said[at][1])
            at += 1


@pytest.fixture(scope="module", params=SESSIONS, ids=lambda each: "-".join([each[0], *each[1].values()]))
def planned(request):
    name, options = request.param
    session = narrator.plan(name, voice="silent", **options)
    return session, Page(session.script("sheet"))


def test_every_word_is_in_it_once_in_order_at_its_time(planned):
    session, page = planned
    check_words(page, session._decided.timeline)


def test_it_needs_nothing_else_and_its_drawing_is_xml(planned):
    session, page = planned
    page.check()
    svg = page.parse_svg()
    title, text = (svg.find(f"{{http://www.w3.org/2000/svg}}{name}") for name in ("title", "desc"))
    assert title.text.startswith(session.title)
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"
    assert all(chapter.title in text.text for chapter in session.chapters)
    assert (page.tags[0][1]["lang"], page.tags[0][1]["dir"]) == (session.language, "ltr")


def test_sections_and_holds_have_their_times(planned):
    session, page = planned
    timeline = session._decided.timeline
    assert page.headings[0] == ("h1", session.title)
    titles = [text for tag, text in page.headings if tag == "h2"]
    for chapter in session.chapters:
        assert any(re.match(rf"{show(chapter.start)} \d+{re.escape(chapter.title)} ", title) for title in titles)
    holds = [(show(hold.start), show(hold.end - hold.start + 500)) for hold in timeline.holds]
    found = [(row.time, row.end) for row in page.heads if row.words[0] in {"Hold", "Halten"}]
    assert found == holds


def test_the_same_session_gives_the_same_bytes(planned):
    session, page = planned
    assert session.script("sheet") == page.text


def test_sides_and_rounds_are_named_in_the_language_of_the_sheet():
    german = Page(narrator.plan("body-scan", voice="silent", language="de").script("sheet"))
    assert [row.words for row in german.heads if "rechts" in row.words] == [["Halten", "rechts"]]


def test_rounds_of_a_repeat_have_headings_and_what_follows_is_set_off(write):
    path = write(
        "title: Rounds\nlanguage: en\nsteps:\n  - section: Move\n    steps:\n      - say: Begin.\n      - repeat: 2\n"
        "        steps: [{say: Up. Down.}]\n      - say: End.\n"
    )
    written = narrator.plan(path, voice="silent").script("sheet")
    assert re.findall(r"<span>(Round \d)</span></h3>|(<hr>)", written) == [
        ("Round 1", ""),
        ("Round 2", ""),
        ("", "<hr>"),
    ]


def test_breath_rounds_are_the_same_from_a_script_with_fixed_times():
    def list_rounds(page):
        return [(row.time, " ".join(row.words), row.end) for row in page.heads if row.words[0] == "Breath"]

    routine = Page(narrator.plan("box-breathing", voice="silent").script("sheet"))
    fixed = Page(narrator.plan(ROOT / "scripts" / "box-breathing.yaml", voice="silent").script("sheet"))
    assert list_rounds(fixed) == list_rounds(routine)
    assert list_rounds(routine)[1] == ("3:12", "Breath 5 × In 4 · Hold 4 · Out 4 · Rest 4", "1:20")
    assert [row.words for row in fixed.rows] == [row.words for row in routine.rows]


def test_timed_text_has_lines_with_times_and_no_sections(write):
    path = write(
        "1\n00:00:01,000 --> 00:00:02,000\n<i>Go</i> on.\n\n2\n00:01:10,900 --> 00:01:12,000\nStop.\n", "a.srt"
    )
    page = Page(narrator.plan(path, voice="silent", language="en").script("sheet"))
    assert [(row.time, " ".join(row.words)) for row in page.rows] == [("0:01", "Go on."), ("1:10", "Stop.")]
    assert page.rows[0].end == "1:09"
    assert [tag for tag, _ in page.headings] == ["h1"]


def make_content(timeline, title="T", language="en"):
    return Content(Heading(title, language, VoiceSpec(), Tags()), "silent:en", timeline)


@settings(max_examples=60)
@given(title=HOSTILE, section=HOSTILE, texts=st.lists(HOSTILE, min_size=1, max_size=6), side=HOSTILE)
def test_no_title_and_no_text_becomes_markup(title, section, texts, side):
    cues = [(504 + 4800 * number, say(text)) for number, text in enumerate(texts)]
    timeline = make_timeline(*cues, (40_008, Bell(f"a/{title[:20]}.wav")), (42_000, Recording("b.wav", 0, texts[0])))
    hold = Hold(480, 6000, MARK, 0, side)
    chapter = Chapter(section, 480, 30_000)
    segments = tuple(replace(each, chapter=0, side=side) for each in timeline.segments)
    timeline = replace(timeline, segments=segments, chapters=(chapter,), holds=(hold,))
    page = Page(write(make_content(timeline, title)))
    page.check()
    page.parse_svg()
    check_words(page, timeline)
    assert page.title == page_module._NOT_XML.sub("\ufffd", clean_text(title))
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "h3", "p", "b", "span", "figure",
        "svg", "desc", "line", "text", "path", "circle", "figcaption", "section", "ol", "li", "div", "time", "bdi", "hr",
    }  # fmt: skip


def test_arabic_runs_from_right_to_left_and_words_of_narrator_are_marked():
    page = Page(write(make_content(make_timeline((504, say("تنفّس."))), "راحة", "ar")))
    assert (page.tags[0][1]["lang"], page.tags[0][1]["dir"]) == ("ar", "rtl")
    assert ("span", {"lang": "en", "dir": "ltr"}) in page.tags
    assert 'lang="en"' not in write(make_content(make_timeline((504, say("休む。"))), "休息", "ja"))


def test_the_introduction_is_marked_as_english_in_a_language_without_words_of_narrator():
    def write_sheet(language):
        timeline = make_timeline((504, say("Cześć.")), (5_016, say("Połóż się.")), length=10_000)
        return write(make_content(replace(timeline, chapters=(Chapter("Introduction", 5_016, 10_000),)), "A", language))

    marked = '<bdi><span lang="en" dir="ltr">Introduction</span></bdi>'
    assert (write_sheet("pl").count(marked), write_sheet("pl").count("<bdi>Introduction</bdi>")) == (1, 1)
    assert "<bdi>Einleitung</bdi>" in write_sheet("de")


@pytest.mark.parametrize(("length", "is_wide"), [(3_599_976, False), (3_600_000, True)])
def test_times_with_hours_have_a_wider_column(length, is_wide):
    page = write(make_content(make_timeline((504, say("Rest.")), length=length)))
    assert ('<header class="hours">' in page) == is_wide


@pytest.mark.slow
def test_a_session_of_ten_thousand_lines_keeps_a_small_drawing():
    cues = [(504 + 2400 * number, say(f"Line {number}.")) for number in range(10_000)]
    cues += [(504 + 2400 * number, Bell("bowl")) for number in range(0, 10_000, 3)]
    timeline = make_timeline(*cues, length=24_100_000)
    page = Page(write(make_content(timeline)))
    check_words(page, timeline)
    assert len(page.text) < 1_500_000
    assert len(re.search(r'<svg class="timeline".*</figure>', page.text, re.DOTALL)[0]) < 80_000


def parse_colours(style):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", style))


def measure_light(colour):
    """Relative luminance, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("number", range(3), ids=["light", "dark", "print"])
def test_texts_can_be_read_on_their_grounds(number):
    blocks = re.findall(r":root \{.*?\}", page_module._STYLE.read_text("utf-8"), re.DOTALL)
    colours = parse_colours(blocks[number])
    grounds = {
        "paper": ("ink", "soft", "hold", "breath", "bell"),
        "hold-tint": ("ink", "soft", "bell"),
        "breath-tint": ("ink", "soft", "breath", "bell"),
    }
    for ground, texts in grounds.items():
        for text in texts:
            lights = sorted([measure_light(colours[ground]), measure_light(colours[text])])
            assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5, (ground, text)
