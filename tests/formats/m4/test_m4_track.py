import json
import shutil
import subprocess

import mutagen.mp4
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.cache import Cache
from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.errors import Mark
from narrator.formats.format import Encoding, Mixdown
from narrator.formats.m4 import m4a, m4b
from narrator.mix import CEILING, Mixer, find_islands
from narrator.mix.backdrops import open_floor
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Bell, Heading
from narrator.speech.speak import Clips
from narrator.timeline import Chapter, Segment, Timeline

HEADING = Heading("Ruhe für Hüften", "de", VoiceSpec(), Tags(artist="Wir", album="Übungen", year="2026", track="3/12"))
CAPTIONS = (
    Caption(504, 1400, ("Leg dich hin.",), "Leg dich hin."),
    Caption(2000, 3000, ("体を休める。",), "体を休める。"),
)
PICTURE = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return Clips(Cache(tmp_path_factory.mktemp("cache")))


def make_timeline(length, strokes=(504,), chapters=()):
    segments = tuple(Segment(start, start + 480, Bell("chime"), Mark("f", 1, 1)) for start in strokes)
    return Timeline(length, segments, (), tuple(chapters))


def write(path, timeline, clips, **options):
    mixer = Mixer(clips, 0.0, open_floor(-75.0))
    mixdown = Mixdown(HEADING, timeline, find_islands(timeline), mixer, CAPTIONS, Cover(PICTURE, 10, 10))
    form = m4b.FORMAT if path.suffix == ".m4b" else m4a.FORMAT
    return form.write(path, mixdown, Encoding(**{"bitrate": 96} | options))


def decode(path):
    return np.concatenate(list(m4a.FORMAT.decode(path)))


@pytest.mark.slow
@given(length=st.integers(600, 6000), stroke=st.integers(0, 300), channels=st.sampled_from([1, 2]))
@settings(max_examples=15)
def test_any_length_decodes_exactly_wherever_the_sound_is(tmp_path_factory, clips, length, stroke, channels):
    path = tmp_path_factory.mktemp("lengths") / "a.m4a"
    timeline = make_timeline(length, [min(stroke, length - 24) // 24 * 24])
    measured = write(path, timeline, clips, channels=channels)
    heard = decode(path)
    assert heard.shape == (48 * length, channels)
    assert measured.samples == 48 * length
    peak = 20 * np.log10(np.abs(heard).max())
    # What is cut to almost nothing is coded with large errors.
    assert peak <= max(measured.true_peak_db or -120, -40) + 0.1 <= CEILING + 0.1


@pytest.mark.slow
def test_the_same_track_has_the_same_bytes_on_any_number_of_threads(tmp_path, tmp_path_factory):
    timeline = make_timeline(20_000, range(504, 18_000, 4008))
    tracks = []
    for threads in (1, 3, 3):
        # With a new cache each packet is encoded again; the third time it is read.
        cache = tmp_path / f"cache{threads}"
        path = tmp_path / f"{len(tracks)}.m4a"
        write(path, timeline, Clips(Cache(cache)), threads=threads)
        tracks.append(path.read_bytes())
    assert tracks[0] == tracks[1] == tracks[2]


def test_tags_chapters_words_and_cover_are_those_of_the_session(tmp_path, clips):
    chapters = [Chapter("Becken", 504, 4000), Chapter("Tänze", 4000, 9000)]
    path = tmp_path / "a.m4b"
    write(path, make_timeline(9000, chapters=chapters), clips)
    found = mutagen.mp4.MP4(path)
    shown = {key: value[0] if isinstance(value, list) else value for key, value in found.tags.items()}
    assert shown == {
        "\xa9nam": "Ruhe für Hüften",
        "\xa9ART": "Wir",
        "\xa9alb": "Übungen",
        "\xa9gen": "Meditation",
        "\xa9day": "2026",
        "\xa9lyr": "Leg dich hin.\n体を休める。",
        "trkn": (3, 12),
        "stik": 2,
        "covr": PICTURE,
        "----:com.apple.iTunes:narrator": b"made by narrator",
        "----:com.apple.iTunes:seed": b"0",
    }
    assert [(each.start, each.title) for each in found.chapters] == [(0, "Becken"), (4, "Tänze")]
    assert (found.info.channels, found.info.sample_rate, found.info.bitrate) == (2, 48_000, 96_000)
    contents = m4b.FORMAT.inspect(path, 9000)
    assert contents.chapters == (Chapter("Becken", 0, 4000), Chapter("Tänze", 4000, 9000))
    assert contents.words == ("Leg dich hin.", "体を休める。")
    assert contents.frames[0] == contents.frames[1]
    assert contents.coder._code.args[0].bitrate == 96


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="needs ffprobe")
def test_ffprobe_sees_the_true_length_and_the_chapters(tmp_path, clips):
    chapters = [Chapter("Becken", 504, 4000), Chapter("Tänze", 4000, 9001)]
    path = tmp_path / "a.m4b"
    write(path, make_timeline(9001, chapters=chapters), clips)
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_chapters", "-show_format", path]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert shown["format"]["duration"] == "9.001000"
    assert shown["format"]["tags"]["major_brand"] == "M4B "
    assert shown["streams"][0]["duration_ts"] == 9001 * 48
    assert [(each["start_time"], each["end_time"], each["tags"]["title"]) for each in shown["chapters"]] == [
        ("0.000000", "4.000000", "Becken"),
        ("4.000000", "9.001000", "Tänze"),
    ]


def test_narrator_knows_its_own_tracks(tmp_path, clips):
    write(tmp_path / "a.m4a", make_timeline(2000), clips)
    assert m4a.FORMAT.is_ours(tmp_path / "a.m4a")
    data = (tmp_path / "a.m4a").read_bytes()
    (tmp_path / "b.m4a").write_bytes(data.replace(b"made by narrator", b"made by somebody"))
    (tmp_path / "c.m4a").write_bytes(b"something else")
    assert not m4a.FORMAT.is_ours(tmp_path / "b.m4a")
    assert not m4a.FORMAT.is_ours(tmp_path / "c.m4a")


ROUTINE = """
title: Rest
voice: espeak
steps:
  - bell: {sound: bowl, length: 4s}
  - section: Lying down
    steps:
      - say: Let your shoulders be heavy.
      - hold: 5s
  - section: Sitting
    steps:
      - say: Sit up.
"""


@pytest.mark.long
def test_a_track_is_verified_and_what_is_wrong_with_it_found(narrator, write, tmp_path):
    write(ROUTINE)
    made = narrator("render", "routine.yaml", "--length", "12s", "--format", "m4b,m4a", "--mono")
    assert made.code == 0, made.err
    path = tmp_path / "output" / "routine-12s.m4b"
    good = narrator("verify", str(path))
    assert (good.code, "FAULT" in good.out) == (0, False), good.out
    assert narrator("verify", str(path.with_suffix(".m4a"))).code == 0
    data = path.read_bytes()
    narrator("script", "routine.yaml", "--length", "12s", "--output", "plan.yaml")
    start = data.index(b"mdat")
    middle = start + (len(data) - start) // 2
    for name, damaged, faults in (
        ("cut", data[:-9000], {"length", "frames"}),
        ("garbled", data[:middle] + bytes(2000) + data[middle + 2000 :], {"length"}),
        ("renamed", data.replace(b"Sitting", b"Hitting"), {"chapters"}),
        ("reworded", data.replace(b"Sit up.", b"Get up."), {"words"}),
    ):
        (tmp_path / f"{name}.m4b").write_bytes(damaged)
        bad = narrator("verify", f"{name}.m4b", "--script", "plan.yaml", "--json")
        assert bad.code == 1, name
        found = {check["name"] for check in json.loads(bad.out)["checks"] if not check["ok"]}
        assert found >= faults, name


def test_a_bit_rate_that_it_does_not_have_is_refused(narrator, write):
    write("title: x\nvoice: silent\nsteps:\n  - say: Rest.\n")
    failed = narrator("render", "routine.yaml", "--format", "m4a", "--bitrate", "320", "--mono")
    assert (failed.code, "M4A cannot be 320; it can be 32," in failed.err) == (2, True), failed.err
