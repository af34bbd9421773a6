"""Each possible fault is put into a track on purpose, and found."""

import json
import random
import wave
from dataclasses import replace

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.formats.coding import DELAY, Coding
from narrator.formats.format import Encoding, Mixdown
from narrator.formats.lame import decode, encode
from narrator.formats.mp3 import FORMAT
from narrator.formats.mp3_frames import count_frames
from narrator.mix import Mixer, find_islands
from narrator.mix.backdrops import open_bed, open_floor
from narrator.routine.heading import Tags, VoiceSpec
from narrator.script import Bell, Heading
from narrator.speech.engine import Voice
from narrator.speech.registry import open_engine
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader
from narrator.timeline import Chapter, Lengths, Segment
from narrator.verifying.compare import compare_track
from timelines import MARK, make_bed, make_timeline, say

HEADING = Heading("Rest", "en", VoiceSpec(), Tags())
TEXTS = ["Breathe in.", "Let your shoulders be heavy, and soften your jaw.", "And rest."]


@pytest.fixture(scope="module")
def clips():
    with open_engine("espeak") as engine:
        return speak(TEXTS, Reader(engine, Voice("espeak", "en-us", "en")), Cache())


@pytest.fixture(params=["floor", *(pytest.param(other, marks=pytest.mark.long) for other in ("silence", "rain"))])
def session(request, clips):
    """Timelines of half a minute and their mixers: over room tone, over silence, over rain at 64 kbit/s."""
    starts = (2016, 5016, 20_016)
    lengths = Lengths(clips.lengths, {})
    cues = [
        Segment(at, at + lengths.measure(say(text)), say(text), MARK) for at, text in zip(starts, TEXTS, strict=True)
    ]
    cues += [Segment(12_000, 16_008, Bell("chime"), MARK), Segment(25_008, 29_016, Bell("tick"), MARK)]
    bed = make_bed("rain", level=-18.0, fade=1200) if request.param == "rain" else None
    timeline = replace(
        make_timeline(length=30_010, bed=bed),
        segments=tuple(sorted(cues, key=lambda segment: segment.start)),
        chapters=(Chapter("One", 504, 12_000), Chapter("Two", 12_000, 30_010)),
    )
    floor = open_floor(-75.0) if request.param == "floor" else None
    return timeline, Mixer(clips, 0.0, floor, bed and open_bed(bed.sound, "", Cache()))


def choose_coding(mixer):
    return Coding(64 if mixer.bed else 128)


def write(path, timeline, mixer):
    FORMAT.write(
        path, Mixdown(HEADING, timeline, find_islands(timeline), mixer), Encoding(choose_coding(mixer).bitrate)
    )
    return path


def find_faults(path, timeline, mixer):
    return {check.name: check.places for check in compare_track(path, HEADING, timeline, mixer) if check.is_fault}


@pytest.mark.slow
@pytest.mark.parametrize("session", ["floor", "silence", pytest.param("rain", marks=pytest.mark.long)], indirect=True)
def test_an_unchanged_track_has_no_fault(session, tmp_path):
    timeline, mixer = session
    assert find_faults(write(tmp_path / "a.mp3", timeline, mixer), timeline, mixer) == {}


@pytest.mark.slow
def test_a_track_cut_short_is_found(session, tmp_path):
    timeline, mixer = session
    path = write(tmp_path / "a.mp3", timeline, mixer)
    path.write_bytes(path.read_bytes()[:-20_000])
    found = find_faults(path, timeline, mixer)
    assert {"length", "frames"} <= set(found)


@pytest.mark.slow
def test_a_cue_moved_by_a_tenth_of_a_second_is_found(session, tmp_path):
    timeline, mixer = session
    late = [
        replace(one, start=one.start + 96, end=one.end + 96) if one.start == 5016 else one for one in timeline.segments
    ]
    path = write(tmp_path / "a.mp3", replace(timeline, segments=tuple(late)), mixer)
    found = find_faults(path, timeline, mixer)
    assert found["onsets"] == ("0:05.016 (line 1): 96 ms late",)
    assert "sound" in found


@pytest.mark.slow
def test_a_bell_dropped_is_found(session, tmp_path):
    timeline, mixer = session
    for dropped, at in ((12_000, "0:12.000"), (25_008, "0:25.008")):
        fewer = tuple(segment for segment in timeline.segments if segment.start != dropped)
        path = write(tmp_path / "a.mp3", replace(timeline, segments=fewer), mixer)
        assert find_faults(path, timeline, mixer)["onsets"] == (f"{at} (line 1): not heard",)


@pytest.mark.slow
@pytest.mark.parametrize("gain", [pytest.param(-3.0, marks=pytest.mark.long), 2.0])
@pytest.mark.parametrize("session", ["floor"], indirect=True)
def test_another_gain_is_found(session, tmp_path, gain):
    timeline, mixer = session
    path = write(tmp_path / "a.mp3", timeline, replace(mixer, gain=gain, ceiling=2.0))
    (place,) = find_faults(path, timeline, mixer)["loudness"]
    assert float(place.removesuffix(" dB")) == pytest.approx(gain, abs=0.5)


@pytest.mark.long
@pytest.mark.parametrize("session", ["floor"], indirect=True)
def test_a_burst_of_clipping_is_found(session, tmp_path, monkeypatch):
    """Replace frames of a sentence by frames at eighteen times its level, as a faulty limiter would."""
    timeline, mixer = session
    path = write(tmp_path / "a.mp3", timeline, mixer)
    coding = choose_coding(mixer)
    data = path.read_bytes()
    start = len(data) - count_frames(timeline.length) * coding.frame_size
    good = [data[at : at + coding.frame_size] for at in range(start, len(data), coding.frame_size)]
    bad = encode(np.clip(18 * decode(good)[DELAY:], -2, 2), coding)
    path.write_bytes(b"".join([data[:start], *good[:220], *bad[220:230], *good[230:]]))
    found = find_faults(path, timeline, mixer)
    assert {"peak", "sound"} <= set(found)
    assert float(found["peak"][0].removesuffix(" dBTP")) > -1


@pytest.mark.slow
def test_a_frame_overwritten_with_garbage_is_found(session, tmp_path):
    timeline, mixer = session
    for at in (5500, 18_000):
        path = write(tmp_path / "a.mp3", timeline, mixer)
        data = bytearray(path.read_bytes())
        size = 192 if mixer.bed else 384
        first = len(data) - (len(data) // size) * size
        start = first + (at // 24 + (len(data) // size - 1252)) * size
        data[start + 4 : start + size] = bytes((number * 97 + 13) % 251 for number in range(size - 4))
        path.write_bytes(bytes(data))
        found = find_faults(path, timeline, mixer)
        assert set(found) & {"sound", "length", "frames", "clicks", "peak"}, at


@pytest.mark.slow
@pytest.mark.parametrize("session", ["silence"], indirect=True)
def test_a_chapter_that_is_not_planned_is_found(session, tmp_path):
    timeline, mixer = session
    moved = replace(timeline, chapters=(Chapter("One", 504, 12_000), Chapter("Two", 13_000, 30_010)))
    path = write(tmp_path / "a.mp3", moved, mixer)
    assert set(find_faults(path, timeline, mixer)) == {"chapters"}


@pytest.mark.slow
@pytest.mark.parametrize("session", ["floor"], indirect=True)
def test_silence_in_place_of_room_tone_is_found(session, tmp_path):
    timeline, mixer = session
    path = write(tmp_path / "a.mp3", timeline, replace(mixer, floor=None))
    assert "floor" in find_faults(path, timeline, mixer)


ROUTINE = """
title: Rest
steps:
  - bell: {sound: bowl, length: 4s}
  - section: Lying down
    steps:
      - say: Let your shoulders be heavy.
      - hold: 5s
"""


@pytest.mark.long
def test_the_command_knows_how_a_track_was_made_and_ends_with_one_on_a_fault(narrator, write, tmp_path):
    write_routine = write
    write_routine(ROUTINE)
    assert narrator("render", "routine.yaml", "--length", "20s").code == 0
    track = tmp_path / "output" / "routine-20s.mp3"
    good = narrator("verify", str(track))
    assert good.code == 0, good.out
    assert "FAULT" not in good.out
    assert [line.split()[0] for line in good.out.splitlines()[2:]] == [
        "bytes", "length", "frames", "chapters", "cover", "words", "onsets", "loudness", "peak", "floor", "clicks", "sound",
    ]  # fmt: skip
    track.write_bytes(track.read_bytes()[:-30_000])
    bad = narrator("verify", str(track), "--json")
    known = json.loads(bad.out)
    assert (bad.code, known["ok"]) == (1, False)
    assert {check["name"] for check in known["checks"] if not check["ok"]} >= {"length", "frames"}


@pytest.mark.slow
def test_a_track_that_was_moved_is_verified_by_its_script(narrator, write, tmp_path):
    write(ROUTINE)
    narrator("render", "routine.yaml", "--length", "20s")
    narrator("script", "routine.yaml", "--length", "20s", "--output", "plan.yaml")
    (tmp_path / "output" / "routine-20s.mp3").rename(tmp_path / "moved.mp3")
    unknown = narrator("verify", "moved.mp3")
    assert (unknown.code, unknown.err) == (
        2, "error: narrator has no record of how moved.mp3 was made; name the script that it was made from (--script)\n",
    )  # fmt: skip
    assert narrator("verify", "moved.mp3", "--script", "plan.yaml").code == 0
    assert narrator("verify", "none.mp3").code == 3
    (tmp_path / "text.mp3").write_text("no sound at all")
    assert narrator("verify", "text.mp3", "--script", "plan.yaml").code == 3


def make_noise(path, seconds=3):
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, 48_000 * seconds * 2)
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, 48_000, 0, "NONE", ""))
        out.writeframes((noise * 32767).astype("<i2").tobytes())


TICKS = "".join("  - bell: tick\n  - pause: 2s\n" for _ in range(5))
HARD = {
    "ticks": f"title: x\nvoice: silent\nsteps:\n{TICKS}",
    "over silence": f"title: x\nvoice: silent\nfloor: none\nsteps:\n{TICKS}",
    "over a loud floor": f"title: x\nvoice: silent\nfloor: -50\nsteps:\n{TICKS}",
    # The encoder spreads a start at full level into the part before it.
    "a bell of noise": "title: x\nvoice: silent\nsteps:\n" + "  - bell: noise.wav\n  - pause: 3s\n" * 3,
    "over noise": "title: x\nvoice: silent\nlength: 15s\nbed: noise.wav\nsteps:\n  - bell: gong\n  - hold: 1s..1m\n",
    "over loud noise": "title: x\nvoice: silent\nlength: 15s\nbed: {sound: noise.wav, level: 0}\nsteps:\n  - bell: gong\n  - hold: 1s..1m\n",
}
# A cue that is silent or quiet starts while something else decays below what the encoder keeps.
RING = "  - bell: bowl\n"
for name, cue in {"silent cues": "say: Rest.", "quiet bells": "bell: {sound: tick, level: -40}"}.items():
    cues = RING + f"  - {cue}\n  - pause: 500ms\n" * 20
    HARD |= {f"{name} in a ring": f"title: x\nvoice: silent\nsteps:\n{cues}"}
    HARD |= {
        f"{name} in a ring under rain": f"title: x\nvoice: silent\nbed: {{sound: rain, level: -25}}\nsteps:\n{cues}"
    }


@pytest.fixture(params=list(HARD))
def hard(request, narrator, write, tmp_path):
    """Render the hardest material for an encoder at its lowest bit rate; return the track and the command for it."""
    make_noise(tmp_path / "noise.wav")
    write(HARD[request.param])
    assert narrator("render", "routine.yaml", "--bitrate", "64", "--format", "mp3,m4a").code == 0
    return tmp_path / "output" / "routine.mp3"


@pytest.mark.long
@pytest.mark.hours
def test_losses_of_an_encoder_at_a_low_bit_rate_are_not_faults(hard, narrator):
    for path in (hard, hard.with_suffix(".m4a")):
        found = narrator("verify", str(path))
        assert (found.code, found.out.count("FAULT")) == (0, 0), found.out


@pytest.mark.long
@pytest.mark.hours
def test_another_sound_is_found_even_where_the_encoder_loses_much(hard, narrator, write, tmp_path):
    narrator("script", "routine.yaml", "--output", "plan.yaml")
    data = bytearray(hard.read_bytes())
    frame = 64 * 3  # bytes
    # A second from the middle is moved.
    middle = len(data) // 2 // frame * frame
    data[-100 * frame : -58 * frame] = data[middle : middle + 42 * frame]
    (tmp_path / "other.mp3").write_bytes(data)
    found = narrator("verify", "other.mp3", "--script", "plan.yaml")
    assert found.code == 1, found.out


@pytest.mark.long
def test_any_change_of_a_few_bytes_is_found_by_a_known_digest(narrator, write, tmp_path):
    write(ROUTINE)
    narrator("render", "routine.yaml", "--length", "10s")
    track = tmp_path / "output" / "routine-10s.mp3"
    good = track.read_bytes()
    chance = random.Random(0)  # noqa: S311
    # Changes of the tags, at the start, are the hardest to find.
    for place in [12, 40, chance.randrange(len(good)), len(good) - 1]:
        data = bytearray(good)
        data[place] ^= 1 + chance.randrange(255)
        track.write_bytes(data)
        found = narrator("verify", str(track))
        assert found.code in {1, 3}, place
        assert "changed" in found.out or found.err
    track.write_bytes(good)
    assert narrator("verify", str(track)).code == 0
