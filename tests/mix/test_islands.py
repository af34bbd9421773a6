import pytest

from narrator.mix import find_islands
from narrator.script import Bell
from narrator.units import TICK
from timelines import make_bed, make_timeline, say


def spans(timeline):
    return [(island.start, island.end, len(island.sounds)) for island in find_islands(timeline).islands]


def test_separate_sounds_are_separate_islands():
    assert spans(make_timeline((504, say("a")), (1008, say("b")))) == [(504, 984, 1), (1008, 1488, 1)]


def test_sounds_that_touch_share_an_island():
    assert spans(make_timeline((504, say("a")), (984, say("b")))) == [(504, 1464, 2)]


def test_a_bell_rings_on_beneath_what_follows():
    found = make_timeline((0, Bell("bowl", 2, 5000)), (9600, say("a")), (20_400, say("b")))
    assert spans(found) == [(0, 17_016, 3), (20_400, 20_880, 1)]


def test_a_bell_with_a_length_is_heard_for_that_length():
    assert spans(make_timeline((0, Bell("bowl", length=3000)))) == [(0, 3000, 1)]


def test_a_change_of_the_bed_is_an_island_and_the_rest_is_background():
    found = find_islands(make_timeline((30_000, say("a")), bed=make_bed(fade=2400), length=60_000))
    assert [(island.start, island.end) for island in found.islands] == [
        (0, 2400), (30_000 - 312, 30_480 + 1200), (57_600, 60_000),
    ]  # fmt: skip
    assert [len(island.sounds) for island in found.islands] == [0, 1, 0]
    assert [found.curve.find_level(time) for time in (10_000, 40_000, 60_000)] == [-22.0, -22.0, None]


def test_sentences_that_share_a_duck_are_separate_islands_at_the_level_between_them():
    found = find_islands(make_timeline((30_000, say("a")), (34_800, say("b")), bed=make_bed(), length=60_000))
    assert [(island.start, island.end) for island in found.islands[1:3]] == [
        (30_000 - 312, 30_480), (34_800, 35_280 + 1200),
    ]  # fmt: skip
    assert [found.curve.find_level(time) for time in (29_000, 30_480, 34_776, 36_480)] == [-22.0, -30.0, -30.0, -22.0]


@pytest.mark.parametrize(("sound", "room"), [("rain", 10), ("brown", 30), ("drone", 64), ("ocean", 106)])
def test_islands_that_leave_no_room_for_a_blend_are_one(sound, room):
    for gap, count in ((room - 1, 1), (room, 2)):
        second = 30_480 + gap * TICK
        bed = make_bed(sound, duck=0.0)
        found = find_islands(make_timeline((30_000, say("a")), (second, say("b")), bed=bed, length=60_000))
        assert len(found.islands) == 2 + count


def test_without_ducking_the_island_of_a_sentence_is_no_longer_than_it():
    found = find_islands(make_timeline((30_000, say("a")), bed=make_bed(duck=0.0), length=60_000))
    assert (found.islands[1].start, found.islands[1].end) == (30_000, 30_480)


def test_no_island_reaches_past_the_last_whole_tick():
    for bed in (None, make_bed()):
        found = find_islands(make_timeline((55_200, Bell("bowl")), (3000, say("a")), bed=bed, length=60_010))
        assert found.islands[-1].end == 60_000
        assert found.islands[-1].is_cut
        assert all(first.end < second.start for first, second in zip(found.islands, found.islands[1:], strict=False))
