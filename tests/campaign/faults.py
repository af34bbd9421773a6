"""Failures outside a command: kills, signals, full and read-only disks, closed pipes, and many processes at once."""

import json
import os
import random
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from .harness import RENDER, TRACK, Failed, Kind, Result, Trial, finish, run, run_process, set_up, write_session

COMMAND = [sys.executable, "-m", "narrator"]


@cache
def can_mount() -> bool:
    """Whether a process here may have mounts of its own."""
    try:
        done = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "x", "/tmp"], capture_output=True, check=False)  # noqa: S108
    except OSError:
        return False
    return not done.returncode


class Scene:
    """A folder with a session in it, and the track that it has to become."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = set_up(folder)
        write_session(folder)
        started = time.monotonic()
        self.render().check(0)
        self.takes = time.monotonic() - started
        self.wanted = (folder / TRACK).read_bytes()

    def render(self, *before: str) -> Result:
        return run(*RENDER, cwd=self.folder, env=self.env, before=before)

    def forget(self, *names: str) -> None:
        for name in names or ("cache", "output"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*COMMAND, *RENDER], cwd=self.folder, env=os.environ | self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def check_track(self, *, may_be_missing: bool) -> None:
        path = self.folder / TRACK
        if path.exists() or not may_be_missing:
            if not path.exists():
                raise Failed("there is no track")
            if path.read_bytes() != self.wanted:
                raise Failed("half a track, or another one")

    def list_clips(self) -> int:
        return len(list((self.folder / "cache" / "clips").glob("??/*")))

    def list_parts(self) -> list[str]:
        return [str(path) for path in self.folder.rglob("*.part")]


def prepare_kills(folder: Path) -> Trial:
    """Prepare kills in mid render: nothing half is seen, nothing is spoken again, and a clean run gives the same bytes."""
    scene = Scene(folder)

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        if chance.random() < 0.6:
            scene.forget()
        process = scene.start()
        try:
            time.sleep(chance.uniform(0.1, 1.1 * scene.takes))
        finally:
            process.kill()
            process.communicate()
        scene.check_track(may_be_missing=True)
        kept = scene.list_clips()
        for part in map(Path, scene.list_parts()):
            os.utime(part, (time.time() - 4000,) * 2)
        track = json.loads(scene.render().check(0).out)
        scene.check_track(may_be_missing=False)
        if track["clips_cached"] < kept:
            raise Failed(f"{kept} clips were kept, and {track['clips_cached']} used")
        if scene.list_parts():
            raise Failed(f"left behind: {scene.list_parts()}")

    return trial


def prepare_signals(folder: Path) -> Trial:
    """Prepare signals at each stage: the command ends soon, says so, and leaves nothing half done."""
    scene = Scene(folder)

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        scene.forget(*chance.choice([("cache", "output"), ("output",), ("output", "cache/frames")]))
        sent = chance.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
        process = scene.start()
        time.sleep(chance.uniform(0.1, 1.1 * scene.takes))
        process.send_signal(sent)
        started = time.monotonic()
        done = finish(process, patience=10)
        took = time.monotonic() - started
        # Before narrator's first line runs, the system, or Python, ends it in their own way.
        if done.code == -sent or (sent == signal.SIGINT and "narrator" not in done.err and done.code not in {0, 130}):
            return
        if "Traceback" in done.err or done.code not in {0, 130}:
            raise Failed(f"{sent.name}: exit {done.code}: {done.err[-900:]!r}")
        # A whole render shows how busy the machine is.
        if took > max(10, scene.takes):
            raise Failed(f"{sent.name}: it took {took:.1f} s to end")
        scene.check_track(may_be_missing=True)
        if scene.list_parts():
            raise Failed(f"{sent.name}: left behind: {scene.list_parts()}")

    return trial


def run_mounted(scene: Scene, script: str) -> Result:
    """Render within mounts that a line of shell makes; the track is carried out to `carried.mp3`."""
    render = shlex.join([*COMMAND, *RENDER])
    carry = f"if test -e {TRACK}; then cp {TRACK} carried.mp3; fi; find output cache -name '*.part' -print 2>/dev/null | sed 's/^/left: /'"
    line = f"set -e; {script}; set +e; {render}; code=$?; {carry}; exit $code"
    return run_process(["unshare", "-rm", "sh", "-c", line], scene.folder, scene.env)


def check_fault(scene: Scene, done: Result) -> None:
    """See that a fault was reported in a line, or else that there is a whole track."""
    done.check(0, 3)
    carried = scene.folder / "carried.mp3"
    if "left: " in done.out:
        raise Failed(f"left behind: {done.out[-300:]}")
    if done.code:
        faults = [line for line in done.err.splitlines() if not line.startswith("warning: ")]
        # With --json faults are on standard output.
        faults += [line for line in done.out.splitlines() if '"kind": "error"' in line]
        if len(faults) != 1:
            raise Failed(f"not one line: {done.err[-600:]!r} {done.out[-600:]!r}")
    if carried.exists() and carried.read_bytes() != scene.wanted:
        raise Failed("half a track, or another one")
    if not done.code and not carried.exists():
        raise Failed("exit 0 without a track")


def prepare_full_disks(folder: Path) -> Trial:
    """Prepare full disks: a small tmpfs for cache, output or both; else a limit on the size of files."""
    scene = Scene(folder)

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        (folder / "carried.mp3").unlink(missing_ok=True)
        places = chance.choice([("cache",), ("output",), ("cache", "output")])
        for place in places:
            scene.forget(place)
            (folder / place).mkdir()
        size = int(2 ** chance.uniform(3, 11.5))
        if can_mount():
            done = run_mounted(
                scene, "; ".join(f"mount -t tmpfs -o size={size}k,mode=700 x {place}" for place in places)
            )
            check_fault(scene, done)
        else:
            done = limit_files(scene, size * 256)
            done.check(0, 3)
            scene.check_track(may_be_missing=bool(done.code))

    return trial


def limit_files(scene: Scene, size: int) -> Result:
    """Render with no file larger than so many bytes."""

    def set_limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return run_process([*COMMAND, *RENDER], scene.folder, scene.env, preexec_fn=set_limit)


def prepare_closed_disks(folder: Path) -> Trial:
    """Prepare disks that can only be read: a warm cache is enough, and anything else is a line."""
    scene = Scene(folder)

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        (folder / "carried.mp3").unlink(missing_ok=True)
        place, is_warm = chance.choice(["cache", "output"]), chance.random() < 0.7
        scene.render().check(0)
        if not is_warm:
            shelf = chance.choice(["clips", "frames", "beds", "tracks"]) if place == "cache" else "."
            shutil.rmtree(folder / place / shelf, ignore_errors=True)
            (folder / place).mkdir(exist_ok=True)
        if can_mount():
            # The folder that is mounted over itself shows the same files, and the system refuses to write there.
            done = run_mounted(scene, f"mount --bind {place} {place}; mount -o remount,bind,ro {place}")
        else:
            for each in [folder / place, *(folder / place).rglob("*")]:
                each.chmod(0o500 if each.is_dir() else 0o400)
            try:
                done = scene.render()
            finally:
                for each in [folder / place, *(folder / place).rglob("*")]:
                    each.chmod(0o700 if each.is_dir() else 0o600)
            if (folder / TRACK).exists():
                shutil.copy(folder / TRACK, folder / "carried.mp3")
            if not os.getuid():
                return  # nothing is closed to root
        check_fault(scene, done)
        wanted = {3} if place == "output" else {0} if is_warm else {0, 3}
        if done.code not in wanted:
            raise Failed(f"exit {done.code} for {place}, warm: {is_warm}: {done.err[-300:]!r}")

    return trial


PIPED = [
    ["--help"], ["list"], ["list", "--json"], ["schema"], ["sounds"], ["voices"], ["cache"], ["script", "session.yaml", "--voice", "silent"],
    ["check", "session.yaml", "--voice", "silent"], ["render", "session.yaml", "two.yaml", "three.yaml", "--voice", "silent", "--force"],
    ["verify", str(TRACK)], ["check", "none.yaml"], ["render", "--help"],
]  # fmt: skip


def prepare_pipes(folder: Path) -> Trial:
    """Prepare pipes that are closed early, and full devices: no traceback, and every track is made."""
    scene = Scene(folder)
    for name in ("two", "three"):
        write_session(folder, f"{name}.yaml")

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        command = chance.choice(PIPED)
        is_render = command[0] == "render" and len(command) > 2
        if is_render:
            scene.forget("output")
        sink = chance.choice(
            [
                "| true",
                f"| head -c {chance.choice([1, 10, 100, 1000])} >/dev/null",
                ">/dev/full",
                ">&-",
                "2>&-",
                "2>/dev/full | true",
            ]
        )
        line = f"{shlex.join([*COMMAND, *command])} {sink}"
        done = run_process(["bash", "-c", line], folder, scene.env)
        is_odd = "Traceback" in done.err or "Exception ignored" in done.err
        if is_odd or done.code < 0 or done.code > 130:
            raise Failed(f"{' '.join(command)} {sink}: exit {done.code}: {done.err[-900:]!r}")
        if is_render:
            made = sorted(path.stem for path in (folder / "output").glob("*.mp3"))
            if made != ["session-silent", "three-silent", "two-silent"]:
                raise Failed(f"{sink}: of three tracks these were made: {made}")
        else:
            write_back(scene)

    return trial


def write_back(scene: Scene) -> None:
    """Put the track back that a trial may have taken away."""
    path = scene.folder / TRACK
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(scene.wanted)


def prepare_crowds(folder: Path) -> Trial:
    """Prepare eight processes on a cold cache: each thing is made once, and all tracks are the same."""
    scene = Scene(folder)

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        scene.forget()
        processes = []
        for number in range(8):
            command = [*COMMAND, *RENDER, "--output", f"output/tracks-{number}"]
            processes.append(
                subprocess.Popen(
                    command, cwd=folder, env=os.environ | scene.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
                )
            )
            time.sleep(chance.choice([0, 0, 0.05]))
        killed = chance.random() < 0.3
        if killed:
            time.sleep(chance.uniform(0, 3 * scene.takes))
            processes[0].kill()
        new = 0
        for number, process in enumerate(processes):
            done = finish(process)
            if killed and number == 0:
                continue
            done.check(0)
            new += json.loads(done.out)["clips_new"]
            if (folder / "output" / f"tracks-{number}" / TRACK.name).read_bytes() != scene.wanted:
                raise Failed(f"process {number} made another track")
        # The one that was killed may have spoken what it did not live to report.
        if new > scene.list_clips() or (not killed and new != scene.list_clips()):
            raise Failed(f"{new} clips were spoken for {scene.list_clips()} texts")

    return trial


KINDS = [
    Kind("kills", 100, prepare_kills),
    Kind("signals", 60, prepare_signals),
    Kind("full disks", 60, prepare_full_disks),
    Kind("read-only disks", 40, prepare_closed_disks),
    Kind("closed pipes", 60, prepare_pipes),
    Kind("crowds of eight", 6, prepare_crowds),
]
