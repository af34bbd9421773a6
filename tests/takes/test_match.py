import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.takes import cutting
from narrator.takes.match import Evidence, match_segments, sum_ways

MISSING = -5.0


def make_evidence(count, sentences, joined=2, seed=0):
    rng = np.random.default_rng(seed)
    matches = {}
    for number in range(1, joined + 1):
        matches[number] = rng.normal(0, 3, (count, sentences))
        matches[number][count - number + 1 :] = -np.inf
    return Evidence(matches, rng.normal(-2, 1, (count, sentences + 1)))


def list_ways(evidence, at=0, sentence=0):
    """Every way through, as its weight and its matches."""
    count, sentences = evidence.shape
    if (at, sentence) == (count, sentences):
        yield 0.0, ()
    if at < count:
        for weight, way in list_ways(evidence, at + 1, sentence):
            yield weight + evidence.extras[at, sentence], way
    if sentence < sentences:
        for weight, way in list_ways(evidence, at, sentence + 1):
            yield weight + MISSING, ((sentence, at, at), *way)
        for joined, weights in evidence.matches.items():
            if at + joined <= count:
                for weight, way in list_ways(evidence, at + joined, sentence + 1):
                    yield weight + weights[at, sentence], ((sentence, at, at + joined), *way)


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 1000))
def test_the_best_way_and_its_probabilities_are_those_of_all_ways(count, sentences, seed):
    evidence = make_evidence(count, sentences, seed=seed)
    ways = list(list_ways(evidence))
    whole = np.logaddexp.reduce([weight for weight, _ in ways])
    assert sum_ways(evidence) == pytest.approx(whole)
    best = max(ways)[1]
    found = match_segments(evidence)
    assert [(match.sentence, match.first, match.last) for match in found] == list(best)
    for match in found:
        same = [
            weight
            for weight, way in ways
            for sentence, first, last in way
            if sentence == match.sentence
            and (first == last if match.is_missing else (first, last) == (match.first, match.last))
        ]
        assert match.certainty == pytest.approx(min(np.exp(np.logaddexp.reduce(same) - whole), 1))


def test_what_could_be_either_of_two_sentences_is_not_certain():
    weights = np.array([[4.0, 4.0]])
    (one, other) = match_segments(Evidence({1: weights}, np.full((1, 3), -3.0)))
    assert sorted(round(match.certainty, 1) for match in (one, other)) == [0.5, 0.5]
    assert [one.is_missing, other.is_missing].count(True) == 1


def test_what_hardly_sounds_like_its_sentence_is_doubtful_even_if_nothing_else_is_likelier():
    unlike, like = -7.0, 3.0
    matches = match_segments(Evidence({1: np.array([[unlike, -20.0], [-20.0, like]])}, np.full((2, 3), -9.0)))
    assert [match.weight for match in matches] == [unlike, like]
    assert all(match.certainty > cutting.CERTAIN for match in matches)
    assert [bool(cutting._find_doubt(match, None, ["One.", "Two."])) for match in matches] == [True, False]
