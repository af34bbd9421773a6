import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.formats.encoded import find_surroundings
from narrator.mix import MIX_CEILING, Mixer, find_islands, mixing
from narrator.mix.backdrops import open_bed, open_floor
from narrator.mix.mixing import mix_background, mix_island
from narrator.mix.parts import Piece
from narrator.script import Bell, Breath
from narrator.sound.audio import get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.loop import Loop, pack_loop
from narrator.speech.engine import Voice
from narrator.speech.registry import open_engine
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader
from narrator.units import TICK, db_to_ratio
from timelines import make_bed, make_timeline, say


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    with open_engine("espeak") as engine:
        texts = ["Breathe in.", "Hold.", "Let your shoulders be heavy, and soften your jaw."]
        return speak(texts, Reader(engine, Voice("espeak", "en-us", "en")), Cache(tmp_path_factory.mktemp("c")))


@pytest.fixture(scope="module")
def mixer(clips):
    return Mixer(clips, 0.0)


def mix_first(timeline, mixer, *span):
    layout = find_islands(timeline)
    return mix_island(layout.islands[0], layout.curve, mixer, *span)


def test_a_ring_is_cut_and_faded_at_the_end_of_the_track(mixer):
    timeline = make_timeline((3000, Bell("bowl")), length=10_010)
    island = find_islands(timeline).islands[0]
    assert (island.end, island.is_cut) == (10_008, True)
    samples = mix_first(timeline, mixer)
    assert np.abs(samples[-1]).max() == 0
    assert np.abs(np.diff(samples[-24_000:, 0], 2)).max() < 1e-3


def test_an_island_is_the_sum_of_its_sounds(mixer):
    mixed = mix_first(make_timeline((0, Bell("bowl")), (2400, Bell("chime", level=-20.0))), mixer)
    expected = np.zeros_like(mixed)
    for start, bell in ((0, strike_bell("bowl")), (2400, strike_bell("chime", None, None, -20.0))):
        samples = get_samples(bell)[: len(expected) - start * 48]
        expected[start * 48 : start * 48 + len(samples)] += samples
    assert np.abs(mixed - expected).max() < 1e-5


def test_loud_sums_are_turned_down_not_clipped(mixer):
    strokes = [(n * 24, Bell("bowl")) for n in range(30)]
    loud = mix_first(make_timeline(*strokes, (720, say("Breathe in."))), replace(mixer, gain=12.0))
    assert measure_loudness(loud).peak <= MIX_CEILING + 0.1
    assert np.abs(loud).max() > 0.5


def test_breath_tones_span_their_phases(mixer):
    found = make_timeline((0, Breath("in", 3984)), (3984, Breath("hold", 4008)), (7992, Breath("out", 3984)))
    found = replace(found, segments=tuple(replace(s, end=s.start + s.cue.length) for s in found.segments))
    island = find_islands(found).islands[0]
    assert (island.start, island.end) == (0, 11_976)
    samples = np.abs(mix_first(found, mixer)).max(axis=1)
    rising = [samples[start * 48 : (start + 200) * 48].max() for start in (200, 1500, 3000)]
    falling = [samples[start * 48 : (start + 200) * 48].max() for start in (8200, 9500, 11_000)]
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert 0.02 < samples.max() < 0.06


def test_floor_and_bed_run_from_the_start_of_an_island(clips, tmp_path):
    floor, bed = open_floor(-75.0), open_bed("drone", "", Cache())
    near, far = make_timeline((2400, say("Hold."))), make_timeline((36_000 - 24, say("Hold.")))
    with_floor = Mixer(clips, 0.0, floor)
    assert np.array_equal(mix_first(near, with_floor), mix_first(far, with_floor))
    level = np.sqrt((mix_background(None, 0, 2400, with_floor) ** 2).mean())
    assert 20 * np.log10(level) == pytest.approx(-75, abs=1)

    mixer = Mixer(clips, 3.0, None, bed)
    layouts = [
        find_islands(make_timeline((at, say("Hold.")), bed=make_bed(), length=60_000)) for at in (12_000, 36_000)
    ]
    sooner, later = (mix_island(layout.islands[1], layout.curve, mixer) for layout in layouts)
    assert np.array_equal(sooner, later)

    layout = find_islands(make_timeline(bed=make_bed(fade=2400, level=-10.0), length=30_000))
    fade_in = mix_island(layout.islands[0], layout.curve, mixer, 0, 4800)
    start = layout.islands[0].phase * TICK
    steady = mix_background(-10.0, start + 2400, start + 4800, mixer)
    assert np.abs(fade_in[2400 * 48 :] - steady).max() < 1e-6
    assert np.abs(fade_in[:48]).max() < 1e-4
    heard = measure_loudness(mix_background(-10.0, 0, bed.ticks * TICK, mixer)).integrated
    assert heard == pytest.approx(-16.0 - 10.0 + 3.0, abs=0.3)


def test_the_bed_is_ducked_under_speech(clips, tmp_path):
    """The mix minus a mix of the speech alone is the bed, 8 dB lower."""
    bed = open_bed("drone", "", Cache())
    text = "Let your shoulders be heavy, and soften your jaw."
    length = clips.lengths[text]
    spoken = (12_000, say(text))
    ducked = make_timeline(spoken, bed=make_bed(duck=8.0), takes=length)
    layout = find_islands(ducked)
    island = layout.islands[1]
    both = mix_island(island, layout.curve, Mixer(clips, -6.0, None, bed))
    alone = mix_island(island, layout.curve, Mixer(clips, -6.0))
    rest = (both - alone)[(12_000 - island.start) * 48 :][: length * 48]
    start = island.phase * TICK + 12_000 - island.start
    full = mix_background(-22.0, start, start + length, Mixer(clips, -6.0, None, bed))
    assert np.abs(rest - full * db_to_ratio(-8.0)).max() < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("bed", [None, make_bed()])
def test_a_long_island_mixed_in_pieces_is_the_same_as_whole(clips, bed, tmp_path):
    """Mix pieces with their surroundings: speech that is loud enough for the limiter, and a ducked bed."""
    cues = [(0, Bell("bowl", 8, 7000)), (2880, say("Breathe in.")), (9600 - 240, say("Hold.")), (9984, say("Hold."))]
    mixer = Mixer(clips, 8.0, open_floor(-75.0), open_bed("drone", "", Cache()) if bed else None)
    layout = find_islands(make_timeline(*cues, length=80_000, bed=bed))
    island = layout.islands[0]
    around = find_surroundings(Piece(island, 0, island.length), mixer)
    before, after = (ticks * TICK for ticks in (around.before, around.after))
    whole = mix_island(island, layout.curve, mixer, -before, island.length + after)[before * 48 : -after * 48]
    pieces = [
        mix_island(island, layout.curve, mixer, start - before, end + after)[before * 48 : -after * 48]
        for start, end in island.list_pieces()
    ]
    assert len(pieces) > 2
    assert np.abs(np.concatenate(pieces) - whole).max() < 1e-6
    assert np.abs(whole).max() == pytest.approx(db_to_ratio(MIX_CEILING), abs=0.05)


def test_what_takes_much_memory_is_made_once_and_one_at_a_time(mixer, monkeypatch):
    """Threads that start a track together ask for the same stroke and for the room tone."""
    made, at_once, busy = [], [], threading.Lock()

    def make(name, sound):
        made.append(name)
        at_once.append(busy.acquire(blocking=False))
        time.sleep(0.05)
        busy.release()
        return sound

    stroke, silence = strike_bell("tick"), np.zeros((500 * 1152, 2), np.float32)
    monkeypatch.setattr(mixing, "strike_bell", lambda *_: make("stroke", stroke))
    mixing._place_tone.cache_clear()
    floor = Loop("floor", 500, lambda _piece: make("floor", pack_loop(silence)))
    timeline = make_timeline((480, Bell("tick", pitch=777.0)), length=4000)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: mix_first(timeline, replace(mixer, floor=floor)), range(4)))
    mixing._place_tone.cache_clear()
    assert sorted(made) == ["floor", "stroke"]
    assert all(at_once)
