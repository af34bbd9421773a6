"""The engine `kokoro`: natural voices in seven languages, offline, by the model Kokoro-82M through onnxruntime."""

import importlib.metadata
import json
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
from hibari.g2p import G2P
from numpy.typing import NDArray

from narrator.cores import count_cores
from narrator.errors import SpeechError, UsageError
from narrator.routine.nearest import suggest
from narrator.sound.resample import resample_pcm
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Installable, Suggestion, Voice, read_base
from narrator.speech.engines import kokoro_files
from narrator.speech.engines import kokoro_parts as parts
from narrator.speech.engines.espeak import Espeak
from narrator.speech.engines.kokoro_files import list_installed, read_part
from narrator.speech.engines.kokoro_parts import TABLES, find_language, get_table
from narrator.speech.engines.kokoro_phonemes import ESPEAK_VOICES, number_phonemes, transcribe_english, transcribe_runs
from narrator.speech.runs import Run
from narrator.speech.text.breaths import count_words, cut_breaths
from narrator.speech.text.ipa import link_phonemes

RATE = 24_000
"""Sample rate of the model in Hz."""
SPEED = 0.8
"""Speed relative to the voice's own, at pace 1: it reads at the pace of an audiobook, and guidance is slower."""
_CUE_WORDS = 2
"""A text with at most this many words is a cue ("Hold.")."""
_CUE_SPEED = 1.0
"""Lowest speed of a cue: when slower, the model adds a sound before it, and most cues are misheard."""
_MOST_WORKERS = 4
"""Most threads; each takes several hundred MB while it speaks."""
_FORMAT = 2
"""Version of its clips; raise it with every change to what is made of a text."""
_LOADING = threading.Lock()


class Kokoro(Engine):
    """Speaks in this process, with a thread per core; all sessions share one model."""

    name = "kokoro"
    quality, licence, is_offline = "natural", "Apache-2.0", True
    prospects = tuple(dict.fromkeys(map(read_base, TABLES)))

    def __init__(self) -> None:
        self._names = list_installed()
        if not self._names:
            raise SpeechError("kokoro has no installed voice; narrator voices lists its voices, and how to add one")
        self.version = f"{_FORMAT} onnxruntime-{importlib.metadata.version('onnxruntime')}"
        self.workers = min(count_cores(), _MOST_WORKERS)
        self._espeak = Espeak()

    def languages(self) -> Collection[str]:
        """Languages of the installed voices, with their regions."""
        return [language for language, tables in TABLES.items() if not set(self._names).isdisjoint(tables)]

    def voices(self, language: str) -> Collection[str]:
        """Return the names of the installed voices for a language, those of its region first."""
        wanted = language.lower()
        spoken = {name: str(find_language(name)) for name in self._names}
        found = [name for name, code in spoken.items() if read_base(code) == read_base(wanted)]
        return sorted(found, key=lambda name: spoken[name].lower() != wanted)

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return a voice whose version depends on its model, its table, and the source of its phonemes."""
        package = "espeakng-loader" if find_language(voice.name) in ESPEAK_VOICES else "hibari-tts"
        hashes = f"{parts.MODEL.sha256[:16]} {get_table(voice.name).sha256[:16]}"
        return replace(voice, version=f"{self.version} {package}-{importlib.metadata.version(package)} {hashes}")

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text; the same text always gives the same samples. A text without words is a moment of silence.

        Raises:
            SpeechError: the voice finds nothing to say in the text, or cannot be loaded.

        """
        return self.synthesize_runs([text], voice)

    def synthesize_runs(self, runs: Sequence[Run], voice: Voice) -> Clip:
        """Speak a text in which some words are given as phonemes; see `synthesize`."""
        language = str(find_language(voice.name))
        text = "".join(run if isinstance(run, str) else run.word for run in runs)
        breaths = cut_breaths(text)
        if not breaths:
            return make_silent_clip(text)
        is_cue = sum(map(count_words, breaths)) <= _CUE_WORDS
        speed = max(SPEED * voice.pace, _CUE_SPEED if is_cue else 0)
        numbers = list(self._number(runs, language))
        if not numbers:
            raise SpeechError(f"kokoro finds nothing to say in {text[:40]!r}; is it in another language?")
        spoken = np.concatenate([_run(each, voice.name, speed) for each in numbers])
        return make_clip(text, resample_pcm(spoken, RATE))

    def takes_phonemes(self, voice: Voice) -> bool:  # noqa: ARG002 - each of them does
        """Return True: phonemes are written in the symbols of its vocabulary."""
        return True

    def scripts(self, voice: Voice) -> Collection[str]:
        """Return the scripts that the source of its phonemes can read: for English, the library's own."""
        return ("LATIN",) if read_base(voice.language) == "en" else self._espeak.scripts(voice)

    def _number(self, runs: Sequence[Run], language: str) -> Iterator[list[int]]:
        """Yield the numbers of a text's phonemes, breath by breath, in groups that the model accepts."""
        vocabulary = _load_vocabulary(parts.VOCABULARY.sha256)
        if code := ESPEAK_VOICES.get(language):
            ask = partial(self._espeak.transcribe, code=code)
            plain = "".join(run for run in runs if isinstance(run, str))
            is_plain = all(isinstance(run, str) for run in runs)
            breaths = [[breath] for breath in cut_breaths(plain)] if is_plain else [list(runs)]
            for breath in breaths:
                yield from number_phonemes(transcribe_runs(breath, language, ask), vocabulary)
            return
        is_british = language == "en-GB"
        for linked in cut_breaths(link_phonemes(runs, british=is_british)):
            yield from number_phonemes(transcribe_english(linked, _load_g2p(is_british)), vocabulary)

    def close(self) -> None:
        """Close the process that makes phonemes."""
        self._espeak.close()

    @classmethod
    def find_installable(cls, name: str | None, language: str | None) -> Installable:
        """Return what downloads a voice, by name, or the best one for a language."""
        voice = name or _choose_best(language)
        known = [each for tables in TABLES.values() for each in tables]
        if voice not in known:
            raise UsageError(f"kokoro has no voice {voice!r}; {suggest(voice, known)}")
        return Installable(
            f"kokoro:{voice}",
            partial(kokoro_files.describe, voice),
            partial(kokoro_files.is_installed, voice),
            partial(kokoro_files.install, voice),
            partial(kokoro_files.remove, voice),
        )

    @classmethod
    def suggest(cls, language: str) -> Suggestion | None:
        """Return an installed voice for a language, or else the best one that can be downloaded."""
        base = read_base(language)
        if base not in cls.prospects:
            return None
        installed = [name for name in list_installed() if read_base(str(find_language(name))) == base]
        if installed:
            return Suggestion(f"kokoro:{installed[0]}")
        best = _choose_best(language)
        return Suggestion(f"kokoro:{best}", (f"narrator voices add kokoro:{best}",))


def _choose_best(language: str | None) -> str:
    """Return the name of the best voice for a language, of its region if there is one.

    Raises:
        UsageError: there is none, or no language is given.

    """
    if language is None:
        raise UsageError("kokoro has voices in several languages; name one such as kokoro:ef_dora, or the language")
    codes = [code for code in TABLES if read_base(code) == read_base(language)]
    if not codes:
        spoken = ", ".join(Kokoro.prospects)
        raise UsageError(f"kokoro has no voice for {language!r}, only for {spoken}; see: narrator voices")
    codes.sort(key=lambda code: code.lower() != language.lower())
    return next(iter(TABLES[codes[0]]))


@cache
def _load_g2p(is_british: bool) -> G2P:
    with _LOADING:
        return G2P(british=is_british)


@cache
def _load_vocabulary(_sha256: str) -> dict[str, int]:
    vocabulary: dict[str, int] = json.loads(read_part(parts.VOCABULARY))["vocab"]
    return vocabulary


@cache
def _load_styles(name: str, _sha256: str) -> NDArray[np.float32]:
    """Return the table of a voice, shape (510, 256): a style for each number of phonemes."""
    return np.frombuffer(read_part(get_table(name)), "<f4").reshape(-1, 256)


_models: dict[str, Any] = {}
"""The loaded model, by its hash."""


def _load_model() -> Any:
    """Return the model, loaded once; onnxruntime gets the same bytes that were checked.

    Raises:
        SpeechError: its file is damaged.

    """
    with _LOADING:
        if parts.MODEL.sha256 not in _models:
            import onnxruntime

            # Otherwise it writes warnings to standard error.
            onnxruntime.set_default_logger_severity(4)
            options = onnxruntime.SessionOptions()
            # One thread per sentence: the number does not change the samples.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            data = read_part(parts.MODEL)
            _models[parts.MODEL.sha256] = onnxruntime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        return _models[parts.MODEL.sha256]


def _run(numbers: list[int], name: str, speed: float) -> NDArray[np.float32]:
    """Return the speech for at most 510 phonemes, at `RATE`."""
    styles = _load_styles(name, get_table(name).sha256)
    inputs = {
        # Zero marks the beginning and the end.
        "tokens": np.array([[0, *numbers, 0]], np.int64),
        "style": styles[len(numbers) - 1][None],
        "speed": np.array([speed], np.float32),
    }
    samples: NDArray[np.float32] = _load_model().run(None, inputs)[0].ravel()
    return samples
