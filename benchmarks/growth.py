"""Measures the CPU time of a layout: 5,000 steps, 500 of them optional or extra.

Run it from the top of the project: `python benchmarks/growth.py`. The lengths of clips are made up.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from narrator.routine import model
from narrator.script import Bell, Script, write_script
from narrator.timeline import Lengths, Made, Timeline, lay_out, measure_range
from narrator.units import TICK, format_duration

STEPS, OPTIONS = 5000, 500


def make_script() -> Script:
    """Make a script of many small sections; every tenth step is a hold that is optional or extra, in turns."""
    steps: list[dict[str, object]] = []
    for number in range(STEPS // 10):
        flag = {"optional": str(number % 5 + 1)} if number % 2 else {"extra": str(number % 5 + 1)}
        steps += [{"say": f"Text number {number}, said slowly."}, {"hold": "2s..20s"}] * 3
        steps += [{"breathe": "4-6", "for": "30s", "voiced": "0"}, {"hold": "5s"}, {"pause": "2s..5s"}]
        steps.append({"hold": f"{3 + number % 9}s..40s", **flag})
    return write_script(model.Routine.model_validate({"title": "Many steps", "steps": [*steps, {"bell": "tick"}]}))


def measure(work: Callable[[], Timeline]) -> float:
    """Return the least CPU seconds of three runs."""
    found = []
    for _ in range(3):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)


def main() -> None:
    """Print a line for each length."""
    script = make_script()
    lengths = Lengths({text: TICK * (40 + 2 * len(text)) for text in script.list_texts()}, {Bell("tick"): 120})
    span = measure_range(script, lengths)
    print(f"{len(script.steps):,} steps, {len(script.units)} that may enter or leave")
    middle = (span.shortest + span.longest) // 2
    for length in (span.shortest, span.natural, middle, span.longest):
        seconds = measure(partial(lay_out, script, lengths, length))
        made = lay_out(script, lengths, length).made or Made(0, 0, None)
        print(f"{format_duration(length):>14}  {made.units:3} in  {seconds:.3f} s of CPU")


if __name__ == "__main__":
    main()
