import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.speech.clip import FADE, Clip, make_clip
from narrator.units import TICK_SAMPLES


def make_burst(before, sounding, after, level=0.5, noise=0.0):
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(before + sounding + after) * noise
    samples[before : before + sounding] += level * np.sin(np.arange(sounding) * 0.1 + 1)
    return samples.astype(np.float32)[:, None]


@pytest.mark.slow
@given(st.integers(0, 9000), st.integers(300, 60_000), st.integers(0, 9000))
def test_clips_are_trimmed_to_what_is_heard_and_padded_to_a_tick(before, sounding, after):
    clip = make_clip("x", make_burst(before, sounding, after, noise=1e-5))
    assert len(clip.samples) % TICK_SAMPLES == 0
    assert clip.length == len(clip.samples) // 48
    assert len(clip.samples) <= sounding + 2 * FADE * 48 + TICK_SAMPLES
    loud = np.flatnonzero(np.abs(clip.samples[:, 0]) > 0.1)
    assert loud[0] <= 2 * FADE * 48


def test_clips_begin_and_end_at_zero():
    clip = make_clip("x", make_burst(0, 20_000, 0))
    assert abs(clip.samples[0, 0]) < 1e-4
    assert abs(clip.samples[-1, 0]) < 1e-4
    assert np.abs(np.diff(clip.samples[:, 0], 2)).max() < 0.02


def test_silence_is_kept_as_it_is():
    clip = make_clip("x", np.zeros((5000, 1), np.float32))
    assert len(clip.samples) == 5 * TICK_SAMPLES
    assert clip.loudness.integrated is None
    assert make_clip("x", np.zeros((0, 1), np.float32)).length == 24


def test_loud_output_of_an_engine_is_not_clipped():
    assert np.abs(make_clip("x", make_burst(0, 9000, 0, level=1.7)).samples).max() <= 1


def test_a_short_clip_measures_as_loud_as_a_long_one():
    short, long = make_clip("x", make_burst(0, 9600, 0)), make_clip("x", make_burst(0, 96_000, 0))
    assert short.level == pytest.approx(long.level, abs=1)
    assert short.loudness.integrated < short.level - 2


def test_packing_is_inverse_to_sixteen_bits():
    clip = make_clip("Grüße ☺", make_burst(100, 9000, 100))
    again = Clip.unpack(clip.pack())
    assert (again.text, again.loudness, again.level) == (clip.text, clip.loudness, clip.level)
    assert np.abs(again.samples - clip.samples).max() < 2**-15
    assert Clip.unpack(again.pack()).pack() == again.pack()
