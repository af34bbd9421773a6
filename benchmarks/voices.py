"""The speed, memory and intelligibility of each voice.

    python benchmarks/voices.py [ENGINE[:NAME] ...] [--language CODE ...]

For each engine of `ENGINES` and each language that it is measured in: its best installed voice, or the one named. Each
speaks in a process of its own:

- load: seconds of work until it could begin to speak;
- work: seconds of work for a second of speech, over the sentences of `sentences.<language>.txt`; that of the processes
  which an engine starts is counted, waiting is not;
- memory: peak in MB of that process, narrator's own 65 included, and of those that the engine starts;
- word errors: share of the sentences' words that a recogniser gets wrong: moonshine-voice's tiny model for English,
  Whisper base for other languages (the extra `asr`);
- cues wrong: share of the short cues of `cues.txt` (English) that it does not get right, each heard alone, which is
  hard for anyone.

`hibari`, and `kokoro` where Whisper is good, have limits: exit code 0 when they are met, 1 when one is missed, 2 when
something could not be measured. For `gtts` the tests' server stands in for Google Translate, with espeak-ng's speech as
MP3 at 24 kHz. Linux only (`/proc`).
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from narrator.config import VARIABLE
from narrator.errors import NarratorError
from narrator.speech.registry import choose_voice, open_engine, split_voice
from narrator.units import SAMPLE_RATE

ENGINES = {
    "hibari": ["en"],
    "kokoro": ["en", "es", "fr", "it", "pt"],
    "espeak": ["en", "de", "es", "fr", "it", "pt"],
    "gtts": ["en"],
}
"""Languages that each engine is measured in."""
HIBARI = {"work": 0.03, "memory, MB": 250.0, "word errors, %": 2.0, "cues wrong, %": 8.0}
KOKORO = {"word errors, %": 10.0}
"""Most that is allowed, in es, fr, it and pt."""
TITLES = ["load, s", "work", "memory, MB", "word errors, %", "cues wrong, %"]


@dataclass(frozen=True)
class Spoken:
    """What a voice said of the sentences and cues, and what that cost."""

    voice: str
    figures: dict[str, float]
    clips: list[tuple[str, NDArray[np.int16]]]
    """Texts and their sound at 48 kHz, at 16 bits: they are to take little of the memory that is measured."""
    cues: list[tuple[str, NDArray[np.int16]]]


def read_lines(name: str) -> list[str]:
    """Return the lines of a file beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


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


def list_children() -> list[str]:
    """Return the ids of the processes that this one has started."""
    return [child for path in Path("/proc/self/task").glob("*/children") for child in path.read_text().split()]


def measure_work() -> float:
    """Return the seconds of work that this process, its children and theirs have done."""
    ticks = 0
    for child in list_children():
        # Fields 14 to 17 of proc(5), after the name in parentheses: its own, and that of the children it waited for.
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def read_peak(process: str) -> float:
    """Return the peak memory of a process in MB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def speak_all(asked: str, language: str) -> Spoken:
    """Speak everything with a voice; runs in a process that has done nothing else."""
    engine_name, name = split_voice(asked)
    start = measure_work()
    with open_engine(engine_name) as engine:
        voice = choose_voice(engine, name, language, 1.0)

        def speak(texts: Sequence[str]) -> list[tuple[str, NDArray[np.int16]]]:
            return [(text, (engine.synthesize(text, voice).samples[:, 0] * 32767).astype(np.int16)) for text in texts]

        speak(["A."])
        loaded = measure_work()
        clips = speak(read_lines(f"sentences.{language}.txt"))
        work = measure_work() - loaded
        cues = speak(read_lines("cues.txt") if language == "en" else [])
        figures = {
            "load, s": loaded - start,
            "work": work / (sum(len(samples) for _, samples in clips) / SAMPLE_RATE),
            "memory, MB": sum(map(read_peak, ["self", *list_children()])),
        }
    return Spoken(str(voice), figures, clips, cues)


def listen(spoken: Spoken, language: str) -> dict[str, float]:
    """Return every figure of a voice: what its speech cost, and how well it was understood."""
    from listening import count_errors, list_words
    from narrator.takes.hearing import transcribe

    def count(clip: tuple[str, NDArray[np.int16]]) -> tuple[int, int]:
        said, heard = (
            list_words(clip[0], language),
            list_words(transcribe((clip[1] / 32767).astype(np.float32), language), language),
        )
        return count_errors(said, heard), len(said)

    errors, words = map(sum, zip(*map(count, spoken.clips), strict=True))
    figures = spoken.figures | {"word errors, %": 100 * errors / words}
    wrong = [errors > 0 for errors, _ in map(count, spoken.cues)]
    return figures | ({"cues wrong, %": 100 * sum(wrong) / len(wrong)} if wrong else {})


def find_limits(engine: str, language: str) -> dict[str, float]:
    """Return the most that is allowed of a voice's figures."""
    if engine == "hibari":
        return HIBARI
    return KOKORO if engine == "kokoro" and language != "en" else {}


def measure_row(asked: str, language: str) -> list[str]:
    """Measure a voice, print its line, and return what it misses of its limits."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        spoken = pool.submit(speak_all, asked, language).result()
    figures = listen(spoken, language)
    cells = (f"{figures[title]:16.3f}" if title in figures else f"{'-':>16}" for title in TITLES)
    print(f"{spoken.voice:18}{language:4}" + "".join(cells), flush=True)
    limits = find_limits(split_voice(asked)[0], language)
    return [
        f"{spoken.voice} ({language}) {title}: more than {limit:g}"
        for title, limit in limits.items()
        if figures[title] > limit
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("voices", nargs="*", default=list(ENGINES))
    parser.add_argument("--language", action="append", help="measure this language alone; may be repeated")
    options = parser.parse_args(arguments)
    print(f"{'voice':22}" + "".join(f"{title:>16}" for title in TITLES), flush=True)
    missed, failed = [], False
    with google_stood_in_for():
        for asked in options.voices:
            for language in ENGINES.get(split_voice(asked)[0], ["en"]):
                if options.language and language not in options.language:
                    continue
                try:
                    missed += measure_row(asked, language)
                except NarratorError as error:
                    # A voice that is named speaks one language.
                    failed = failed or ":" not in asked
                    print(f"{asked:18}{language:4}  {error}", file=sys.stderr)
    print("\n".join(missed) if missed else "no limit is missed")
    return 2 if failed else 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
