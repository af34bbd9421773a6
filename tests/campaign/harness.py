"""Shared parts of the trials: running narrator in this process or another, and reporting what went wrong."""

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .patience import Watch

Trial = Callable[[int], float | None]
"""Takes a seed; returns the seconds of sound that it rendered and verified, where that may be much."""
ROOT = Path(__file__).resolve().parents[2]
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
_CODES = {0, 1, 2, 3}


class Failed(Exception):  # noqa: N818 - it is a verdict
    """narrator did not do what it guarantees."""


@dataclass(frozen=True)
class Kind:
    """One kind of trial: how many belong into a full campaign, and what prepares a folder for them."""

    name: str
    target: int
    prepare: Callable[[Path], Trial]


@dataclass(frozen=True)
class Result:
    """The result of a command."""

    code: int
    out: str
    err: str

    def check(self, *codes: int) -> "Result":
        """Fail unless it ended with one of these exit codes (of all that there are), and said in lines what is wrong."""
        told = f"exit {self.code}; {self.err.strip()[-600:]!r}; {self.out.strip()[-600:]!r}"
        if "Traceback" in self.err + self.out:
            raise Failed(f"traceback: {self.err.strip()[-900:]}")
        if self.code not in (codes or _CODES):
            raise Failed(told)
        if self.code and not any(mark in self.err + self.out for mark in ("error", "FAULT", "Error")):
            raise Failed(f"no word of what is wrong: {told}")
        for char in {*self.err, *self.out} - {"\n", "\t"}:
            if ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or ord(char) in _BIDI:
                raise Failed(f"{char!r} reaches the terminal: {told}")
        return self


def measure_memory() -> float:
    """Return the most MB that this process has had."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: that of a new process begins with the memory of the one that started it.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def set_up(folder: Path) -> dict[str, str]:
    """Return an environment in which narrator keeps to a folder."""
    (folder / "config.toml").touch()
    known = {"CACHE_DIR": "cache", "DATA_DIR": "data", "CONFIG": "config.toml"}
    env = {f"NARRATOR_{name}": str(folder / place) for name, place in known.items()}
    return env | {"HOME": str(folder), "PYTHONFAULTHANDLER": "1"}


@contextlib.contextmanager
def capture(number: int) -> Iterator[list[str]]:
    """Catch what leaves this process by a file descriptor, whoever writes it; it is in the list when the block ends."""
    caught: list[str] = []
    kept = os.dup(number)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), number)
        try:
            yield caught
        finally:
            os.dup2(kept, number)
            os.close(kept)
            file.seek(0)
            caught.append(file.read().decode(errors="replace"))


def run_here(*args: str, cwd: Path) -> Result:
    """Run a command in this process: starting one takes longer than most commands do."""
    from narrator.cli.app import main

    argv, sys.argv = sys.argv, ["narrator", *args]
    code: int | str | None = 0
    try:
        with contextlib.chdir(cwd), capture(1) as out, capture(2) as err:
            try:
                main()
            except SystemExit as ended:
                code = ended.code
    finally:
        sys.argv = argv
    return Result(code if isinstance(code, int) else 0, out[0], err[0])


def run(*args: str, cwd: Path, env: dict[str, str], before: tuple[str, ...] = ()) -> Result:
    """Run narrator in a process of its own; `before` is a command that starts it."""
    return run_process([*before, sys.executable, "-m", "narrator", *args], cwd, env)


def run_process(command: list[str], cwd: Path, env: dict[str, str], patience: float = 60, **more: Any) -> Result:
    """Run a command in a process of its own, to its end."""
    process = subprocess.Popen(
        command, cwd=cwd, env=os.environ | env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )  # fmt: skip
    return finish(process, patience)


def finish(process: subprocess.Popen[bytes], patience: float = 60) -> Result:
    """Wait for the end of a process: as long as it works, and so many seconds longer.

    Raises:
        Failed: it does not end.

    """
    watch = Watch(process.pid)
    while True:
        try:
            out, err = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            if watch.is_working():
                continue
            process.kill()
            process.communicate()
            raise Failed(f"it did not end, after {watch.used:.1f} s of CPU") from None
        return Result(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))


SESSION = """\
title: Campaign
length: 20s
bed: bed.wav
steps:
  - bell: {sound: chime, length: 2s}
  - say: Sit down, and breathe in.
  - hold: 1s..20s
    cues: [{at: half, say: Soften.}]
  - say: Breathe out, and let go.
  - bell: tick
  - say: Thank you.
"""


def write_session(folder: Path, name: str = "session.yaml") -> Path:
    """Write a small routine with everything in it, and the bed beside it."""
    import wave

    import numpy as np

    noise = np.random.default_rng(1).normal(0, 2000, 48_000 * 3).astype("<i2")
    with wave.open(str(folder / "bed.wav"), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    path = folder / name
    path.write_text(SESSION)
    return path


RENDER = ("render", "session.yaml", "--voice", "espeak", "--force", "--json")
TRACK = Path("output/session-espeak.mp3")
