"""Captions beside a track: written once, recognised, and never lost when somebody has edited them."""

from dataclasses import replace

import pytest

from asking import make_request, render_one
from narrator.batch.executor import check_targets
from narrator.cache import Cache
from narrator.captioning import list_places
from narrator.errors import OutsideError, PublishError, UsageError
from narrator.request import TrackRequest

ROUTINE = "title: Short\nvoice: silent\nfloor: none\nsteps: [{bell: tick}, {say: Rest.}, {hold: 1s}]\n"


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.fixture
def request_track(write, tmp_path):
    path = write(ROUTINE)
    return TrackRequest(make_request(path, "r.yaml"), tmp_path / "out" / "a.mp3", captions=("vtt", "chapters"))


def list_files(request):
    return {path.name: path.stat().st_mtime_ns for path in request.output.parent.iterdir()}


def test_captions_are_beside_the_track_under_its_name(request_track, cache, tmp_path):
    track = render_one(request_track, cache)
    assert track.captions == (str(tmp_path / "out" / "a.vtt"), str(tmp_path / "out" / "a.chapters.json"))
    assert set(list_files(request_track)) == {"a.mp3", "a.vtt", "a.chapters.json"}
    named = replace(request_track, output=tmp_path / "a.b.MP3", captions=("lrc",))
    assert list_places(named) == {"lrc": tmp_path / "a.b.lrc"}


def test_what_is_there_already_is_left_alone(request_track, cache):
    render_one(request_track, cache)
    before = list_files(request_track)
    track = render_one(request_track, cache)
    assert (track.skipped, len(track.captions), list_files(request_track)) == (True, 2, before)
    assert render_one(replace(request_track, captions=()), cache).captions == ()
    assert list_files(request_track) == before


def test_captions_alone_are_written_where_the_track_is_as_it_was(request_track, cache):
    render_one(replace(request_track, captions=()), cache)
    before = list_files(request_track)
    track = render_one(request_track, cache)
    after = list_files(request_track)
    assert (track.skipped, after["a.mp3"], len(after)) == (True, before["a.mp3"], 3)
    (request_track.output.with_suffix(".vtt")).unlink()
    render_one(request_track, cache)
    assert list_files(request_track).keys() == after.keys()
    # Other captions are not these.
    render_one(replace(request_track, has_bells=True), cache)
    assert "[bell]" in request_track.output.with_suffix(".vtt").read_text()


def test_captions_follow_the_routine(request_track, cache, write):
    render_one(request_track, cache)
    write(ROUTINE.replace("Rest.", "Be."))
    assert not render_one(request_track, cache).skipped
    assert "Be." in request_track.output.with_suffix(".vtt").read_text()


def test_what_was_edited_is_not_replaced_unless_forced(request_track, cache):
    render_one(request_track, cache)
    path = request_track.output.with_suffix(".vtt")
    made = path.read_bytes()
    path.write_bytes(made + b"NOTE mine\n")
    before = list_files(request_track)
    with pytest.raises(PublishError, match=r"a\.vtt was not written by narrator, or was edited"):
        render_one(request_track, cache)
    assert list_files(request_track) == before
    render_one(replace(request_track, force=True), cache)
    assert path.read_bytes() == made


def test_a_cache_that_was_cleared_costs_no_force_where_nothing_would_change(request_track, cache, tmp_path):
    render_one(request_track, cache)
    other = Cache(tmp_path / "other")
    assert not render_one(request_track, other).skipped
    assert render_one(request_track, other).skipped


@pytest.mark.slow
def test_the_routine_is_never_written_over(request_track, cache, tmp_path, write):
    source = write("Rest.\n", "a.txt")
    request = TrackRequest(make_request(source, "a.txt"), tmp_path / "a.mp3", captions=("text",), force=True)
    with pytest.raises(UsageError, match="is the routine, and would be overwritten"):
        render_one(request, cache)
    assert source.read_text() == "Rest.\n"
    request_track.output.parent.mkdir()
    request_track.output.with_suffix(".vtt").mkdir()
    with pytest.raises(PublishError, match=r"a\.vtt: it is a folder"):
        render_one(replace(request_track, force=True), cache)


def test_no_two_tracks_have_one_file_of_captions(request_track):
    one = replace(request_track, captions=("transcript",))
    other = replace(one, output=one.output.with_name("a.transcript.mp3"), captions=("text",))
    with pytest.raises(UsageError, match=r"would be written to .*a\.transcript\.txt"):
        check_targets([one, other])


def test_captions_that_cannot_be_remembered_are_there_with_a_warning(request_track, cache, monkeypatch):
    def refuse(*_args):
        raise OutsideError("the disk is full")

    monkeypatch.setattr("narrator.captioning.keep_text", refuse)
    track = render_one(request_track, cache)
    assert [note.message for note in track.notes] == [
        f"narrator will not recognise {path}: the disk is full" for path in track.captions
    ]
    assert set(list_files(request_track)) == {"a.mp3", "a.vtt", "a.chapters.json"}
