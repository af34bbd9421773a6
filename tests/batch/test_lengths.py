"""Lists and ranges of lengths."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.batch.lengths import MOST, read_lengths, read_span
from narrator.units import format_duration

MINUTE = 60_000
LENGTHS = st.integers(1, 4 * 60 * MINUTE)


def test_lists_and_ranges_are_read():
    assert read_lengths("5m..20m/5m") == (5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE)
    assert read_lengths("5m, 10m,5m..12m/5m") == (5 * MINUTE, 10 * MINUTE)
    assert read_lengths("1m30s..2m/20s") == (90_000, 110_000)
    assert read_span("20m..1h") == (20 * MINUTE, 60 * MINUTE)
    assert read_span("90s") == (90_000, 90_000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5m..20m", "the range 5m..20m has no step; write 5m..20m/1m for every minute"),
        ("20m..5m/1m", "the range 20m..5m runs backwards; write 5m..20m"),
        ("5m..20m/0s", "a track must be longer than 0s; write 10m"),
        ("0s", "a track must be longer than 0s; write 10m"),
        ("5", "'5' has no unit; write 5s or 5m"),
        ("5m,", "'' is not a length of time; write 90s, 1m30s or 1:30"),
        ("1s..1h/1s", "the range 1s..1h/1s has 3,600 lengths, and at most 1,000 can be made; use a larger step"),
        ("1s..600s/1s,601s..1200s/1s", "these are 1,200 lengths, and at most 1,000 can be made; use a larger step"),
    ],
)
def test_anything_else_is_an_error_with_a_remedy(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_lengths(text)


@given(LENGTHS, st.integers(0, 60), LENGTHS)
def test_a_range_has_every_step_and_nothing_else(first, count, step):
    last = first + count * step
    lengths = read_lengths(f"{format_duration(first)}..{format_duration(last)}/{format_duration(step)}")
    assert lengths == tuple(range(first, last + 1, step))
    assert len(lengths) == count + 1 <= MOST


@given(st.lists(LENGTHS, min_size=1, max_size=20))
def test_a_list_has_each_length_once_and_in_order(lengths):
    assert read_lengths(",".join(map(format_duration, lengths))) == tuple(dict.fromkeys(lengths))
