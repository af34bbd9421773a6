"""Opus: exactly as long as the mix, the same in pieces as in one encoding, and as other programs read it."""

import base64
import json
import shutil
import subprocess
import wave
from itertools import pairwise

import mutagen.flac
import mutagen.oggopus
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measure import decode as decode_file
from narrator.cache import Cache
from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.formats import opus_runs
from narrator.formats.format import Encoding, Mixdown
from narrator.formats.ogg import PageWriter
from narrator.formats.opus import FORMAT
from narrator.formats.opus_coding import DELAY, PACKET, OpusCoding, decode, encode
from narrator.formats.opus_runs import RunMaker, list_runs
from narrator.formats.placed_parts import PlacedParts
from narrator.mix import Mixer, find_islands
from narrator.mix.backdrops import open_bed, open_floor
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Bell, Heading
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.samples import mix_down
from narrator.speech.speak import Clips
from narrator.timeline import Chapter
from timelines import make_bed, make_timeline

HEADING = Heading("Ruhe für Hüften", "de", VoiceSpec(), Tags(artist="Wir", album="Übungen", track="3"))
CHAPTERS = (Chapter("Becken", 504, 9_504), Chapter("Tänze", 9_504, 20_010))
CAPTIONS = (Caption(504, 2000, ("Ruh dich", "aus."), "Ruh dich aus."), Caption(9_504, 12_000, ("ベル",), "ベル"))
COVER = Cover(b"\xff\xd8a picture" * 20_000, 640, 480)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return Clips(Cache(tmp_path_factory.mktemp("cache")))


def make_mixdown(clips, length=20_010, starts=(504, 7200), bed=None, gain=0.0):
    timeline = make_timeline(
        *((start, Bell("chime")) for start in starts), length=length, bed=make_bed(bed, fade=480) if bed else None
    )
    timeline = timeline.__class__(length, timeline.segments, (), CHAPTERS, bed=timeline.bed)
    mixer = Mixer(clips, gain, open_floor(-60.0), bed and open_bed(bed, "", Cache()))
    return Mixdown(HEADING, timeline, find_islands(timeline), mixer, CAPTIONS, COVER)


def write(path, mixdown, bitrate=64, channels=2, threads=1):
    measured = FORMAT.write(path, mixdown, Encoding(bitrate, channels, threads))
    assert measured.samples == 48 * mixdown.timeline.length
    return path


@pytest.fixture(scope="module")
def track(clips, tmp_path_factory):
    return write(tmp_path_factory.mktemp("tracks") / "a.opus", make_mixdown(clips))


@given(length=st.integers(300, 4000), stroke=st.integers(0, 300), channels=st.integers(1, 2))
@settings(max_examples=8)
def test_any_length_decodes_exactly(tmp_path_factory, clips, length, stroke, channels):
    path = tmp_path_factory.mktemp("lengths") / "a.opus"
    write(path, make_mixdown(clips, length, [stroke // 24 * 24]), channels=channels)
    assert decode_file(path).shape == (48 * length, channels)
    assert sum(map(len, FORMAT.decode(path))) == 48 * length
    if shutil.which("opusdec"):
        subprocess.run(["opusdec", "--quiet", path, path.with_suffix(".wav")], check=True, capture_output=True)
        with wave.open(str(path.with_suffix(".wav"))) as file:
            assert file.getnframes() == 48 * length


@pytest.mark.parametrize(("channels", "bitrate"), [(2, 64), (1, 32)])
@pytest.mark.parametrize("bed", [None, "ocean"])
def test_runs_join_as_if_encoded_at_once(clips, monkeypatch, channels, bitrate, bed):
    monkeypatch.setattr(opus_runs, "_LONGEST", 5 * opus_runs.BEAT)
    layout = (mixdown := make_mixdown(clips, starts=(504, 2400, 7200, 12_000), bed=bed)).layout
    coding = OpusCoding(bitrate, channels)
    maker = RunMaker(layout, mixdown.mixer, coding)
    assert len(maker.runs) > 15
    end = maker.runs[-1].end
    mixed = mix_down(PlacedParts(layout, mixdown.mixer, end + 1).mix(0, end + 1), channels)
    joined = decode([packet for run in maker.runs for packet in maker.make(run).run], channels)[DELAY:]
    at_once = decode(encode(mixed, coding), channels)[DELAY:]
    starts = [run.start * 1152 for run in maker.runs[1:]]
    errors = []
    for heard in (joined, at_once):
        near = [heard[start - 480 : start + 2 * PACKET] - mixed[start - 480 : start + 2 * PACKET] for start in starts]
        errors.append(10 * np.log10(np.mean([np.mean(each**2) for each in near])))
    assert errors[0] < errors[1] + 1
    rough = [np.abs(np.diff(heard[: len(mixed) - DELAY], 2, axis=0)).max() for heard in (joined, at_once)]
    assert rough[0] < 1.3 * rough[1] + 0.005


def test_the_sound_is_that_of_the_mix_at_its_time(track, clips):
    mixdown = make_mixdown(clips)
    mixed = PlacedParts(mixdown.layout, mixdown.mixer, 834).mix(0, 834)[: 48 * 20_010]
    heard = np.concatenate(list(FORMAT.decode(track)))
    part = slice(504 * 48, 1504 * 48)
    crossed = np.correlate(heard[part, 0], np.pad(mixed[part, 0], 100), "full")
    shift = crossed.argmax() - (len(crossed) // 2)
    assert shift == 0
    assert np.corrcoef(heard[part, 0], mixed[part, 0])[0, 1] > 0.98


def test_decoded_peaks_stay_below_the_ceiling(clips, tmp_path):
    mixdown = make_mixdown(clips, 6000, (504, 600, 696, 3000), gain=30.0)
    path = write(tmp_path / "a.opus", mixdown, 32)
    assert -3 < measure_loudness(decode_file(path)).peak <= -1


@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_track_has_the_same_bytes_on_any_number_of_threads(clips, tmp_path, track, threads):
    other = Clips(Cache(tmp_path / "cache"))
    assert write(tmp_path / "b.opus", make_mixdown(other), threads=threads).read_bytes() == track.read_bytes()


@pytest.mark.long
def test_packets_are_encoded_once_for_each_place_within_a_beat(clips, tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(opus_runs, "encode", lambda samples, coding: made.append(1) or encode(samples, coding))
    write(tmp_path / "a.opus", make_mixdown(clips, 30_000, (4008, 15_000)))
    made.clear()
    write(tmp_path / "a.opus", make_mixdown(clips, 30_000, (4008, 15_000)))
    assert made == []
    write(tmp_path / "b.opus", make_mixdown(clips, 33_000, (4008, 15_000 + 25 * 24)))
    first = len(made)
    assert 0 < first <= 3
    made.clear()
    write(tmp_path / "c.opus", make_mixdown(clips, 33_000, (4008, 15_000 + 26 * 24)))
    assert len(made) >= first


@given(length=st.integers(1, 80_000), strokes=st.lists(st.integers(0, 3000), max_size=6))
@settings(max_examples=50)
def test_runs_cover_a_track_on_beats(length, strokes):
    starts = sorted({min(24 * stroke, max(length - 24, 0) // 24 * 24) for stroke in strokes})
    timeline = make_timeline(*((start, Bell("chime")) for start in starts), length=length)
    runs = list_runs(find_islands(timeline))
    assert runs[0].start == 0
    assert all(one.end == other.start for one, other in pairwise(runs))
    assert all(run.end > run.start and run.end % 5 == run.start % 5 == 0 for run in runs)
    assert runs[-1].end * 1152 // PACKET >= opus_runs.count_packets(length)


def test_tags_chapters_words_and_cover(track):
    found = mutagen.oggopus.OggOpus(track)
    assert (found.info.length, found.info.channels) == (pytest.approx(20.01), 2)
    assert (found["title"], found["tracknumber"], found["artist"]) == (["Ruhe für Hüften"], ["3"], ["Wir"])
    assert (found["chapter001"], found["chapter001name"]) == (["00:00:09.504"], ["Tänze"])
    assert found["lyrics"] == ["Ruh dich aus.\nベル"]
    assert found["syncedlyrics"] == ["[00:00.50]Ruh dich aus.\n[00:09.50]ベル"]
    assert mutagen.flac.Picture(base64.b64decode(found["metadata_block_picture"][0])).data == COVER.data
    contents = FORMAT.inspect(track, 20_010)
    assert [(each.title, each.start, each.end) for each in contents.chapters] == [
        ("Becken", 0, 9_504), ("Tänze", 9_504, 20_010),
    ]  # fmt: skip
    assert (contents.words, contents.frames) == (("Ruh dich aus.", "ベル"), (1001, 1001))
    assert FORMAT.is_ours(track)


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="needs ffprobe")
def test_ffprobe_sees_chapters_at_their_times(track):
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", track], check=True, capture_output=True
    )
    chapters = json.loads(shown.stdout)["chapters"]
    assert [(each["tags"]["title"], each["start_time"]) for each in chapters] == [
        ("Becken", "0.000000"), ("Tänze", "9.504000"),
    ]  # fmt: skip


def test_a_page_has_the_checksum_of_its_bytes():
    """Pages as another program sees them: libogg computes the checksum bit by bit."""

    def find_crc(data):
        crc = 0
        for byte in data:
            crc ^= byte << 24
            for _ in range(8):
                crc = (crc << 1) & 0xFFFFFFFF ^ (0x04C11DB7 if crc >> 31 else 0)
        return crc

    pages = PageWriter()
    written = [*pages.write_header(bytes(255 * 300), is_first=True), pages.write([b"a" * 255, b"b"], 7, is_last=True)]
    assert len(written) == 3
    assert [page[5] for page in written] == [2, 3, 4]
    assert [int.from_bytes(page[18:22], "little") for page in written] == [0, 1, 2]
    assert [page[6:14] for page in written] == [b"\xff" * 8, bytes(8), b"\7" + bytes(7)]
    assert written[2][26:30] == b"\3\xff\0\1"
    for page in written:
        assert int.from_bytes(page[22:26], "little") == find_crc(page[:22] + bytes(4) + page[26:])
    with pytest.raises(ValueError, match="too long for a page"):
        pages.write([bytes(2000)] * 40, 0, is_last=False)


@pytest.mark.slow
@pytest.mark.parametrize(("bitrate", "channels"), [(32, 2), (24, 1), (64, 2)])
def test_a_track_is_verified_whatever_its_bit_rate(narrator, write, bitrate, channels):
    write(
        "title: x\nvoice: silent\nlength: 10s\nbed: {sound: rain, level: -25}\n"
        "steps: [{bell: bowl}, {section: One, steps: [{bell: tick}, {hold: 1s..1m}, {bell: {sound: tick, level: -30}}]}]\n"
    )
    mono = ["--mono"] if channels == 1 else []
    assert narrator("render", "routine.yaml", "--output", "a.opus", "--bitrate", str(bitrate), *mono).code == 0
    found = narrator("verify", "a.opus")
    assert (found.code, found.out.count("FAULT")) == (0, 0), found.out
