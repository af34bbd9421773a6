"""Run the campaign: trials of every kind in turns, on as many cores as there are, and a table of what they came to."""

import argparse
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from . import authored, faults, kept, sounds
from .harness import ROOT, Failed, Kind, measure_memory, set_up
from .patience import Watch

KINDS = {kind.name: kind for kind in (*authored.KINDS, *sounds.KINDS, *kept.KINDS, *faults.KINDS)}
HANG = 10.0
"""Seconds of CPU that a trial of a file may take at most; one that takes more is run again when no other is."""
_SPEED = 10
"""A track has to be rendered and verified so many times faster than it is heard: that time is a trial's besides."""
_PATIENCE = 60.0
"""Seconds without a word from trials after which they are given up, unless they are at work."""
_MOST_MB = 900
"""Memory that trials in one process may take at most, at once."""
_BATCH = 120.0
"""Seconds that a process runs trials at most: on a busy machine one takes long to begin."""
_MOST_TRIALS = 10_000
"""Seeds that a process may use: most end by the clock."""


@dataclass
class Tally:
    """What the trials of one kind came to."""

    kind: Kind
    next_seed: int
    trials: int = 0
    busy_s: float = 0.0
    under_way: float = 0.0
    failures: list[tuple[int, str]] = field(default_factory=list)
    slow: dict[int, list[float]] = field(default_factory=dict)
    """Seeds of trials that took too long, and the seconds of CPU that each run of them took."""

    @property
    def share(self) -> float:
        """How much of its part in a full campaign has been done."""
        return (self.trials + self.under_way) / self.kind.target

    def note(self, seed: int, fault: str) -> None:
        """Note a failure, and say at once that there is one: the table comes at the end."""
        self.failures.append((seed, fault))
        print(f"failed: {self.kind.name}:{seed}", flush=True)


def work(name: str, seeds: range, seconds: float, folder: Path) -> None:
    """Run trials, and say of each that it begins and how it ended, a line of JSON each."""
    report = os.fdopen(os.dup(1), "w", buffering=1)

    def say(**known: object) -> None:
        report.write(json.dumps(known) + "\n")

    os.environ |= set_up(folder)
    trial = KINDS[name].prepare(folder)
    until = time.monotonic() + seconds
    for seed in seeds:
        say(begins=seed)
        fault, sound, started = None, 0.0, time.process_time()
        try:
            sound = trial(seed) or 0.0
        except Failed as error:
            fault = str(error)
        except BaseException:  # noqa: BLE001 - narrator should not have let any of these out
            fault = traceback.format_exc()[-1500:]
        took = time.process_time() - started - sound / _SPEED
        memory = measure_memory()
        if fault is None and memory > _MOST_MB:
            fault = f"it took {memory:.0f} MB"
        say(ends=seed, fault=fault, took=took)
        if time.monotonic() > until or memory > _MOST_MB:
            return


class Lane:
    """Runs batches of trials in processes of their own, so that a crash ends a batch and not the campaign."""

    def __init__(self, tallies: dict[str, Tally], until: float, batch_s: float) -> None:
        self._tallies = tallies
        self._until = until
        self._batch_s = batch_s
        self._guard = threading.Lock()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Run the kind that is furthest behind, repeatedly; each kind at least once, even with little time."""
        while not self.stopped.is_set():
            with self._guard:
                if time.monotonic() > self._until and all(tally.share for tally in self._tallies.values()):
                    return
                tally = min(self._tallies.values(), key=lambda tally: tally.share)
                guess = self._batch_s / (tally.busy_s / tally.trials) if tally.trials else 1
                seeds = range(tally.next_seed, tally.next_seed + _MOST_TRIALS)
                tally.next_seed += _MOST_TRIALS
                tally.under_way += guess
            self.run_batch(tally, seeds)
            with self._guard:
                tally.under_way -= guess

    def repeat_slow(self) -> None:
        """Run each trial that took too long once more, alone: only one that takes too long again has failed."""
        for tally in self._tallies.values():
            for seed in list(tally.slow):
                self.run_batch(replace(tally, trials=0), range(seed, seed + 1))
                took = tally.slow[seed]
                if min(took) > HANG:
                    tally.note(seed, f"it took {' and '.join(f'{each:.1f}' for each in took)} s of CPU")

    def run_batch(self, tally: Tally, seeds: range) -> None:
        """Run trials in a process, and note what becomes of each."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True) as folder:
            command = [
                sys.executable,
                "-m",
                "tests.campaign",
                "--worker",
                tally.kind.name,
                str(seeds.start),
                str(seeds.stop),
            ]
            with subprocess.Popen(
                [*command, "--seconds", str(self._batch_s), "--folder", folder], cwd=ROOT, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            ) as process:  # fmt: skip
                self._follow(tally, process)
        tally.busy_s += time.monotonic() - started

    def _follow(self, tally: Tally, process: subprocess.Popen[str]) -> None:
        lines: queue.Queue[str] = queue.Queue()
        errors: list[str] = []
        readers = [
            threading.Thread(
                target=lambda: [lines.put(line) for line in chain(process.stdout or (), [""])], daemon=True
            ),
            threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True),
        ]
        for reader in readers:
            reader.start()
        under_way: int | None = -1
        try:
            while line := _wait_for_line(lines, process):
                known = json.loads(line)
                under_way = known.get("begins")
                if "ends" in known:
                    tally.trials += 1
                    if known["fault"]:
                        tally.note(known["ends"], known["fault"])
                    if known["took"] > HANG or known["ends"] in tally.slow:
                        tally.slow.setdefault(known["ends"], []).append(known["took"])
            fault = f"its process ended by {process.wait()}: " + "".join(errors)[-1500:]
        except queue.Empty:
            fault = "it did not end"
        if under_way is not None:
            tally.trials += 1
            tally.note(under_way, fault)
        _end(process)
        for reader in readers:
            reader.join(5)


def _wait_for_line(lines: queue.Queue[str], process: subprocess.Popen[str]) -> str:
    """Wait for the next line of a process as long as it is at work.

    Raises:
        queue.Empty: it hangs.

    """
    watch = Watch(process.pid)
    while True:
        try:
            return lines.get(timeout=_PATIENCE)
        except queue.Empty:
            if not watch.is_working():
                raise


def _end(process: subprocess.Popen[str]) -> None:
    """Kill a process and everything that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        process.kill()
    process.wait()


def print_table(tallies: dict[str, Tally]) -> None:
    """Print how many trials there were and how many failed, and below it each failure with its seed."""
    print(f"{'kind':18} {'trials':>7} {'of':>6} {'failures':>9} {'slow':>5} {'s each':>8}")
    for name, tally in tallies.items():
        each = tally.busy_s / tally.trials if tally.trials else 0.0
        print(
            f"{name:18} {tally.trials:7} {tally.kind.target:6} {len(tally.failures):9} {len(tally.slow):5} {each:8.3f}"
        )
    if any(tally.slow for tally in tallies.values()):
        print(
            f"\nslow: took over {HANG:g} s of CPU beside others, and a tenth of the track; run again alone, they took"
        )
    for name, tally in tallies.items():
        for seed, took in tally.slow.items():
            print(f"    {name}:{seed}  " + ", then ".join(f"{each:.1f} s" for each in took))
    for name, tally in tallies.items():
        for seed, fault in tally.failures[:20]:
            print(f"\n--repeat '{name}:{seed}'\n    " + fault.strip().replace("\n", "\n    "))
        if len(tally.failures) > 20:
            print(f"\nand {len(tally.failures) - 20} more of the kind {name!r}")


def main() -> int:
    """Run what was asked for and return the exit code: 1 where a trial failed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaign", description="Try narrator with faults and with files of others."
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="how long trials are begun (1)")
    parser.add_argument("--seed", type=int, help="where the seeds begin; drawn unless given")
    parser.add_argument(
        "--lanes", type=int, default=os.cpu_count() or 1, help="processes at a time (one for each core)"
    )
    parser.add_argument("--only", metavar="KIND,...", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--repeat", metavar="KIND:SEED", help="run one trial again, here")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        name, start, stop = options.worker
        work(name, range(int(start), int(stop)), options.seconds, options.folder)
        return 0
    if options.repeat:
        name, _, seed = options.repeat.rpartition(":")
        folder = Path(tempfile.mkdtemp(prefix="campaign-"))
        print(f"in {folder}", flush=True)
        work(name, range(int(seed), int(seed) + 1), 0, folder)
        return 0
    seed = random.SystemRandom().randrange(10**6) * 1000 if options.seed is None else options.seed
    tallies = {name: Tally(KINDS[name], seed) for name in (options.only.split(",") if options.only else KINDS)}
    disks = "a tmpfs" if faults.can_mount() else "a limit on the size of files, because nothing can be mounted here"
    print(f"{options.minutes:g} minutes, {options.lanes} lanes, seeds from {seed}; full disks by {disks}", flush=True)
    started = time.monotonic()
    lane = Lane(tallies, started + options.minutes * 60, min(_BATCH, max(2.0, options.minutes * 3)))
    threads = [threading.Thread(target=lane.run) for _ in range(options.lanes)]
    for thread in threads:
        thread.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        print("what is under way is waited for", flush=True)
        lane.stopped.set()
        for thread in threads:
            thread.join()
    lane.repeat_slow()
    print(
        f"{(time.monotonic() - started) / 60:.1f} minutes, load {os.getloadavg()[0]:.1f}, {shutil.disk_usage(ROOT).free // 10**9} GB free"
    )
    print_table(tallies)
    return int(any(tally.failures or not tally.trials for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
