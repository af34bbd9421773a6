"""Each form by the rules of its kind, as other programs read it."""

import json
import re
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.captions.content import Content
from narrator.captions.forms import FORMS, find_form, name_forms, write_form
from narrator.errors import UsageError
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Bell, Breath, Heading
from narrator.timeline import Chapter
from timelines import make_timeline, say

LONG = "Stand with your feet as wide as your hips, your toes pointing forward, and your knees a little soft."
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\\{}"), min_size=1, max_size=60)


def make_content(timeline, title="Rest & [be]", language="en", **options):
    return Content(Heading(title, language, VoiceSpec(), Tags(artist="Us")), "silent:en", timeline, **options)


def make_chapters(timeline, *chapters):
    segments = tuple(replace(each, chapter=find_chapter(chapters, each.start)) for each in timeline.segments)
    return replace(timeline, segments=segments, chapters=chapters)


def find_chapter(chapters, time):
    return next((number for number, each in enumerate(chapters) if each.start <= time < each.end), None)


def test_a_form_is_found_by_the_longest_ending():
    assert {name: find_form(PurePath(f"a/b{form.suffix}")).name for name, form in FORMS.items()} == {
        name: name for name in FORMS
    }
    assert find_form(PurePath("A.CHAPTERS.JSON")).name == "chapters"
    assert find_form(PurePath("vtt")) is None
    with pytest.raises(UsageError, match="there are no captions 'x'; use text, json, vtt"):
        name_forms(["vtt", "x"])
    assert name_forms(["vtt", "html", "sheet", "chapters.json"]) == ("vtt", "sheet", "chapters")


@pytest.mark.parametrize("name", FORMS)
def test_every_form_writes_a_session_without_anything_to_say(name):
    assert import_module(FORMS[name].module).__doc__
    written = write_form(name, make_content(make_timeline((504, Bell("bowl")))))
    assert written == "" or written.endswith("\n")
    assert "[bell]" not in written


def test_vtt_is_as_its_page_has_it():
    timeline = make_timeline((504, say(LONG)), (7200, say("1 < 2 & --> 3")), takes=4800)
    assert write_form("vtt", make_content(timeline, language="de-AT")) == (
        "WEBVTT\nLanguage: de-AT\n\n"
        "00:00:00.504 --> 00:00:02.533\nStand with your feet as wide as your hips,\n\n"
        "00:00:02.533 --> 00:00:05.304\nyour toes pointing forward,\nand your knees a little soft.\n\n"
        "00:00:07.200 --> 00:00:12.000\n1 &lt; 2 &amp; --&gt; 3\n"
    )


def test_srt_has_nothing_that_is_taken_for_markup():
    timeline = make_timeline((3_723_504, say("<i> --> x")), (3_800_016, say("Rest.")), length=4_000_000)
    assert write_form("srt", make_content(timeline)) == (
        "1\n01:02:03,504 --> 01:02:04,704\n‹i> → x\n\n2\n01:03:20,016 --> 01:03:21,216\nRest.\n"
    )


@settings(max_examples=40)
@given(texts=st.lists(TEXT, max_size=5), bells=st.booleans())
@pytest.mark.parametrize("form", ["vtt", "srt"])
def test_another_program_reads_the_same_lines_at_the_same_times(form, texts, bells):
    cues = [(504 + 4800 * number, say(text)) for number, text in enumerate(texts)]
    content = make_content(make_timeline(*cues, (30_000, Bell("bowl"))), has_bells=bells)
    read = pysubs2.SSAFile.from_string(write_form(form, content), format_=form)
    found = [(each.start, each.end) for each in read]
    assert found == [(each.start, each.end) for each in content.captions]
    for each, caption in zip(read, content.captions, strict=True):
        if not set("<>&") & set(caption.text):
            assert each.text.split("\\N") == [line.strip() for line in caption.lines]


def test_lrc_has_tags_and_a_time_for_each_line():
    timeline = make_timeline(
        (504, Bell("bowl")), (6000, say(LONG)), (4_000_008, say("Rest.")), takes=4800, length=4_010_000
    )
    *tags, bell, first, second, last = write_form("lrc", make_content(timeline, has_bells=True)).splitlines()
    assert tags == ["[ti:Rest & [be]]", "[ar:Us]", "[al:Guided sessions]", "[la:en]", "[length:66:50]", "[re:narrator]"]
    assert bell == "[00:00.50] [bell]"
    assert first == "[00:06.00]Stand with your feet as wide as your hips,"
    assert re.fullmatch(r"\[00:0[78]\.\d\d\]your toes pointing forward, and your knees a little soft\.", second)
    assert last == "[66:40.01]Rest."


def test_chapters_are_those_of_the_podcast_namespace():
    timeline = make_chapters(
        make_timeline((504, say("Hello.")), (2400, say("Rest."))),
        Chapter("休む", 2400, 30_000),
        Chapter("Go", 30_000, 40_000),
    )
    data = json.loads(write_form("chapters", make_content(timeline)))
    assert data == {
        "version": "1.2.0",
        "title": "Rest & [be]",
        "author": "Us",
        "chapters": [
            {"startTime": 0, "endTime": 2.4, "title": "Introduction"},
            {"startTime": 2.4, "endTime": 30, "title": "休む"},
            {"startTime": 30, "endTime": 60, "title": "Go"},
        ],
    }
    assert json.loads(write_form("chapters", make_content(make_timeline())))["chapters"] == []


def test_a_transcript_has_paragraphs_below_titles():
    timeline = make_timeline(
        (504, say("Hello.")), (2400, say("Lie down.")), (3000, say("Rest.")), (9000, Bell("bowl")), (9600, say("three")),
        (10_608, say("two")), (12_000, Breath("in", 3000, (say("In"), say("two")))),
    )  # fmt: skip
    assert write_form("transcript", make_content(make_chapters(timeline, Chapter("One", 2400, 30_000)))) == (
        "Rest & [be]\n\nHello.\n\nOne\n\nLie down. Rest.\n\nthree, two, In, two\n"
    )
    japanese = make_timeline((504, say("休む。")), (1200, say("三")), (1800, say("二")))
    assert write_form("transcript", make_content(japanese, "休息", "ja")) == "休息\n\n休む。三、二\n"
