import numpy as np
import pytest

from narrator.sound.filters import apply_filters, make_high_pass, make_low_pass, make_low_shelf


def run_slowly(samples, biquad):
    """Run a filter sample by sample, as its coefficients say."""
    (b0, b1, b2), (a0, a1, a2) = biquad
    heard = np.zeros(len(samples) + 2)
    given = np.concatenate([[0, 0], samples])
    for n in range(2, len(given)):
        fed = b0 * given[n] + b1 * given[n - 1] + b2 * given[n - 2]
        heard[n] = (fed - a1 * heard[n - 1] - a2 * heard[n - 2]) / a0
    return heard[2:]


@pytest.mark.parametrize("biquad", [make_high_pass(70.0), make_low_pass(4000.0), make_low_shelf(230.0, 1.5)])
def test_a_filter_is_what_it_would_be_sample_by_sample(biquad):
    samples = np.random.default_rng(0).standard_normal((3000, 1)).astype(np.float32)
    assert np.abs(apply_filters(samples, [biquad])[:, 0] - run_slowly(samples[:, 0], biquad)).max() < 1e-5


@pytest.mark.parametrize(
    ("biquad", "levels"),
    [
        (make_high_pass(70.0), {7.0: -40.0, 70.0: -3.0, 700.0: 0.0}),
        (make_low_pass(4000.0), {400.0: 0.0, 4000.0: -3.0}),
        (make_low_shelf(230.0, 1.5), {20.0: 1.5, 230.0: 0.75, 4000.0: 0.0}),
    ],
)
def test_filters_have_the_level_that_they_are_made_for(biquad, levels):
    response = np.abs(biquad.respond(48_000))
    for frequency, level in levels.items():
        assert 20 * np.log10(response[int(frequency)]) == pytest.approx(level, abs=0.1)
