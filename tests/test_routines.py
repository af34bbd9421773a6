"""Every built-in routine is a test case."""

import pytest

from narrator.cache import Cache
from narrator.render import Request, plan
from narrator.routine import list_builtins, load_routine

ROUTINES = list_builtins()


@pytest.fixture(params=ROUTINES)
def name(request):
    return request.param


@pytest.mark.parametrize("length", [None, 480_000, 600_000, 1_200_000])
def test_a_routine_can_be_had_at_many_lengths(name, length):
    timeline = plan(Request(ROUTINES[name], name, length, "silent"), Cache()).timeline
    assert timeline.length == (length or load_routine(ROUTINES[name]).length or timeline.length)
    assert timeline.notes == ()


def test_ten_minute_hips_gives_both_sides_and_a_bell_at_each_change():
    timeline = plan(Request(ROUTINES["ten-minute-hips"], "hips", None, "silent"), Cache()).timeline
    assert [chapter.title for chapter in timeline.chapters] == [
        "Pelvic circles",
        "Butterfly",
        "Pigeon",
        "Lizard",
        "Happy baby",
        "Seated figure four",
        "Closing breath",
    ]
    by_line = {}
    for hold in timeline.holds:
        by_line.setdefault(hold.mark.line, []).append(hold.end - hold.start)
    assert sorted(len(lengths) for lengths in by_line.values()) == [1, 1, 1, 2, 2, 2]
    assert all(len(set(lengths)) == 1 for lengths in by_line.values())
