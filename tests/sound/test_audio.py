import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.sound.audio import get_samples, make_segment, make_silence


@given(st.integers(1, 60_000))
def test_silence_has_exactly_the_requested_length(length):
    assert make_silence(length).frame_count() == 48 * length


@pytest.mark.parametrize("channels", [1, 2])
def test_samples_survive_a_round_trip_through_a_segment(channels):
    samples = np.linspace(-1, 1, 4800 * channels, dtype=np.float32).reshape(-1, channels)
    again = get_samples(make_segment(samples))
    assert np.abs(again - samples).max() < 1e-6


def test_what_is_over_full_scale_is_clipped_not_wrapped():
    again = get_samples(make_segment(np.array([[1.5], [1.0], [-1.0], [-2.0]], np.float32)))
    assert np.allclose(again[:, 0], [1, 1, -1, -1])
