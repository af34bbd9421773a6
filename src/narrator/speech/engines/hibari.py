"""The engine `hibari`: natural English voices, offline and fast, from the library hibari-tts.

One voice is part of the library; the others are downloaded once by its own downloader into narrator's folder of voices.
Its authors distilled each of them from a voice of Kokoro-82M, whose training data is partly synthetic speech.
"""

import hashlib
import importlib.metadata
import shutil
import threading
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from hibari import SAMPLE_RATE
from hibari import Hibari as Model
from hibari.dsp import FFT_BACKEND
from hibari.g2p import G2P
from hibari.voices import BASE_URL, DEFAULT, VOICES, download

from narrator.cores import count_cores
from narrator.errors import SpeechError, UsageError
from narrator.routine.nearest import suggest
from narrator.speech.engine import Engine, Installable, Report, Suggestion, Voice, read_base
from narrator.speech.folder import find_voices_folder, scratch_in
from narrator.speech.net.watched import explain, watch
from narrator.speech.runs import Run
from narrator.speech.text.breaths import count_words, cut_breaths
from narrator.speech.text.ipa import link_phonemes

if TYPE_CHECKING:
    from narrator.speech.clip import Clip

SPEED = 0.75
"""Speed relative to the voice's own, at pace 1: it reads at 220 words a minute, and guidance is slower."""
_CUE_WORDS = 2
"""A text with at most this many words is a cue ("Hold.")."""
_CUE_SPEED = 0.8
"""Lowest speed of a cue: cues that are spoken more slowly, and heard alone, are misheard more often."""
_SEED = 0
"""Seed of the noise in a voice: the same text always gives the same samples."""
_FORMAT = 2
"""Version of its clips; raise it with every change to what is made of a text."""


class Hibari(Engine):
    """Speaks in this process, with a thread per core; each voice is loaded when it is first needed."""

    name = "hibari"
    quality, licence, is_offline = "natural", "Apache-2.0", True
    prospects = ("en",)

    def __init__(self) -> None:
        self.workers = count_cores()
        self._models: dict[str, Any] = {}
        self._loading = threading.Lock()

    @property
    def version(self) -> str:  # type: ignore[override] # it is looked up only when needed
        """Everything that the samples depend on besides the voice."""
        libraries = " ".join(
            f"{name}-{importlib.metadata.version(name)}" for name in ("hibari-tts", "onnxruntime", "numpy")
        )
        return f"{_FORMAT} {libraries} {FFT_BACKEND}"

    def languages(self) -> Collection[str]:
        """English, of the regions whose voices are installed."""
        return ["en", *sorted({VOICES[name]["language"] for name in list_installed()})]

    def voices(self, language: str) -> Collection[str]:
        """Return the names of the installed voices for English, those of its region first."""
        if read_base(language) != "en":
            return []
        wanted = language.lower()
        return sorted(list_installed(), key=lambda name: VOICES[name]["language"].lower() != wanted and wanted != "en")

    def synthesize(self, text: str, voice: Voice) -> "Clip":
        """Speak a text; the same text always gives the same samples. A text without words is a moment of silence.

        Raises:
            SpeechError: the voice finds nothing to say in the text, or cannot be loaded.

        """
        return self.synthesize_runs([text], voice)

    def synthesize_runs(self, runs: Sequence[Run], voice: Voice) -> "Clip":
        """Speak a text in which some words are given as phonemes; see `synthesize`."""
        from narrator.sound.resample import resample_pcm
        from narrator.speech.clip import make_clip, make_silent_clip

        text = "".join(run if isinstance(run, str) else run.word for run in runs)
        breaths = cut_breaths(link_phonemes(runs, british=bool(VOICES[voice.name]["british"])))
        if not breaths:
            return make_silent_clip(text)
        model = self._load(voice.name)
        is_cue = sum(map(count_words, breaths)) <= _CUE_WORDS
        speed = max(SPEED * voice.pace, _CUE_SPEED if is_cue else 0)
        spoken = np.concatenate([model(breath, speed=speed, seed=_SEED) for breath in breaths])
        if not spoken.size:
            raise SpeechError(f"hibari finds nothing to say in {text[:40]!r}; it only speaks English")
        return make_clip(text, resample_pcm(spoken, SAMPLE_RATE))

    def takes_phonemes(self, voice: Voice) -> bool:  # noqa: ARG002 - each of them does
        """Return True: phonemes are written in misaki's alphabet."""
        return True

    def scripts(self, voice: Voice) -> Collection[str]:  # noqa: ARG002 - they are one for all
        """Return the script of English."""
        return ("LATIN",)

    def _load(self, name: str) -> Any:
        with self._loading:
            if name not in self._models:
                self._models[name] = _load_model(name)
            return self._models[name]

    @classmethod
    def find_installable(cls, name: str | None, language: str | None) -> Installable:
        """Return what downloads one of the voices that are not part of the library."""
        if language is not None and read_base(language) != "en":
            raise UsageError(f"hibari only speaks English; for voices that speak {language}, see: narrator voices")
        is_british = (language or "").lower() == "en-gb"
        voice = name or next(each for each in VOICES if VOICES[each]["british"] == is_british)
        if voice not in VOICES:
            raise UsageError(f"hibari has no voice {voice!r}; {suggest(voice, VOICES)}")
        return Installable(
            f"hibari:{voice}",
            partial(_describe, voice),
            partial(_is_installed, voice),
            partial(_install, voice),
            partial(_remove, voice),
        )

    @classmethod
    def suggest(cls, language: str) -> Suggestion | None:
        """Return the voice in the library; for British English one that may have to be downloaded."""
        if read_base(language) != "en":
            return None
        found = cls.find_installable(None, language)
        return Suggestion(found.name, () if found.is_installed() else (f"narrator voices add {found.name}",))


def list_installed() -> list[str]:
    """Return the names of the installed voices, the one in the library first."""
    return [name for name in VOICES if _is_installed(name)]


def _find_file(name: str) -> Path:
    return find_voices_folder() / "hibari" / str(VOICES[name]["file"])


def _is_installed(name: str) -> bool:
    return name == DEFAULT or _find_file(name).is_file()


def _load_model(name: str) -> Any:
    """Return a voice that can speak in any thread.

    Raises:
        SpeechError: its file is damaged.

    """
    voice = VOICES[name]
    # Loaded here, because the library would load it in whichever thread comes first.
    g2p = G2P(british=voice["british"])
    if name == DEFAULT:
        return Model(name, g2p=g2p)
    data = _check_file(_find_file(name), voice)
    return Model(name, model=data, g2p=g2p)


def _check_file(path: Path, voice: Mapping[str, Any]) -> bytes:
    """Return the bytes of a voice's file.

    Raises:
        SpeechError: it cannot be read, or is not the one that the library expects.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SpeechError(f"cannot read {path}: {error.strerror or error}; run the command again") from error
    if hashlib.sha256(data).hexdigest() != voice["sha256"]:
        raise SpeechError(
            f"{path.name} is not the file that hibari expects for this voice; it was not used. Remove the voice, "
            "and add it again"
        )
    return data


def _describe(name: str) -> str:
    voice = VOICES[name]
    return (
        f"The voice hibari:{name}: {voice['bytes'] / 1e6:.1f} MB from {BASE_URL.partition('/resolve')[0]}.\n"
        f"{voice['accent']} English, {voice['gender']}, distilled from {voice['kokoro']} of Kokoro-82M by Maureese "
        "Williams. Licence: Apache-2.0.\n"
        "Kokoro-82M was trained partly on synthetic speech."
    )


def _install(name: str, report: Report, source: Path | None) -> None:
    """Download a voice, or take its file from a folder.

    Raises:
        SpeechError: it did not arrive complete; nothing is kept.

    """
    if _is_installed(name):
        return
    path, voice = _find_file(name), VOICES[name]
    try:
        with scratch_in(path.parent) as scratch:
            fetched = scratch / path.name
            if source:
                shutil.copyfile(source / path.name, fetched)
            else:
                fetch = partial(download, BASE_URL + voice["file"], str(fetched), voice["sha256"])
                watch(fetch, scratch, report, voice["bytes"])
            _check_file(fetched, voice)
            fetched.chmod(0o644)
            fetched.replace(path)
    except (OSError, RuntimeError) as error:
        place = source / path.name if source else BASE_URL
        remedy = "check that this file is there" if source else "check the network and the space on the disk"
        raise SpeechError(
            f"the voice hibari:{name} cannot be downloaded from {place}: {explain(error)}; {remedy}, then run the "
            "command again"
        ) from error


def _remove(name: str) -> None:
    """Delete a downloaded voice.

    Raises:
        SpeechError: it was not downloaded, or cannot be deleted.

    """
    if name == DEFAULT:
        raise SpeechError(f"the voice hibari:{name} is part of narrator and cannot be removed")
    try:
        _find_file(name).unlink()
    except FileNotFoundError:
        raise SpeechError(f"the voice hibari:{name} is not installed") from None
    except OSError as error:
        raise SpeechError(f"cannot delete {_find_file(name)}: {error.strerror or error}") from error
