import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.takes import cutting
from narrator.takes.match import Evidence, match_segments, sum_ways

MISSING, MORE, JUMP = -4.0, -0.5, -3.0


def make_evidence(count, sentences, joined=2, seed=0):
    rng = np.random.default_rng(seed)
    matches = {}
    for number in range(1, joined + 1):
        matches[number] = rng.normal(0, 3, (count, sentences))
        matches[number][count - number + 1 :] = -np.inf
    return Evidence(matches, rng.normal(-2, 1, (count, sentences + 1)), frozenset({0, int(rng.integers(count))}))


def list_moves(evidence, at, sentence):
    """Every move over missing sentences, or to anywhere where a take begins or all end, with its weight."""
    count, sentences = evidence.shape
    for to in range(sentence + 1, sentences + 1):
        yield to, MISSING + MORE * (to - sentence - 1)
    if at in evidence.begins or at == count:
        for to in range(sentences + 1):
            yield to, JUMP - np.log(sentences + 1)


def list_ways(evidence, at=0, sentence=0, has_moved=False):
    """Every way through, as its weight and its matches."""
    count, sentences = evidence.shape
    if (at, sentence) == (count, sentences):
        yield 0.0, ()
    for to, move in [] if has_moved else list_moves(evidence, at, sentence):
        for weight, way in list_ways(evidence, at, to, has_moved=True):
            yield weight + move, way
    if at < count:
        for weight, way in list_ways(evidence, at + 1, sentence):
            yield weight + evidence.extras[at, sentence], way
    if sentence < sentences:
        for joined, weights in evidence.matches.items():
            if at + joined <= count:
                for weight, way in list_ways(evidence, at + joined, sentence + 1):
                    yield weight + weights[at, sentence], ((sentence, at, at + joined), *way)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 1000))
def test_the_best_way_and_its_probabilities_are_those_of_all_ways(count, sentences, seed):
    evidence = make_evidence(count, sentences, seed=seed)
    ways = list(list_ways(evidence))
    whole = np.logaddexp.reduce([weight for weight, _ in ways])
    assert sum_ways(evidence) == pytest.approx(whole)
    found = match_segments(evidence)
    assert tuple((match.sentence, match.first, match.last) for match in found) == max(ways)[1]
    for match in found:
        same = [weight for weight, way in ways if (match.sentence, match.first, match.last) in way]
        assert match.certainty == pytest.approx(np.exp(np.logaddexp.reduce(same) - whole))


def test_what_could_be_either_of_two_sentences_is_not_certain():
    (match,) = match_segments(Evidence({1: np.array([[4.0, 4.0]])}, np.full((1, 3), -3.0)))
    assert match.certainty == pytest.approx(0.5, abs=0.05)


def test_a_take_may_begin_in_the_middle_and_one_after_it_may_go_back():
    plain = np.full((4, 6), -9.0)
    plain[[0, 1, 2, 3], [3, 4, 0, 1]] = 5.0
    extras = np.full((4, 7), -4.0)
    found = match_segments(Evidence({1: plain}, extras, frozenset({0, 2})))
    assert [match.sentence for match in found] == [3, 4, 0, 1]
    assert all(match.certainty > cutting.CERTAIN for match in found)
    assert len(match_segments(Evidence({1: plain}, extras, frozenset({0})))) < 4


def test_what_hardly_sounds_like_its_sentence_is_doubtful_even_if_nothing_else_is_likelier():
    unlike, like = -4.0, 3.0
    matches = match_segments(Evidence({1: np.array([[unlike, -20.0], [-20.0, like]])}, np.full((2, 3), -12.0)))
    assert [match.weight for match in matches] == [unlike, like]
    assert all(match.certainty > cutting.CERTAIN for match in matches)
    assert [bool(cutting._find_doubt(match, None, ["One.", "Two."])) for match in matches] == [True, False]
