from concurrent.futures import ThreadPoolExecutor

import mutagen.mp3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measure import decode
from narrator.cache import Cache
from narrator.captions.captions import Caption
from narrator.formats import mp3_frames as frames
from narrator.formats.coding import BITRATES, Coding
from narrator.formats.crc16 import crc_bytes
from narrator.formats.format import Encoding, Mixdown
from narrator.formats.mp3 import FORMAT
from narrator.formats.stream import TrackStream
from narrator.mix import Mixer, find_islands
from narrator.mix.backdrops import open_bed, open_floor
from narrator.routine.model import Tags, VoiceSpec
from narrator.script import Bell, Heading
from narrator.sound.catalog import BEDS
from narrator.speech.speak import Clips
from narrator.timeline import Chapter
from timelines import make_bed, make_timeline

HEADING = Heading("Ruhe für Hüften", "de", VoiceSpec(), Tags())
CODINGS = [Coding(rate, channels) for channels, rates in BITRATES.items() for rate in rates]
BACKGROUNDS = ["silence", "floor", "rain", "drone"]


def make_track(length, background="floor"):
    """Tracks with a bell every seven seconds and two sections; a bed fades in and out."""
    strokes = [(start, Bell("chime")) for start in range(504, length - 500, 7200)]
    bed = make_bed(background, fade=480) if background in BEDS else None
    timeline = make_timeline(*strokes, length=length, bed=bed)
    half = length // 48 * 24
    return timeline.__class__(
        length, timeline.segments, (), (Chapter("Becken", 0, half), Chapter("Tänze", half, length)), bed=timeline.bed
    )


def make_mixdown(timeline, cache, background="floor"):
    floor = open_floor(-75.0) if background == "floor" else None
    bed = open_bed(background, "", Cache()) if background in BEDS else None
    captions = tuple(Caption(each.start, each.end, ("ベル",), "ベル") for each in timeline.segments)
    return Mixdown(HEADING, timeline, find_islands(timeline), Mixer(Clips(cache), 0.0, floor, bed), captions)


def open_stream(timeline, cache, coding, background="floor"):
    return TrackStream(make_mixdown(timeline, cache, background), coding)


def write(path, timeline, cache, coding, background="floor"):
    FORMAT.write(path, make_mixdown(timeline, cache, background), Encoding(coding.bitrate, coding.channels))
    return path.read_bytes()


@pytest.mark.long
@given(
    length=st.integers(1200, 16_000),
    coding=st.sampled_from(CODINGS),
    background=st.sampled_from(BACKGROUNDS),
    is_cold=st.booleans(),
    data=st.data(),
)
@settings(max_examples=15)
def test_any_range_equals_that_of_the_file(tmp_path_factory, length, coding, background, is_cold, data):
    folder = tmp_path_factory.mktemp("stream")
    timeline = make_track(length, background)
    file = write(folder / "a.mp3", timeline, Cache(folder / "cache"), coding, background)
    cache = Cache(folder / ("other" if is_cold else "cache"))
    stream = open_stream(timeline, cache, coding, background)
    assert stream.size == len(file)
    for _ in range(4):
        start = data.draw(st.integers(0, len(file) + 10))
        end = data.draw(st.integers(start, start + 3 * coding.frame_size) | st.integers(0, len(file) + 10))
        assert stream.read(start, end) == file[start:end]
    assert b"".join(stream.list_blocks()) == file


def test_a_range_makes_only_the_parts_in_it(tmp_path, monkeypatch):
    stream = open_stream(make_track(30_000), Cache(tmp_path), Coding())
    made = []
    original = frames.FrameMaker.make
    monkeypatch.setattr(frames.FrameMaker, "make", lambda maker, part: made.append(part) or original(maker, part))
    assert stream.read(0, 10) == b"ID3\3\0\0" + stream.read(6, 10)
    assert stream.size > 0
    assert made == []
    stream.read(stream.size - 1, stream.size)
    assert len(made) == 1
    stream.read(0, stream.head_size)
    assert len(made) == len(set(made)) > 5


def test_a_negative_position_is_refused(tmp_path):
    stream = open_stream(make_track(6000), Cache(tmp_path), Coding())
    with pytest.raises(ValueError, match="no bytes from -1 to 5"):
        stream.read(-1, 5)
    assert stream.read(stream.size, stream.size + 5) == stream.read(7, 3) == b""


@pytest.mark.long
@pytest.mark.parametrize("coding", [Coding(32, 1), Coding(56, 1), Coding(128, 1), Coding(64), Coding(320)], ids=str)
def test_the_info_frame_matches_the_frames_after_it(tmp_path, coding):
    timeline = make_track(20_010)
    file = write(tmp_path / "a.mp3", timeline, Cache(tmp_path / "cache"), coding)
    found = mutagen.File(tmp_path / "a.mp3")
    assert found.info.length == 20.01
    assert found.info.channels == coding.channels
    assert found.info.bitrate_mode == mutagen.mp3.BitrateMode.CBR
    assert found.info.encoder_settings.startswith(f"-b {min(coding.bitrate, 255)}")
    samples = decode(tmp_path / "a.mp3")
    assert samples.shape == (20_010 * 48, coding.channels)
    assert np.abs(samples[504 * 48 : 1000 * 48]).max() > 0.01
    start = file.index(b"Info") - (21 if coding.channels == 1 else 36)
    music = file[start + coding.frame_size :]
    assert len(music) == 835 * coding.frame_size
    crc = start + (173 if coding.channels == 1 else 188) - 100 * (coding.bitrate < 64)
    assert int.from_bytes(file[crc : crc + 2]) == crc_bytes(music)


@pytest.mark.slow
def test_one_stream_serves_many_threads(tmp_path):
    timeline = make_track(12_000)
    file = write(tmp_path / "a.mp3", timeline, Cache(tmp_path / "cache"), Coding())
    stream = open_stream(timeline, Cache(tmp_path / "other"), Coding())
    places = [(start, start + 25_000) for start in range(0, len(file), 20_000)]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda place: stream.read(*place), places)) == [file[slice(*place)] for place in places]


def test_stored_parts_need_no_pool(tmp_path):
    timeline, cache = make_track(12_000), Cache(tmp_path / "cache")
    whole = open_stream(timeline, cache, Coding()).read(0, 10**9)
    # Without a pool, whatever is passed to one fails.
    parts = list(open_stream(timeline, cache, Coding()).make_parts(None, ahead=2))
    assert whole.endswith(b"".join(part.data for part in parts))
    with pytest.raises(AttributeError):
        list(open_stream(timeline, Cache(tmp_path / "empty"), Coding()).make_parts(None, ahead=2))
