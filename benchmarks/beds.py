"""The cost of a second length of a session over each bed, compared with the first.

    python benchmarks/beds.py [--sections 36] [--repeats 3]

An hour of 360 sentences, all spoken before, is made with no frame in the cache, then a tenth longer, and longer again,
so that hardly a silence keeps its length: as whole processes, and in one process as a server would. Figures are CPU
seconds and their ratios, of one run; those of second lengths are medians of several. A table goes to standard output,
progress to standard error. Exit codes as in `sessions.py`, which measures one bed beside other ways to do the same.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator

from sessions import SECTION_S, Bench, Row, judge, report, run
from streaming import Streams

LIMITS = {"none": None, "rain": (0.1, 0.15), "brown": (0.1, 0.15), "drone": (0.2, 0.2), "ocean": (0.2, 0.2)}
"""Second length against the first over each bed: in one process, and as processes."""


def compare_lengths(bench: Bench, bed: str, sections: int) -> Iterator[Row]:
    """Yield the CPU time of the first and of other lengths over a bed."""
    routine = bench.write(bed, sections, head="" if bed == "none" else f"bed: {bed}")
    length = sections * SECTION_S
    longer = [length + number * length // 10 for number in range(1, bench.repeats + 1)]
    limits = LIMITS[bed] or (None, None)
    bench.forget_frames()
    report(f"{bed}: as processes")
    first = bench.render(routine).cpu_s
    others = [bench.render(routine, "--length", f"{other}s").cpu_s for other in longer]
    processes = judge_ratio(f"{bed}, processes", first, others, limits[1])
    bench.forget_frames()
    report(f"{bed}: in one process")
    streams = Streams(routine)
    first = streams.time_cpu(length * 1000, None)
    others = [streams.time_cpu(other * 1000, None) for other in longer]
    yield judge_ratio(f"{bed}, in one process", first, others, limits[0])
    yield processes


def judge_ratio(name: str, first: float, others: list[float], limit: float | None) -> Row:
    """Return the row of a ratio, with the seconds it is made of."""
    second = statistics.median(others)
    name = f"{name}: {first:.2f} s, then {second:.2f} s"
    if limit is None:
        return Row(name, f"{second / first:.3f}")
    return judge(name, second / first, limit, "{:.3f}", f"≤ {limit:g}")


def main() -> int:
    """Measure everything, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description="Measure what a second length costs over each bed.")
    parser.add_argument("--sections", type=int, default=36, help="sections of 100 s and ten sentences (36)")
    parser.add_argument("--repeats", type=int, default=3, help="second lengths, of which the median counts (3)")
    parser.add_argument("--bed", action="append", choices=LIMITS, help="one bed alone; may be repeated")
    options = parser.parse_args()

    def make_rows(bench: Bench) -> Iterator[Row]:
        for bed in options.bed or LIMITS:
            yield from compare_lengths(bench, bed, options.sections)

    return run(make_rows, options.repeats)


if __name__ == "__main__":
    sys.exit(main())
