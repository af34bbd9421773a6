"""Patterns of breath."""

import pytest
from pydantic import TypeAdapter, ValidationError

from narrator.routine.breath import PatternSpec, VoicedShort

read = TypeAdapter(PatternSpec).validate_python


def show(pattern):
    return [(phase.name, phase.first, phase.last) for phase in read(pattern)]


@pytest.mark.parametrize(
    ("pattern", "phases"),
    [
        ("4-7-8", [("in", 4000, 4000), ("hold", 7000, 7000), ("out", 8000, 8000)]),
        ("box", [(name, 4000, 4000) for name in ("in", "hold", "out", "pause")]),
        ("4-4 .. 4-8", [("in", 4000, 4000), ("out", 4000, 8000)]),
        ("4-4..4-8", [("in", 4000, 4000), ("out", 4000, 8000)]),
        ("4-8 .. 4-4", [("in", 4000, 4000), ("out", 8000, 4000)]),
        ("4-0-4 .. 4-4-4", [("in", 4000, 4000), ("hold", 0, 4000), ("out", 4000, 4000)]),
        ("box .. 5-5-5-5", [(name, 4000, 5000) for name in ("in", "hold", "out", "pause")]),
        ("4-0-4", [("in", 4000, 4000), ("out", 4000, 4000)]),
        ("5.5-5.501 .. 5.5-6.003", [("in", 5500, 5500), ("out", 5500, 6002)]),
        ([{"in": "2s"}, {"in": "1s"}, {"out": "6s"}], [("in", 2000, 2000), ("in", 1000, 1000), ("out", 6000, 6000)]),
        ([{"out": "4s..8s"}, {"pause": "1.5s"}], [("out", 4000, 8000), ("pause", 1500, 1500)]),
    ],
)
def test_patterns_mean_phases_in_order(pattern, phases):
    assert show(pattern) == phases


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("4-4 .. 4-4-4", "the same phases at both ends"),
        ("4-4 .. 4-5 .. 4-6", "is not a breath"),
        ("4", "is not a breath"),
        ("..", "is not a breath"),
        ("4-4 .. 0-4", "at least half a second"),
        ([], "needs its phases"),
        ([{"in": "2s"}] * 13, "at most 12 phases"),
        ([{"hold": "2s"}], "at least one"),
        ([{"in": "2s", "out": "2s"}], "a phase is one of in, hold, out, pause"),
        ([{"inn": "2s"}], "did you mean 'in'"),
        ([{"in": "2s..3s..4s"}], "not a length for a phase"),
        ([{"in": "2m"}], "at most 99s"),
        ([{"in": "0.2s"}], "at least half a second"),
        ([{"in": ["2s"]}], "the length of a phase"),
        ([{"say": "x"}], "a phase is one of"),
        (["in"], "a phase is written with its name"),
        ({"in": "2s"}, "a breath is a pattern"),
    ],
)
def test_an_invalid_pattern_is_reported(pattern, message):
    with pytest.raises(ValidationError, match=message):
        read(pattern)


def test_voiced_is_a_number_or_says_more():
    voiced = TypeAdapter(VoicedShort).validate_python
    assert (voiced("3").first, voiced("3").every, voiced("3").last) == (3, None, False)
    full = voiced({"first": "1", "every": "5", "last": "true"})
    assert (full.first, full.every, full.last) == (1, 5, True)
    assert voiced({"every": "5"}).first == 2
