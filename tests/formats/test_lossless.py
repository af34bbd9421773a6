"""FLAC and WAV: the same samples as the mix, and as each other, in a file that other programs read."""

import shutil
import struct
import subprocess
import wave

import mutagen
import mutagen.flac
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.cache import Cache
from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.formats import flac, wav
from narrator.formats.encoded import find_surroundings
from narrator.formats.format import Encoding, Mixdown
from narrator.formats.lossless import round_samples
from narrator.mix import Mixer, find_islands
from narrator.mix.backdrops import open_floor
from narrator.mix.mixing import mix_part
from narrator.mix.parts import list_parts
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Bell, Heading
from narrator.sound.samples import mix_down
from narrator.speech.speak import Clips
from narrator.timeline import Chapter
from timelines import make_timeline

HEADING = Heading("Ruhe für Hüften", "de", VoiceSpec(), Tags(artist="Wir", album="Übungen", year="2026"))
FORMS = {".flac": flac.FORMAT, ".wav": wav.FORMAT}
CHAPTERS = (Chapter("Becken", 504, 9_504), Chapter("Tänze", 9_504, 20_010))
COVER = Cover(b"\xff\xd8a picture", 640, 480)
CAPTIONS = (Caption(504, 2000, ("Ruh dich", "aus."), "Ruh dich aus."), Caption(9_504, 12_000, ("ベル",), "ベル"))


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return Clips(Cache(tmp_path_factory.mktemp("cache")))


def make_mixdown(clips, length=20_010, starts=(504, 7200), chapters=CHAPTERS):
    timeline = make_timeline(*((start, Bell("chime")) for start in starts), length=length)
    timeline = timeline.__class__(length, timeline.segments, (), chapters)
    return Mixdown(HEADING, timeline, find_islands(timeline), Mixer(clips, 0.0, open_floor(-60.0)), CAPTIONS, COVER)


def write(path, mixdown, channels=2, threads=1):
    measured = FORMS[path.suffix].write(path, mixdown, Encoding(0, channels, threads))
    assert measured.samples == 48 * mixdown.timeline.length
    return path


@pytest.fixture(scope="module", params=FORMS)
def track(request, clips, tmp_path_factory):
    return write(tmp_path_factory.mktemp("tracks") / f"a{request.param}", make_mixdown(clips))


def mix(mixdown, channels=2):
    layout, mixer = mixdown.layout, mixdown.mixer
    parts = list_parts(layout, mixer, -(-layout.length // 24))
    mixed = np.concatenate([mix_part(part, layout, mixer, find_surroundings(part, mixer)) for part in parts])
    return round_samples(mix_down(mixed, channels))[: 48 * layout.length, :channels]


@given(length=st.integers(600, 5000), stroke=st.integers(0, 600), channels=st.integers(1, 2))
@settings(max_examples=8)
def test_both_have_exactly_the_samples_of_the_mix(tmp_path_factory, clips, length, stroke, channels):
    folder = tmp_path_factory.mktemp("lengths")
    mixdown = make_mixdown(clips, length, [stroke // 24 * 24], ())
    wanted = mix(mixdown, channels)
    with wave.open(str(write(folder / "a.wav", mixdown, channels))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, channels, 2)
        samples = np.frombuffer(file.readframes(10**9), "<i2").reshape(-1, channels)
    assert np.array_equal(samples, wanted)
    for form in FORMS.values():
        path = folder / f"b{next(suffix for suffix, each in FORMS.items() if each is form)}"
        read = np.concatenate(list(form.decode(write(path, mixdown, channels))))
        assert np.array_equal(np.rint(read * 32768).astype(int), wanted)


@pytest.mark.parametrize("suffix", FORMS)
def test_the_same_track_has_the_same_bytes_on_any_number_of_threads(clips, tmp_path, suffix):
    first = write(tmp_path / f"a{suffix}", make_mixdown(clips))
    assert first.read_bytes() == write(tmp_path / f"b{suffix}", make_mixdown(clips), threads=3).read_bytes()


def test_chapters_and_words_are_read_back(track):
    contents = FORMS[track.suffix].inspect(track, 20_010)
    assert [(each.title, each.start, each.end) for each in contents.chapters] == [
        ("Becken", 0, 9_504), ("Tänze", 9_504, 20_010),
    ]  # fmt: skip
    assert contents.words == ("Ruh dich aus.", "ベル")
    assert contents.frames is None or contents.frames == (209, 209)
    assert FORMS[track.suffix].is_ours(track)


def test_a_file_of_others_is_not_ours(tmp_path):
    for suffix, form in FORMS.items():
        (tmp_path / f"a{suffix}").write_bytes(b"something else")
        assert not form.is_ours(tmp_path / f"a{suffix}")


def test_flac_has_its_head_as_specified(clips, tmp_path):
    path = write(tmp_path / "a.flac", make_mixdown(clips))
    found = mutagen.flac.FLAC(path)
    assert (found.info.total_samples, found.info.sample_rate, found.info.bits_per_sample) == (960_480, 48_000, 16)
    assert found.tags["title"] == ["Ruhe für Hüften"]
    assert (found.tags["date"], found.tags["artist"]) == (["2026"], ["Wir"])
    assert (found.tags["chapter001"], found.tags["chapter001name"]) == (["00:00:09.504"], ["Tänze"])
    (picture,) = found.pictures
    assert (picture.type, picture.mime, picture.width, picture.height) == (3, "image/jpeg", 640, 480)
    assert picture.data == COVER.data
    assert found.tags["lyrics"] == ["Ruh dich aus.\nベル"]
    assert found.tags["syncedlyrics"] == ["[00:00.50]Ruh dich aus.\n[00:09.50]ベル"]
    data = path.read_bytes()
    head = 4 + sum(4 + len(block.write()) for block in found.metadata_blocks)
    assert [point.first_sample for point in found.seektable.seekpoints] == [0, 104 * flac.BLOCK, 208 * flac.BLOCK]
    for point in found.seektable.seekpoints:
        place = head + point.byte_offset
        # The start of a frame with a fixed size of blocks, and its number in UTF-8.
        assert data[place : place + 2] == b"\xff\xf8"
        assert data[place + 4 :].startswith(chr(point.first_sample // flac.BLOCK).encode())
    if shutil.which("flac"):
        subprocess.run(["flac", "--test", "--silent", "--warnings-as-errors", path], check=True)


def test_wav_has_tags_and_markers(clips, tmp_path):
    path = write(tmp_path / "a.wav", make_mixdown(clips))
    found = mutagen.File(path)
    assert (str(found.tags["TIT2"]), found.info.length) == ("Ruhe für Hüften", 20.01)
    assert found.tags["APIC:"].data == COVER.data
    data = path.read_bytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    cue = data.index(b"cue ")
    assert struct.unpack_from("<IIII4sIII", data, cue + 4) == (52, 2, 1, 0, b"data", 0, 0, 0)
    assert struct.unpack_from("<I", data, cue + 12 + 24 + 20) == (9_504 * 48,)
    assert b"INAM\x12\0\0\0Ruhe f\xc3\xbcr H\xc3\xbcften" in data


def test_a_wav_over_four_gigabytes_has_sizes_of_64_bits(clips):
    mixdown, size = make_mixdown(clips), 2**32 + 8
    head = wav.write_head(mixdown, 2, size)
    assert head[:4] + head[8:16] == b"RF64WAVEds64"
    assert struct.unpack_from("<IQQQ", head, 16) == (28, len(head) + size - 8, size, size // 4)
    assert head[-8:] == b"data\xff\xff\xff\xff"
    assert wav.write_head(mixdown, 2, 2**31).startswith(b"RIFF")


@pytest.mark.skipif(not shutil.which("sox"), reason="needs sox")
def test_sox_reads_the_same_samples(track, tmp_path):
    subprocess.run(["sox", track, "-t", "s16", tmp_path / "raw"], check=True, capture_output=True)
    samples = np.fromfile(tmp_path / "raw", "<i2").reshape(-1, 2)
    wanted = np.concatenate(list(FORMS[track.suffix].decode(track)))
    assert np.array_equal(samples, np.rint(wanted * 32768))
