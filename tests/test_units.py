import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator import units
from narrator.units import (
    LONGEST,
    format_clock,
    format_duration,
    format_range,
    format_seconds,
    format_size,
    parse_duration,
    parse_size,
)  # fmt: skip

lengths = st.integers(0, LONGEST)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("90s", 90_000),
        ("1m30s", 90_000),
        ("6m34.5s", 394_500),
        ("1:30", 90_000),
        ("1:02.400", 62_400),
        ("1:02:03.004", 3_723_004),
        ("2 min", 120_000),
        ("1 hour 5 minutes", 3_900_000),
        ("600ms", 600),
        ("0s", 0),
        ("0.0005s", 1),
        ("0.00049s", 0),
        (" 7m07s ", 427_000),
    ],
)
def test_durations_are_read(text, ms):
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "soon",
        "-5s",
        "1:75",
        "1:5",
        "s",
        "5s5m",
        "1e3s",
        "٣s",
        "1m 2m",
        ".",
        "1" * 5000 + "s",
        "1:" + "0" * 5000,
    ],
)
def test_invalid_durations_are_refused(text):
    with pytest.raises(ValueError, match="write"):
        parse_duration(text)


def test_a_bare_number_is_answered_with_its_units():
    with pytest.raises(ValueError, match="write 10s or 10m"):
        parse_duration("10")


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0s"), (90_000, "1m30s"), (427_000, "7m07s"), (394_500, "6m34.5s"), (3_600_000, "1h"), (5, "0.005s")],
)
def test_durations_are_written(ms, text):
    assert format_duration(ms) == text


@given(lengths)
def test_written_durations_are_read_back(ms):
    assert parse_duration(format_duration(ms)) == ms
    assert parse_duration(format_clock(ms)) == ms


@given(lengths)
def test_conversions_are_inverse(number):
    assert units.samples_to_ms(units.ms_to_samples(number)) == number
    assert units.ms_to_ticks(units.ticks_to_ms(number)) == number


@given(lengths)
def test_ticks_round_half_up_and_bracket(ms):
    floor, near, ceil = units.floor_ticks(ms), units.ms_to_ticks(ms), units.ceil_ticks(ms)
    assert floor * 24 <= ms <= ceil * 24
    assert ceil - floor <= 1
    assert -12 < near * 24 - ms <= 12


def test_a_tick_is_one_frame():
    assert units.TICK_SAMPLES == 1152


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2e9), ("500 MB", 5e8), ("1.5gib", 1.5 * 2**30), ("0 B", 0), (" 10kb ", 10_000), ("None", math.inf)],
)
def test_sizes_are_read(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "2", "GB", "2 G B", "-1GB", "inf GB", "2XB", "2e9 B", "1" * 5000])
def test_invalid_sizes_are_refused(text):
    with pytest.raises(ValueError, match="is not a size; write 2GB, 500MB or none"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1234, "1.2 kB"), (75_400_000, "75 MB"), (5e9, "5 GB"), (math.inf, "none")],
)
def test_sizes_are_written(size, text):
    assert format_size(size) == text


@given(st.integers(0, 10**13))
def test_a_written_size_is_read_back_approximately(size):
    assert parse_size(format_size(size)) == pytest.approx(size, rel=0.06)


@given(lengths)
def test_a_length_in_seconds_is_the_nearest(ms):
    shown = parse_duration(format_seconds(ms))
    assert shown == ms if ms < 500 else abs(shown - ms) <= 500
    assert ms < 500 or shown % 1000 == 0


@given(lengths, st.integers(0, 5000))
def test_both_ends_of_a_range_stay_in_it(shortest, width):
    longest = shortest + width
    first, last = map(parse_duration, format_range(shortest, longest))
    assert shortest <= first <= last <= longest
    has_seconds = longest // 1000 * 1000 >= shortest
    assert has_seconds == (first % 1000 == last % 1000 == 0)
    assert first - shortest < 1000
    assert longest - last < 1000
