import numpy as np
import pytest

from narrator.sound.audio import get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.catalog import BELLS, MALLETS, PITCHES
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.rings import measure_ring

RATE = 48_000


@pytest.fixture(params=BELLS)
def bell(request):
    return request.param, get_samples(strike_bell(request.param))


def take_envelope(sound, partial, pitch, spacing):
    """Return the envelope of one partial (or pair), from a band with soft edges, and its number of values per second."""
    frames = 1 << len(sound).bit_length()
    spectrum = np.fft.rfft(sound, frames)
    frequency = np.arange(len(spectrum)) * RATE / frames
    low, width = partial.ratio * pitch, spacing / 4
    outside = np.maximum(np.maximum(low - frequency, frequency - low - partial.beat), 0)
    band = outside < 2 * width
    # Only the bins of the band are transformed back: a slow envelope needs few values.
    envelope = np.abs(np.fft.ifft((2 * np.exp(-((2 * outside / width) ** 2)) * spectrum)[band]))
    return envelope * (band.sum() / frames), band.sum() * RATE / frames


def measure_partial(sound, partial, pitch, spacing, stretch=1.0):
    """Return the level at the stroke, the fall between two times, and the expected fall, in dB."""
    envelope, rate = take_envelope(sound, partial, pitch, spacing)
    decay = partial.decay * stretch
    # A pair is measured over whole beats, so that the beat itself does not count.
    span = 1 / partial.beat if partial.beat else decay / 20
    start = max(6 * partial.rise / 1000, 12 / spacing)
    end = min(start + decay * 40 / 60, len(sound) / RATE * 0.9 - span)
    steps = max(int((end - start) / span), 1)

    def measure_power(at, span):
        return 10 * np.log10((envelope[round(rate * at) : round(rate * (at + span)) + 1] ** 2).mean())

    # Level of the pair, of 1 and 0.5, at that point of its beat.
    beating = 20 * np.log10(abs(1 + 0.5 * np.exp(2j * np.pi * partial.beat * start)) / 1.5)
    level = measure_power(start, decay / 200) - beating + 60 * start / decay
    fall = measure_power(start, span) - measure_power(start + steps * span, span)
    return level, fall, 60 * steps * span / decay


def find_spacing(name, partial):
    bell = BELLS[name]
    return min(bell.pitch * abs(other.ratio - partial.ratio) for other in bell.partials if other is not partial)


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_each_partial_starts_and_decays_as_stated(bell, number):
    name, samples = bell
    levels = []
    for partial in BELLS[name].partials:
        level, fall, stated = measure_partial(
            samples[:, number], partial, BELLS[name].pitch, find_spacing(name, partial)
        )
        assert stated > 3
        assert fall == pytest.approx(stated, abs=1), partial
        levels.append(level)
    stated = [partial.level for partial in BELLS[name].partials]
    assert np.subtract(levels, max(levels)) == pytest.approx(stated, abs=3)


def test_a_ring_is_whole_ticks_and_starts_and_ends_in_silence(bell):
    name, samples = bell
    assert len(samples) == measure_ring(name) * 48
    assert measure_ring(name) % 24 == 0
    assert np.abs(samples[0]).max() < 1e-4
    assert np.abs(samples[-1]).max() < 1e-5
    assert np.abs(np.diff(samples[-480:], axis=0)).max() < 3e-4


def test_a_bell_is_as_loud_as_stated_and_far_from_clipping(bell):
    name, samples = bell
    assert measure_loudness(samples).momentary == pytest.approx(-16 + BELLS[name].level, abs=0.1)
    assert 20 * np.log10(np.abs(samples).max()) < -12


def test_a_bell_rings_down_to_sixty_decibels_below_its_stroke(bell):
    _, samples = bell
    level = np.abs(samples).max(axis=1)
    # The final fade is half over here; the rest is the stated decay of every partial.
    assert 20 * np.log10(level[-len(level) // 20 :].max() / level.max()) < -50
    thirds = [np.sqrt((part**2).mean()) for part in np.array_split(samples, 3)]
    assert thirds[0] > 3 * thirds[1] > 9 * thirds[2]


def test_the_channels_agree_enough_for_a_phone(bell):
    _, samples = bell
    mono = samples.mean(axis=1)
    assert np.corrcoef(samples.T)[0, 1] > 0.9
    assert 10 * np.log10((mono**2).mean() / (samples**2).mean()) > -0.3


def test_a_stroke_begins_without_a_click(bell):
    name, samples = bell
    # A click is heard above the bell's own partials: compare that range, around the stroke, with the loudest part.
    above = int(1.5 * BELLS[name].pitch * BELLS[name].partials[-1].ratio / 10)
    sound = np.concatenate([np.zeros(480), samples[:1440, 0]])
    power = [np.abs(np.fft.rfft(sound[at : at + 960] * np.blackman(960), 4800)) ** 2 for at in range(0, 480, 60)]
    assert 10 * np.log10(max(part[above:].sum() for part in power) / max(part.sum() for part in power)) < -60


def test_a_stroke_is_heard_at_once(bell):
    _, samples = bell
    assert np.abs(samples[: 24 * 48]).max() > 10 ** (-40 / 20)


def test_the_gong_swells_and_brightens():
    samples = get_samples(strike_bell("gong")).mean(axis=1)

    def share(start):
        power = np.abs(np.fft.rfft(samples[start : start + 9600] * np.hanning(9600))) ** 2
        return power[int(350 / 5) :].sum() / power.sum()

    assert share(28_800) > 3 * share(0)


@pytest.mark.parametrize(("name", "pitch"), [("bowl", 220), ("bowl", 60), ("chime", 1320), ("gong", 70), ("tick", 700)])
def test_a_bell_can_be_tuned(name, pitch):
    samples = get_samples(strike_bell(name, pitch))[:, 0]
    assert len(samples) == measure_ring(name, pitch) * 48
    spectrum = np.abs(np.fft.rfft(samples, 10 * RATE if len(samples) < 10 * RATE else None))
    bins = np.arange(len(spectrum)) * RATE / (2 * (len(spectrum) - 1))
    near = (bins > 0.8 * pitch) & (bins < 1.3 * pitch)
    assert bins[near][spectrum[near].argmax()] == pytest.approx(pitch, abs=max(0.5, pitch / 300))


def test_lower_bells_ring_longer_and_the_highest_has_no_partial_beyond_hearing():
    assert measure_ring("bowl", 98) > measure_ring("bowl") > measure_ring("bowl", 784)
    samples = get_samples(strike_bell("bowl", PITCHES[1]))[:, 0]
    power = np.abs(np.fft.rfft(samples)) ** 2
    above = int(20_500 * len(samples) / RATE)
    assert 10 * np.log10(power[above:].sum() / power.sum()) < -60


@pytest.mark.parametrize(("name", "length"), [("gong", 4000), ("gong", 30_000), ("bowl", 20_000), ("tick", 400)])
def test_a_ring_can_be_given(name, length):
    samples = get_samples(strike_bell(name, length=length))
    assert len(samples) == measure_ring(name, length=length) * 48
    assert 0 <= measure_ring(name, length=length) - length < 24
    first, stretch = BELLS[name].partials[0], length / measure_ring(name)
    _, fall, stated = measure_partial(samples[:, 0], first, BELLS[name].pitch, find_spacing(name, first), stretch)
    assert fall == pytest.approx(stated, abs=1)


@pytest.mark.slow
def test_a_level_can_be_given_but_no_stroke_clips():
    for name in BELLS:
        quiet = measure_loudness(get_samples(strike_bell(name, level=-24)))
        assert quiet.momentary == pytest.approx(-40, abs=0.1)
        loud = get_samples(strike_bell(name, level=12))
        assert measure_loudness(loud).peak < -0.9


@pytest.mark.parametrize("pitch", [29, 4001, float("nan")])
def test_a_pitch_out_of_bounds_is_refused(pitch):
    with pytest.raises(ValueError, match="between 30 and 4000 Hz"):
        measure_ring("bowl", pitch)


def test_strokes_are_the_same_every_time(bell):
    name, samples = bell
    assert np.array_equal(get_samples(strike_bell(name)), samples)


def measure_centre(samples):
    power = np.abs(np.fft.rfft(samples[:24_000].mean(axis=1))) ** 2
    return (power * np.fft.rfftfreq(len(samples[:24_000]), 1 / RATE)).sum() / power.sum()


def measure_attack(samples):
    """Return the time in ms from a tenth to nine tenths of the highest peak of the first quarter of a second."""
    reached = np.maximum.accumulate(np.abs(samples[: RATE // 4]).max(axis=1))
    return (np.argmax(reached > 0.9 * reached[-1]) - np.argmax(reached > 0.1 * reached[-1])) / 48


def test_a_soft_mallet_makes_a_slow_dark_stroke_as_loud_and_as_long(bell):
    name, hard = bell
    soft = get_samples(strike_bell(name, mallet="soft"))
    assert len(soft) == len(hard)
    assert measure_centre(soft) < 0.9 * measure_centre(hard)
    assert measure_loudness(soft).momentary == pytest.approx(-16 + BELLS[name].level, abs=0.1)
    # The gong swells by itself; a block is over before a swell of 10 ms would be.
    if name != "gong":
        assert measure_attack(soft) > measure_attack(hard) + 0.9
    if BELLS[name].partials[0].decay > 1 and name != "gong":
        assert 10 < measure_attack(soft) < 20
    test_a_stroke_begins_without_a_click((name, soft))
    test_a_stroke_is_heard_at_once((name, soft))


def test_a_soft_mallet_weakens_each_partial_as_a_long_push_does():
    bowl = BELLS["bowl"]
    hard, soft = (get_samples(strike_bell("bowl", mallet=mallet))[:, 0] for mallet in MALLETS)
    weakened = []
    for partial in bowl.partials[:4]:
        levels = [measure_partial(each, partial, bowl.pitch, find_spacing("bowl", partial))[0] for each in (hard, soft)]
        weakened.append(levels[0] - levels[1])
    turns = 2 * bowl.pitch * np.array([partial.ratio for partial in bowl.partials[:4]]) * MALLETS["soft"] / 1000
    stated = 20 * np.log10(1 + turns**2)
    assert np.subtract(weakened, weakened[0]) == pytest.approx(stated - stated[0], abs=1)
