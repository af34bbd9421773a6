from concurrent.futures import ThreadPoolExecutor

import pytest

from narrator.formats.ahead import map_ahead


class Counted(ThreadPoolExecutor):
    """Counts what it is given."""

    given = 0

    def submit(self, *args, **kwargs):
        self.given += 1
        return super().submit(*args, **kwargs)


def test_results_come_in_order_and_what_is_found_needs_no_pool():
    with Counted(2) as pool:
        found = map_ahead(pool, lambda number: -number, range(1, 40), 3, lambda number: number if number % 3 else None)
        assert list(found) == [number if number % 3 else -number for number in range(1, 40)]
        assert pool.given == 13


def test_only_a_few_are_looked_for_ahead():
    asked = []
    with Counted(1) as pool:
        results = map_ahead(pool, str, range(100), 2, lambda number: asked.append(number) or number)
        assert [next(results), next(results)] == [0, 1]
        assert asked == [0, 1, 2, 3]
        assert pool.given == 0


def test_what_waits_is_cancelled_when_the_reader_stops():
    done = []
    with Counted(1) as pool:
        results = map_ahead(pool, lambda number: done.append(number) or 1 / (number - 1), range(50), 10)
        assert next(results) == -1
        with pytest.raises(ZeroDivisionError):
            next(results)
    assert len(done) < 20
