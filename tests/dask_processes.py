"""A Dask cluster of separate processes on loopback; each worker has a home and a cache of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


def wait_for(check, seconds=60.0):
    """Return what a function returns as soon as that is true."""
    until = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.05)
    return found


@dataclass
class Processes:
    """A scheduler and its workers; `address` is the scheduler's."""

    folder: Path
    running: list[subprocess.Popen] = field(default_factory=list)
    address: str = ""

    def start(self, *args, **env):
        with (self.folder / f"log-{len(self.running)}").open("wb") as log:
            started = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "distributed.cli." + args[0], *args[1:]],
                env=os.environ | env,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.running.append(started)
        return started

    def start_scheduler(self):
        file = self.folder / "scheduler.json"
        started = self.start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
        )
        # It is there before all of it is written.
        written = wait_for(lambda: file.exists() and (text := file.read_text()).endswith("}") and text)
        self.address = json.loads(written)["address"]
        return started

    def start_worker(self, name, **env):
        home = self.folder / name
        home.mkdir(exist_ok=True)
        env = {"NARRATOR_CACHE_DIR": str(home / "cache"), "TMPDIR": str(home)} | env
        args = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--no-nanny", "--name", name)
        return self.start("dask_worker", self.address, *args, "--local-directory", str(home), **env)

    def stop(self):
        for each in self.running:
            each.send_signal(signal.SIGKILL)
            each.wait()


@contextmanager
def running_cluster(folder, workers=2, **env):
    """Run a scheduler and workers while the block runs."""
    processes = Processes(folder)
    try:
        processes.start_scheduler()
        for number in range(workers):
            processes.start_worker(f"w{number}", **env)
        yield processes
    finally:
        processes.stop()
