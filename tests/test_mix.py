from dataclasses import replace

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.errors import Mark
from narrator.mix import CEILING, HEADROOM, find_islands, make_up, measure_gain, mix_island
from narrator.script import Bell, Breath, Speech
from narrator.sound.audio import get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.loudness import measure_loudness
from narrator.speech import speak
from narrator.speech.engine import Voice
from narrator.speech.registry import open_engine
from narrator.timeline import Segment, Timeline

RINGS = {"bowl": 12_000, "chime": 5016, "tick": 120}
MARK = Mark("f", 1, 1)


def say(text):
    return Speech(text, text)


def make_timeline(*cues, length=60_000):
    segments = tuple(Segment(start, start + 480, cue, MARK) for start, cue in cues)
    return Timeline(length, segments, (), ())


def spans(timeline):
    return [(island.start, island.end, len(island.sounds)) for island in find_islands(timeline, RINGS)]


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    with open_engine("espeak") as engine:
        texts = ["Breathe in.", "Hold.", "Let your shoulders be heavy, and soften your jaw."]
        return speak(texts, Voice("espeak", "en-us", "en"), engine, Cache(tmp_path_factory.mktemp("c")))


def test_sounds_apart_are_islands_apart():
    assert spans(make_timeline((504, say("a")), (1008, say("b")))) == [(504, 984, 1), (1008, 1488, 1)]


def test_sounds_that_touch_share_an_island():
    assert spans(make_timeline((504, say("a")), (984, say("b")))) == [(504, 1464, 2)]


def test_a_bell_rings_on_beneath_what_follows():
    found = make_timeline((0, Bell("bowl", 2, 5000)), (9600, say("a")), (20_400, say("b")))
    assert spans(found) == [(0, 17_016, 3), (20_400, 20_880, 1)]


def test_a_ring_is_cut_and_faded_at_the_end_of_the_track(clips):
    (island,) = find_islands(make_timeline((3000 - 3000 % 24, Bell("bowl")), length=10_010), RINGS)
    assert (island.end, island.is_cut) == (10_008, True)
    samples = get_samples(mix_island(island, clips))
    assert np.abs(samples[-1]).max() == 0
    assert np.abs(np.diff(samples[-24_000:, 0], 2)).max() < 1e-3


def test_an_island_is_the_sum_of_its_sounds(clips):
    timeline = make_timeline((0, Bell("bowl")), (2400, Bell("chime")))
    (island,) = find_islands(timeline, RINGS)
    mixed = make_up(mix_island(island, clips), 0.0)
    expected = np.zeros_like(mixed)
    for start, name in ((0, "bowl"), (2400, "chime")):
        bell = get_samples(strike_bell(name))
        expected[start * 48 : start * 48 + len(bell)] += bell
    assert np.abs(mixed - expected).max() < 1e-5


def test_loud_sums_do_not_saturate(clips):
    cues = [(n * 480, say("Breathe in.")) for n in range(2)] + [(n * 24, Bell("bowl")) for n in range(8)]
    (island,) = find_islands(make_timeline(*sorted(cues, key=lambda cue: cue[0])), RINGS)
    assert np.abs(get_samples(mix_island(island, clips))).max() < 0.9
    assert np.abs(make_up(mix_island(island, clips), 0)).max() > 10 ** (-HEADROOM / 20)


def test_the_gain_comes_in_steps_and_keeps_the_peaks(clips):
    cues = [say(text) for text in clips.lengths] + [Bell("bowl")]
    gain = measure_gain(cues, clips)
    assert gain * 4 == int(gain * 4)
    assert gain == measure_gain([*cues, *cues], clips)
    for text in clips.lengths:
        timeline = make_timeline((0, Bell("bowl")), (1008, say(text)))
        (island,) = find_islands(timeline, RINGS)
        assert measure_loudness(make_up(mix_island(island, clips), gain)).peak < CEILING


def test_bells_alone_keep_their_level(clips):
    assert measure_gain([Bell("bowl")], clips) == 0.0


def test_breath_tones_span_their_phases(clips):
    found = make_timeline((0, Breath("in", 3984)), (3984, Breath("hold", 4008)), (7992, Breath("out", 3984)))
    found = Timeline(60_000, tuple(replace(s, end=s.start + s.cue.length) for s in found.segments), (), ())
    (island,) = find_islands(found, RINGS)
    assert (island.start, island.end) == (0, 11_976)
    samples = np.abs(make_up(mix_island(island, clips), 0)).max(axis=1)
    rising = [samples[start * 48 : (start + 200) * 48].max() for start in (200, 1500, 3000)]
    falling = [samples[start * 48 : (start + 200) * 48].max() for start in (8200, 9500, 11_000)]
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert 0.02 < samples.max() < 0.06


def test_a_long_island_mixed_in_pieces_is_the_same_as_whole(clips):
    cues = [(0, Bell("bowl", 8, 7000)), (3000, say("Breathe in.")), (19_200 - 240, say("Hold."))]
    (island,) = find_islands(make_timeline(*cues, length=80_000), RINGS)
    whole = get_samples(mix_island(island, clips))
    pieces = [get_samples(mix_island(island, clips, start, end)) for start, end in island.list_pieces()]
    assert len(pieces) > 2
    assert np.array_equal(np.concatenate(pieces), whole)
    around = get_samples(mix_island(island, clips, -48, island.length + 24))
    assert np.array_equal(around[48 * 48 : -24 * 48], whole)


def test_fast_strokes_never_pass_the_ceiling(clips):
    for bell in (Bell("chime", 20, 250), Bell("bowl", 8, 250)):
        for cues in ([bell], [bell, say("Breathe in.")]):
            gain = measure_gain(cues, clips)
            placed = [(0, bell), *([(5016, say("Breathe in."))] if len(cues) > 1 else [])]
            islands = find_islands(make_timeline(*placed), RINGS)
            peaks = [measure_loudness(make_up(mix_island(island, clips), gain)).peak for island in islands]
            assert max(peaks) < CEILING
