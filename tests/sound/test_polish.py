import numpy as np
import pytest

from narrator.sound.polish import MOST_COMPRESSION, MOST_DE_ESSING, SIBILANTS, polish_voice
from narrator.speech import clip as clips
from narrator.speech.clip import make_clip
from narrator.speech.engine import Voice
from narrator.speech.registry import open_engine

SENTENCE = "Sit on this soft cushion, close your eyes, and let your shoulders settle."


def make_tone(frequency, level=0.1, frames=96_000):
    return (level * np.sin(2 * np.pi * frequency * np.arange(frames) / 48_000)).astype(np.float32)[:, None]


def find_level(samples, frequency):
    """Return the amplitude of a frequency in the middle second."""
    middle = samples[24_000:72_000, 0] * np.hanning(48_000)
    return 20 * np.log10(4 * abs(np.fft.rfft(middle)[round(frequency)]) / 48_000)


def measure_share(samples):
    """Return the level of sibilants relative to the whole."""
    power = np.abs(np.fft.rfft(samples.mean(axis=1))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / 48_000)
    heard = (frequencies >= SIBILANTS[0]) & (frequencies < SIBILANTS[1])
    return 10 * np.log10(power[heard].sum() / power.sum())


@pytest.fixture(scope="module")
def sentences():
    """A sentence as an engine speaks it, and polished, both trimmed and faded."""
    with open_engine("espeak") as engine, pytest.MonkeyPatch.context() as patch:
        voice = Voice("espeak", "en-us", "en", 0.85)
        polished = engine.synthesize(SENTENCE, voice)
        patch.setattr(clips, "polish_voice", lambda samples: samples)
        return engine.synthesize(SENTENCE, voice).samples, polished.samples


@pytest.mark.parametrize(("frequency", "change"), [(20, -20.0), (140, 1.2), (1000, 0.0), (3000, 0.0)])
def test_rumble_goes_and_low_tones_gain_a_little(frequency, change):
    tone = make_tone(frequency)
    assert find_level(polish_voice(tone), frequency) - find_level(tone, frequency) == pytest.approx(change, abs=0.6)


def test_the_second_harmonic_is_far_below_the_tone_and_there_is_no_offset():
    polished = polish_voice(make_tone(500))
    assert -40 < find_level(polished, 1000) - find_level(polished, 500) < -33
    assert find_level(polished, 1500) - find_level(polished, 500) < -80
    assert abs(polished[24_000:72_000].mean()) < 1e-5


def test_what_is_loud_is_lowered_slowly_and_by_three_decibels_at_most():
    tone = make_tone(1000, 0.02, 240_000)
    tone[96_000:144_000] *= 8
    polished = polish_voice(tone)
    loud, soft = (
        np.abs(polished[at : at + 4800]).max() / np.abs(tone[at : at + 4800]).max() for at in (120_000, 24_000)
    )
    lowered = 20 * np.log10(soft / loud)
    assert 2 < lowered <= MOST_COMPRESSION + 0.01
    assert 20 * np.log10(soft) == pytest.approx(0.0, abs=0.05)
    # No cycle differs from the last one by more than a fraction of a decibel.
    cycles = np.abs(polished[:, 0]).reshape(-1, 48).max(axis=1) / np.abs(tone[:, 0]).reshape(-1, 48).max(axis=1)
    for first, last in ((100, 1900), (2100, 2900), (3100, 4900)):
        assert np.abs(np.diff(20 * np.log10(cycles[first:last]))).max() < 0.1


def test_only_an_s_is_softened_and_by_four_decibels_at_most():
    noise = np.fft.rfft(np.random.default_rng(0).standard_normal(48_000))
    noise[:5000], noise[9000:] = 0, 0
    hiss = np.fft.irfft(noise)[:24_000]
    voice = make_tone(300, 0.2)
    voice[36_000:60_000, 0] = 0.1 * hiss / hiss.std()
    polished = polish_voice(voice)
    lowered = 20 * np.log10(polished[40_000:56_000].std() / voice[40_000:56_000].std())
    around = 20 * np.log10(polished[4800:19_200].std() / voice[4800:19_200].std())
    assert -MOST_DE_ESSING - MOST_COMPRESSION - 0.1 <= lowered <= -3
    assert around > -MOST_COMPRESSION


def test_the_sibilants_of_a_sentence_are_softer_but_no_lisp(sentences):
    dry, polished = map(measure_share, sentences)
    assert dry - 4 <= polished < dry - 1


def test_a_sentence_keeps_its_length_and_its_edges(sentences):
    dry, polished = sentences
    assert dry.shape == polished.shape
    assert np.abs(polished[[0, -1]]).max() < 1e-4
    assert np.abs(polished).max() <= 1
    # It starts where it did: nothing is heard sooner or later.
    first, second = (np.flatnonzero(np.abs(each) > 0.02 * np.abs(each).max())[0] for each in sentences)
    assert abs(first - second) < 48


@pytest.mark.parametrize("gain", [0.01, 30.0])
def test_a_quiet_engine_and_a_loud_one_are_treated_alike(gain):
    tone = make_tone(440) * np.linspace(0.2, 1.0, 96_000, dtype=np.float32)[:, None]
    assert np.abs(polish_voice(tone * np.float32(gain)) / gain - polish_voice(tone)).max() < 1e-6


@pytest.mark.parametrize("frames", [0, 1, 47, 1000])
def test_silence_and_the_shortest_sounds_are_kept(frames):
    assert not polish_voice(np.zeros((frames, 1), np.float32)).any()
    assert polish_voice(np.full((frames, 1), 0.1, np.float32)).shape == (frames, 1)
    assert len(make_clip("x", np.full((frames, 1), 0.1, np.float32)).samples) % 1152 == 0
