"""Whether a finished track says what its script says, at the right times.

    python benchmarks/transcribe.py [ROUTINE] [--voice hibari] [--language en]

Renders a routine (`ten-minute-hips` unless named) as the command does, decodes the MP3, and compares every sentence of
the script with the sound around its time: its onset, found in the signal, must be within half a second of it, and
a recogniser (see `narrator.takes.hearing`; the extra `asr`) must hear it there, with at most 8 % of all words wrong.
Exit code 0 when that is so, 1 when not, 2 when the track could not be made.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from listening import count_errors, list_words
from narrator.sound.resample import decode_mono
from narrator.takes.hearing import transcribe
from narrator.units import SAMPLES_PER_MS

TOLERANCE = 500
"""Ms that a sentence may be off its time."""
MOST_ERRORS = 0.08
AROUND = 250
"""Ms before and after a sentence that are listened to as well, where they are free."""
FRAME = 10
"""Ms that a level is taken over."""
QUIET_DB, RISE_DB = -50.0, 6.0
"""What is over this, and by so much over what still rings, has begun."""


def run_narrator(*arguments: str) -> str:
    """Return the output of the command."""
    done = subprocess.run([sys.executable, "-m", "narrator", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        sys.exit(2)
    return done.stdout


def find_onset(samples: NDArray[np.float32], first: int, last: int) -> int | None:
    """Time in ms at which something begins between two others; None when nothing does."""
    window = samples[first * SAMPLES_PER_MS : last * SAMPLES_PER_MS]
    frames = window[: len(window) // (FRAME * SAMPLES_PER_MS) * FRAME * SAMPLES_PER_MS].reshape(
        -1, FRAME * SAMPLES_PER_MS
    )
    levels = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    begun = np.flatnonzero(levels > max(QUIET_DB, float(levels[:5].mean()) + RISE_DB))
    return first + FRAME * int(begun[0]) if begun.size else None


def check_sentence(
    samples: NDArray[np.float32], cue: dict[str, Any], free: tuple[int, int], language: str
) -> tuple[int, int, bool]:
    """Words wrong, words said, and whether a sentence is where it should be; `free` is where no other sounds."""
    start, end = cue["start_ms"], cue["end_ms"]
    onset = find_onset(samples, max(start - TOLERANCE, free[0]), min(start + 2 * TOLERANCE, free[1]))
    first, last = max(start - AROUND, free[0]), min(end + AROUND, free[1])
    heard = transcribe(samples[first * SAMPLES_PER_MS : last * SAMPLES_PER_MS], language)
    said = list_words(cue["text"], language)
    errors = count_errors(said, list_words(heard, language))
    is_there = onset is not None and abs(onset - start) <= TOLERANCE
    if errors or not is_there:
        away = "not found" if onset is None else f"{onset - start:+d} ms"
        print(f"{start / 1000:8.2f} s  {away:>9}  {errors} of {len(said)}  {cue['text']}  |  {heard}")
    return errors, len(said), is_there


def main(arguments: Sequence[str] | None = None) -> int:
    """Render, listen, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("routine", nargs="?", default="ten-minute-hips")
    parser.add_argument("--voice", help="[default: hibari for English, else kokoro]")
    parser.add_argument("--language", default="en")
    options = parser.parse_args(arguments)
    voice = options.voice or ("hibari" if options.language == "en" else "kokoro")
    spoken = [options.routine, "--voice", voice, "--language", options.language]
    with tempfile.TemporaryDirectory() as folder:
        run_narrator("render", *spoken, "--output", folder, "--quiet")
        samples = decode_mono(next(Path(folder).glob("*.mp3")).read_bytes(), "mp3")[:, 0]
    cues = json.loads(run_narrator("script", *spoken, "--format", "json"))["cues"]
    bounds = (
        [0, *(cue["end_ms"] for cue in cues)],
        [*(cue["start_ms"] for cue in cues[1:]), len(samples) // SAMPLES_PER_MS],
    )
    results = [
        check_sentence(samples, cue, (before, after), options.language)
        for cue, before, after in zip(cues, bounds[0], bounds[1], strict=False)
        if cue["kind"] == "speech"
    ]
    errors, words = sum(result[0] for result in results), sum(result[1] for result in results)
    missing = sum(not is_there for *_, is_there in results)
    print(f"{len(results)} sentences, {missing} not within {TOLERANCE} ms of their time")
    print(f"{errors} of {words} words wrong: {100 * errors / words:.1f} % (at most {100 * MOST_ERRORS:.0f} %)")
    return 1 if missing or errors > MOST_ERRORS * words else 0


if __name__ == "__main__":
    sys.exit(main())
