"""Timed text on a timeline: each line at its time, and what is said where one takes too long."""

import shutil
from pathlib import Path

import pytest

from asking import make_request
from narrator.cache import Cache
from narrator.errors import LengthError, RoutineError, UsageError
from narrator.review.checking import check_session
from narrator.script import Speech
from narrator.session import make_session
from narrator.timeline.timed import LATE_GAP, SENTENCE_GAP
from narrator.units import LONGEST, TICK

TALK = """\
1
00:00:01,000 --> 00:00:03,000
Lie down.

2
00:00:05,000 --> 00:00:08,000
Breathe in. [3s] Breathe out. And again.

3
00:00:20,000 --> 00:00:21,000
[bell]

4
00:00:20,500 --> 00:00:24,250
Rest.
"""
SLOW = "0:01;Let your whole weight sink into the floor, and your shoulders be heavy.\n0:02;Rest.\n0:10;Rest.\n"


@pytest.fixture
def read(write):
    return lambda text, name="talk.srt", length=None, **options: (
        make_session(make_request(write(text, name), name, length, "silent", **options), Cache()).timeline
    )


def list_spoken(timeline):
    return [(segment.cue.text, segment.start) for segment in timeline.segments if isinstance(segment.cue, Speech)]


def test_each_line_is_at_its_time_to_the_tick(read):
    timeline = read(TALK)
    first, breathe_in, breathe_out, again, bell, rest = timeline.segments
    assert [first.start, breathe_in.start, bell.start, rest.start] == [1008, 4992, 19_992, 20_496]
    assert 0 <= breathe_out.start - breathe_in.end - 3000 < TICK
    assert 0 <= again.start - breathe_out.end - SENTENCE_GAP < TICK
    assert (timeline.notes, timeline.chapters, bell.cue.sound) == ((), (), "bowl")
    assert first.mark.line == 3


def test_a_track_ends_after_its_words_its_bells_and_its_last_line(read):
    without = TALK.replace("[bell]", "Now.")
    assert read(without).length == 24_250
    assert read(without.replace("24,250", "20,600")).length == 23_000
    rung = read(TALK).length
    assert rung % 1000 == 0
    assert rung - 20_000 > 11_000


def test_a_line_that_takes_too_long_is_waited_for_and_named(read):
    timeline = read(SLOW, "talk.csv")
    (_, first), (_, second), (_, third) = list_spoken(timeline)
    end = timeline.segments[0].end
    assert (first, third) == (1008, 10_008)
    assert second - end == LATE_GAP
    (note,) = timeline.notes
    assert str(note.mark) == "talk.csv:1:6"
    assert note.message == (
        f"this line takes {-(-(end - 1992) // 100) / 10:g}s longer than there is before the next, which waits for it; use "
        f"fewer words, or let line 2 start at 0:{-(-second // 100) / 10:06.3f}"
    )
    moved = SLOW.replace("0:02", note.message.split()[-1])
    assert read(moved, "talk.csv").notes == ()


def test_lines_at_one_time_are_spoken_one_after_the_other(read):
    timeline = read("0:01;One.\n0:01;Two.\n0:01;Three.\n", "talk.csv")
    assert [text for text, _ in list_spoken(timeline)] == ["One.", "Two.", "Three."]
    assert len(timeline.notes) == 2
    assert all(one.end < other.start for one, other in zip(timeline.segments, timeline.segments[1:], strict=False))


def test_a_longer_track_ends_in_silence_and_a_shorter_one_is_refused(read):
    natural = read(TALK)
    longer = read(TALK, length=60_000)
    assert (longer.length, longer.segments) == (60_000, natural.segments)
    with pytest.raises(
        LengthError, match=r"^talk.srt:1:1: error: this takes 32s, and cannot take 20s: the times"
    ) as caught:
        read(TALK, length=20_000)
    assert caught.value.spans == ((natural.length, LONGEST),)


def test_a_track_over_a_day_is_refused(read):
    with pytest.raises(RoutineError, match=r"^talk.csv:2:1: error: the track would be over 24h"):
        read("0:01;a\n23:59:59.9;a", "talk.csv")


def test_what_would_change_the_times_is_refused(read):
    with pytest.raises(UsageError, match=r"talk.srt has the times of its lines; leave out nearest, guidance") as caught:
        read(TALK, guidance="brief", nearest=True)
    assert caught.value.faults[0].options == ("nearest", "guidance")


def test_check_says_what_was_decided_and_estimates_what_is_not_spoken(write):
    request = make_request(write(SLOW, "talk.de.csv"), "talk.de.csv", voice="espeak")
    checked = check_session(request, Cache(write("", "x").parent / "cache"))
    assert checked.is_estimate
    assert checked.decided == (
        "title 'Talk', from the name of the file; language de, as the name of the file says",
        "3 lines, from 0:01 to 0:10, each at its time",
    )
    assert (checked.range.shortest, checked.range.longest) == (checked.length, LONGEST)
    assert checked.notes[0].message.startswith("this line is likely to take ")


@pytest.mark.slow
def test_the_command_checks_writes_and_renders_timed_text(narrator, tmp_path, write):
    write("0:00;Rest.\n0:01.5;Now.\n0:01.5;[tick]", "talk.csv")
    checked = narrator("check", "talk.csv", "--voice", "silent")
    assert checked.out.splitlines()[1:] == [
        "  title 'Talk', from the name of the file; language en, since nothing says another",
        "  3 lines, from 0:00 to 0:01.500, each at its time, with 1 bell",
    ]
    assert narrator("script", "talk.csv", "--voice", "silent", "--output", "talk.yaml").code == 0
    assert narrator("render", "talk.csv", "--voice", "silent", "--output", "a.mp3").code == 0
    assert narrator("render", "talk.yaml", "--output", "b.mp3").code == 0
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()
    assert narrator("verify", "a.mp3").code == 0
    assert narrator("verify", "a.mp3", "--script", "talk.csv", "--voice", "silent").code == 0
    assert narrator("check", "talk.csv", "--length", "1s,1m").code == 1
    assert "leave out without (--without)" in narrator("render", "talk.csv", "--without", "x").err
    assert "there is no file tolk.csv" in narrator("check", "tolk.csv").err


# Documents as people have them ----------------------------------------------------------------------------------------

DOCUMENTS = Path(__file__).parent / "documents"
NAMES = ("evening-rest.srt", "entspannung.de.vtt", "respirar.es.csv")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "length", "notes"),
    [
        (
            "evening-rest.srt",
            "en",
            60_000,
            [
                "3:1: [soft music] is not spoken (2 times); write words without brackets, [bell] for a bell, or [3s] for a pause",
                "21:1: this line takes 1.2s longer than there is before the next, which waits for it; use fewer words, or let line 24 start at 0:26.400",
            ],
        ),
        (
            "entspannung.de.vtt",
            "de",
            51_500,
            ["15:10: one voice speaks all lines: the name 'Jana' is not spoken (7 times)"],
        ),
        ("respirar.es.csv", "es", 59_000, ["1:14: the column 'Notas' is not spoken"]),
    ],
)
def test_a_document_comes_to_what_it_says(name, language, length, notes):
    session = make_session(make_request(DOCUMENTS / name, name, voice="espeak"), Cache())
    assert (session.heading.language, session.timeline.length) == (language, length)
    assert [f"{note.mark.line}:{note.mark.column}: {note.message}" for note in session.notes] == notes


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_rendered_verified_and_the_same_as_its_script(narrator, tmp_path, name):
    shutil.copy(DOCUMENTS / name, tmp_path)
    assert narrator("render", name, "--voice", "espeak", "--output", "a.mp3").code == 0
    assert narrator("verify", "a.mp3").code == 0
    assert narrator("verify", "a.mp3", "--script", name, "--voice", "espeak").code == 0
    assert narrator("script", name, "--voice", "espeak", "--output", "talk.yaml").code == 0
    assert narrator("render", "talk.yaml", "--output", "b.mp3").code == 0
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()
    assert narrator("render", name, "--voice", "espeak", "--length", "2m", "--output", "long.mp3").code == 0
    assert narrator("verify", "long.mp3").code == 0
