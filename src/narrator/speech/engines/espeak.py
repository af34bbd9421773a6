"""espeak-ng, embedded: every language, no network, in a child process of its own."""

import importlib.metadata
import os
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from narrator.sound.resample import resample_pcm
from narrator.speech.child import Child
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.text.breaths import has_words
from narrator.speech.text.wording.en import word_english

WORDS_PER_MINUTE = 140
"""Speed at pace 1."""
_FORMAT = 2
"""Raised whenever what is made of a text changes."""
_PREFERRED = {"en": "en-us", "fr": "fr-fr", "zh": "cmn"}
"""Voice for a language that espeak-ng lists under longer codes only, or under several."""


class Espeak(Engine):
    """The engine `espeak`: one child process, which forks for each sentence (see `espeak_child`)."""

    name = "espeak"
    quality, licence, is_offline = "robotic", "GPL-3.0-or-later", True
    version = f"{importlib.metadata.version('espeakng-loader')}.{_FORMAT}"

    def __init__(self) -> None:
        # By its path, not as a module: the child then starts without everything that narrator itself loads.
        self._child = Child("espeak-ng", "try another voice", [str(Path(__file__).with_name("espeak_child.py"))])

    @cached_property
    def _voices(self) -> list[str]:
        return list(self._ask({"list": True})[0]["voices"])

    def languages(self) -> Collection[str]:
        """Codes as espeak-ng writes them."""
        return self._voices

    def voices(self, language: str) -> Collection[str]:
        """Codes of the language and its regions, the preferred one first."""
        wanted = language.lower()
        base = wanted.partition("-")[0]
        regions = [code for code in self._voices if code.partition("-")[0] == base or code == _PREFERRED.get(base)]
        first = [code for code in (wanted if wanted != base else None, _PREFERRED.get(base), base) if code in regions]
        return list(dict.fromkeys([*first, *regions]))

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text; the same text always gives the same samples. One without words is a moment of silence."""
        words = word_english(text) if voice.language.lower().partition("-")[0] == "en" else text
        if not has_words(words):
            return make_silent_clip(text)
        speed = round(WORDS_PER_MINUTE * voice.pace)
        head, pcm = self._ask({"text": words, "voice": voice.name, "words_per_minute": speed})
        return make_clip(text, resample_pcm(np.frombuffer(pcm, "<i2"), head["rate"]))

    def transcribe(self, clauses: Sequence[str], code: str) -> list[str]:
        """What each clause sounds like in a voice, in the International Phonetic Alphabet.

        Words are parted by spaces, the sounds of a word by `_`; stress stands before its vowel.
        """
        answer: list[str] = self._ask({"transcribe": list(clauses), "voice": code})[0]["clauses"]
        return answer

    def close(self) -> None:
        """End the child process."""
        self._child.close()

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        answer = self._child.ask(request)
        if not hasattr(os, "fork"):
            self._child.stop()
        return answer
