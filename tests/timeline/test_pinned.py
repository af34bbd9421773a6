import pytest

from asking import make_request
from narrator.cache import Cache
from narrator.errors import RoutineError
from narrator.mix import find_islands
from narrator.script import Breath, Speech
from narrator.session import make_session
from narrator.timeline.pinned_file import format_script

SCRIPT = """\
narrator_script: 1
title: Mine
voice: {engine: silent, name: en}
length: 30s
sections:
  - {title: First, at: "0:01", to: "0:20"}
cues:
  - {at: "0:01", say: Breathe in.}
  - {at: "0:10", say: Breathe out.}
  - {at: "0:20.500", bell: {sound: chime, times: 2, every: 3s}}
"""


@pytest.fixture
def read(write):
    return lambda text: make_session(make_request(write(text, "s.yaml"), "s.yaml"), Cache()).timeline


def test_cues_are_placed_at_their_times_to_the_tick(read):
    timeline = read(SCRIPT)
    assert [segment.start for segment in timeline.segments] == [1008, 10_008, 20_496]
    assert timeline.length == 30_000
    assert [(chapter.title, chapter.start, chapter.end) for chapter in timeline.chapters] == [("First", 1000, 20_000)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"0:10"',
            '"0:01.500"',
            "s.yaml:9:10: error: this cue starts at 0:01.512, but the one on line 8 lasts until ",
        ),
        (
            '"0:20.500"',
            '"0:29.500"',
            "s.yaml:10:10: error: this cue runs from 0:29.496 to 0:33.504, past the end of the track: 'length' on line 4 is 30s",
        ),
        ("Breathe out.", "'Breathe [3s] out.'", "s.yaml:9:5: error: texts of a script cannot have pauses"),
        ("say: Breathe out.", "sya: Breathe out.", "s.yaml:9:18: error: unknown key 'sya'; did you mean 'say'?"),
        (
            "narrator_script: 1",
            "narrator_script: 2",
            "s.yaml:1:18: error: this script has the format '2', but only 1 is known",
        ),
        ('to: "0:20"', 'to: "0:00.500"', "s.yaml:6:5: error: a section must end ('to') after it starts ('at')"),
        ("length: 30s", "length: thirty", "s.yaml:4:9: error: 'thirty' is not a length of time"),
    ],
)
def test_faults_are_reported_with_the_lines_of_both(read, old, new, message):
    with pytest.raises(RoutineError) as caught:
        read(SCRIPT.replace(old, new))
    assert str(caught.value).startswith(message)


def test_cues_may_be_in_any_order_and_bells_under_speech(read):
    timeline = read(SCRIPT + '  - {at: "0:00.504", bell: bowl}\n')
    assert [segment.start for segment in timeline.segments] == [504, 1008, 10_008, 20_496]


def test_speech_may_not_overlap_speech_across_other_cues(read):
    long = SCRIPT.replace(
        "cues:\n",
        'cues:\n  - {at: "0:02", breathe: in, takes: 12s, say: [In, two, three, four, five, six, seven, eight, nine]}\n',
    )
    with pytest.raises(RoutineError, match="the one on line 8 lasts until 0:10"):
        read(long + '  - {at: "0:09", bell: tick}\n')


def test_a_bell_may_ring_past_the_end_and_a_script_may_be_empty(read):
    assert len(read(SCRIPT.replace("length: 30s", "length: 24s")).segments) == 3
    assert read(SCRIPT.split("cues:", maxsplit=1)[0] + "cues: []\n").segments == ()


def test_sections_are_in_order_within_the_track(read):
    with pytest.raises(RoutineError, match="this section ends after the track, which is 15s"):
        read(SCRIPT.replace("length: 30s", "length: 15s").replace("0:20.500", "0:02.500"))


GROWING = """\
title: x
voice: silent
seed: 5
steps:
  - bell: woodblock
  - hold: 2m..2m
    cues: [{spread: [One., Two.], apart: 20s}, {countdown: 3}]
  - breathe: 4-4 .. 4-8
    for: 2m..9m
    voiced: {first: 2, every: 3, last: true}
    count: true
    cues: [{at: half, say: Soft.}, {every: 20s, each: [Slow., Easy.]}, {random: 2, bell: tick, apart: 5s}]
  - breathe: [{in: 2s}, {in: 1s}, {out: 6s}]
    rounds: 2
  - bell: {sound: bowl, times: 2, every: 3s}
"""


@pytest.mark.slow
@pytest.mark.parametrize("length", [None, 300_000, 600_000])
def test_a_script_file_holds_words_over_breath_and_all_that_is_drawn(write, tmp_path, length):
    session = make_session(make_request(write(GROWING), "routine.yaml", length), Cache())
    text = format_script(
        session.heading, "silent:en", session.gain, session.floor, session.room, session.timeline, "routine.yaml"
    )
    again = make_session(make_request(write(text, "s.yaml"), "s.yaml"), Cache())
    assert find_islands(again.timeline) == find_islands(session.timeline)
    assert again.heading.seed == 5
    spoken = [s for s in again.timeline.segments if isinstance(s.cue, Speech)]
    tones = [s for s in again.timeline.segments if isinstance(s.cue, Breath)]
    assert any(tone.start < word.start < tone.end for word in spoken for tone in tones)


def test_words_may_not_be_said_over_words_of_a_breath(read):
    long = SCRIPT.replace("cues:\n", 'cues:\n  - {at: "0:09", breathe: in, takes: 4s, say: [In, two, three]}\n')
    with pytest.raises(RoutineError, match=r"s\.yaml:10:10: error: this cue starts at 0:10.008, but the one on line 8"):
        read(long)
    assert read(long.replace("[In, two, three]", "In").replace('"0:09"', '"0:09.400"').replace("0:10", "0:10.300"))
