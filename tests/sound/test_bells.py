import numpy as np
import pytest

from narrator.routine.model import BELLS as NAMES
from narrator.sound.audio import get_samples
from narrator.sound.bells import BELLS, measure_ring, strike_bell
from narrator.sound.loudness import measure_loudness


def test_the_language_and_the_sound_know_the_same_bells():
    assert set(NAMES) == set(BELLS)


@pytest.fixture(params=BELLS)
def bell(request):
    return request.param, get_samples(strike_bell(request.param))


def test_a_ring_is_whole_ticks_and_starts_and_ends_in_silence(bell):
    name, samples = bell
    assert len(samples) == measure_ring(name) * 48
    assert measure_ring(name) % 24 == 0
    assert np.abs(samples[0]).max() < 1e-4
    assert np.abs(samples[-1]).max() < 1e-4


def test_a_bell_is_as_loud_as_stated_and_far_from_clipping(bell):
    name, samples = bell
    assert measure_loudness(samples).momentary == pytest.approx(BELLS[name].loudness, abs=0.1)
    assert 20 * np.log10(np.abs(samples).max()) < -12


def test_a_bell_rings_down_to_sixty_decibels_below_its_stroke(bell):
    _, samples = bell
    level = np.abs(samples).max(axis=1)
    # The last fade is half over here; the stated decay of every partial has done the rest.
    assert 20 * np.log10(level[-len(level) // 20 :].max() / level.max()) < -50
    thirds = [np.sqrt((part**2).mean()) for part in np.array_split(samples, 3)]
    assert thirds[0] > 3 * thirds[1] > 9 * thirds[2]


def test_the_channels_agree_enough_for_a_phone(bell):
    _, samples = bell
    mono = samples.mean(axis=1)
    assert np.corrcoef(samples.T)[0, 1] > 0.8
    assert 10 * np.log10((mono**2).mean() / (samples**2).mean()) > -1


def test_a_stroke_begins_without_a_click(bell):
    _, samples = bell
    steps = np.abs(np.diff(samples[:, 0], 2))
    assert steps[:10].max() <= steps.max() / 2
