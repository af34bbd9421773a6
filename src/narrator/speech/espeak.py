"""espeak-ng, embedded: every language, no network, in a child process of its own."""

import contextlib
import importlib.metadata
import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from narrator.errors import SpeechError
from narrator.sound.resample import resample_pcm
from narrator.speech.clip import Clip, make_clip
from narrator.speech.engine import Engine, Voice

WORDS_PER_MINUTE = 140
"""Speed at pace 1."""
_PREFERRED = {"en": "en-us", "fr": "fr-fr", "zh": "cmn"}
"""Voice for a language that espeak-ng lists under longer codes only, or under several."""


class Espeak(Engine):
    """The engine `espeak`: one child process, which forks for each sentence (see `espeak_child`)."""

    name = "espeak"
    version = importlib.metadata.version("espeakng-loader")

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        # Closing waits for the sentence that is being spoken.
        self._lock = threading.RLock()

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
        """Speak a text; the same text always gives the same samples."""
        speed = round(WORDS_PER_MINUTE * voice.pace)
        head, pcm = self._ask({"text": text, "voice": voice.name, "words_per_minute": speed})
        return make_clip(text, resample_pcm(np.frombuffer(pcm, "<i2"), head["rate"]))

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            child, self._child = self._child, None
        if child:
            try:
                with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                    child.communicate(timeout=5)
            finally:
                child.kill()
                child.wait()

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Send a request to the child; answers its JSON line and the bytes after it."""
        with self._lock:
            return self._ask_alone(request)

    def _ask_alone(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        try:
            child = self._child = self._child or _start_child()
        except OSError as error:
            raise SpeechError(f"espeak-ng cannot be started: {error.strerror or error}") from error
        if child.stdin is None or child.stdout is None:  # pragma: no cover - Popen was told to make both
            raise SpeechError("espeak-ng cannot be reached")
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            line = child.stdout.readline()
            head: dict[str, Any] = json.loads(line) if line else {"error": "espeak-ng stopped without a word"}
            body = child.stdout.read(head.get("bytes", 0))
        except (OSError, ValueError) as error:
            head, body = {"error": f"espeak-ng cannot be reached: {error}"}, b""
        if "error" in head or len(body) < head["bytes"]:
            self.close()
            raise SpeechError(f"{head.get('error', 'espeak-ng stopped in mid-sentence')}; try another --voice")
        if not hasattr(os, "fork"):
            self.close()
        return head, body


def _start_child() -> subprocess.Popen[bytes]:
    # By its path, not as a module: the child then starts without everything that narrator itself loads.
    return subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-P", str(Path(__file__).with_name("espeak_child.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
