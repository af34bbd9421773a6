import os
import resource
import shutil
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from asking import change_request, make_request, render_one
from measure import count_with_ffmpeg, decode, find_onset
from narrator import versions
from narrator.batch.executor import render_all
from narrator.cache import Cache
from narrator.errors import OutsideError, PublishError, RoutineError, SpeechError, UsageError
from narrator.request import TrackRequest
from narrator.review.checking import check_session
from narrator.routine import find_routine
from narrator.script import Bell, Speech
from narrator.session import make_session, speak_again
from narrator.sound.ebur128 import measure_loudness
from narrator.speech.clip import make_clip
from narrator.speech.engines.silent import Silent
from narrator.speech.registry import BUILT_IN

SHORT = """\
title: Short
voice: espeak
steps:
  - bell: {sound: chime, times: 2, every: 3s}
  - say: Sit down. Breathe in. [2s] Breathe out.
  - section: Twist
    sides: [right, left]
    steps:
      - bell: tick
      - say: Turn to the {side}.
      - hold: 3s..1m
        cues: [{at: half, say: [Soften.]}, {at: -2s, bell: tick}]
  - say: Thank you.
  - bell: tick
"""


@pytest.fixture
def job(write, tmp_path):
    path = write(SHORT)

    def make(length=None, name="a.mp3", **options):
        return TrackRequest(make_request(path, "routine.yaml", length), tmp_path / "output" / name, **options)

    return make


@pytest.fixture
def cache():
    return Cache()


@pytest.mark.slow
def test_a_routine_becomes_a_track_of_exactly_its_length(job, cache):
    track = render_one(job(60_000), cache)
    assert (track.length_ms, track.samples, track.skipped) == (60_000, 2_880_000, False)
    assert len(decode(track.path)) == 2_880_000
    assert count_with_ffmpeg(track.path) in {None, 2_880_000}


@pytest.mark.long
@pytest.mark.parametrize(
    ("routine", "voice", "tolerance"),
    # A natural voice's first consonant rises for so long above a bell that still rings.
    [("short", "espeak", 24), ("ten-minute-hips", "hibari", 60)],
)
def test_every_cue_is_heard_where_the_script_says(job, cache, tmp_path, routine, voice, tolerance):
    found = job(60_000).session if routine == "short" else make_request(find_routine(routine), routine)
    request = change_request(found, voice=voice)
    session = make_session(request, cache)
    track = render_one(TrackRequest(request, tmp_path / "a.mp3"), cache)
    samples = decode(track.path)
    assert len(session.timeline.segments) > 8
    spoken_until = 0
    for segment in session.timeline.segments:
        times = segment.cue.times if isinstance(segment.cue, Bell) else 1
        for stroke in range(times):
            start = segment.start + stroke * (segment.cue.every if times > 1 else 0)
            onset = find_onset(samples, start, spoken_until)
            assert onset is not None, f"{segment} is not heard"
            assert abs(onset - start) <= tolerance, f"{segment} is heard at {onset} ms"
        spoken_until = segment.end if isinstance(segment.cue, Speech) else 0


@pytest.mark.slow
def test_the_track_has_the_target_loudness_and_no_high_peaks(job, cache):
    track = render_one(job(60_000), cache)
    measured = measure_loudness(decode(track.path))
    assert measured.peak < -1
    assert measured.integrated == pytest.approx(track.lufs, abs=0.3)
    assert -16.5 < track.lufs < -15.5


@pytest.mark.long
def test_the_loudness_of_words_is_that_of_the_voice_alone(write, cache, tmp_path):
    path = write(
        "title: x\nvoice: espeak\nloudness: -23\nsteps:\n  - say: Lie down, and rest your head.\n  - bell: {sound: gong, level: 0, times: 3}\n"
    )
    request = make_request(path, path.name)
    track = render_one(TrackRequest(request, tmp_path / "a.mp3"), cache)
    spoken = make_session(request, cache).timeline.segments
    first = next(segment for segment in spoken if isinstance(segment.cue, Speech))
    # Nothing rings beneath the first words.
    alone = measure_loudness(decode(track.path)[first.start * 48 : first.end * 48]).integrated
    assert alone == pytest.approx(track.words_lufs, abs=0.7)
    assert track.words_lufs > track.lufs + 2
    quiet = write("title: x\nsteps:\n  - bell: bowl\n", "quiet.yaml")
    assert render_one(TrackRequest(make_request(quiet, quiet.name), tmp_path / "b.mp3"), cache).words_lufs is None


@pytest.mark.slow
@pytest.mark.parametrize(("loudness", "bitrate"), [(-14, 64), (-16, 320), (-23, 128)])
def test_another_loudness_is_met_and_decoded_peaks_stay_below_the_ceiling(write, cache, tmp_path, loudness, bitrate):
    says = "\n".join(
        f"  - say: {text}" for text in ("Stretch your toes and point them.", "Hips, back and belly let go.")
    )
    path = write(f"title: x\nlength: 12s\nloudness: {loudness}\nsteps:\n{says}\n  - hold: 1s..1m\n", "loud.yaml")
    track = render_one(
        TrackRequest(make_request(path, "loud.yaml", voice="espeak"), tmp_path / "a.mp3", bitrate), cache
    )
    measured = measure_loudness(decode(track.path))
    assert measured.peak <= -1.0
    # What the limiter takes from a loud session is missing in the end.
    assert measured.integrated == pytest.approx(loudness, abs=0.5 if loudness <= -16 else 1.2)


def test_sides_are_equal_and_holds_are_silent_except_for_cues(job, cache):
    session = make_session(job(60_000).session, cache)
    right, left = session.timeline.holds
    assert right.end - right.start == left.end - left.start


@pytest.mark.slow
def test_two_renders_are_equal_to_the_byte(job, cache, tmp_path):
    jobs = [job(60_000, f"{n}.mp3", threads=n) for n in (1, 2, 3)]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda each: render_one(each, cache), jobs))
    assert len({Path(track.path).read_bytes() for track in done}) == 1


@pytest.mark.slow
def test_an_unchanged_track_is_left_alone_and_a_changed_one_made_again(job, cache, write):
    first = render_one(job(60_000), cache)
    written = Path(first.path).stat().st_mtime_ns
    again = render_one(job(60_000), cache)
    assert again.skipped
    assert again.lufs == first.lufs
    assert Path(first.path).stat().st_mtime_ns == written
    assert not render_one(job(60_000, force=True), cache).skipped
    assert not render_one(job(61_000), cache).skipped
    assert not render_one(job(61_000, bitrate=96), cache).skipped
    write(SHORT.replace("Thank you", "Well done"))
    assert not render_one(job(61_000, bitrate=96), cache).skipped
    with Path(first.path).open("ab") as file:
        file.write(b"x")
    assert not render_one(job(61_000, bitrate=96), cache).skipped


@pytest.mark.slow
def test_a_track_is_made_again_when_its_voice_has_changed(job, cache, monkeypatch):
    class Remade(Silent):
        pass

    monkeypatch.setitem(BUILT_IN, "silent", lambda: Remade)
    asked = change_request(job(60_000), voice="silent")
    skipped = []
    for version in ("a", "a", "b"):
        monkeypatch.setattr(Remade, "version", version)
        skipped.append(render_one(asked, cache).skipped)
    assert skipped == [False, True, False]


@pytest.mark.long
def test_a_new_version_alone_discards_nothing(job, tmp_path, monkeypatch):
    cache = Cache(tmp_path / "cache")
    asked = change_request(job(60_000), voice="silent")
    first = render_one(asked, cache)
    monkeypatch.setattr("narrator.__version__", "99.0")
    assert render_one(asked, cache).skipped
    before = sorted(entry.path for entry in cache.list_entries())
    again = render_one(replace(asked, force=True), cache)
    assert (again.clips_new, again.clips_cached) == (0, first.clips_new)
    assert sorted(entry.path for entry in cache.list_entries()) == before


@pytest.mark.long
def test_another_version_of_what_resamples_and_encodes_makes_everything_again(job, tmp_path, monkeypatch, request):
    cache = Cache(tmp_path / "cache")
    first = render_one(job(60_000), cache)
    versions.find_version.cache_clear()
    request.addfinalizer(versions.find_version.cache_clear)
    monkeypatch.setattr(versions.metadata, "version", lambda _package: "99.0")
    again = render_one(job(60_000), cache)
    assert (again.skipped, again.clips_new, again.clips_cached) == (False, first.clips_new, 0)


@pytest.mark.slow
def test_a_cache_that_can_only_be_read_is_enough(job, tmp_path, monkeypatch):
    cache = Cache(tmp_path / "cache")
    first = Path(render_one(change_request(job(60_000), voice="silent"), cache).path).read_bytes()

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Cache, "_prepare", refuse)
    assert render_one(change_request(job(60_000), voice="silent"), Cache(cache.root)).skipped
    # What it takes beside clips is made for this once.
    for length in (60_000, 67_000):
        asked = change_request(job(length, name=f"{length}.mp3"), voice="silent")
        track = render_one(asked, Cache(cache.root))
        (note,) = (note for note in track.notes if "recognise" in note.message)
        assert note.message.startswith("narrator will not recognise this track: cannot write the cache")
        assert len(decode(track.path)) == length * 48
    assert (tmp_path / "output" / "60000.mp3").read_bytes() == first


def test_what_must_be_kept_and_cannot_is_reported_before_anything_is_spoken(job, tmp_path, monkeypatch):
    class Speaker(Silent):
        def synthesize(self, text, voice):
            raise AssertionError("spoken in vain")

    monkeypatch.setitem(BUILT_IN, "silent", lambda: Speaker)
    (tmp_path / "file").touch()
    asked = change_request(job(60_000), voice="silent")
    with pytest.raises(OutsideError, match="cannot write the cache"):
        render_one(asked, Cache(tmp_path / "file" / "cache"))


@pytest.mark.long
def test_eight_processes_on_a_cold_cache_speak_and_encode_each_thing_once(job, tmp_path):
    jobs = [job(60_000, name=f"{number}.mp3") for number in range(8)]
    jobs = [change_request(each, voice="espeak") for each in jobs]
    cache = Cache(tmp_path / "cache")
    with ProcessPoolExecutor(8, mp_context=get_context("spawn")) as pool:
        tracks = list(pool.map(render_one, jobs, [cache] * 8))
    assert len({Path(track.path).read_bytes() for track in tracks}) == 1
    kept = [entry.path for entry in cache.list_entries() if "clips" in entry.path.parts]
    assert sum(track.clips_new for track in tracks) == len(kept) > 0
    assert list((tmp_path / "output").glob(".*")) == list((cache.root / "parts").iterdir()) == []


def test_partial_tracks_of_a_killed_process_are_removed(job, cache, tmp_path):
    (tmp_path / "output").mkdir()
    old, new = (tmp_path / "output" / f".narrator-{name}.part" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 3700,) * 2)
    render_one(job(60_000), cache)
    assert (old.exists(), new.exists()) == (False, True)


def test_another_programs_file_is_never_replaced_without_force(job, cache, tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "a.mp3").write_bytes(b"my only copy")
    with pytest.raises(PublishError, match="was not made by narrator"):
        render_one(job(60_000), cache)
    assert (tmp_path / "output" / "a.mp3").read_bytes() == b"my only copy"
    assert not render_one(job(60_000, force=True), cache).skipped


def test_a_script_file_renders_to_the_bytes_of_its_routine(narrator, job, cache, tmp_path):
    path = tmp_path / "script.yaml"
    assert narrator("script", "routine.yaml", "--length", "1m07.3s", "--output", "script.yaml").code == 0
    routine = render_one(job(67_300), cache)
    script = render_one(TrackRequest(make_request(path, "script.yaml"), tmp_path / "b.mp3"), cache)
    assert Path(routine.path).read_bytes() == Path(script.path).read_bytes()
    with pytest.raises(UsageError, match="times are fixed; leave out length"):
        render_one(TrackRequest(make_request(path, "script.yaml", 60_000), tmp_path / "b.mp3"), cache)


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_track_and_no_partial_file(job, narrator, tmp_path):
    path = tmp_path / "output" / "routine-1m.mp3"
    assert narrator("render", "routine.yaml", "--length", "1m").code == 0
    old = path.read_bytes()

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    job()
    done = subprocess.run(
        [sys.executable, "-m", "narrator", "render", "routine.yaml", "--length", "1m", "--force"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "error: cannot write output/routine-1m.mp3: File too large; free some space, or choose another place (--output)"
    ]
    assert path.read_bytes() == old
    assert [child.name for child in path.parent.iterdir()] == [path.name]


def test_checking_speaks_nothing(job, tmp_path):
    cache = Cache(tmp_path / "empty")
    checked = check_session(job().session, cache)
    assert checked.is_estimate
    assert checked.range.shortest < checked.range.natural < checked.range.longest
    assert not list((tmp_path / "empty").rglob("*"))
    make_session(job().session, cache)
    assert not check_session(job().session, cache).is_estimate


def test_a_fault_in_one_job_does_not_affect_the_others(job, cache, tmp_path):
    bad = TrackRequest(make_request(tmp_path / "missing.yaml", "missing.yaml"), tmp_path / "c.mp3")
    with ThreadPoolExecutor(2) as pool:
        done = dict(render_all([bad, job(60_000)], cache, pool))
    assert isinstance(done[bad], RoutineError)
    assert done[job(60_000)][0].samples == 2_880_000


@pytest.mark.slow
def test_a_track_of_the_silent_voice_has_only_bells(job, cache, tmp_path):
    request = make_request(job().session.file, "routine.yaml", 60_000, "silent")
    track = render_one(TrackRequest(request, tmp_path / "s.mp3"), cache)
    assert len(decode(track.path)) == 2_880_000
    assert track.lufs < -20
    assert np.abs(decode(track.path)).max() < 0.3


class Faltering(Silent):
    """Speaks a few sentences, then fails, until it is repaired."""

    name = "faltering"
    good = 2

    def synthesize(self, text, voice):
        if type(self).good == 0:
            raise SpeechError("the network is down; try again")
        type(self).good -= 1
        return super().synthesize(text, voice)


@pytest.fixture
def faltering(monkeypatch):
    monkeypatch.setattr(Faltering, "good", 2)
    monkeypatch.setitem(BUILT_IN, "faltering", lambda: Faltering)
    return Faltering


@pytest.mark.slow
def test_where_a_voice_fails_the_next_one_speaks_the_whole_session(job, faltering, tmp_path):
    cache = Cache(tmp_path / "cache")
    request = change_request(job(60_000).session, voice="faltering", fallback=("faltering:en", "silent"))
    asked = TrackRequest(request, tmp_path / "a.mp3")
    track = render_one(asked, cache)
    assert (track.voice, track.clips_new) == ("silent:en", 7)
    assert [note.message for note in track.notes] == [
        f"the whole session is spoken by silent instead: {failed}the network is down; try again"
        for failed in ("", "the fallback faltering:en failed, too: ")
    ]
    # What was made instead is not made twice, and the first voice is asked again every time.
    assert render_one(asked, cache).skipped
    assert len(render_one(asked, cache).notes) == 2
    faltering.good = 100
    track = render_one(asked, cache)
    assert (track.voice, track.skipped, track.notes) == ("faltering:en", False, ())
    assert (track.clips_new, track.clips_cached) == (5, 2)
    faltering.good = 0
    assert render_one(asked, cache).voice == "faltering:en"


def test_without_a_next_voice_it_stops_and_keeps_what_was_spoken(job, faltering, tmp_path):
    cache = Cache(tmp_path / "cache")
    asked = TrackRequest(change_request(job(60_000).session, voice="faltering"), tmp_path / "a.mp3")
    with pytest.raises(SpeechError, match="the network is down"):
        render_one(asked, cache)
    assert not (tmp_path / "a.mp3").exists()
    assert len(list((tmp_path / "cache" / "clips").rglob("*"))) == 4


def test_where_every_voice_fails_each_failure_is_reported(write, faltering, tmp_path):
    def fail(*fallback, language="en"):
        path = write(f"title: x\nlanguage: {language}\nsteps: [{{say: One.}}]\n")
        with pytest.raises(SpeechError) as raised:
            make_session(make_request(path, "x.yaml", voice="faltering", fallback=fallback), Cache(tmp_path / "cache"))
        return [fault.message for fault in raised.value.faults]

    down = "the network is down; try again"
    faltering.good = 0
    assert fail() == [down]
    first, second, third = fail("faltering", "espeak:nobody")
    assert (first, second) == (down, f"the fallback faltering failed, too: {down}")
    assert third.startswith("the fallback espeak:nobody failed, too: 'espeak' has no voice 'nobody' for 'en'; ")
    assert fail("espeak:en-gb", language="de") == [
        down,
        "the fallback espeak:en-gb failed, too: 'espeak' has no voice 'en-gb' for 'de'; known are: de",
    ]


def test_an_unknown_voice_is_wrong_usage_with_any_fallback(job, cache):
    with pytest.raises(UsageError, match="'espeak' has no voice 'nobody' for 'en'"):
        make_session(change_request(job().session, voice="espeak:nobody", fallback=("silent",)), cache)


@pytest.mark.slow
def test_checking_falls_back_as_rendering_does(narrator, write, monkeypatch):
    write(SHORT)
    config = str(write('voice = "piper"\nfallback = ["silent"]\n', "config.toml"))
    checked = narrator("check", "routine.yaml", env={"NARRATOR_CONFIG": config})
    rendered = narrator("render", "routine.yaml", env={"NARRATOR_CONFIG": config})
    assert (checked.code, rendered.code) == (0, 0)
    told = "warning: the whole session is spoken by silent instead: piper has no installed voice"
    assert checked.err.startswith(told)
    assert rendered.err.startswith(told)
    codes = {
        voice: narrator("check", "routine.yaml", "--voice", "piper", "--fallback", voice).code
        for voice in ("silent", "")
    }
    assert codes == {"silent": 0, "": 3}


def test_a_script_names_the_fallback_that_spoke(job, faltering, tmp_path):
    request = change_request(job(60_000).session, voice="faltering", fallback=("silent",))
    session = make_session(request, Cache(tmp_path / "cache"))
    assert (str(session.voice), len(session.warnings)) == ("silent:en", 1)
    with pytest.raises(UsageError, match="no engine 'slient'; did you mean 'silent'"):
        make_session(change_request(request, fallback=("slient",)), Cache(tmp_path / "cache"))


class Pitched(Silent):
    """Speaks tones whose pitch may change while nothing that it says of itself does."""

    name, version, pitch = "pitched", "1", 200

    def synthesize(self, text, voice):
        tone = 0.2 * np.sin(2 * np.pi * self.pitch * np.arange(48_000) / 48_000)
        return make_clip(text, tone.astype(np.float32)[:, None])


@pytest.mark.long
def test_a_voice_with_a_changed_sound_is_heard_once_it_speaks_again(job, tmp_path, monkeypatch):
    monkeypatch.setitem(BUILT_IN, "pitched", lambda: Pitched)
    cache = Cache(tmp_path / "cache")
    asked = change_request(job(60_000), voice="pitched")
    before = decode(render_one(asked, cache).path)
    monkeypatch.setattr(Pitched, "pitch", 300)
    assert speak_again(asked.session, cache) > 0
    after = decode(render_one(replace(asked, remake=True), cache).path)
    assert len(after) == len(before)
    assert np.abs(after - before).max() > 0.05


@pytest.mark.long
def test_a_track_in_mono_is_as_loud_and_passes_verify(job, narrator, write, tmp_path):
    stereo = render_one(change_request(job(60_000), cover="none"), Cache())
    mono = render_one(change_request(job(60_000, "mono.mp3", bitrate=32, channels=1), cover="none"), Cache())
    assert Path(mono.path).stat().st_size < Path(stereo.path).stat().st_size / 3.8
    assert decode(mono.path).shape == (60_000 * 48, 1)
    assert mono.lufs == pytest.approx(stereo.lufs, abs=0.3)
    assert mono.true_peak_db <= -1.1
    checked = narrator("verify", mono.path)
    assert (checked.code, checked.out.count("FAULT")) == (0, 0), checked.out


@pytest.mark.long
def test_a_clip_that_is_damaged_between_two_lengths_is_spoken_again(job, tmp_path):
    cache = Cache(tmp_path / "cache")
    wanted = Path(render_one(job(61_000), cache).path).read_bytes()
    for clip in (tmp_path / "cache" / "clips").glob("*/*"):
        damaged = bytearray(clip.read_bytes())
        damaged[-1] ^= 1
        clip.write_bytes(damaged)
    shutil.rmtree(tmp_path / "cache" / "frames")
    again = render_one(job(61_000, force=True), cache)
    assert again.clips_cached == 0
    assert Path(again.path).read_bytes() == wanted


class OneByOne(Executor):
    """An executor whose first work has ended when it is submitted; the rest ends when the test says so."""

    def __init__(self):
        self.futures = []

    def submit(self, *_given):
        self.futures.append(Future())
        if len(self.futures) == 1:
            self.futures[0].set_result([(None, 0)])
        return self.futures[-1]


def measure_following(count, job, cache):
    """Return the CPU seconds that it takes to follow so many tracks, each of which ends after the one before."""
    executor, request = OneByOne(), job(60_000)
    requests = [replace(request, session=replace(request.session, name=str(number))) for number in range(count)]
    following = render_all(requests, cache, executor)
    started = time.process_time()
    for number in range(count):
        if number:
            executor.futures[number].set_result([(requests[number], number)])
        assert next(following)[1] == number
    return time.process_time() - started


def test_the_time_to_follow_many_tracks_grows_with_their_number_alone(job, cache):
    few, many = (min(measure_following(count, job, cache) for _ in range(3)) for count in (300, 2400))
    assert many < 3 * 8 * few
