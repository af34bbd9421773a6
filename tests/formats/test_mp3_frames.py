from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

from measure import decode
from narrator.cache import Cache, make_key
from narrator.formats import encoding
from narrator.formats.ahead import map_ahead
from narrator.formats.coding import BITRATES, DELAY, Coding
from narrator.formats.crc16 import crc_bytes
from narrator.formats.lame import encode
from narrator.formats.meter import Meter
from narrator.formats.mp3_frames import FrameMaker, count_frames
from narrator.mix import BedCurve, Layout, Mixer, find_islands
from narrator.mix.backdrops import open_bed, open_floor
from narrator.mix.bed import Duck, Ramp
from narrator.mix.blends import Blend
from narrator.mix.parts import Piece, Stretch, list_parts
from narrator.script import Bell, Breath, Speech
from narrator.sound.loop import Loop, pack_loop
from narrator.speech.speak import Clips
from narrator.units import TICK_SAMPLES, ticks_to_ms
from timelines import make_bed, make_timeline, mix_track

STROKES = [
    (504, Bell("chime")),
    (8400, Bell("tick")),
    (10_800, Bell("bowl", length=4008)),
    (28_992, Bell("chime", length=2400)),
]


@pytest.fixture(params=["silence", "floor", pytest.param("bed", marks=pytest.mark.long)], scope="module")
def session(request):
    """Tracks with no background, with room tone, and with a ducked bed."""
    cache = Cache()
    bed = make_bed(fade=2400) if request.param == "bed" else None
    floor = None if request.param == "silence" else open_floor(-75.0)
    mixer = Mixer(Clips(cache), 0.0, floor, bed and open_bed("drone", "", Cache()))
    return find_islands(make_timeline(*STROKES, length=40_008, bed=bed)), mixer


def lay(layout, mixer, folder, threads=1):
    meter, maker = Meter(), FrameMaker(layout, mixer, Coding())
    with ThreadPoolExecutor(threads) as pool:
        parts = list(map_ahead(pool, maker.make, list_parts(layout, mixer, count_frames(layout.length)), 2))
    for part in parts:
        meter.add(part.loudness)
    path = folder / f"laid-{threads}.mp3"
    path.write_bytes(b"".join(part.data for part in parts))
    return path, path.stat().st_size // Coding().frame_size, meter


def measure_error(decoded, mixed):
    return 10 * np.log10((mixed**2).sum() / ((decoded - mixed) ** 2).sum())


@pytest.mark.long
def test_joined_frames_are_as_good_as_a_continuous_encoding(session, tmp_path):
    layout, mixer = session
    whole = mix_track(layout, mixer)
    path, count, _ = lay(layout, mixer, tmp_path)
    assert count == count_frames(layout.length)
    straight = tmp_path / "straight.mp3"
    straight.write_bytes(b"".join(encode(whole, Coding())))
    laid, reference = (decode(file)[DELAY : DELAY + len(whole)] for file in (path, straight))
    assert measure_error(laid, whole[: len(laid)]) > measure_error(reference, whole) - 0.1
    # No seam: the joins are as smooth as the sound itself.
    assert np.abs(np.diff(laid, 2, axis=0)).max() < 1.1 * np.abs(np.diff(reference, 2, axis=0)).max()


@pytest.mark.slow
def test_joins_are_as_smooth_as_their_surroundings(session, tmp_path):
    layout, mixer = session
    path, _, _ = lay(layout, mixer, tmp_path)
    laid = decode(path)[DELAY:]
    rough = np.abs(np.diff(laid, 2, axis=0)).max(axis=1)
    for island in layout.islands:
        for at in (island.start * 48, island.end * 48):
            join = rough[max(at - TICK_SAMPLES, 0) : at + TICK_SAMPLES].max(initial=0.0)
            # A second on either side; bells begin and end there, but softly.
            around = rough[max(at - 48_000, 0) : at + 48_000].max()
            assert join <= max(1.1 * around, 2e-4)


def test_between_islands_there_is_only_room_tone_or_silence(session, tmp_path):
    layout, mixer = session
    path, _, _ = lay(layout, mixer, tmp_path)
    quiet = decode(path)[DELAY:][18_000 * 48 : 26_000 * 48]
    level = 20 * np.log10(max(np.sqrt((quiet**2).mean()), 1e-9))
    if mixer.bed:
        assert level > -50
    elif mixer.floor:
        assert level == pytest.approx(-75, abs=1.5)
    else:
        assert np.abs(quiet).max() == 0


@pytest.mark.long
def test_the_same_bytes_on_any_number_of_threads_and_from_the_cache(session, tmp_path):
    layout, mixer = session
    first = lay(layout, mixer, tmp_path)[0].read_bytes()
    again = lay(layout, mixer, tmp_path, threads=3)[0].read_bytes()
    fresh = Mixer(Clips(Cache(tmp_path / "other")), mixer.gain, mixer.floor, mixer.bed)
    assert first == again == lay(layout, fresh, tmp_path, threads=3)[0].read_bytes()


@pytest.mark.slow
def test_a_second_length_encodes_only_what_is_new(tmp_path, monkeypatch):
    mixer = Mixer(Clips(Cache(tmp_path / "cache")), 0.0, open_floor(-75.0))
    lay(find_islands(make_timeline(*STROKES, length=60_000)), mixer, tmp_path)
    later = [(start + 24 * 501, cue) for start, cue in STROKES]
    monkeypatch.setattr(encoding, "encode", None)
    layout = find_islands(make_timeline(*later, length=90_024))
    assert lay(layout, mixer, tmp_path)[1] == count_frames(90_024)


@pytest.mark.long
@pytest.mark.parametrize("sound", ["rain", pytest.param("ocean", marks=pytest.mark.slow)])
def test_a_second_length_over_a_bed_encodes_no_island_again(tmp_path, monkeypatch, sound):
    bed = make_bed(sound, fade=480)
    mixer = Mixer(Clips(Cache(tmp_path / "cache")), 0.0, None, open_bed(sound, "", Cache()))
    mixed = []
    original = encoding.mix_block
    monkeypatch.setattr(encoding, "mix_block", lambda *args: mixed.append(args[0]) or original(*args))

    def count(*starts):
        """Two strokes that share a duck, and one by itself; how many parts of each kind were encoded."""
        mixed.clear()
        cues = zip(starts, (Bell("tick"), Bell("woodblock"), Bell("tick")), strict=True)
        layout = find_islands(make_timeline(*cues, length=starts[-1] + 6000, bed=bed))
        lay(layout, mixer, tmp_path)
        return [sum(isinstance(part, kind) for part in mixed) for kind in (Piece, Blend)]

    assert count(4800, 9000, 17_400) == [5, 4]
    # The last gap has kept its length, and so its blend.
    assert count(5400, 10_080, 19_800) == [0, 3]
    assert count(5400, 10_080, 19_800) == [0, 0]


@pytest.mark.slow
def test_over_a_users_music_an_island_is_reused_at_the_same_place_of_the_music(tmp_path, monkeypatch):
    bed = make_bed("mine.wav", digest="d")
    noise = np.random.default_rng(2).uniform(-0.1, 0.1, (800 * TICK_SAMPLES, 2)).astype(np.float32)
    music = Loop("mine", 800, lambda _piece: pack_loop(noise))
    mixer = Mixer(Clips(Cache(tmp_path / "cache")), 0.0, open_floor(-75.0), music)
    period = ticks_to_ms(mixer.bed.ticks)
    stroke, again = (9600, Bell("tick")), (9600 + period, Bell("tick"))
    lay(find_islands(make_timeline(stroke, length=period, bed=bed)), mixer, tmp_path)
    monkeypatch.setattr(encoding, "encode", None)
    layout = find_islands(make_timeline(again, length=2 * period, bed=bed))
    maker = FrameMaker(layout, mixer, Coding())
    pieces = [part for part in list_parts(layout, mixer, count_frames(2 * period)) if isinstance(part, Piece)]
    assert [piece.island.start for piece in pieces].count(9600 + period - 312) == 1
    for piece in pieces:
        maker.make(piece)


def test_the_meter_agrees_with_a_measurement_of_the_file(session, tmp_path):
    from narrator.sound.ebur128 import measure_loudness

    layout, mixer = session
    path, _, meter = lay(layout, mixer, tmp_path)
    heard = measure_loudness(decode(path)[DELAY:])
    assert meter.lufs == pytest.approx(heard.integrated, abs=0.5)
    assert meter.peak == pytest.approx(heard.peak, abs=0.5)


CODINGS = [Coding(rate, channels) for channels, rates in BITRATES.items() for rate in rates]


@pytest.mark.slow
@pytest.mark.parametrize("coding", CODINGS, ids=str)
def test_levels_are_unchanged_at_every_bit_rate(tmp_path, coding):
    time = np.arange(96_000) / 48_000
    tone = np.repeat((0.3 * np.sin(2 * np.pi * 440 * time))[:, None], 2, axis=1).astype(np.float32)
    (tmp_path / "tone.mp3").write_bytes(b"".join(encode(tone, coding)))
    decoded = decode(tmp_path / "tone.mp3")[DELAY:][: len(tone)]
    middle = slice(20_000, 70_000)
    assert np.abs(decoded[middle] - tone[middle]).max() < 0.003


OTHERS = {
    Speech("Rest."): {"text": "Wrest."},
    Bell("bowl"): {
        "sound": "gong",
        "times": 2,
        "every": 1,
        "pitch": 1.0,
        "length": 1,
        "level": 1.0,
        "digest": "d",
        "rest": 1,
        "mallet": "soft",
    },
    Breath("in", 4008): {"phase": "out", "length": 24, "words": (Speech("In."),)},
    BedCurve(): {"level": -1.0, "ramps": (Ramp(0, 1, None, 1.0),), "ducks": (Duck(0, 1, 8.0),)},
}


@pytest.mark.parametrize("value", OTHERS, ids=lambda value: type(value).__name__)
def test_keys_contain_every_field_that_can_be_heard(value):
    assert {each.name for each in fields(value) if each.compare} == set(OTHERS[value])
    for name, other in OTHERS[value].items():
        assert make_key(replace(value, **{name: other})) != make_key(value)
    assert make_key(replace(value)) == make_key(value)


def test_the_same_file_in_another_folder_is_the_same_bell():
    assert make_key(Bell("a.wav", digest="d")) == make_key(Bell("b.wav", digest="d"))


def test_a_stretch_has_the_frames_of_its_place_in_the_loop(tmp_path):
    layout, mixer = Layout(60_000, (), BedCurve()), Mixer(Clips(Cache(tmp_path)), 0.0, open_floor(-75.0))
    size = Coding().frame_size
    maker = FrameMaker(layout, mixer, Coding())
    block = maker.make(Stretch(None, 0, 500)).data
    for stored in (maker, FrameMaker(layout, mixer, Coding())):
        for start, ticks in ((37, 20), (499, 1), (0, 3)):
            stretch = Stretch(None, start, ticks)
            for frames in (stored.make(stretch), stored.find(stretch)):
                assert frames.data == block[start * size : (start + ticks) * size]
                assert frames.crc == crc_bytes(frames.data)
