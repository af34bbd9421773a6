"""A thousand tracks: every built-in routine in two voices at many lengths, made in three ways, and to a bucket.

    python benchmarks/matrix.py [--tracks 1000] [--voice espeak] [--voice hibari] [--bucket-tracks 52] [--routines 26]

Tracks are in stereo at 128 kbit/s with the beds of their routines. Lengths are 5 to 15 minutes in equal steps, those
that a routine can have (`--skip-impossible`); `--tracks` is about how many are made. With `--jobs 1`, `--jobs 2` and
`--cluster local:2`, one command makes all of them with an empty cache; again with nothing changed; and again after one
sentence of one routine was changed. The efficiency of two workers is the time of one job / (2 x their time).

Then a scheduler and two workers with homes of their own write fewer tracks, `--bucket-tracks`, to an S3 bucket, with a
store in it (moto's server, which keeps all in memory, behind a proxy that counts); and two others do it again.

Figures are of one run: elapsed and CPU seconds of all processes, and MB of the largest one. A thousand tracks take
10 GB in the temporary folder, and the cache 5 GB; each way begins with an empty folder. A table in
Markdown goes to standard output, row by row. The extras `dask` and `test` must be installed.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sessions import CannotMeasureError, Run, describe_machine, measure, report

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

ROUTINES = Path(__file__).parents[1] / "routines"
SHORTEST_S, LONGEST_S = 5 * 60, 15 * 60
WAYS = (("--jobs", "1"), ("--jobs", "2"), ("--cluster", "local:2"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run did: its process, and how many tracks it made and left unchanged."""

    run: Run
    made: int
    unchanged: int

    def show(self, name: str, *more: str) -> str:
        """Return the row of the run."""
        took = f"{self.run.wall_s:.1f} | {self.run.cpu_s:.1f} | {self.run.peak_mb:.0f}"
        return "| " + " | ".join([name, f"{self.made} | {self.unchanged}", took, *more]) + " |"


class Bench:
    """Renders the same tracks again and again from a copy of the routines in a folder."""

    def __init__(self, folder: Path, tracks: int, options: argparse.Namespace) -> None:
        self.folder, voices = folder, options.voice
        shutil.copytree(ROUTINES, folder / "routines")
        names = sorted(str(path) for path in (folder / "routines").glob("*.yaml"))[: options.routines]
        self._changed = Path(names[0])
        count = max(2, round(tracks / len(names) / len(voices)))
        step = (LONGEST_S - SHORTEST_S) // (count - 1)
        lengths = f"{SHORTEST_S}s..{LONGEST_S}s/{step}s"
        self._asked = [*names, "--length", lengths, "--voice", ",".join(voices), "--skip-impossible", "--json"]

    def render(self, *options: str) -> Figures:
        """Render all tracks that are not there, and return the figures."""
        command = [sys.executable, "-W", "ignore", "-m", "narrator", "render", *self._asked]
        output = [] if "--output" in options else ["--output", str(self.folder / "tracks")]
        run = measure([*command, *output, *options], self.folder / "cache")
        summary = json.loads(run.output.splitlines()[-1])
        if summary["failed"]:
            raise CannotMeasureError(f"{summary['failed']} tracks failed: {summary['failures'][0]['message']}")
        return Figures(run, summary["made"], summary["unchanged"])

    def change_sentence(self) -> None:
        """Change the words of the first sentence of one routine."""
        text = self._changed.read_text("utf-8")
        start = text.index("say: ") + len("say: ")
        self._changed.write_text(f"{text[:start]}Well. {text[start:]}", "utf-8")


def compare_ways(options: argparse.Namespace) -> Iterator[str]:
    """Measure one and two jobs and two workers, each three times."""
    alone = 0.0
    for way in WAYS:
        with tempfile.TemporaryDirectory(prefix="narrator-bench-") as name:
            bench, shown = Bench(Path(name), options.tracks, options), " ".join(way)
            report(f"{shown} ...")
            cold = bench.render(*way)
            alone = alone or cold.run.wall_s
            yield cold.show(f"`{shown}`, empty cache", f"{alone / 2 / cold.run.wall_s:.2f}" if way != WAYS[0] else "")
            yield bench.render(*way).show(f"`{shown}`, nothing changed", "")
            bench.change_sentence()
            yield bench.render(*way).show(f"`{shown}`, one sentence changed", "")


def read_peak(pid: int) -> float:
    """Return the peak memory of a running process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def measure_bucket(options: argparse.Namespace) -> Iterator[str]:
    """Measure requests, bytes and memory of a cluster that writes tracks to a bucket with a store in it."""
    from dask_processes import running_cluster
    from s3 import BUCKET, running_s3

    with tempfile.TemporaryDirectory(prefix="narrator-bench-") as name, running_s3() as proxy:
        bench = Bench(Path(name), options.bucket_tracks, options)
        for number, run in enumerate(("empty store", "other workers, full store", "nothing changed")):
            report(f"a bucket, {run} ...")
            proxy.reset()
            home = bench.folder / f"home-{number}"
            home.mkdir()
            os.environ |= proxy.env(home / "client")
            again = ["--force"] if number == 1 else []
            with running_cluster(home) as cluster:
                found = bench.render(
                    "--cluster", cluster.address, "--output", f"s3://{BUCKET}/tracks", "--store",
                    f"s3://{BUCKET}/store", *again,
                )  # fmt: skip
                scheduler, *workers = (read_peak(each.pid) for each in cluster.running)
            tracks = found.made + found.unchanged
            counts = ", ".join(f"{count / tracks:.2f} {verb}" for verb, count in sorted(proxy.count().items()))
            sent, got = proxy.bytes_in / tracks / 1e3, proxy.bytes_out / tracks / 1e3
            memory = f"{scheduler:.0f} | {max(workers):.0f}"
            yield found.show(run, f"{counts} | {sent:.0f} | {got:.0f} | {memory}")


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description="Measure a thousand tracks.")
    parser.add_argument("--tracks", type=int, default=1000, help="about how many tracks to make (1000)")
    parser.add_argument("--bucket-tracks", type=int, default=52, help="about how many to write to a bucket (52)")
    parser.add_argument("--voice", action="append", help="a voice; may be repeated (espeak, hibari)")
    parser.add_argument("--routines", type=int, help="only the first of the built-in ones (all)")
    options = parser.parse_args()
    options.voice = options.voice or ["espeak", "hibari"]
    print(describe_machine(), end="\n\n")
    head = "| run | made | unchanged | s | CPU s | MB |"
    print(f"{head} efficiency |\n|{' --- |' * 7}", flush=True)
    for row in compare_ways(options):
        print(row, flush=True)
    print(
        f"\n{head} requests a track | kB written | kB read | scheduler MB | workers MB |\n|{' --- |' * 11}", flush=True
    )
    for row in measure_bucket(options):
        print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
