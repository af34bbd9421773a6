"""What a speech recogniser hears, and how far that is from what was said. Needs the extra `asr` (Linux)."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from moonshine_voice.moonshine_api import ModelArch
from moonshine_voice.transcriber import Transcriber
from moonshine_voice.utils import get_model_path
from numpy.typing import NDArray

from narrator.routine.phrases import find_phrases
from narrator.units import SAMPLE_RATE

_SILENCE_S = 0.5
_LEVEL = 0.25
"""Peak of what the recogniser is given."""
_SAME = {"practicing": "practising", "center": "centre", "ok": "okay"}


@cache
def _open_recogniser() -> Transcriber:
    # Its tiny English model lies in the wheel.
    return Transcriber(get_model_path("tiny-en"), ModelArch.TINY)


def transcribe(samples: NDArray[np.float32]) -> str:
    """What is heard in mono samples at 48 kHz, any shape."""
    mono = samples.reshape(-1)
    silence = np.zeros(int(_SILENCE_S * SAMPLE_RATE), np.float32)
    level = _LEVEL / max(float(np.abs(mono).max(initial=0.0)), 1e-6)
    heard = _open_recogniser().transcribe_without_streaming(
        np.concatenate([silence, mono * level, silence]).tolist(), SAMPLE_RATE
    )
    return " ".join(line.text.strip() for line in heard.lines)


def list_words(text: str) -> list[str]:
    """Words of a text in small letters: figures up to sixty spelt out, two spellings of one word made one."""
    phrases = find_phrases("en")
    numbers = phrases.numbers if phrases else ()
    words: list[str] = []
    for word in re.findall(r"[a-z0-9']+", text.lower().replace("’", "'").replace("-", " ")):
        is_known = word.isdigit() and int(word) < len(numbers)
        words += numbers[int(word)].replace("-", " ").split() if is_known else [_SAME.get(word, word)]
    return words


def count_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Fewest words put in, left out or changed that make one of the other (Levenshtein's distance)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]
