"""Time, requests and memory that many tracks need: in one process, in two, and on a cluster with a store.

    python benchmarks/cluster.py [--routines 20] [--lengths 6] [--voice espeak] [--tasks FILE]

Each routine has twelve sentences, four of which are in all of them, and is made at each length from two minutes on.
Everything is measured in one run on one machine, as whole processes from start to end: with one and two jobs, with two
processes of Dask and a folder as store, all with an empty cache, and again with another empty cache after one sentence
was changed. Then two workers with homes of their own make the tracks over S3 (moto's server on loopback, behind a proxy
that counts), and two others do it again. On a machine with other work, CPU seconds say more than elapsed time.

`--tasks` writes the seconds of each track, which `schedule.py` reads. The extras `dask` and `test` must be installed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sessions import Row, Run, describe_machine, measure, print_table, report

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

_LEAST = 0.85
SHARED = ("Sit down, and rest.", "Breathe in.", "Breathe out.", "Open your eyes.")
WORDS = ("left knee", "right knee", "left hand", "right hand", "shoulders", "forehead", "jaw", "back")


def write_routines(folder: Path, count: int) -> list[str]:
    """Write routines of twelve sentences, and return their paths."""
    paths = []
    for number in range(count):
        steps = [f"  - say: {SHARED[0]}"]
        for index, word in enumerate(WORDS):
            steps += [
                f"  - say: Bring your attention to the {word}, for the count of {number + 2}.",
                "  - hold: 2s..5m",
            ]
            steps += [f"  - say: {SHARED[1 + index // 4]}"] * (index % 4 == 3)
        steps += [f"  - say: {SHARED[3]}", "  - bell: bowl"]
        path = folder / f"routine-{number:03}.yaml"
        path.write_text(f"title: Routine {number}\nlanguage: en\nsteps:\n" + "\n".join(steps) + "\n")
        paths.append(str(path))
    return paths


class Bench:
    """Renders the same tracks in several ways, each with a cache and an output of its own."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder, self.voice = folder, options.voice
        self.routines = write_routines(folder, options.routines)
        self.lengths = ",".join(f"{minutes}m" for minutes in range(2, 2 + options.lengths))
        self.tracks = options.routines * options.lengths
        self.tasks: list[dict[str, Any]] = []
        """The seconds of each track of the first run on a cluster."""

    def render(self, name: str, *options: str) -> Run:
        """Render all tracks, and return what that took."""
        report(f"{name} ...")
        command = [sys.executable, "-W", "ignore", "-m", "narrator", "render", *self.routines, "--json"]
        command += ["--length", self.lengths, "--voice", self.voice, "--output", str(self.folder / f"out-{name}")]
        return measure([*command, *options], self.folder / f"cache-{name}")

    def read_tracks(self, name: str) -> dict[str, bytes]:
        """Return the tracks of a run by name."""
        return {path.name: path.read_bytes() for path in (self.folder / f"out-{name}").glob("*.mp3")}


def list_tracks(run: Run) -> list[dict[str, Any]]:
    """Return what a run said of each track."""
    lines = (json.loads(line) for line in run.output.splitlines() if line.startswith("{"))
    return [line for line in lines if "lufs" in line]


def describe(bench: Bench, name: str, run: Run) -> Row:
    """Return the row of a run."""
    new = sum(track["clips_new"] for track in list_tracks(run))
    return Row(name, f"{run.wall_s:.1f} s, {run.cpu_s:.1f} s CPU, {new} sentences spoken, {bench.tracks} tracks", "")


def judge_efficiency(name: str, figure: float) -> Row:
    """Compare an efficiency with the least it may be."""
    return Row(name, f"{figure:.2f}", ">= 0.85", figure >= _LEAST)


def compare(bench: Bench) -> Iterator[Row]:
    """Measure one and two jobs and two processes of Dask."""
    store = str(bench.folder / "store")
    one = bench.render("one", "--jobs", "1")
    two = bench.render("two", "--jobs", "2")
    dask = bench.render("dask", "--cluster", "local:2", "--store", store)
    for name, run in (("--jobs 1", one), ("--jobs 2", two), ("--cluster local:2 with a store", dask)):
        yield describe(bench, f"{name}, cold", run)
    same = bench.read_tracks("one") == bench.read_tracks("two") == bench.read_tracks("dask")
    yield Row("the same bytes", "yes" if same else "NO", "yes", same)
    yield judge_efficiency("efficiency, elapsed: one job / (2 x local:2)", one.wall_s / 2 / dask.wall_s)
    yield judge_efficiency("efficiency, CPU: one job / local:2", one.cpu_s / dask.cpu_s)
    path = Path(bench.routines[0])
    path.write_text(path.read_text().replace("attention to the jaw", "attention to the chin"))
    again = bench.render("again", "--cluster", "local:2", "--store", store)
    yield describe(bench, "again elsewhere after one sentence changed", again)
    bench.tasks += [{"path": Path(track["path"]).name, "seconds": track["seconds"]} for track in list_tracks(dask)]


def read_peak(pid: int) -> float:
    """Return the peak memory of a running process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def measure_store(bench: Bench) -> Iterator[Row]:
    """Measure requests, bytes and memory of a cluster whose workers share an S3 store only."""
    from dask_processes import running_cluster
    from s3 import BUCKET, running_s3

    with running_s3() as proxy:
        for name in ("first", "another"):
            proxy.reset()
            home = bench.folder / name
            home.mkdir()
            os.environ |= proxy.env(home / "client")
            with running_cluster(home) as cluster:
                run = bench.render(name, "--cluster", cluster.address, "--store", f"s3://{BUCKET}/narrator")
                scheduler, *workers = (read_peak(each.pid) for each in cluster.running)
            counts = ", ".join(f"{count / bench.tracks:.2f} {verb}" for verb, count in sorted(proxy.count().items()))
            yield describe(bench, f"{name} cluster over S3", run)
            yield Row("  requests per track", counts, "")
            sent, got = proxy.bytes_in / bench.tracks / 1e3, proxy.bytes_out / bench.tracks / 1e3
            yield Row("  kB per track", f"{sent:.0f} written, {got:.0f} read", "")
            yield Row("  peak memory", f"scheduler {scheduler:.0f} MB, workers {max(workers):.0f} MB", "")


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="Measure many tracks on a cluster.")
    parser.add_argument("--routines", type=int, default=20)
    parser.add_argument("--lengths", type=int, default=6)
    parser.add_argument("--voice", default="espeak")
    parser.add_argument("--tasks", type=Path, help="file for the seconds of each track")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="narrator-bench-") as name:
        bench = Bench(Path(name), options)
        rows = [*compare(bench), *measure_store(bench)]
        if options.tasks:
            options.tasks.write_text(json.dumps(bench.tasks))
    print(describe_machine())
    print_table(rows)
    report(f"{time.monotonic() - started:.0f} s")
    return int(any(row.is_met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
