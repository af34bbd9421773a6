"""How fast each voice speaks, what it needs, and how well it is understood.

    python benchmarks/voices.py [VOICE ...] [--quick]

For `espeak`, `hibari` and `gtts`, or the voices named:

- load: seconds until a process has started and read its weights, best of five;
- one core, two cores: seconds of work for a second of speech, over the twenty sentences of `sentences.txt`, best of
  three;
- memory: peak of any one process that speaks, over the sentences and one breath of 40 long words;
- word errors: share of the sentences' words that a recogniser gets wrong (moonshine-voice's tiny English model; the
  extra `asr`);
- cues wrong: share of the short cues of `cues.txt` that it does not get right, each heard alone, which is hard for
  anyone.

`hibari` is held to its limits: exit code 0 when they are met, 1 when one is missed, 2 when something could not be
measured. For `gtts` the tests' server stands in for Google Translate, with espeak-ng's speech as MP3 at 24 kHz, so its
times are those of the library, the pause between two requests, and a network without length. Linux only (`/proc`).
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from narrator.config import VARIABLE
from narrator.errors import NarratorError
from narrator.speech.clip import Clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.registry import choose_voice, open_engine
from narrator.speech.text.breaths import LONGEST_BREATH

SENTENCES, CUES = (
    Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines() for name in ("sentences.txt", "cues.txt")
)
LONG = "comfortably supported shoulderblades everywhere softening " * (LONGEST_BREATH // 5)
"""One breath, as long as any can be."""
LIMITS = {"load, s": 1.5, "one core": 0.03, "two cores": 0.03, "memory, MB": 250.0, "word errors, %": 2.0}
"""Of `hibari`."""


@contextmanager
def google_stood_in_for() -> Iterator[None]:
    """Have `gtts` ask the tests' server while the block runs."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    from gtts_server import GttsServer
    from loopback import running

    with running(GttsServer()) as server, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(f'[gtts]\nurl = "{server.url}"\n')
        os.environ[VARIABLE] = str(config)
        yield


def speak_all(engine: Engine, voice: Voice, threads: int) -> tuple[float, list[Clip]]:
    """Seconds for all sentences, with the engine warm, and their clips."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda text: engine.synthesize(text, voice), SENTENCES[:threads]))
        start = time.perf_counter()
        clips = list(pool.map(lambda text: engine.synthesize(text, voice), SENTENCES))
        return time.perf_counter() - start, clips


def measure_load(name: str) -> float:
    """Seconds until an engine could begin to speak."""
    with open_engine(name) as engine:
        start = time.perf_counter()
        engine.synthesize("A.", choose_voice(engine, None, "en", 1.0))
        return time.perf_counter() - start


def measure_speed(name: str, workers: int, repeats: int) -> float:
    """Real-time factor: the least seconds of work for a second of speech."""
    with open_engine(name) as engine:
        voice = choose_voice(engine, None, "en", 1.0)
        threads = min(workers, engine.workers)
        runs = [speak_all(engine, voice, threads) for _ in range(repeats)]
    return min(seconds / (sum(clip.length for clip in clips) / 1000) for seconds, clips in runs)


def measure_memory(name: str) -> float:
    """Peak in MB of the largest process that an engine starts, or of the one that asks it where it starts none."""
    # In a process that has done nothing else.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure_memory_here, name).result()


def measure_memory_here(name: str) -> float:
    """Peak in MB of this process's largest child, or of this process; see `measure_memory`."""
    with open_engine(name) as engine:
        voice = choose_voice(engine, None, "en", 1.0)
        for text in [*SENTENCES, LONG]:
            engine.synthesize(text, voice)
        children = Path("/proc/self/task").glob("*/children")
        processes = [number for path in children for number in path.read_text().split()] or ["self"]
        return max(map(read_peak, processes))


def read_peak(process: str) -> float:
    """Peak memory of a process in MB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure_errors(name: str) -> tuple[float, float]:
    """Words of the sentences that are heard wrong, and cues that are, each in hundredths of all."""
    from listening import count_errors, list_words, transcribe

    with open_engine(name) as engine:
        voice = choose_voice(engine, None, "en", 1.0)

        def count(text: str) -> tuple[int, int]:
            said, heard = list_words(text), list_words(transcribe(engine.synthesize(text, voice).samples))
            return count_errors(said, heard), len(said)

        sentences, cues = (list(map(count, texts)) for texts in (SENTENCES, CUES))
    errors, words = map(sum, zip(*sentences, strict=True))
    return 100 * errors / words, 100 * sum(wrong > 0 for wrong, _ in cues) / len(cues)


def measure(name: str, repeats: int) -> dict[str, float]:
    """Every figure of a voice."""
    errors, cues = measure_errors(name)
    return {
        "load, s": min(measure_load(name) for _ in range(2 * repeats - 1)),
        "one core": measure_speed(name, 1, repeats),
        "two cores": measure_speed(name, 2, repeats),
        "memory, MB": measure_memory(name),
        "word errors, %": errors,
        "cues wrong, %": cues,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("voices", nargs="*", default=["espeak", "hibari", "gtts"])
    parser.add_argument("--quick", action="store_true", help="measure once")
    options = parser.parse_args(arguments)
    print(f"{'voice':8}" + "".join(f"{title:>16}" for title in [*LIMITS, "cues wrong, %"]))
    missed = []
    with google_stood_in_for():
        for name in options.voices:
            try:
                figures = measure(name, 1 if options.quick else 3)
            except NarratorError as error:
                print(error, file=sys.stderr)
                return 2
            print(f"{name:8}" + "".join(f"{figure:16.3f}" for figure in figures.values()), flush=True)
            missed += [title for title, limit in LIMITS.items() if name == "hibari" and figures[title] > limit]
    print(f"{'limits':8}" + "".join(f"{limit:16.3f}" for limit in LIMITS.values()))
    print(f"hibari misses: {'; '.join(missed)}" if missed else "no limit is missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
