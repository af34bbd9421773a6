"""The engine `espeak`: espeak-ng in a child process, for every language, without network."""

import importlib.metadata
import importlib.util
import os
import re
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrator.errors import SpeechError
from narrator.speech.child import Child
from narrator.speech.engine import Engine, Voice, read_base
from narrator.speech.runs import Run
from narrator.speech.text.breaths import has_words
from narrator.speech.text.ipa import to_espeak
from narrator.speech.text.letters import list_scripts

if TYPE_CHECKING:
    from narrator.speech.clip import Clip

WORDS_PER_MINUTE = 140
"""Speed at pace 1, in words per minute."""
_CODE = re.compile(r"^language\s+(\S+)", re.MULTILINE)
_FORMAT = 3
"""Version of its clips; raise it with every change to what is made of a text."""
_PREFERRED = {"en": "en-us", "fr": "fr-fr", "zh": "cmn"}
"""Voice for a language that espeak-ng lists only under longer codes, or under several."""
_EVERYWHERE = frozenset({
    "LATIN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "HANGUL",
})  # fmt: skip
"""Scripts whose words espeak-ng reads in their own language, whatever the voice; it spells the others."""
_UNREAD = {"ja": {"CJK"}, "ko": {"CJK"}}
"""Scripts of a language that its voice lacks: it calls each character "Chinese letter"."""


class Espeak(Engine):
    """The engine `espeak`: one child process, which forks for each sentence (see `espeak_child`)."""

    name = "espeak"
    quality, licence, is_offline = "robotic", "GPL-3.0-or-later", True
    version = f"{importlib.metadata.version('espeakng-loader')}.{_FORMAT}"

    def __init__(self) -> None:
        # By path, not as a module: so the child starts without everything that narrator itself loads.
        self._child = Child("espeak-ng", "try another voice", [str(Path(__file__).with_name("espeak_child.py"))])

    @cached_property
    def _voices(self) -> list[str]:
        return list_codes()

    def languages(self) -> Collection[str]:
        """Codes as espeak-ng writes them."""
        return self._voices

    def voices(self, language: str) -> Collection[str]:
        """Return the codes of the language and its regions, the preferred one first."""
        wanted = language.lower()
        base = read_base(language)
        regions = [code for code in self._voices if read_base(code) == base or code == _PREFERRED.get(base)]
        first = [code for code in (wanted if wanted != base else None, _PREFERRED.get(base), base) if code in regions]
        return list(dict.fromkeys([*first, *regions]))

    def synthesize(self, text: str, voice: Voice) -> "Clip":
        """Speak a text; the same text always gives the same samples. A text without words is a moment of silence."""
        from narrator.speech.clip import make_silent_clip

        return self._speak(text, text, voice) if has_words(text) else make_silent_clip(text)

    def synthesize_runs(self, runs: Sequence[Run], voice: Voice) -> "Clip":
        """Speak a text in which some words are given as phonemes."""
        text = "".join(run if isinstance(run, str) else run.word for run in runs)
        return self._speak(text, write_mnemonics(runs, voice.language), voice, has_phonemes=True)

    def takes_phonemes(self, voice: Voice) -> bool:  # noqa: ARG002 - each of them does
        """Return True: phonemes are written as mnemonics in double brackets."""
        return True

    def scripts(self, voice: Voice) -> Collection[str]:
        """Return the scripts of the language, and those that espeak-ng reads within any."""
        return {*list_scripts(voice.language), *_EVERYWHERE} - _UNREAD.get(read_base(voice.language), set())

    def _speak(self, text: str, words: str, voice: Voice, *, has_phonemes: bool = False) -> "Clip":
        import numpy as np

        from narrator.sound.resample import resample_pcm
        from narrator.speech.clip import make_clip

        speed = round(WORDS_PER_MINUTE * voice.pace)
        asked = {"text": words, "voice": voice.name, "words_per_minute": speed, "phonemes": has_phonemes}
        head, pcm = self._ask(asked)
        return make_clip(text, resample_pcm(np.frombuffer(pcm, "<i2"), head["rate"]))

    def transcribe(self, clauses: Sequence[str], code: str) -> list[str]:
        """Return the sounds of each clause in a voice, in the International Phonetic Alphabet.

        Words are separated by spaces; the letters of one sound are tied by `^`; stress comes before its vowel. A word
        of another language is surrounded by the codes of that language and of the voice's, in parentheses.
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


def list_codes() -> list[str]:
    """Return the codes of all voices: the first one in the file of each (espeak-ng's documentation, "Voice files").

    The files are read here, because starting the child process for a list takes several times as long. Whether the
    library can be loaded is seen when it speaks.

    Raises:
        SpeechError: there are no such files, or they cannot be read.

    """
    package = importlib.util.find_spec("espeakng_loader")
    folder = Path(package.origin or "").with_name("espeak-ng-data") / "lang" if package else Path()
    try:
        texts = [file.read_text("utf-8", "replace") for file in folder.rglob("*") if package and file.is_file()]
    except OSError as error:
        raise SpeechError(f"espeak-ng's voices cannot be read: {error}; try another voice") from error
    codes = {code[1] for text in texts if (code := _CODE.search(text))}
    if not codes:
        raise SpeechError(f"espeak-ng has no voices in {folder}; install espeakng-loader again, or try another voice")
    return sorted(codes)


def write_mnemonics(runs: Sequence[Run], language: str) -> str:
    """Return runs in espeak-ng's input syntax, with mnemonics, and nothing else, in double brackets."""
    return "".join(
        run.replace("[[", "[ [")
        if isinstance(run, str)
        else " ".join(f"[[{word}]]" for word in to_espeak(run.ipa, language))
        for run in runs
    )
