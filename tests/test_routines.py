"""Every built-in routine is a test case."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from asking import make_request, render_one
from make_scripts import FOLDER, make_script
from measure import decode
from narrator.cache import Cache
from narrator.formats.tags import make_tags
from narrator.mix import find_islands
from narrator.mix.sources import measure_rings
from narrator.request import TrackRequest
from narrator.review.checking import check_session
from narrator.routine import list_builtins, load_routine
from narrator.script import Bell, Breath, write_script
from narrator.session import make_session
from narrator.speech.engines.silent import estimate_length
from narrator.timeline import Growth, Lengths, lay_out, measure_range
from narrator.timeline.arrangement import Elastic
from narrator.timeline.pinned_file import format_script
from narrator.units import ceil_ticks, ticks_to_ms

ROUTINES = list_builtins()
SOME = ["box-breathing", "ten-minute-hips", "unlock-the-hips", "bedtime"]
"""Routines of different kinds, for what need not be tried with all."""


def list_cases(*values):
    """Return each routine with each value; most of those with any but the first are left to the long tests."""
    return [
        pytest.param(name, value, marks=() if value == values[0] or name in SOME else pytest.mark.long)
        for name in ROUTINES
        for value in values
    ]


def ask(name, guidance="full", language=None):
    return make_request(ROUTINES[name], name, None, "silent", guidance, language)


@cache
def plan_once(request):
    """Return a plan that several tests read and none changes."""
    return make_session(request, Cache())


def lay(name, guidance="full"):
    return plan_once(ask(name, guidance)).timeline


def test_the_library_is_complete():
    assert set(ROUTINES) == {
        "ball-release", "bedtime", "body-scan", "bowls", "box-breathing", "chair-only", "diaphragmatic-breathing",
        "foam-rolling", "free-dance", "gentle-yoga-hips", "grounding", "hip-warm-up", "hips-off-the-mat", "hips-whole",
        "in-bed", "journaling", "letting-go", "pelvic-tilts", "psoas-release", "sitting-breath", "standing-slow",
        "ten-breath-openers", "ten-minute-hips", "unlock-the-hips", "warm-bath", "warm-light",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(ROUTINES["in-bed"].parent.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_routine_is_yaml_without_libyaml_too(path):
    """The loader in Python refuses what libyaml lets pass, such as a bare question mark in a list in brackets."""
    text = path.read_text("utf-8")
    assert yaml.serialize(yaml.compose(text, yaml.SafeLoader)) == yaml.serialize(yaml.compose(text, yaml.CSafeLoader))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "language"), list_cases("en", "de", "es"))
def test_a_routine_checks_without_a_warning(name, language):
    checked = check_session(make_request(ROUTINES[name], name, voice="silent", language=language), Cache())
    assert (checked.notes, checked.advice) == ((), ())


def have_room(timeline):
    """Whether no cue begins before another ends; but over tones of breath there may be words."""
    alone = [segment for segment in timeline.segments if not isinstance(segment.cue, Breath)]
    return all(first.end <= second.start for first, second in pairwise(alone))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "guidance"), list_cases("full", "brief", "bells"))
def test_a_routine_can_have_many_lengths(name, guidance):
    routine = load_routine(ROUTINES[name])
    assert routine.length
    assert routine.description
    script = write_script(routine, guidance)
    assert script.list_texts() or guidance == "bells"
    pace = script.heading.voice.pace
    # The lengths that the voice `silent` speaks in.
    clips = {text: ticks_to_ms(ceil_ticks(estimate_length(text, pace))) for text in script.list_texts()}
    growth = Growth(script, Lengths(clips, measure_rings(Elastic(script).list_cues())))
    span = measure_range(growth, growth.lengths)
    for wanted in (script.length, span.shortest, 600_000, 1_200_000, min(span.longest, 3_600_000)):
        timeline = lay_out(growth, growth.lengths, length := span.find_nearest(wanted))
        assert timeline.length == length
        assert have_room(timeline)
        assert all(segment.end <= timeline.length for segment in timeline.segments)
        by_side: dict = {}
        for hold in timeline.holds:
            if hold.side:
                by_side.setdefault(hold.id.replace(f"/{hold.side}/", "//"), {})[hold.side] = hold.end - hold.start
        assert all(len(set(lengths.values())) == 1 for lengths in by_side.values())


@pytest.mark.long
@pytest.mark.parametrize("name", ROUTINES)
def test_bells_keep_the_timeline_of_full(name):
    full, bells = lay(name), lay(name, "bells")
    assert (full.length, full.holds, full.chapters) == (bells.length, bells.holds, bells.chapters)
    struck = {(segment.start, segment.cue) for segment in full.segments if isinstance(segment.cue, Bell)}
    assert struck <= {(segment.start, segment.cue) for segment in bells.segments}
    assert all(isinstance(segment.cue, Bell | Breath) for segment in bells.segments)
    assert not any(segment.cue.words for segment in bells.segments if isinstance(segment.cue, Breath))
    starts = {segment.start for segment in bells.segments}
    heard = [segment for segment in bells.segments if isinstance(segment.cue, Bell | Breath)]
    for chapter in bells.chapters:
        assert chapter.start in starts or any(s.start <= chapter.start + 4008 and s.end > chapter.start for s in heard)


@pytest.mark.long
@pytest.mark.parametrize("name", ROUTINES)
def test_the_script_in_the_folder_is_that_of_the_routine(name):
    written = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert written == make_script(name, Cache()), "run python tests/make_scripts.py and look at what changed"


def write_script_file(request, folder):
    session = plan_once(request)
    path = folder / "script.yaml"
    path.write_text(
        format_script(
            session.heading,
            str(session.voice),
            session.gain,
            session.floor,
            session.room,
            session.timeline,
            request.name,
        ),
        "utf-8",
    )
    return session, make_request(path, request.name)


@pytest.mark.long
@pytest.mark.parametrize("guidance", ["full", "bells"])
@pytest.mark.parametrize(("name", "language"), [*((name, None) for name in ROUTINES), *((name, "de") for name in SOME)])
def test_a_script_file_contains_everything_for_a_track(name, language, guidance, tmp_path):
    session, again = write_script_file(ask(name, guidance, language), tmp_path)
    read = make_session(again, Cache())
    assert find_islands(read.timeline) == find_islands(session.timeline)
    assert (read.timeline.length, read.timeline.chapters) == (session.timeline.length, session.timeline.chapters)
    assert make_tags(read.heading) == make_tags(session.heading)
    assert (read.gain, read.floor, read.voice) == (session.gain, session.floor, session.voice)


@pytest.mark.long
@pytest.mark.parametrize("name", ["ten-minute-hips"])
def test_the_round_trip_through_a_script_file_keeps_every_byte(name, tmp_path):
    shortest = check_session(make_request(ROUTINES[name], name, voice="espeak"), Cache()).range.shortest
    request = make_request(ROUTINES[name], name, shortest + 10_000)
    _, script = write_script_file(request, tmp_path)
    routine = render_one(TrackRequest(request, tmp_path / "a.mp3"), Cache())
    again = render_one(TrackRequest(script, tmp_path / "b.mp3"), Cache())
    assert Path(routine.path).read_bytes() == Path(again.path).read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("name", ["gentle-yoga-hips", "psoas-release"])
def test_scripts_leave_room_for_a_real_voice(name):
    request = make_request(FOLDER / f"{name}.yaml", name, voice="espeak")
    timeline = make_session(request, Cache()).timeline
    assert have_room(timeline)


@pytest.mark.long
def test_a_routine_with_real_speech_decodes_to_its_length(tmp_path):
    track = render_one(
        TrackRequest(
            make_request(ROUTINES["box-breathing"], "b", 300_000, language="de"), tmp_path / "a.mp3", threads=2
        ),
        Cache(),
    )
    assert len(decode(track.path)) == 300_000 * 48


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", *(pytest.param(other, marks=pytest.mark.long) for other in ("de", "es"))])
def test_ten_minute_hips_gives_each_side_its_minute(language):
    """From the bell before a side to the one after it; what leads to the first side and from the last counts."""
    timeline = plan_once(ask("ten-minute-hips", language=language)).timeline
    bells = [segment.start for segment in timeline.segments if isinstance(segment.cue, Bell)]
    sides = [hold for hold in timeline.holds if hold.side]
    assert len(sides) == 4
    for hold in sides:
        before, after = max(b for b in bells if b < hold.start), min(b for b in bells if b > hold.start)
        assert 45_000 <= after - before <= 75_000


@pytest.mark.slow
def test_ten_minute_hips_gives_both_sides_and_a_bell_at_each_change():
    timeline = lay("ten-minute-hips")
    assert [chapter.title for chapter in timeline.chapters] == [
        "Pelvic circles", "Butterfly", "Pigeon", "Happy baby", "Seated figure four", "Closing breath",
    ]  # fmt: skip
    bells = [segment.start for segment in timeline.segments if isinstance(segment.cue, Bell)]
    assert all(any(abs(bell - chapter.start) < 10_000 for bell in bells) for chapter in timeline.chapters[1:])
