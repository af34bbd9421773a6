"""CPU seconds for a check of 5,000 sentences, and for taking as many apart: `python benchmarks/sentences.py`.

The goal is under 1.5 s for the whole check, from the start of the command to its end.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from narrator.routine.text import split_text

SENTENCES = 5000
_KINDS = {
    "en": "Dr. Smith says rest, e.g. on a mat. Breathe in for 4 sec. and let go. Now soften your jaw, and wait. ",
    "de": "Das ist die 2. Runde, z. B. im Liegen. Atme 4 Sek. lang ein und aus. Lass nun den Kiefer los, und warte. ",
    "ja": "吸って、吐いて。肩の力を抜いて、休みます。あごをゆるめて、待ちます。",
}
"""Three sentences in each language."""


def time_splitting(language: str) -> float:
    """CPU seconds for taking 5,000 sentences apart, a step of three at a time."""
    started = time.process_time()
    count = sum(len(split_text(_KINDS[language], language)) for _ in range(SENTENCES // 3))
    assert count == SENTENCES // 3 * 3, count  # noqa: S101
    return time.process_time() - started


def time_check() -> float:
    """CPU seconds of `narrator check` for a routine of 5,000 sentences, with the voice `silent`."""
    steps = "\n".join(f"  - say: {_KINDS['en']}\n  - pause: 4s" for _ in range(SENTENCES // 3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "long.yaml")
        path.write_text(f"title: Long\nlanguage: en\nsteps:\n{steps}\n", encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "narrator", "check", str(path), "--voice", "silent"]
        environment = {**os.environ, "NARRATOR_CACHE_DIR": folder, "NARRATOR_DATA_DIR": folder}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    for language in _KINDS:
        print(f"{SENTENCES:,} sentences in {language}: {time_splitting(language):.2f} s of CPU")
    print(f"narrator check on {SENTENCES:,} sentences: {time_check():.2f} s of CPU")
