"""Time and memory that narrator needs for a session, compared with two other ways of making it.

    python benchmarks/sessions.py [--quick] [--repeats 3]

Everything is measured in one run on one machine, as whole processes from start to end, and judged as ratios: an hour
of 360 sentences rendered by narrator with its clips cached, over room tone and over a ducked bed; the same clips strung
together in pydub, the common way; the same hour of samples through libmp3lame and nothing else. Then the built-in
ten-minute routine with an empty cache, and what memory ten minutes and twelve hours take. Figures are medians of
three, but for pydub and the twelve hours, which run once because they take minutes. A table goes to standard output,
progress to standard error. Exit code 0 when every limit is met, 1 when one is missed, 2 when something could not be
measured.

narrator keeps the frames it encodes as well as the clips. A render that finds both encodes nothing, and says little
about one that does. So each session is measured both ways: `clips cached` is all of the work but speaking; `frames
cached` is what a second length takes, for which the clips and most frames are there.

The temporary directory needs about 2 GB, memory 3 GB (for pydub), the system Linux or macOS (`os.wait4`).
"""

import argparse
import itertools
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Only what is small is imported up here. A process starts out with the peak memory of the one that made it (Linux
# counts it so), and these few megabytes must stay below anything that is measured.

SAMPLE_RATE = 48_000
SAMPLES_PER_MS = 48
FRAME_BYTES = 4
"""One sample of each of two channels, 16 bits each."""
BITRATE = 128
SECTION_S = 100
"""Length of a section of the measured routines: an hour has 36."""
CUES_PER_SECTION = 10
CLIPS, FRAMES, BED = "clips cached", "a second length, frames cached", "clips cached, with a drone"
"""What narrator finds in its cache."""

OPENINGS = (
    "Breathe in, and",
    "Breathe out, and",
    "On your next breath,",
    "Without any hurry,",
    "When you are ready,",
    "For a moment,",
    "A little more now:",
    "Once again,",
    "With your eyes closed,",
    "As you settle,",
)
PARTS = (
    "your shoulders",
    "your jaw",
    "your hands",
    "your belly",
    "your hips",
    "your knees",
    "your feet",
    "your back",
    "your neck",
    "your forehead",
    "your ribs",
    "your thighs",
)
ENDINGS = (
    "grow heavy and warm",
    "be soft",
    "rest where they are for a while",
    "sink towards the floor",
    "open by a finger's breadth",
    "do nothing at all",
    "follow the rhythm of your breath",
    "let go of the day",
    "widen from side to side",
    "come to rest",
    "loosen from the inside out",
    "feel the ground below",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One process from start to end, or the medians of several."""

    wall_s: float
    cpu_s: float
    """Of all its threads, and of children it has waited for."""
    peak_mb: float
    """Most memory it held at once, in 10^6 bytes; of itself or its largest child, whichever held more."""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; a figure without a limit is there to be read only."""

    name: str
    figure: str
    limit: str = ""
    is_met: bool | None = None


class CannotMeasureError(Exception):
    """A process failed, or did other work than was meant to be measured."""


def write_routine(path: Path, sections: int, section_s: int = SECTION_S, head: str = "") -> None:
    """Write a routine of sections: a bell, then ten sentences with a hold after each, no sentence twice."""
    words = itertools.product(OPENINGS, PARTS, ENDINGS)
    # Mixed up below, always in the same way: 487 is a prime that divides no count of them, so none comes twice.
    sentences = [f"{opening} let {part} {ending}." for opening, part, ending in words]
    count = sections * CUES_PER_SECTION
    if count > len(sentences):
        raise CannotMeasureError(f"there are only {len(sentences)} sentences for {count} cues")
    chosen = [sentences[index * 487 % len(sentences)] for index in range(count)]
    lines = [
        f"title: Benchmark of {sections} sections",
        f"length: {sections * section_s}s",
        *head.splitlines(),
        "steps:",
    ]
    for section in range(sections):
        lines += [f"  - section: Part {section + 1}", "    steps:", "      - bell: bowl"]
        for text in chosen[section * CUES_PER_SECTION : (section + 1) * CUES_PER_SECTION]:
            lines += [f"      - say: {json.dumps(text)}", "      - hold: 1s..60s"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(command: list[str], cache: Path) -> Run:
    """Run a command as a process of its own and measure it.

    Raises:
        CannotMeasureError: it failed.

    """
    environment = os.environ | {"NARRATOR_CACHE_DIR": str(cache)}
    # A user's modules are compiled once, not by every process.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, env=environment)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode:
        raise CannotMeasureError(f"exit code {process.returncode} from: {' '.join(command)}\n{text}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, text)


def take_medians(runs: list[Run]) -> Run:
    """Median of each figure by itself."""
    return Run(
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
        statistics.median(run.peak_mb for run in runs),
        runs[-1].output,
    )


class Bench:
    """One run of the benchmark: a folder for everything it makes, and the processes it starts there."""

    def __init__(self, folder: Path, repeats: int) -> None:
        self.folder = folder
        self.repeats = repeats
        self.cache = folder / "cache"

    def forget_frames(self) -> None:
        """Leave nothing in the cache but clips."""
        for shelf in ("frames", "beds", "tracks"):
            shutil.rmtree(self.cache / shelf, ignore_errors=True)

    def render(self, routine: str, *options: str, cache: Path | None = None, new_clips: bool = False) -> Run:
        """Measure `narrator render --force`, and check that it spoke only when it should."""
        command = [sys.executable, "-m", "narrator", "render", routine, "--voice", "espeak", "--force", "--json"]
        run = measure([*command, "--output", str(self.folder / "output"), *options], cache or self.cache)
        track = json.loads(run.output)
        if bool(track["clips_new"]) != new_clips:
            raise CannotMeasureError(f"{routine}: {track['clips_new']} clips were new")
        if track["samples"] != track["length_ms"] * SAMPLES_PER_MS:
            raise CannotMeasureError(f"{routine}: {track['samples']} samples in {track['length_ms']} ms")
        return run

    def child(self, part: str) -> Run:
        """Measure another part of this program in a process of its own."""
        return measure([sys.executable, str(Path(__file__).resolve()), "--part", part, str(self.folder)], self.cache)

    def write(self, name: str, sections: int, section_s: int = SECTION_S, head: str = "") -> str:
        """Write a routine, speak its clips into the cache, and answer its path."""
        path = self.folder / f"{name}.yaml"
        write_routine(path, sections, section_s, head)
        report(f"speaking {sections * CUES_PER_SECTION} sentences ({name})")
        # Shorter routines share sentences with longer ones, so what is new here is not looked at.
        command = [sys.executable, "-m", "narrator", "script", str(path), "--voice", "espeak"]
        measure([*command, "--output", str(self.folder / f"{name}.txt")], self.cache)
        return str(path)


def report(text: str) -> None:
    """Print progress to standard error."""
    print(f"… {text}", file=sys.stderr, flush=True)


def compare_hour(bench: Bench, *, quick: bool) -> Iterator[Row]:
    """Yield what an hour of 360 cues takes, in narrator and in two other ways."""
    hour = bench.write("hour", 36)
    with_bed = bench.write("bed", 36, head="bed: {sound: drone, duck: 8}")
    bench.render(hour)
    report("writing the clips and the samples of the hour for the other ways")
    bench.child("prepare")
    runs: dict[str, list[Run]] = {CLIPS: [], FRAMES: [], BED: [], "lame": []}
    # In turns, so that a machine that slows down does so for all.
    for number in range(1, bench.repeats + 1):
        report(f"narrator, an hour, {number} of {bench.repeats}")
        bench.forget_frames()
        runs[CLIPS].append(bench.render(hour))
        # An hour again, but not the same one: each of its holds has another length.
        runs[FRAMES].append(bench.render(hour, "--length", f"{60 * 60 + number}s"))
        bench.forget_frames()
        runs[BED].append(bench.render(with_bed))
        report(f"libmp3lame alone, {number} of {bench.repeats}")
        runs["lame"].append(bench.child("lame"))
    lame = take_medians(runs.pop("lame"))
    narrator = {name: take_medians(each) for name, each in runs.items()}
    for name, run in narrator.items():
        yield show_run(f"an hour of 360 cues, {name}", run)
    yield show_run("the same samples: libmp3lame alone", lame)
    pydub = None
    if quick:
        yield Row("the same clips: pydub", "left out (--quick)")
    else:
        report("pydub, once; this takes minutes")
        pydub = bench.child("pydub")
        yield show_run(f"the same clips: pydub and {pydub.output.strip()}, once", pydub)
    shares = [("libmp3lame", lame), *([("pydub", pydub)] if pydub else [])]
    text = ", ".join(f"{name} {run.cpu_s / run.wall_s:.0%}" for name, run in shares)
    yield Row("share of a core they got (others are at work if under 95 %)", text)
    for name, most in ((CLIPS, 0.35), (FRAMES, 0.08), (BED, 0.8)):
        ratio = narrator[name].wall_s / lame.wall_s
        yield judge(f"narrator wall / libmp3lame wall, {name}", ratio, most, "{:.3f}", f"≤ {most:g}")
    for name, parts in ((CLIPS, 8), (FRAMES, 100)) if pydub else ():
        ratio = narrator[name].wall_s / pydub.wall_s if pydub else 0
        yield judge(f"narrator wall / pydub wall, {name}", ratio, 1 / parts, "{:.4f}", f"≤ 1/{parts}")


def compare_memory(bench: Bench) -> Iterator[Row]:
    """Yield what ten minutes and twelve hours with cached clips take, and whether the long track is sound."""
    short, long = bench.write("ten-minutes", 6), bench.write("twelve-hours", 144, section_s=300)
    for session, routine in (("ten minutes of 60 cues", short), ("twelve hours of 1440 cues", long)):
        bench.forget_frames()
        for name in (CLIPS, "frames cached"):
            report(f"narrator, {session}, {name}")
            run = bench.render(routine)
            yield show_run(f"{session}, {name}", run)
            if routine == long:
                yield Row(f"peak memory, twelve hours, {name}", f"{run.peak_mb:.0f} MB", "< 150 MB", run.peak_mb < 150)
    track = bench.folder / "output" / "twelve-hours.mp3"
    if shutil.which("ffprobe"):
        shown = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(track)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        seconds = float(shown)
        yield Row(
            "twelve hours as ffprobe sees them", f"{seconds:.3f} s", "43200 ± 0.05 s", abs(seconds - 43_200) <= 0.05
        )


def time_cold(bench: Bench) -> Iterator[Row]:
    """Yield what the built-in ten minutes take with nothing in the cache."""
    runs = []
    for number in range(1, bench.repeats + 1):
        report(f"narrator, the built-in ten minutes with an empty cache, {number} of {bench.repeats}")
        empty = bench.folder / f"empty-{number}"
        runs.append(bench.render("ten-minute-hips", cache=empty, new_clips=True))
    cold = take_medians(runs)
    yield show_run("ten-minute-hips, cold", cold)
    yield Row("ten-minute-hips, cold, wall", f"{cold.wall_s:.2f} s", "< 10 s", cold.wall_s < 10)


def show_run(name: str, run: Run) -> Row:
    """Show the figures of a run, without judging them."""
    return Row(name, f"{run.wall_s:.2f} s wall, {run.cpu_s:.2f} s CPU, {run.peak_mb:.0f} MB")


def judge(name: str, figure: float, most: float, form: str, limit: str) -> Row:
    """Hold a figure against the most it may be."""
    return Row(name, form.format(figure), limit, figure <= most)


def print_table(rows: list[Row]) -> None:
    """Print the figures first, then those that have a limit."""
    ordered = sorted(rows, key=lambda row: row.is_met is not None)
    verdicts = {None: "", True: "pass", False: "MISS"}
    table = [("", "figure (median)", "limit", "")]
    table += [(row.name, row.figure, row.limit, verdicts[row.is_met]) for row in ordered]
    widths = [max(len(line[column]) for line in table) for column in range(4)]
    for number, line in enumerate(table):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if number == 0 or (number < len(ordered) and ordered[number].is_met is not None is ordered[number - 1].is_met):
            print("  ".join("-" * width for width in widths))


def run(make_rows: Callable[[Bench], Iterable[Row]], repeats: int) -> int:
    """Measure rows with a bench of its own, in this process's cache, too; print them, and return the exit code."""
    machine = describe_machine()
    with tempfile.TemporaryDirectory(prefix="narrator-bench-") as name:
        bench = Bench(Path(name), repeats)
        os.environ["NARRATOR_CACHE_DIR"] = str(bench.cache)
        try:
            rows = list(make_rows(bench))
        except CannotMeasureError as error:
            report(str(error))
            return 2
        except KeyboardInterrupt:
            report("interrupted")
            return 130
    print(machine)
    print_table(rows)
    return int(any(row.is_met is False for row in rows))


# What follows runs in child processes; each is given the folder of the run.


def prepare(folder: Path) -> None:
    """Write each cue's sound to a WAV with a list of the silences between, and the hour's samples as raw PCM."""
    import av

    from narrator.cache import Cache
    from narrator.request import SessionOptions, SessionRequest
    from narrator.script import Bell, Speech
    from narrator.session import make_session
    from narrator.sound.bells import strike_bell

    session = make_session(SessionRequest(folder / "hour.yaml", "hour", SessionOptions(voice="espeak")), Cache())
    timeline, clips = session.timeline, session.clips
    if sum(isinstance(segment.cue, Speech) for segment in timeline.segments) != 360:
        raise CannotMeasureError("the hour has not 360 spoken cues")
    (folder / "wav").mkdir()
    starts = [segment.start for segment in timeline.segments]
    steps: list[tuple[str, int]] = [("", starts[0])]
    for number, (segment, following) in enumerate(zip(timeline.segments, [*starts[1:], timeline.length], strict=True)):
        room = following - segment.start
        match segment.cue:
            case Speech(text):
                audio = clips.load(text).audio
            case Bell(sound):
                # What is strung together cannot ring on beneath what follows: the ring ends with its room.
                audio = strike_bell(sound)[:room].fade_out(500)
            case other:
                raise CannotMeasureError(f"the hour is not meant to have a {other}")
        name = f"wav/{number:04}.wav"
        audio.set_sample_width(2).export(folder / name, format="wav")
        steps.append((name, room - len(audio)))
    (folder / "steps.json").write_text(json.dumps({"length": timeline.length, "steps": steps}), encoding="utf-8")
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=SAMPLE_RATE)
    with av.open(folder / "output" / "hour.mp3") as track, (folder / "hour.raw").open("wb") as raw:
        for frame in track.decode(audio=0):
            for part in resampler.resample(frame):
                raw.write(bytes(part.planes[0])[: part.samples * FRAME_BYTES])
    if (folder / "hour.raw").stat().st_size != timeline.length * SAMPLES_PER_MS * FRAME_BYTES:
        raise CannotMeasureError("the decoded hour is not an hour")


def encode(blocks: Iterable[bytes], path: Path) -> None:
    """Encode 16-bit stereo PCM as MP3 the way narrator's tracks are: 128 kbit/s, 48 kHz, no bit reservoir."""
    import av
    import numpy as np

    with av.open(path, "w", format="mp3") as container:
        options = {"reservoir": "0", "joint_stereo": "1"}
        stream: Any = container.add_stream(
            "libmp3lame", rate=SAMPLE_RATE, layout="stereo", format="s16p", options=options
        )
        stream.bit_rate = BITRATE * 1000
        for block in blocks:
            samples = np.ascontiguousarray(np.frombuffer(block, "<i2").reshape(-1, 2).T)
            frame = av.AudioFrame.from_ndarray(samples, format="s16p", layout="stereo")
            frame.sample_rate = SAMPLE_RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def encode_with_lame(folder: Path) -> None:
    """Encode the hour's samples, read from disk block by block."""
    with (folder / "hour.raw").open("rb") as raw:
        encode(iter(lambda: raw.read(50 * 1152 * FRAME_BYTES), b""), folder / "lame.mp3")


def join_with_pydub(folder: Path) -> None:
    """Join the clips with pydub, export them, and print the name of the encoder."""
    from pydub import AudioSegment

    known = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
    session = AudioSegment.silent(0, SAMPLE_RATE)
    for name, silence in known["steps"]:
        clip = AudioSegment.from_wav(folder / name) if name else AudioSegment.silent(0, SAMPLE_RATE)
        session += clip + AudioSegment.silent(silence, SAMPLE_RATE)
    if abs(len(session) - known["length"]) > 100:
        raise CannotMeasureError(f"pydub made {len(session)} ms of {known['length']}")
    if shutil.which("ffmpeg"):
        session.export(folder / "pydub.mp3", format="mp3", bitrate=f"{BITRATE}k")
        print("ffmpeg")
    else:
        data, size = session.raw_data, 50 * 1152 * FRAME_BYTES
        encode((data[start : start + size] for start in range(0, len(data), size)), folder / "pydub.mp3")
        print("PyAV")


PARTS_OF_RUN: dict[str, Callable[[Path], None]] = {
    "prepare": prepare,
    "lame": encode_with_lame,
    "pydub": join_with_pydub,
}


def describe_machine() -> str:
    """Say what the figures were measured on."""
    versions = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{versions}{busy} at the start"


def main() -> int:
    """Measure everything, print the table, and answer the exit code."""
    parser = argparse.ArgumentParser(description="Measure narrator beside pydub and libmp3lame.")
    parser.add_argument("--quick", action="store_true", help="leave pydub out, which takes minutes")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the median counts (3)")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        part, folder = options.part
        PARTS_OF_RUN[part](Path(folder))
        return 0
    # As Ctrl-C does: the child is ended, the folder removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def make_rows(bench: Bench) -> Iterator[Row]:
        yield from (*time_cold(bench), *compare_hour(bench, quick=options.quick), *compare_memory(bench))

    return run(make_rows, options.repeats)


if __name__ == "__main__":
    sys.exit(main())
