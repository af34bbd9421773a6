"""The cost of a new length of a session whose sound is in the cache.

    python benchmarks/streaming.py [--repeats 3]

An hour of 360 sentences is rendered once; then it is asked for at lengths that it never had: as whole processes, and
in one process as a server would. Figures are CPU seconds, medians of several, and ratios within this run. A table goes
to standard output, progress to standard error. Exit codes as in `sessions.py`, which measures memory, too.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sessions import Bench, CannotMeasureError, Row, judge, report, run

HOUR = 3_600_000
"""In ms; other lengths are some seconds longer."""
PROCESS, FIRST, ALL = 0.8, 0.015, 0.2
"""CPU seconds: of a process that writes the hour; to the first byte in a warm process, and to the last."""


def time_processes(bench: Bench, hour: str) -> Iterator[Row]:
    """Yield the CPU time of whole processes: for the first length, and for others after it."""
    bench.forget_frames()
    report("the first hour")
    first = bench.render(hour)
    others = []
    for number in range(1, bench.repeats + 1):
        report(f"another length, {number} of {bench.repeats}")
        others.append(bench.render(hour, "--length", f"{HOUR // 1000 + number}s").cpu_s)
    second = statistics.median(others)
    yield Row("the first hour, a process", f"{first.cpu_s:.2f} s CPU")
    yield judge("an hour at a second length, a process", second, PROCESS, "{:.2f} s CPU", f"≤ {PROCESS:g} s")
    yield Row("second length / first", f"{second / first.cpu_s:.3f}")


class Streams:
    """A routine that is read, spoken and measured in this process, to be opened at any length."""

    def __init__(self, routine: str) -> None:
        from narrator.cache import Cache
        from narrator.request import SessionOptions, SessionRequest
        from narrator.session import cast_draft, read_draft, rehearse

        cache = Cache()
        draft = read_draft(SessionRequest(Path(routine), "routine", SessionOptions(voice="espeak")))
        self._rehearsal, _ = cast_draft(draft, lambda reader: rehearse(draft, reader, cache))

    def time_cpu(self, length: int, end: int | None) -> float:
        """Return the CPU seconds from a length in ms to its track's bytes up to an end.

        Raises:
            CannotMeasureError: there are fewer bytes than there should be.

        """
        from narrator.formats.coding import Coding
        from narrator.formats.stream import TrackStream
        from narrator.rendering import mix_session

        before = time.process_time()
        stream = TrackStream(mix_session(self._rehearsal.place(length)), Coding())
        count = sum(map(len, stream.list_blocks(0, end)))
        used = time.process_time() - before
        if count != (stream.size if end is None else end):
            raise CannotMeasureError(f"{count} bytes of {stream.size} at {length} ms")
        return used


def time_streams(hour: str, repeats: int) -> Iterator[Row]:
    """Yield the CPU time of new lengths in this process, whose cache is warm."""
    streams = Streams(hour)
    streams.time_cpu(HOUR, None)
    firsts, wholes = [], []
    for number in range(1, repeats + 1):
        report(f"streams, {number} of {repeats}")
        firsts.append(streams.time_cpu(HOUR + 1000 * number, 1))
        wholes.append(streams.time_cpu(HOUR + 1000 * number + 500, None))
    yield judge("first byte, warm", statistics.median(firsts), FIRST, "{:.4f} s CPU", f"≤ {FIRST:g} s")
    yield judge("all bytes of the hour, warm", statistics.median(wholes), ALL, "{:.3f} s CPU", f"≤ {ALL:g} s")


def main() -> int:
    """Measure everything, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description="Measure what a new length of a session costs.")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the median counts (3)")
    options = parser.parse_args()

    def make_rows(bench: Bench) -> Iterator[Row]:
        hour = bench.write("hour", 36)
        yield from (*time_processes(bench, hour), *time_streams(hour, options.repeats))

    return run(make_rows, options.repeats)


if __name__ == "__main__":
    sys.exit(main())
