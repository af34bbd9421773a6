"""A reference is imitated in the person's voice, which a few sentences show."""

import numpy as np
import pytest

from narrator.takes.imitation import imitate
from narrator.takes.likeness import align, compare_pairs

STEPS = 80


@pytest.fixture
def voices():
    """Twelve sentences of one voice, and of another, whose coefficients are mixtures of the first's; it is slower."""
    rng = np.random.default_rng(4)
    turn = np.linalg.qr(rng.standard_normal((8, 8)))[0] * 0.5 + np.eye(8)
    smooth = [np.cumsum(rng.standard_normal((STEPS, 8)), axis=0) * 0.3 for _ in range(12)]
    references = [(each - each.mean(axis=0)).astype(np.float32) for each in smooth]
    slower = np.arange(0, STEPS, 0.8).astype(int)
    return references, [(each[slower] @ turn).astype(np.float32) for each in references]


def test_steps_that_belong_together_are_aligned(voices):
    pairs = align(voices[0][0], voices[0][0][np.repeat(np.arange(STEPS), 2)][: 2 * STEPS - 3])
    assert np.abs(pairs[:, 1] - 2 * pairs[:, 0]).max() <= 3
    assert align(voices[0][0], voices[0][0][:20]).size == 0


def test_an_imitation_is_more_like_the_person(voices):
    references, said = voices
    imitated = imitate(references, list(enumerate(said))[:10])
    before, after = (compare_pairs(list(zip(said, each, strict=True))) for each in (references, imitated))
    assert (after < 0.6 * before).all()


def test_a_sentence_that_is_mistaken_does_not_confirm_itself(voices):
    references, said = voices
    right = list(enumerate(said))
    wrong = [*right[:3], (3, said[7][:90]), *right[4:]]
    assert np.allclose(imitate(references, right)[3], imitate(references, wrong)[3])
    assert not np.allclose(imitate(references, right)[5], imitate(references, wrong)[5])
