import numpy as np
import pytest

from narrator.sound.fade import cross_fade, ease, fade_evenly, fade_in, fade_out


def test_a_fade_rises_from_zero_to_one_and_leaves_the_rest_unchanged():
    samples = np.ones((100, 2), np.float32)
    fade_in(samples, 40)
    assert samples[0, 0] == 0
    assert samples[20, 1] == pytest.approx(0.5)
    assert (np.diff(samples[:41, 0]) > 0).all()
    assert (samples[40:] == 1).all()


def test_a_fade_out_is_a_reversed_fade_in():
    there, back = np.ones((100, 2), np.float32), np.ones((100, 2), np.float32)
    fade_in(there, 40)
    fade_out(back, 40)
    assert (there[::-1] == back).all()


def test_a_fade_longer_than_the_sound_is_cut_short():
    samples = np.ones((10, 1), np.float32)
    fade_in(samples, 20)
    assert samples[-1, 0] < 0.5
    fade_in(samples, 0)
    assert samples[-1, 0] < 0.5


def test_the_ease_is_constant_outside_its_range():
    assert list(ease(np.array([-1.0, 0.0, 0.5, 1.0, 2.0]))) == pytest.approx([0, 0, 0.5, 1, 1])


def test_a_crossfade_keeps_the_power_of_uncorrelated_sounds():
    random = np.random.default_rng(1)
    one, other = (random.normal(size=(48_000, 2)).astype(np.float32) for _ in range(2))
    cross_fade(one, other)
    blocks = (one**2).reshape(10, -1).mean(axis=1)
    assert blocks == pytest.approx(np.ones(10), abs=0.06)


@pytest.mark.parametrize("likeness", [-0.6, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("seconds", [0.2, 2])
def test_the_level_moves_evenly_from_one_sound_to_the_other(likeness, seconds):
    """Whatever they have in common, and on each side by itself: 20 dB up on the left, and level on the right."""
    frames, random = int(48_000 * seconds), np.random.default_rng(2)
    own, other = (random.normal(size=(frames, 2)) for _ in range(2))
    after = np.sqrt(1 - likeness**2) * other + likeness * own
    before, samples = own.astype(np.float32), (after * [10, 1]).astype(np.float32)
    fade_evenly(samples, before)
    levels = np.array([10 * np.log10((part**2).mean(axis=0)) for part in np.array_split(samples, 10)])
    assert levels[:, 0] == pytest.approx(np.arange(1, 20, 2), abs=1)
    assert levels[:, 1] == pytest.approx(np.zeros(10), abs=1)
