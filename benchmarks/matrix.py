"""A thousand tracks: every built-in routine in two voices at many lengths, made, left unchanged, and after one change.

    python benchmarks/matrix.py [--tracks 1000] [--voice silent] [--voice espeak] [--jobs 1] [--jobs 2]

Tracks are mono at 32 kbit/s, without a bed. Lengths are those of the range of 6 to 30 minutes, in equal steps, that a
routine can have (`--skip-impossible`); `--tracks` is about how many are made. With each number of jobs, one process
makes all of them with an empty cache; again with nothing changed; and again after one sentence of one routine was
changed. Figures are CPU seconds and the largest memory of the process, of one run. A table goes to standard output.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROUTINES = Path(__file__).parents[1] / "routines"
CHANGED = "grounding.yaml"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run did: tracks made and unchanged, CPU seconds, and MB of memory at most."""

    made: int
    unchanged: int
    cpu: float
    megabytes: float


def run(folder: Path, arguments: Sequence[str]) -> Figures:
    """Render in a process of its own, and return its figures."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", _MEASURED, "render", *arguments, "--json"]
    env = os.environ | {"NARRATOR_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = json.loads(done.stdout.splitlines()[-1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Figures(summary["made"], summary["unchanged"], cpu, int(done.stderr.splitlines()[-1]) / 1024)


_MEASURED = """
import resource, sys
from narrator.cli.app import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def change_sentence(path: Path) -> None:
    """Change the words of the first sentence of a routine."""
    text = path.read_text("utf-8")
    start = text.index("say: ") + len("say: ")
    path.write_text(f"{text[:start]}Well. {text[start:]}", "utf-8")


def measure(jobs: int, tracks: int, voices: Sequence[str]) -> list[tuple[str, Figures]]:
    """Return the figures of three runs with so many jobs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROUTINES, folder / "routines")
        names = sorted(f"routines/{path.name}" for path in (folder / "routines").glob("*.yaml"))
        count = max(2, round(tracks / len(names) / len(voices)))
        step = 24 * 60 // (count - 1)
        arguments = [*names, "--length", f"6m..30m/{step}s", "--voice", ",".join(voices), "--no-bed", "--mono"]
        arguments += ["--bitrate", "32", "--skip-impossible", "--jobs", str(jobs)]
        found = [("empty cache", run(folder, arguments)), ("nothing changed", run(folder, arguments))]
        change_sentence(folder / "routines" / CHANGED)
        return [*found, ("one sentence changed", run(folder, arguments))]


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="Measure a thousand tracks.")
    parser.add_argument("--tracks", type=int, default=1000, help="about how many tracks to make (1000)")
    parser.add_argument("--voice", action="append", help="a voice; may be repeated (silent, espeak)")
    parser.add_argument("--jobs", type=int, action="append", help="a number of jobs; may be repeated (1, 2)")
    options = parser.parse_args()
    print("| jobs | run | made | unchanged | CPU s | MB |\n| --- | --- | --- | --- | --- | --- |")
    for jobs in options.jobs or (1, 2):
        for name, each in measure(jobs, options.tracks, options.voice or ("silent", "espeak")):
            shown = f"{each.made} | {each.unchanged} | {each.cpu:.1f} | {each.megabytes:.0f}"
            print(f"| {jobs} | {name} | {shown} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
