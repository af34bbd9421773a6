import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.mix.bed import ATTACK, RELEASE, BedCurve, draw_curve
from narrator.mix.bed_levels import draw_levels
from narrator.timeline import BedLine
from narrator.units import TICK, db_to_ratio
from timelines import make_bed

LENGTH = 120_000


def make_curve(spans=(), levels=((0, -20.0),), duck=8.0, fade=2400, length=LENGTH):
    return draw_curve(BedLine(make_bed(level=-20.0, duck=duck, fade=fade), tuple(levels)), length, spans)


def measure_db(curve, time):
    return 20 * np.log10(max(float(draw_levels(curve.cut(time, time + 24), 24)[0, 0]), 1e-9))


def test_a_bed_fades_in_and_out():
    curve = make_curve()
    drawn = draw_levels(curve, LENGTH)[:, 0]
    assert drawn[0] == 0
    assert drawn[-1] < 1e-5
    assert abs(20 * np.log10(drawn[2400 * 48]) + 20) < 0.01
    assert np.ptp(drawn[2400 * 48 : (LENGTH - 2400) * 48]) == 0


def test_a_sentence_lowers_the_bed_from_before_its_start_to_its_end():
    curve = make_curve([(30_000, 33_000)])
    levels = {time: round(measure_db(curve, time), 1) for time in (29_664, 30_000, 31_200, 32_976, 34_224)}
    assert levels == {29_664: -20.0, 30_000: -28.0, 31_200: -28.0, 32_976: -28.0, 34_224: -20.0}


def test_between_sentences_close_to_each_other_the_bed_stays_down():
    curve = make_curve([(30_000, 33_000), (36_000, 39_000), (60_000, 61_008)])
    assert [(duck.start, duck.end) for duck in curve.ducks] == [(30_000, 39_000), (60_000, 61_008)]
    assert round(measure_db(curve, 34_488), 1) == -28.0


def test_each_section_has_its_level_and_a_level_of_none_is_silence():
    curve = make_curve(levels=[(0, -20.0), (30_000, -30.0), (60_000, None), (90_000, -20.0)])
    at = [round(measure_db(curve, time)) for time in (28_800, 38_400, 72_000, 99_600)]
    assert at == [-20, -30, -180, -20]


def test_a_bed_that_is_silent_at_first_starts_with_the_first_level():
    curve = make_curve(levels=[(0, None), (30_000, -20.0)])
    assert curve.cut(0, 24_000) == BedCurve()
    assert round(measure_db(curve, 36_000)) == -20


SHORT = 24_000
TIMES = st.integers(0, SHORT // TICK).map(lambda ticks: ticks * TICK)


@pytest.mark.slow
@given(
    spans=st.lists(st.tuples(TIMES, st.integers(1, 400)), max_size=8),
    levels=st.lists(st.tuples(TIMES, st.sampled_from([-20.0, -35.0, None])), max_size=5, unique_by=lambda at: at[0]),
    length=st.integers(300, SHORT // TICK).map(lambda ticks: ticks * TICK),
)
@settings(max_examples=40)
def test_the_level_has_no_steps_and_a_cut_curve_equals_that_part_of_the_whole(spans, levels, length):
    ordered = [(start, start + ticks * TICK) for start, ticks in sorted(spans) if start < length]
    turns = [(0, -20.0), *sorted(at for at in levels if 0 < at[0] < length)]
    curve = make_curve(ordered, turns, length=length, fade=240)
    whole = draw_levels(curve, length)[:, 0]
    # The fastest change is a fade of 240 ms to the loudest level: it changes by less than this in a millisecond.
    assert np.abs(np.diff(whole[::48])).max() < 0.02 * db_to_ratio(-20.0)
    for start in range(0, length, length // 5 // TICK * TICK):
        end = min(start + 40 * TICK, length)
        assert np.abs(draw_levels(curve.cut(start, end), end - start)[:, 0] - whole[start * 48 : end * 48]).max() < 1e-6


def test_between_the_changes_the_level_is_that_of_the_section():
    curve = make_curve([(30_000, 33_000)], levels=[(0, -20.0), (60_000, -30.0)])
    busy = list(curve.list_spans())
    for time in range(0, LENGTH, 240):
        if not any(start <= time + 24 and time <= end for start, end in busy):
            level = curve.find_level(time)
            assert level is not None
            assert abs(measure_db(curve, time) - level) < 0.01


def test_attack_and_release_are_whole_ticks():
    assert ATTACK == 312
    assert RELEASE == 1200
