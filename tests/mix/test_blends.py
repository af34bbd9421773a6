"""Blends of a bed, by their sound: no louder, softer or more sudden than the bed is by itself.

Levels are those of 200 ms, left, right, of both together, and of what is heard in mono; changes are those within 200 ms.
"""

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.mix import Mixer
from narrator.mix.backdrops import open_bed
from narrator.mix.blends import Blend, choose_phase, find_room, name_made_bed, place_blend
from narrator.mix.mixing import mix_blend
from narrator.script import Bell, Speech
from narrator.sound.catalog import BEDS
from narrator.timeline import BedLine
from narrator.units import TICK_SAMPLES
from timelines import make_bed

WINDOW = 8
"""Ticks, about 200 ms, that a level is measured over."""
AROUND = 2 * WINDOW
TOLERANCE = 0.5


def measure_levels(samples):
    """Level of each window of 200 ms in dB: left, right, both, mono; shape (windows, 4)."""
    ticks = samples.reshape(-1, TICK_SAMPLES, 2)
    sides = (ticks**2).mean(axis=1, dtype=float)
    mono = (ticks.mean(axis=2) ** 2).mean(axis=1, dtype=float)
    power = np.stack([*sides.T, sides.mean(axis=1), mono], axis=1)
    total = np.cumsum(np.concatenate([np.zeros((1, 4)), power]), axis=0)
    return 10 * np.log10((total[WINDOW:] - total[:-WINDOW]) / WINDOW)


def measure_changes(levels):
    return np.abs(levels[WINDOW:] - levels[:-WINDOW])


def draw_blends(name, count, random):
    """Blends between islands that start with random words, in gaps of random length; every third is the shortest."""
    for number in range(count):
        gap = find_room(name) - 1 + int(random.integers(300)) * (number % 3 > 0)
        leaving = int(random.integers(BEDS[name].ticks))
        arriving = choose_phase(name, 0, [Speech(f"{random.random()}")]) - gap
        if (placed := place_blend(name, 0.0, leaving, arriving, gap)) is None:
            continue
        at, blend = placed
        assert 0 <= at <= gap - blend.ticks
        assert (blend.leaving - leaving - at) % BEDS[name].ticks == 0
        assert (blend.arriving - arriving - at) % BEDS[name].ticks == 0
        yield blend


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(16, 20))
@pytest.mark.parametrize("name", BEDS)
def test_a_blend_stays_within_what_its_bed_does_by_itself(name, seed):
    bed = open_bed(name, "", Cache())
    loop = measure_levels(bed.read(0, bed.ticks + AROUND))
    lowest, highest, steepest = loop.min(axis=0), loop.max(axis=0), measure_changes(loop).max(axis=0)
    mixer = Mixer(None, 0.0, None, bed)
    for blend in draw_blends(name, 40, np.random.default_rng(seed)):
        levels = measure_levels(mix_blend(blend, AROUND, AROUND, mixer))
        assert (levels > lowest - TOLERANCE).all(), blend
        assert (levels < highest + TOLERANCE).all(), blend
        assert (measure_changes(levels) < steepest + TOLERANCE).all(), blend


@pytest.mark.parametrize("name", BEDS)
def test_a_blend_begins_in_one_place_and_ends_in_the_other(name):
    bed = open_bed(name, "", Cache())
    blend = next(draw_blends(name, 1, np.random.default_rng(3)))
    mixed = mix_blend(blend, 4, 6, Mixer(None, 0.0, None, bed))
    first, last = 4 * TICK_SAMPLES, (4 + blend.length) * TICK_SAMPLES
    assert np.array_equal(mixed[:first], bed.read(blend.leaving - 4, 4))
    assert np.array_equal(mixed[last:], bed.read(blend.arriving + blend.length, 7))
    # No step where it begins or ends: not from any sample to the next.
    steps = np.abs(np.diff(mixed, axis=0)).max(axis=1)
    assert steps[first - 4 : first + 4].max() <= steps.max()
    assert steps[last - 4 : last + 4].max() <= 1.5 * np.abs(np.diff(bed.read(0, 500), axis=0)).max()


def test_a_window_of_a_blend_is_the_same_however_much_is_mixed_around_it():
    mixer = Mixer(None, -3.0, None, open_bed("rain", "", Cache()))
    blend = Blend(-10.0, 1490, 700, 8)
    wide = mix_blend(blend, 40, 9, mixer)
    assert np.array_equal(mix_blend(blend, 4, 4, mixer), wide[36 * TICK_SAMPLES : -5 * TICK_SAMPLES])


def test_where_both_islands_have_one_phase_nothing_is_blended():
    assert place_blend("rain", -20.0, 100, 1600, 500) is None
    assert place_blend("", -20.0, 100, 700, 500) is None
    assert place_blend("rain", -20.0, 100, 700, 500) == (0, Blend(-20.0, 100, 700, 8))


def test_the_first_cue_decides_where_a_bed_is():
    phases = {choose_phase("rain", 24 * number, [Speech("Rest."), Speech(f"{number}")]) for number in range(9)}
    assert len(phases) == 1
    others = {choose_phase("rain", 0, [Speech(f"{number}")]) for number in range(50)}
    assert len(others) > 40
    assert all(0 <= phase < 1500 for phase in others)
    assert choose_phase("rain", 0, [Bell("a.wav", digest="d")]) == choose_phase("rain", 0, [Bell("b.wav", digest="d")])


@pytest.mark.parametrize("name", ["brown", "drone", "ocean"])
def test_an_island_starts_after_a_level_that_any_other_can_be_blended_with(name):
    """Measured in the sound: before each island, a bed is at a middling level on both sides."""
    bed = open_bed(name, "", Cache())
    levels = measure_levels(bed.read(-WINDOW // 2, bed.ticks + WINDOW))[:-1, :2]
    assert len(levels) == bed.ticks
    middle = (levels.max(axis=0) + levels.min(axis=0)) / 2
    starts = np.array(sorted({choose_phase(name, 0, [Speech(f"{number}")]) for number in range(2000)}))
    assert len(starts) > 80
    before = levels[(starts - 1 - BEDS[name].blends[-1] // 2) % bed.ticks] - middle
    assert np.abs(before).max() < 2.5
    assert np.abs(before).mean() < 0.8


def test_a_users_music_keeps_its_time():
    assert name_made_bed(None) == name_made_bed(BedLine(make_bed("rain.mp3", digest="d"), ())) == ""
    assert name_made_bed(BedLine(make_bed("rain"), ())) == "rain"
    assert choose_phase("", 240, [Speech("Rest.")]) == 10
    assert find_room("") == 1
