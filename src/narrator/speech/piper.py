"""Piper's voices, offline: many languages, natural. Needs the extra `narrator[piper]`."""

import errno
import hashlib
import importlib.metadata
import importlib.util
import logging
import shutil
import tempfile
import threading
import time
import urllib.error
from collections.abc import Callable, Collection
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from narrator.errors import SpeechError, UsageError, describe_error
from narrator.sound.resample import resample_pcm
from narrator.speech.breaths import has_words
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.folder import find_voices_folder

if TYPE_CHECKING:
    from piper import PiperVoice

_EXAMPLE = "en_US-lessac-medium"
_SOURCE = "huggingface.co/rhasspy/piper-voices"
_SCRATCH = ".fetching-"
_STALL_S = 30.0
"""For how long nothing may come of a voice that is being fetched."""

# The library warns of each letter that a voice lacks; what it raises is told.
logging.getLogger("piper").setLevel(logging.CRITICAL)


class Piper(Engine):
    """The engine `piper`. A voice's noise is its own, so a clip that is made anew differs a little from the old one."""

    name = "piper"

    def __init__(self) -> None:
        _check_package()
        self._names = list_installed()
        if not self._names:
            raise SpeechError(f"piper has no voice yet; fetch one: narrator voices add piper:{_EXAMPLE}")
        self.version = importlib.metadata.version("piper-tts")
        self._load = cache(load_voice)

    def languages(self) -> Collection[str]:
        """Languages of the voices that are installed, with their regions."""
        return sorted({_read_language(name) for name in self._names})

    def voices(self, language: str) -> Collection[str]:
        """Names of the installed voices for a language, those of its region first."""
        wanted = language.lower()
        spoken = {name: _read_language(name).lower() for name in self._names}
        found = [name for name, code in spoken.items() if code.partition("-")[0] == wanted.partition("-")[0]]
        return sorted(found, key=lambda name: (spoken[name] != wanted, name))

    def settle_voice(self, voice: Voice) -> Voice:
        """A voice with a version that follows from its files: another model under its name is another voice."""
        digests = [_hash_file(path) for path in _list_files(voice.name, _find_folder())]
        return replace(voice, version=" ".join([self.version, *digests]))

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text; one without letters is a moment of silence."""
        if not has_words(text):
            return make_silent_clip(text)
        from piper import SynthesisConfig

        loaded = self._load(voice.name)
        how = SynthesisConfig(length_scale=loaded.config.length_scale / voice.pace)
        # Doubled brackets would have what is between them read as phonemes.
        chunks = list(loaded.synthesize(text.replace("[[", "[ ["), how))
        if not chunks:
            return make_silent_clip(text)
        pcm = np.concatenate([chunk.audio_int16_array for chunk in chunks])
        return make_clip(text, resample_pcm(pcm, loaded.config.sample_rate))


def _check_package() -> None:
    if not importlib.util.find_spec("piper"):
        raise SpeechError("the engine 'piper' is not installed; install it with: pip install 'narrator[piper]'")


def _read_language(name: str) -> str:
    """Language code of a voice: `en-US` of `en_US-lessac-medium`."""
    return name.partition("-")[0].replace("_", "-")


def _find_folder() -> Path:
    return find_voices_folder() / "piper"


def _list_files(name: str, folder: Path) -> list[Path]:
    return [folder / f"{name}.onnx", folder / f"{name}.onnx.json"]


def _hash_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()[:16]
    except OSError as error:
        raise SpeechError(f"cannot read {path}: {error.strerror or error}; run the command again") from error


def list_installed() -> list[str]:
    """Names of the voices that are there whole."""
    names = [path.name.removesuffix(".onnx") for path in sorted(_find_folder().glob("*.onnx"))]
    return [name for name in names if is_installed(name)]


def is_installed(name: str) -> bool:
    """Whether both files of a voice are there."""
    return all(path.is_file() for path in _list_files(name, _find_folder()))


def load_voice(name: str) -> "PiperVoice":
    """Load a voice that is installed.

    Raises:
        SpeechError: its files are damaged, or it needs more than its files.

    """
    remedy = f"fetch it anew: narrator voices remove piper:{name}, then narrator voices add piper:{name}"
    return _load(name, _find_folder(), remedy)


def _load(name: str, folder: Path, remedy: str) -> "PiperVoice":
    import onnxruntime
    from piper import PiperVoice

    # It would write warnings to standard error by itself.
    onnxruntime.set_default_logger_severity(4)
    model, config = _list_files(name, folder)
    try:
        voice = PiperVoice.load(model, config)
    except Exception as error:  # the library, and the one beneath it, raise what they will
        raise SpeechError(f"the voice piper:{name} cannot be read; {remedy}") from error
    if voice.config.phoneme_type.value not in {"espeak", "text"}:
        raise SpeechError(
            f"the voice piper:{name} fetches more while it speaks, which narrator does not do; take another"
        )
    return voice


def check_name(name: str | None) -> str:
    """Name of a voice that the downloader would take.

    Raises:
        UsageError: it would not.

    """
    _check_package()
    from piper.download_voices import VOICE_PATTERN

    if not name or not VOICE_PATTERN.fullmatch(name) or Path(name).name != name or not name.isprintable():
        raise UsageError(f"piper's voices have names such as piper:{_EXAMPLE}; {_SOURCE} lists them")
    return name


def describe(name: str) -> str:
    """What `install` fetches, from whom, and on which terms."""
    return (
        f"The voice piper:{name}: 20 to 120 MB from {_SOURCE}, by piper's own downloader.\n"
        "Each voice has a licence of its own: see MODEL_CARD beside it there."
    )


def install(name: str, report: Callable[[int, int | None], None]) -> None:
    """Fetch a voice; `report` is told how many bytes have come, and None, for nobody knows of how many.

    Raises:
        SpeechError: it cannot be had, or not whole; nothing of it is kept then.

    """
    folder = _find_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder, ignore_cleanup_errors=True) as scratch:
            _download(name, Path(scratch), report)
            _load(name, Path(scratch), f"what came from {_SOURCE} is damaged, and was not kept; run the command again")
            for path in _list_files(name, Path(scratch)):
                shutil.move(path, folder / path.name)
    except (OSError, HTTPException, ValueError) as error:  # an address that is none, an answer that is none
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or describe_error(error)
        raise SpeechError(
            f"the voice piper:{name} cannot be fetched from {_SOURCE}: {reason}; check its name, the network and the "
            "space on the disk, then run the command again"
        ) from error


def _download(name: str, scratch: Path, report: Callable[[int, int | None], None]) -> None:
    """Have piper's downloader put a voice into a folder; in a thread that is left behind when it is given up."""
    from piper.download_voices import download_voice

    future: Future[None] = Future()

    def run() -> None:
        try:
            download_voice(name, scratch)
            future.set_result(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again on the other side
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    come, last = 0, time.monotonic()
    while not wait([future], 0.2).done:
        found = sum(path.stat().st_size for path in scratch.iterdir())
        if found > come:
            come, last = found, time.monotonic()
        elif time.monotonic() - last > _STALL_S:
            raise TimeoutError(errno.ETIMEDOUT, f"nothing came for {_STALL_S:g} s")
        report(come, None)
    future.result()


def remove(name: str) -> None:
    """Delete a voice, or what is there of it.

    Raises:
        SpeechError: there is none of that name, or it cannot be deleted.

    """
    files = [path for path in _list_files(name, _find_folder()) if path.is_file()]
    if not files:
        raise SpeechError(f"the voice piper:{name} is not installed")
    try:
        for path in files:
            path.unlink()
    except OSError as error:
        raise SpeechError(f"cannot delete piper:{name}: {error.strerror or error}") from error
