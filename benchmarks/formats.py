"""Time and size of a track in each format, compared with MP3.

    python benchmarks/formats.py [--routine ten-minute-hips] [--voice VOICE] [--formats mp3,opus]

Everything is measured in one run on one machine, as CPU time of whole processes, because other work on the machine
changes it less than the time that passes. The sentences are spoken first, which every format needs once. Then each
format is measured at ten minutes with nothing encoded, at eleven minutes, which has most of the same sound, and at ten
minutes again, from the cache. Ratios are to the MP3's. Exit code 0.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narrator.formats.registry import list_names

FIRST, SECOND = "10m", "11m"


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of a format: bytes of ten minutes, and CPU seconds of the first, the second and the repeated track."""

    name: str
    size: int
    seconds: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder for tracks and the cache, and the routine and voice to measure with."""

    folder: Path
    routine: str
    voice: str

    def run(self, command: str, *options: str) -> float:
        """Run a command of narrator and return its CPU time in seconds."""
        config = self.folder / "config.toml"
        config.touch()
        env = os.environ | {"NARRATOR_CACHE_DIR": str(self.folder / "cache"), "NARRATOR_CONFIG": str(config)}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "narrator", command, self.routine, "--voice", self.voice, *options],
            check=True, env=env, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def measure(self, name: str) -> Row:
        """Measure a format."""
        track = self.folder / f"track.{name}"
        seconds = tuple(
            self.run("render", "--length", length, "--force", "--output", str(track))
            for length in (FIRST, SECOND, FIRST)
        )
        return Row(name, track.stat().st_size, (seconds[0], seconds[1], seconds[2]))


def measure_all(bench: Bench, names: list[str]) -> Iterator[Row]:
    """Yield the figures of each format; the sentences of both lengths are spoken first."""
    for length in (FIRST, SECOND):
        bench.run("script", "--length", length)
    for name in names:
        print(f"{name} ...", file=sys.stderr)
        yield bench.measure(name)


def print_table(rows: list[Row]) -> None:
    """Print sizes and times, and in brackets their ratios to those of the first format."""
    base = rows[0]
    print(f"{'':6} {'size':>18} {'first':>16} {'second length':>16} {'made again':>16}")
    for row in rows:
        size = f"{row.size / 1e6:.1f} MB ({row.size / base.size:.2f})"
        pairs = zip(row.seconds, base.seconds, strict=True)
        times = (f"{each:.1f} s ({each / other:.2f})" for each, other in pairs)
        print(f"{row.name:6} {size:>18} " + " ".join(f"{shown:>16}" for shown in times))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="Compare the formats of tracks.")
    parser.add_argument("--routine", default="ten-minute-hips", help="a routine that can have both lengths")
    parser.add_argument("--voice", default="auto", help="who speaks")
    parser.add_argument("--formats", default=",".join(list_names()), help="which formats, MP3 first")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), chosen.routine, chosen.voice)
        print_table(list(measure_all(bench, chosen.formats.split(","))))


if __name__ == "__main__":
    main()
