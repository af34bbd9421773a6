import numpy as np
import pytest

from narrator.takes.features import RATE, STEP, analyse, normalise
from narrator.takes.likeness import UNLIKE, compare_pairs
from narrator.takes.match import Evidence, match_segments
from narrator.takes.segments import find_segments
from narrator.takes.wording import compare_words, find_nearer, fold_words, weigh_words


def make_sound(seconds=25.0, seed=0):
    """Bursts of noise of changing colour, with pauses of half a second and a second in turn."""
    rng = np.random.default_rng(seed)
    parts = [np.zeros(RATE // 2)]
    for number in range(int(seconds / 2.75)):
        burst = rng.standard_normal(RATE * 2) * 0.1
        parts += [np.convolve(burst, np.ones(1 + number % 5), "same"), np.zeros(RATE // (2 - number % 2))]
    return (np.concatenate(parts) + rng.standard_normal(sum(map(len, parts))) * 1e-3).astype(np.float32)


def cut(samples, size):
    return [samples[start : start + size] for start in range(0, len(samples), size)]


@pytest.mark.parametrize("size", [100, 4801, 10**7])
def test_the_size_of_blocks_does_not_matter(size):
    samples = make_sound()
    whole, parts = analyse([samples]), analyse(cut(samples, size))
    assert (whole.levels == parts.levels).all()
    assert (whole.features == parts.features).all()
    assert whole.length == pytest.approx(len(samples) / 16, abs=STEP)


def test_segments_are_found_between_pauses():
    found = find_segments(analyse([make_sound()]))
    assert len(found) == 9
    assert all(abs(segment.length - 2000) < 60 for segment in found)
    assert abs(found[0].start - 500) < 30
    assert find_segments(analyse([np.zeros(RATE, np.float32)])) == []
    assert find_segments(analyse([])) == []


def test_like_sounds_cost_less_than_others_and_a_beginning_is_like_its_whole():
    rng = np.random.default_rng(1)
    one, other = rng.standard_normal((60, 8)), rng.standard_normal((60, 8))
    slow = np.repeat(one, 2, axis=0)[:100]
    pairs = [(one, one), (one, slow[:-10]), (one, other), (one, one[:20])]
    costs = compare_pairs([(a.astype(np.float32), b.astype(np.float32)) for a, b in pairs])
    assert costs[0] == pytest.approx(0, abs=1e-5)
    assert costs[0] < costs[1] < costs[2] < costs[3] == UNLIKE
    begun = compare_pairs([(one[:30].astype(np.float32), one.astype(np.float32))], open_end=True)
    assert begun[0] == pytest.approx(0, abs=1e-5)


def test_coefficients_are_normal_over_what_is_heard():
    analysis = analyse([make_sound()])
    normal = normalise(analysis.features)
    assert np.abs(normal.mean(axis=0)).max() < 1e-3
    assert np.abs(normal.std(axis=0) - 1).max() < 0.01


def test_words_decide_between_sentences_of_one_length():
    sentences = ["Slide your right knee forward.", "Slide your left knee forward."]
    evidence = Evidence({1: np.zeros((3, 2))}, np.full((3, 3), -3.0))
    heard = ["slide your right", "Slide your right knee forward", "slide your left knee forwards"]
    found = match_segments(weigh_words(evidence, heard, sentences))
    assert [(match.sentence, match.first) for match in found] == [(0, 1), (1, 2)]
    assert all(match.certainty > 0.9 for match in found)
    said = [fold_words(text) for text in sentences]
    assert find_nearer("slideyourleftkneeforward", 0, said) == 1
    assert find_nearer("slideyourrightneeforward", 0, said) is None
    assert compare_words(fold_words("Breathe in!"), fold_words("breathe in")) == 1
    assert compare_words("", "x") == compare_words("yes", "a very long sentence") == 0
