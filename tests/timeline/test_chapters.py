from dataclasses import replace

import pytest

from narrator.script import Bell
from narrator.timeline import Chapter, list_chapters
from timelines import make_timeline

FIRST, SECOND = Chapter("One", 6000, 20_016), Chapter("Two", 24_000, 50_016)


def make_track(*starts, chapters=(FIRST, SECOND)):
    return replace(make_timeline(*((start, Bell("tick")) for start in starts), length=60_000), chapters=chapters)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Introduction"), ("de-AT", "Einleitung"), ("ja", "はじめに"), ("pl", "Introduction")]
)
def test_what_is_heard_before_the_first_section_is_a_chapter(language, title):
    assert list_chapters(make_track(504, 6000), language, 255) == [
        Chapter(title, 0, 6000),
        Chapter("One", 6000, 24_000),
        Chapter("Two", 24_000, 60_000),
    ]


def test_silence_before_the_first_section_belongs_to_it():
    assert list_chapters(make_track(6000, 7200), "en", 255) == [
        Chapter("One", 0, 24_000),
        Chapter("Two", 24_000, 60_000),
    ]


def test_a_track_without_sections_has_no_chapters():
    assert list_chapters(make_track(504, chapters=()), "en", 255) == []


@pytest.mark.parametrize("count", [255, 256, 600])
def test_more_chapters_than_there_is_room_for_are_joined(count):
    many = [Chapter(str(number), 96 * number, 96 * number + 48) for number in range(count)]
    found = list_chapters(make_track(0, chapters=tuple(many)), "en", 255)
    each = -(-count // 255)
    assert len(found) == -(-count // each) <= 255
    assert [(chapter.title, chapter.start) for chapter in found] == [(c.title, c.start) for c in many[::each]]
    assert [one.end for one in found] == [*(one.start for one in found[1:]), 60_000]
