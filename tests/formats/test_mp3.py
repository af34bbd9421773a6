import shutil
import subprocess

import mutagen
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measure import count_with_ffmpeg, decode
from narrator.cache import Cache
from narrator.errors import Mark
from narrator.formats import mp3
from narrator.formats.format import Encoding, Mixdown
from narrator.mix import Mixer, find_islands
from narrator.mix.backdrops import open_floor
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Bell, Heading
from narrator.speech.speak import Clips
from narrator.timeline import Chapter, Segment, Timeline
from narrator.units import parse_duration

HEADING = Heading("Ruhe für Hüften", "de", VoiceSpec(), Tags(artist="Wir", album="Übungen", year="2026"))


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return Clips(Cache(tmp_path_factory.mktemp("cache")))


def make_timeline(length, strokes=(504,), chapters=()):
    segments = tuple(Segment(start, start + 480, Bell("chime"), Mark("f", 1, 1)) for start in strokes)
    return Timeline(length, segments, (), tuple(chapters))


def write(path, timeline, clips, **options):
    mixdown = Mixdown(HEADING, timeline, find_islands(timeline), Mixer(clips, 0.0, open_floor(-75.0)))
    report = options.pop("report", None)
    mp3.FORMAT.write(path, mixdown, Encoding(**options), report)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "length", [pytest.param("7m07s", marks=pytest.mark.long), "1m0.001s", "1m0.023s", "1m0.024s", "6s"]
)
def test_a_track_decodes_to_exactly_its_length(tmp_path, clips, length):
    ms = parse_duration(length)
    path = write(tmp_path / "a.mp3", make_timeline(ms), clips)
    assert len(decode(path)) == 48 * ms
    assert count_with_ffmpeg(path) in {None, 48 * ms}


@pytest.mark.slow
@given(length=st.integers(600, 8000), stroke=st.integers(0, 300))
@settings(max_examples=20)
def test_any_length_decodes_exactly_wherever_the_sound_is(tmp_path_factory, clips, length, stroke):
    folder = tmp_path_factory.mktemp("lengths")
    timeline = make_timeline(length, [min(stroke, length - 24) // 24 * 24])
    path = write(folder / "a.mp3", timeline, clips)
    assert len(decode(path)) == 48 * length


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_track_has_the_same_bytes_on_any_number_of_threads(tmp_path, clips, threads):
    timeline = make_timeline(30_000, range(504, 25_000, 6000))
    first = write(tmp_path / "a.mp3", timeline, clips).read_bytes()
    assert write(tmp_path / "b.mp3", timeline, clips, threads=threads).read_bytes() == first


def test_tags_and_chapters_are_those_of_the_session(tmp_path, clips):
    chapters = [Chapter("Becken", 504, 9000), Chapter("Tänze", 9000, 30_000)]
    found = mutagen.File(write(tmp_path / "a.mp3", make_timeline(30_000, chapters=chapters), clips))
    assert found.tags.version == (2, 3, 0)
    shown = {key: str(found.tags[key]) for key in ("TIT2", "TPE1", "TALB", "TCON", "TLAN")}
    assert shown == {
        "TIT2": "Ruhe für Hüften",
        "TPE1": "Wir",
        "TALB": "Übungen",
        "TCON": "Meditation",
        "TLAN": "deu",
    }
    assert "2026" in {str(found.tags.get("TYER")), str(found.tags.get("TDRC"))}
    assert [
        (frame.start_time, frame.end_time, str(frame.sub_frames["TIT2"])) for frame in found.tags.getall("CHAP")
    ] == [
        (0, 9000, "Becken"),
        (9000, 30_000, "Tänze"),
    ]
    assert [len(frame.child_element_ids) for frame in found.tags.getall("CTOC")] == [2]
    assert found.info.length == pytest.approx(30, abs=0.05)
    assert found.info.bitrate == 128_000


def test_narrator_knows_its_own_tracks(tmp_path, clips, monkeypatch):
    path = write(tmp_path / "a.mp3", make_timeline(6000), clips)
    (tmp_path / "b.mp3").write_bytes(b"something else")
    (tmp_path / "c.mp3").write_bytes(b"ID3\3\0\0\x7f\x7f")
    assert not any(mp3.FORMAT.is_ours(tmp_path / name) for name in ("b.mp3", "c.mp3", "none.mp3"))
    # Another program writes the tag in its own way.
    again = tmp_path / "again.mp3"
    shutil.copy(path, again)
    tagged = mutagen.File(again)
    tagged.tags.delall("TIT2")
    tagged.save(v2_version=4)
    assert mp3.FORMAT.is_ours(again)
    tagged.delete()
    assert not mp3.FORMAT.is_ours(again)
    # Its own tag is known by its bytes alone, where it is the tag of an MP3.
    head = path.read_bytes()[:2000]
    size = 10 + int.from_bytes(head[8:10]) - (head[8] << 7)
    (tmp_path / "b.mp3").write_bytes(head[:size] + b"something else")
    within = b"GEOB" + size.to_bytes(4) + bytes(2) + head[:size]
    (tmp_path / "c.mp3").write_bytes(
        b"ID3\3\0\0\0\0" + bytes([len(within) >> 7, len(within) & 127]) + within + head[size:]
    )
    assert not any(mp3.FORMAT.is_ours(tmp_path / name) for name in ("b.mp3", "c.mp3"))
    monkeypatch.setattr(mp3, "is_ours", None)
    assert mp3.FORMAT.is_ours(path)


@pytest.mark.skipif(not (shutil.which("sox") and shutil.which("mpg123")), reason="needs sox and mpg123")
def test_players_see_the_true_length(tmp_path, clips):
    path = write(tmp_path / "a.mp3", make_timeline(67_000), clips)
    seconds = float(subprocess.run(["soxi", "-D", path], capture_output=True, text=True, check=True).stdout)
    assert seconds == pytest.approx(67, abs=0.075)
    out = tmp_path / "a.wav"
    subprocess.run(["mpg123", "-q", "-w", out, path], check=True)
    assert (out.stat().st_size - 44) / 4 / 48_000 == pytest.approx(67, abs=0.05)
