import numpy as np
import pytest

from narrator.sound.audio import get_samples
from narrator.sound.breath import LEVEL, make_tone
from narrator.sound.catalog import TONES

RATE = 48_000


def measure_level(samples, start, end):
    """Return the RMS of both channels between two times in ms; negative times count from the end."""
    part = samples[start * 48 : end * 48 or None]
    return 10 * np.log10((part**2).mean())


@pytest.mark.slow
@pytest.mark.parametrize("phase", TONES)
@pytest.mark.parametrize("length", [24, 1008, 3984, 7008, 19_992])
def test_a_tone_spans_its_phase_to_the_sample(phase, length):
    samples = get_samples(make_tone(phase, length))
    assert samples.shape == (48 * length, 2)
    assert 20 * np.log10(np.abs(samples).max()) <= LEVEL


@pytest.mark.parametrize("phase", TONES)
def test_a_tone_is_as_loud_as_stated_and_soft_at_its_ends(phase):
    samples = get_samples(make_tone(phase, 3984))
    assert LEVEL - 2.5 < 20 * np.log10(np.abs(samples).max()) <= LEVEL
    assert np.abs(samples[[0, -1]]).max() < 1e-5
    # A click would be heard above the highest harmonic.
    for end in (samples[:, 0], samples[::-1, 0]):
        sound = np.concatenate([np.zeros(2400), end[:9600]])
        power = [np.abs(np.fft.rfft(sound[at : at + 4800] * np.blackman(4800))) ** 2 for at in range(0, 2400, 300)]
        assert 10 * np.log10(max(part[150:].sum() for part in power) / max(part.sum() for part in power)) < -60


@pytest.mark.parametrize("phase", TONES)
@pytest.mark.parametrize("length", [1008, 3984])
def test_a_tone_is_heard_within_a_tick(phase, length):
    samples = get_samples(make_tone(phase, length))
    assert np.abs(samples[: 24 * 48]).max() > 10 ** (-46 / 20)


def test_the_in_breath_rises_the_hold_rests_and_the_out_breath_falls():
    levels = {
        phase: [measure_level(get_samples(make_tone(phase, 6000)), at, at + 100) for at in range(100, 5900, 200)]
        for phase in TONES
    }
    assert all(np.diff(levels["in"]) > -0.05)
    assert all(np.diff(levels["out"]) < 0.05)
    assert levels["in"][-1] - levels["in"][0] > 10
    assert levels["out"][0] - levels["out"][-1] > 10
    middle = levels["hold"][10:19]
    assert max(middle) - min(middle) < 1
    assert levels["hold"][0] - np.mean(middle) == pytest.approx(6, abs=1.5)


@pytest.mark.parametrize("length", [2016, 3984, 7008])
def test_a_tone_continues_where_the_previous_one_ended(length):
    tone = {phase: get_samples(make_tone(phase, length)) for phase in TONES}
    ends = {phase: (measure_level(tone[phase], 60, 160), measure_level(tone[phase], -180, -80)) for phase in TONES}
    assert ends["hold"][0] == pytest.approx(ends["in"][1], abs=1)
    assert ends["hold"][1] == pytest.approx(ends["hold"][0], abs=1)
    assert ends["out"][0] == pytest.approx(ends["hold"][1], abs=2)


def test_in_and_out_differ_in_pitch():
    heard = {}
    for phase in TONES:
        power = np.abs(np.fft.rfft(get_samples(make_tone(phase, 10_000))[:, 0])) ** 2
        heard[phase] = power.argmax() / 10
    assert heard == pytest.approx(TONES, abs=0.5)


@pytest.mark.parametrize("phase", TONES)
def test_a_tone_is_wide_but_survives_mono(phase):
    samples = get_samples(make_tone(phase, 6000))
    mono = samples.mean(axis=1)
    assert 0.7 < np.corrcoef(samples.T)[0, 1] < 0.999
    assert 10 * np.log10((mono**2).mean() / (samples**2).mean()) > -0.7
