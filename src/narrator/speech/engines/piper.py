"""The engine `piper`: natural voices for many languages, offline. Needs the extra `narrator[piper]`."""

import hashlib
import importlib.metadata
import importlib.util
import json
import logging
import shutil
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache, partial
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from narrator.errors import SpeechError, UsageError
from narrator.sound.resample import resample_pcm
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Installable, Report, Suggestion, Voice, read_base
from narrator.speech.folder import find_voices_folder, scratch_in
from narrator.speech.net.watched import explain, watch
from narrator.speech.runs import Run
from narrator.speech.text.breaths import has_words
from narrator.speech.text.ipa import to_piper
from narrator.speech.text.letters import list_scripts

if TYPE_CHECKING:
    from piper import PiperVoice

_EXAMPLE = "de_DE-thorsten-medium"
_SOURCE = "huggingface.co/rhasspy/piper-voices"
_SUGGESTED = {
    "ar": "ar_JO-kareem-medium", "ca": "ca_ES-upc_ona-medium", "cs": "cs_CZ-jirka-medium",
    "cy": "cy_GB-gwryw_gogleddol-medium", "da": "da_DK-talesyntese-medium", "de": "de_DE-thorsten-medium",
    "el": "el_GR-rapunzelina-low", "en": "en_US-lessac-medium", "es": "es_ES-davefx-medium",
    "fa": "fa_IR-amir-medium", "fi": "fi_FI-harri-medium", "fr": "fr_FR-siwis-medium", "hi": "hi_IN-pratham-medium",
    "hu": "hu_HU-anna-medium", "is": "is_IS-bui-medium", "it": "it_IT-paola-medium", "ka": "ka_GE-natia-medium",
    "kk": "kk_KZ-issai-high", "lb": "lb_LU-marylux-medium", "lv": "lv_LV-aivars-medium", "ml": "ml_IN-meera-medium",
    "ne": "ne_NP-google-medium", "nl": "nl_NL-pim-medium", "nb": "no_NO-talesyntese-medium",
    "pl": "pl_PL-gosia-medium", "pt": "pt_BR-faber-medium", "ro": "ro_RO-mihai-medium", "ru": "ru_RU-irina-medium",
    "sk": "sk_SK-lili-medium", "sl": "sl_SI-artur-medium", "sr": "sr_RS-serbski_institut-medium",
    "sv": "sv_SE-nst-medium", "sw": "sw_CD-lanfrica-medium", "tr": "tr_TR-dfki-medium",
    "uk": "uk_UA-ukrainian_tts-medium", "vi": "vi_VN-vais1000-medium", "zh": "zh_CN-huayan-medium",
}  # fmt: skip
"""A good voice for each language that has one, from the project's own list."""

# The library warns about each letter that a voice lacks; its errors are reported.
logging.getLogger("piper").setLevel(logging.CRITICAL)


class Piper(Engine):
    """The engine `piper`. A voice adds random noise, so a clip that is made again differs a little."""

    name = "piper"
    quality, licence, is_offline = "natural", "GPL-3.0-or-later, and each voice's own", True
    prospects = tuple(_SUGGESTED)

    def __init__(self) -> None:
        _check_package()
        self._names = list_installed()
        if not self._names:
            raise SpeechError("piper has no installed voice; narrator voices lists its voices, and how to add one")
        self.version = importlib.metadata.version("piper-tts")
        self._load = cache(load_voice)

    def languages(self) -> Collection[str]:
        """Languages of the installed voices, with their regions."""
        return sorted({_read_language(name) for name in self._names})

    def voices(self, language: str) -> Collection[str]:
        """Return the names of the installed voices for a language, those of its region first."""
        wanted = language.lower()
        spoken = {name: _read_language(name).lower() for name in self._names}
        found = [name for name, code in spoken.items() if read_base(code) == read_base(wanted)]
        return sorted(found, key=lambda name: (spoken[name] != wanted, name))

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return a voice with a version that depends on its files: another model of the same name is another voice."""
        digests = [_hash_file(path) for path in _list_files(voice.name, _find_folder())]
        return replace(voice, version=" ".join([self.version, *digests]))

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak a text; a text without letters is a moment of silence."""
        return self.synthesize_runs([text], voice) if has_words(text) else make_silent_clip(text)

    def synthesize_runs(self, runs: Sequence[Run], voice: Voice) -> Clip:
        """Speak a text in which some words are given as phonemes."""
        from piper import SynthesisConfig

        text = "".join(run if isinstance(run, str) else run.word for run in runs)
        loaded = self._load(voice.name)
        how = SynthesisConfig(length_scale=loaded.config.length_scale / voice.pace)
        chunks = list(loaded.synthesize(write_raw_phonemes(runs, voice.language), how))
        if not chunks:
            return make_silent_clip(text)
        pcm = np.concatenate([chunk.audio_int16_array for chunk in chunks])
        return make_clip(text, resample_pcm(pcm, loaded.config.sample_rate))

    def takes_phonemes(self, voice: Voice) -> bool:
        """Return whether a voice was trained on espeak-ng's phonemes, as nearly all were."""
        _, config = _list_files(voice.name, _find_folder())
        try:
            return bool(json.loads(config.read_text("utf-8")).get("phoneme_type", "espeak") == "espeak")
        except (OSError, ValueError, AttributeError):  # reported when the voice is loaded
            return False

    def scripts(self, voice: Voice) -> Collection[str]:
        """Return the scripts of the voice's language, and Latin, which espeak-ng reads as English."""
        return {*list_scripts(voice.language), "LATIN"}

    @classmethod
    def find_installable(cls, name: str | None, language: str | None) -> Installable:
        """Return what downloads a voice that piper's own downloader knows."""
        voice = check_name(name or (_SUGGESTED.get(read_base(language)) if language else None))
        return Installable(
            f"piper:{voice}",
            partial(describe, voice),
            partial(is_installed, voice),
            partial(install, voice),
            partial(remove, voice),
        )

    @classmethod
    def suggest(cls, language: str) -> Suggestion | None:
        """Return an installed voice for a language, or else a good one that can be downloaded."""
        base = read_base(language)
        installed = [name for name in list_installed() if read_base(_read_language(name)) == base]
        if installed and _is_package_there():
            return Suggestion(f"piper:{installed[0]}")
        if base not in _SUGGESTED:
            return None
        package = () if _is_package_there() else ("pip install 'narrator[piper]'",)
        add = () if installed else (f"narrator voices add piper:{_SUGGESTED[base]}",)
        return Suggestion(f"piper:{(*installed, _SUGGESTED[base])[0]}", (*package, *add))


def write_raw_phonemes(runs: Sequence[Run], language: str) -> str:
    """Return runs in piper's input syntax, with phonemes in double brackets; a text has none."""
    return "".join(
        run.replace("[[", "[ [") if isinstance(run, str) else f"[[ {to_piper(run.ipa, language)} ]]" for run in runs
    )


def _is_package_there() -> bool:
    return importlib.util.find_spec("piper") is not None


def _check_package() -> None:
    if not _is_package_there():
        raise SpeechError("the engine 'piper' is not installed; install it with: pip install 'narrator[piper]'")


def _read_language(name: str) -> str:
    """Return the language code of a voice: `en-US` for `en_US-lessac-medium`."""
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
    """Return the names of the completely installed voices."""
    names = [path.name.removesuffix(".onnx") for path in sorted(_find_folder().glob("*.onnx"))]
    return [name for name in names if is_installed(name)]


def is_installed(name: str) -> bool:
    """Return whether both files of a voice are there."""
    return all(path.is_file() for path in _list_files(name, _find_folder()))


def load_voice(name: str) -> "PiperVoice":
    """Load an installed voice.

    Raises:
        SpeechError: its files are damaged, or it needs more than its files.

    """
    remedy = f"download it again: narrator voices remove piper:{name}, then narrator voices add piper:{name}"
    return _load(name, _find_folder(), remedy)


def _load(name: str, folder: Path, remedy: str) -> "PiperVoice":
    import onnxruntime
    from piper import PiperVoice

    # Otherwise it writes warnings to standard error.
    onnxruntime.set_default_logger_severity(4)
    model, config = _list_files(name, folder)
    try:
        voice = PiperVoice.load(model, config)
    except Exception as error:  # the library and those below it raise many types
        raise SpeechError(f"the voice piper:{name} cannot be read; {remedy}") from error
    if voice.config.phoneme_type.value not in {"espeak", "text"}:
        raise SpeechError(
            f"the voice piper:{name} downloads more while it speaks, which narrator does not allow; use another one"
        )
    return voice


def check_name(name: str | None) -> str:
    """Return the name of a voice, if the downloader would accept it.

    Raises:
        UsageError: it would not.

    """
    _check_package()
    from piper.download_voices import VOICE_PATTERN

    if not name or not VOICE_PATTERN.fullmatch(name) or Path(name).name != name or not name.isprintable():
        raise UsageError(f"piper's voices have names such as piper:{_EXAMPLE}; {_SOURCE} lists them")
    return name


def describe(name: str) -> str:
    """Return a description of what `install` downloads, its source, and its terms."""
    return (
        f"The voice piper:{name}: 20 to 120 MB from {_SOURCE}, by piper's own downloader.\n"
        "Each voice has a licence of its own: see MODEL_CARD beside it there."
    )


def install(name: str, report: Report, source: Path | None) -> None:
    """Download a voice, or take its two files from a folder; `report` receives how many bytes have arrived.

    Raises:
        SpeechError: it is not available, or did not arrive complete; nothing is kept.

    """
    from piper.download_voices import download_voice

    folder, place = _find_folder(), source or _SOURCE
    try:
        with scratch_in(folder) as scratch:
            if source:
                for path in _list_files(name, source):
                    shutil.copy(path, scratch)
            else:
                watch(partial(download_voice, name, scratch), scratch, report)
            _load(name, scratch, f"the download from {place} is damaged, and was not kept; run the command again")
            for path in _list_files(name, scratch):
                shutil.move(path, folder / path.name)
    except (OSError, HTTPException, ValueError) as error:  # a bad address, or a bad answer
        raise SpeechError(
            f"the voice piper:{name} cannot be downloaded from {place}: {explain(error)}; check its name, the network "
            "and the space on the disk, then run the command again"
        ) from error


def remove(name: str) -> None:
    """Delete a voice, or any part of it that is there.

    Raises:
        SpeechError: there is no voice of that name, or it cannot be deleted.

    """
    files = [path for path in _list_files(name, _find_folder()) if path.is_file()]
    if not files:
        raise SpeechError(f"the voice piper:{name} is not installed")
    try:
        for path in files:
            path.unlink()
    except OSError as error:
        raise SpeechError(f"cannot delete piper:{name}: {error.strerror or error}") from error
