"""The engine `tiny`: a natural English voice, offline, spoken by numpy in processes of its own."""

import hashlib
import queue
import threading
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from narrator.cores import count_cores
from narrator.sound.audio import Samples
from narrator.sound.resample import resample_pcm
from narrator.speech.breaths import Clause, count_words, split_breaths
from narrator.speech.child import Child
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.espeak import Espeak
from narrator.speech.tiny.fetch import PIN, check_installed, find_checkpoint
from narrator.speech.tiny.phonemes import Phone, make_ids, read_clauses
from narrator.speech.wording import word_english
from narrator.units import Ms, ms_to_samples

SPEED = 0.85
"""Of the voice's own speed, at pace 1: it was taught by people who read aloud, and guidance is slower than that."""
NOISE = 0.3
"""How much the voice wavers. Its makers' 0.667 is livelier, and misheard more often."""
_CUE_WORDS = 2
"""A text of so few words is a cue ("Hold.")."""
_CUE_LEAD = Phone(",")
"""What comes before a cue, and is cut off: with nothing before it, the voice swallows the first sound."""
_BREATH: Ms = 350
"""Silence between two breaths."""
_FORMAT = 2
"""Raised whenever what is made of a text changes."""
_TRANSCRIBER = "en-us"

_SPEECH = Path(__file__).parents[1]
_PROGRAM = f"""
import sys, types
# An empty package in place of narrator.speech: the child then starts without everything that narrator itself loads.
speech = sys.modules["narrator.speech"] = types.ModuleType("narrator.speech")
speech.__path__ = [{str(_SPEECH)!r}]
from narrator.speech.tiny.child import main
main()
"""
_REMEDY = "run the command again, or fetch the voice anew: narrator voices remove tiny, narrator voices add tiny"
_ONE_THREAD = dict.fromkeys(
    ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"], "1"
)


class Tiny(Engine):
    """The engine `tiny`: up to `workers` processes, each started when it is first needed.

    It may be used from as many threads at a time as it has workers; from more, some wait.
    """

    name = "tiny"
    version = f"{PIN.version}.{_FORMAT}+espeak-{Espeak.version}"

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or count_cores()
        self._children = [Child("the voice tiny", _REMEDY, ["-c", _PROGRAM], _ONE_THREAD) for _ in range(self.workers)]
        # Last in, first out: one thread alone keeps to one process.
        self._idle: queue.LifoQueue[Child] = queue.LifoQueue()
        for child in reversed(self._children):
            self._idle.put(child)
        self._espeak = Espeak()
        self._transcribing = threading.Lock()

    def languages(self) -> Collection[str]:
        """English alone."""
        return ["en"]

    def voices(self, language: str) -> Collection[str]:
        """The one speaker there is, for English of any region."""
        return ["default"] if language.lower().partition("-")[0] == "en" else []

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text; the same text always gives the same samples. One without words is a moment of silence."""
        breaths = split_breaths(word_english(text))
        if not breaths:
            return make_silent_clip(text)
        is_cue = sum(count_words(clause.words) for breath in breaths for clause in breath) <= _CUE_WORDS
        spoken = [self._speak_breath(breath, voice.pace, [_CUE_LEAD] if is_cue else []) for breath in breaths]
        pause = np.zeros((ms_to_samples(_BREATH), 1), np.float32)
        return make_clip(text, np.concatenate([part for samples in spoken for part in (pause, samples)][1:]))

    def load(self) -> None:
        """Start one process and have it read the weights, as the first text would."""
        self._ask({})

    def close(self) -> None:
        """End the processes."""
        self._espeak.close()
        for child in self._children:
            child.close()

    def _speak_breath(self, breath: Sequence[Clause], pace: float, lead: Sequence[Phone]) -> Samples:
        """Samples at 48 kHz, shape (frames, 1); `lead` comes before the breath, but is not heard."""
        start, *phones = self._transcribe(breath)
        head, samples = self._ask(
            {
                **asdict(make_ids([start, *lead, *phones])),
                "speed": SPEED * pace,
                "noise": NOISE,
                "seed": _make_seed(phones),
                # With the start, and a blank before each; the blank after it is kept, for the first sound rises in it.
                "lead": 2 + 2 * len(lead) if lead else 0,
            }
        )
        return resample_pcm(np.frombuffer(samples, "<f4"), head["rate"])

    def _transcribe(self, breath: Sequence[Clause]) -> list[Phone]:
        with self._transcribing:
            heard = self._espeak.transcribe([clause.words for clause in breath], _TRANSCRIBER)
        return read_clauses(zip(heard, [clause.stop for clause in breath], strict=True))

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        check_installed()
        child = self._idle.get()
        try:
            return child.ask({"checkpoint": str(find_checkpoint()), "digest": PIN.checkpoint_hash, **request})
        finally:
            self._idle.put(child)


def _make_seed(phones: Sequence[Phone]) -> int:
    """A number that follows from what is spoken alone, so that its noise does, too."""
    spoken = " ".join(f"{phone.symbol}{phone.stress}" for phone in phones)
    return int.from_bytes(hashlib.blake2b(spoken.encode(), digest_size=4).digest())
