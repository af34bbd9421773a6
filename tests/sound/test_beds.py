import hashlib
import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from narrator.sound.beds import list_levels, loop_file, make_bed, measure_loop
from narrator.sound.catalog import BEDS, BedSound
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.floor import make_floor

RATE = 48_000
UNIT = 500 * 1152
SECONDS = {"drone": (24, 60), "brown": (24, 36), "rain": (36, 60), "ocean": (48, 72)}


@cache
def make_once(name):
    loop = make_bed(name)
    loop.setflags(write=False)
    return loop


@pytest.fixture(params=BEDS)
def bed(request):
    return request.param, make_once(request.param)


def measure_octaves(samples, lows):
    """Return the power per hertz of the left channel in the octaves from each of `lows`, in dB."""
    power = np.abs(np.fft.rfft(samples[:, 0])) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    return [10 * np.log10(power[(frequency >= low) & (frequency < 2 * low)].mean() / len(samples)) for low in lows]


def assert_seamless(loop):
    """Assert that no step between the end and the beginning, in value or in slope, is larger than elsewhere."""
    joined = np.concatenate([loop[-4:], loop[:4]]).astype(float)
    for order in (1, 2, 3):
        assert np.abs(np.diff(joined, order, axis=0)).max() <= np.abs(np.diff(loop.astype(float), order, axis=0)).max()
    # A step has power at every frequency: compare the seam with the rest above most of the sound's own power.
    turned = np.roll(loop, len(loop) // 2, axis=0)[:, 0].astype(float)
    pieces = turned[: len(turned) // 4800 * 4800].reshape(-1, 4800) * np.hanning(4800)
    high = (np.abs(np.fft.rfft(pieces, axis=1)) ** 2)[:, 1800:].sum(axis=1)
    around = turned[len(turned) // 2 - 2400 : len(turned) // 2 + 2400] * np.hanning(4800)
    assert (np.abs(np.fft.rfft(around)) ** 2)[1800:].sum() <= 1.5 * high.max()


@pytest.mark.slow
def test_a_bed_is_whole_units_of_the_grid(bed):
    name, loop = bed
    assert loop.dtype == np.float32
    assert loop.shape[1] == 2
    assert len(loop) % UNIT == 0
    assert SECONDS[name][0] <= len(loop) / RATE <= SECONDS[name][1]


@pytest.mark.slow
def test_a_bed_repeats_without_a_seam(bed):
    assert_seamless(bed[1])


@pytest.mark.slow
def test_a_bed_has_its_level_however_often_it_repeats(bed):
    _, loop = bed
    assert measure_loop(loop) == pytest.approx(-16, abs=0.01)
    assert measure_loudness(np.tile(loop, (2, 1))).integrated == pytest.approx(-16, abs=0.1)
    assert 20 * np.log10(np.abs(loop).max()) < -1
    assert np.abs(loop.mean(axis=0)).max() < 1e-6


def test_a_bed_is_wide_but_survives_mono(bed):
    _, loop = bed
    mono = loop.mean(axis=1)
    assert 0.3 < np.corrcoef(loop.T)[0, 1] < 0.95
    assert 10 * np.log10((mono**2).mean() / (loop**2).mean()) > -2
    assert 20 * np.log10(loop[:, 0].std() / loop[:, 1].std()) == pytest.approx(0, abs=1)


def test_a_bed_has_no_power_where_it_cannot_be_heard_or_coded(bed):
    _, loop = bed
    power = np.abs(np.fft.rfft(loop[:, 0])) ** 2
    frequency = np.fft.rfftfreq(len(loop), 1 / RATE)
    assert power[frequency < 20].sum() / power.sum() < 0.02
    assert power[frequency > 16_000].sum() / power.sum() < 0.003


def test_each_bed_has_its_colour():
    brown = measure_octaves(make_once("brown"), [100, 200, 400, 800, 1600])
    assert np.diff(brown) == pytest.approx([-6] * 4, abs=0.8)
    ocean, rain = (measure_octaves(make_once(name), [150, 3000]) for name in ("ocean", "rain"))
    assert ocean[0] - ocean[1] > 10
    assert rain[0] - rain[1] < 6
    power = np.abs(np.fft.rfft(make_once("drone")[:, 0])) ** 2
    assert power.argmax() * RATE / len(make_once("drone")) == pytest.approx(250 / 3, abs=0.1)


@pytest.mark.slow
def test_all_places_of_a_drone_are_alike_and_of_the_others_none():
    """Shifted by any ticks, a drone goes along with itself; noise does not."""
    ticks = np.random.default_rng(4).integers(8, 900, 8)
    for name in BEDS:
        loop = make_once(name)[:, 0].astype(float)
        likeness = [np.corrcoef(loop, np.roll(loop, int(shift) * 1152))[0, 1] for shift in ticks]
        assert min(likeness) > 0.75 if name == "drone" else max(np.abs(likeness)) < 0.15, name


def test_the_levels_of_a_loop_are_known_without_making_it():
    assert [name for name in BEDS if BEDS[name].is_even] == ["rain"]
    for name, allowed in (("drone", 0.2), ("brown", 0.2), ("ocean", 1.6)):
        levels = list_levels(name)
        power = (make_once(name).reshape(-1, 1152, 2).astype(float) ** 2).mean(axis=1)
        around = 10 * np.log10(sum(np.roll(power, shift, axis=0) for shift in range(-4, 4)))
        measured = around - (around.max(axis=0) + around.min(axis=0)) / 2
        assert np.abs(levels - measured).max() < allowed, name
        assert levels.max(axis=0) == pytest.approx(-levels.min(axis=0))


def test_the_sea_swells_and_no_two_waves_are_alike():
    loop = make_once("ocean")
    levels = 10 * np.log10((loop.reshape(-1, RATE // 2, 2) ** 2).mean(axis=(1, 2)))
    smooth = np.convolve(np.concatenate([levels[-2:], levels, levels[:2]]), np.ones(5) / 5, "valid")
    tops = [at for at in range(len(smooth)) if smooth[at] > max(smooth[at - 1], smooth[(at + 1) % len(smooth)])]
    assert len(tops) >= 5
    assert np.percentile(levels, 95) - np.percentile(levels, 5) > 5
    apart = np.diff([*tops, tops[0] + len(smooth)]) / 2
    assert apart.max() - apart.min() > 2


@pytest.mark.slow
def test_a_bed_is_the_same_in_every_process():
    code = "import hashlib; from narrator.sound.beds import make_bed; print(hashlib.sha256(make_bed('rain').tobytes()).hexdigest())"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == hashlib.sha256(make_once("rain").tobytes()).hexdigest()


@pytest.mark.parametrize("seconds", [2, 7.3, 20])
def test_a_file_is_looped_without_a_seam_or_a_dip(seconds):
    frames = int(RATE * seconds)
    noise = (0.1 * np.random.default_rng(1).standard_normal((frames, 2))).astype(np.float32)
    # Two ends that do not meet.
    ramp = np.linspace(-0.5, 0.5, frames, dtype=np.float32)[:, None]
    loop = loop_file(noise, 1500)
    assert len(loop) % 1152 == 0
    assert 0 <= frames - len(loop) - min(1500 * 48, frames // 3) < 1152
    power = [float((part**2).mean()) for part in np.array_split(loop, len(loop) // 12_000)]
    assert 10 * np.log10(max(power) / min(power)) < 0.5
    joined = loop_file(noise / 100 + ramp, 1500)
    assert abs(joined[0] - joined[-1]).max() < 0.02
    assert np.abs(np.diff(np.concatenate([joined, joined[:1]]), axis=0)).max() < 0.02


def test_a_loop_keeps_what_is_outside_its_crossfade():
    tone = np.repeat(np.sin(np.arange(5 * RATE) / 40).astype(np.float32)[:, None], 2, axis=1)
    assert np.array_equal(loop_file(tone, 1000)[RATE:], tone[RATE : len(loop_file(tone, 1000))])


def test_too_short_a_file_is_refused():
    with pytest.raises(ValueError, match="2 s of sound"):
        loop_file(np.zeros((2 * RATE - 1, 2), np.float32))


def test_the_floor_is_pink_and_as_quiet_as_stated():
    floor = make_floor()
    assert floor.shape == (UNIT, 2)
    assert floor.dtype == np.float32
    assert 20 * np.log10(floor.std(axis=0)) == pytest.approx([-75, -75], abs=0.05)
    octaves = measure_octaves(floor, [25 * 2**number for number in range(9)])
    assert np.diff(octaves) == pytest.approx([-3.01] * 8, abs=0.3)
    power = np.abs(np.fft.rfft(floor[:, 0])) ** 2
    assert power[: 12 * 20 - 1].sum() / power.sum() < 1e-6
    assert abs(np.corrcoef(floor.T)[0, 1]) < 0.02
    assert 20 * np.log10(make_floor(-60.0).std()) == pytest.approx(-60, abs=0.05)


def test_the_floor_repeats_without_a_seam():
    assert_seamless(make_floor())


def test_a_new_bed_does_not_change_the_others(monkeypatch):

    before = make_bed("brown")
    monkeypatch.setattr("narrator.sound.beds.BEDS", {"bees": BedSound(500, (8,))} | BEDS)
    assert (make_bed("brown") == before).all()
