"""The engine `recorded`: a person's own recordings, a folder of sound files with a manifest."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from narrator.config import find_config
from narrator.errors import Fault, Mark, RoutineError, SoundError, SpeechError, UnspeakableError, UsageError
from narrator.paths import hash_file, is_file, make_digest
from narrator.routine.nearest import suggest
from narrator.sound.clean import VERSION, clean_speech, trim_noise
from narrator.sound.resample import decode_part
from narrator.speech.clip import Clip, make_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.takes.manifest import MANIFEST, Entry, Manifest, read_manifest
from narrator.units import Ms

LONGEST: Ms = 10 * 60_000
"""Longest recording of a sentence."""
_LEVEL = 0.5
"""Peak of a clip as it is stored: its loudness is set later, and 16 bits should be used."""
_SHOWN = 6
"""Number of missing sentences that a message shows."""
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a voice was found, and whether the user named that folder."""

    folder: Path
    is_trusted: bool


class Recorded(Engine):
    """The engine `recorded`: its voices are folders, beside the routine or named in the configuration."""

    name = "recorded"
    version = str(VERSION)
    quality, licence, is_offline = "its own", "its own", True
    takes_any_name = True
    takes_text_as_written = True
    settings = dict[str, str]

    def __init__(self, named: Mapping[str, str]) -> None:
        base = find_config().parent if named else Path()
        self._named = {name: base / _expand(path) for name, path in named.items()}
        self._folders: tuple[Path, ...] = ()
        self._is_asked = False
        self._known: dict[Path, Manifest] = {}

    def look_in(self, folders: Sequence[Path], *, is_asked: bool) -> None:
        """Take note of the routine's folder and others; a user may name any folder, a routine only one of these."""
        self._folders, self._is_asked = tuple(folders), is_asked

    def languages(self) -> Collection[str]:
        """Return the languages of the voices in the configuration."""
        manifests = self._list_manifests()
        return list(dict.fromkeys(manifest.file.language for manifest in manifests.values()))

    def voices(self, language: str) -> Collection[str]:
        """Return the voices of a language in the configuration and directly in the folders."""
        return [name for name, known in self._list_manifests().items() if known.speaks(language)]

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return a voice with its folder; its pace is that of the person.

        Raises:
            UsageError: there is no such folder.
            RoutineError: its manifest is not valid.
            SpeechError: it is in another language.

        """
        place = self._find(voice.name)
        if not place:
            raise UsageError(self._describe_unknown(voice.name))
        manifest = self._read(place.folder)
        if not manifest.speaks(voice.language):
            raise SpeechError(
                f"{voice} is recorded in {manifest.file.language!r}, not in {voice.language!r}; choose that language, "
                "or another voice",
                options=("language", "voice"),
            )
        return replace(voice, pace=1.0, folder=place.folder)

    def identify(self, text: str, voice: Voice) -> str:
        """Return the digest of a recording, its bounds and the version of what is done to it; "" if there is none."""
        with suppress(RoutineError, UnspeakableError):
            manifest, entry = self._need_entry(text, voice)
            path = self._find_file(manifest, entry, voice)
            known = _hash_recording(path, entry), entry.from_, entry.to, manifest.file.clean, VERSION
            return make_digest(repr(known).encode())
        return ""

    def review_texts(self, texts: Mapping[str, Mark], voice: Voice) -> Sequence[Fault]:
        """Return a warning for each doubtful recording.

        Raises:
            UnspeakableError: texts have no recording; one fault names them.
            RoutineError: files are not there; it has a fault for each.

        """
        manifest = self._read_voice(voice)
        if missing := [text for text in texts if not manifest.find_entry(text)]:
            raise UnspeakableError(_describe_missing(missing, len(texts), voice), texts[missing[0]])
        entries = [entry for text in texts if (entry := manifest.find_entry(text))]
        faults: list[Fault] = []
        for entry in entries:
            try:
                self._find_file(manifest, entry, voice)
            except RoutineError as error:
                faults += error.faults
        if faults:
            raise RoutineError.gather(faults)
        return [_warn_of(entry) for entry in entries if entry.state == "doubtful"]

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Return the recording of a text, cleaned and trimmed."""
        manifest, entry = self._need_entry(text, voice)
        path = self._find_file(manifest, entry, voice)
        start = entry.from_ or 0
        end = start + LONGEST + 1 if entry.to is None else entry.to
        try:
            samples = decode_part(path, start, end, _hash_recording(path, entry))
        except SoundError as error:
            raise UnspeakableError(error.faults[0].message, entry.find_mark("file")) from error
        if len(samples) > LONGEST * 48:
            raise UnspeakableError(f"{path} is too long for one sentence; cut it", entry.find_mark("file"))
        if manifest.file.clean == "gentle":
            samples = clean_speech(samples)
        samples = trim_noise(samples)
        return make_clip(text, samples * np.float32(_LEVEL / max(float(np.abs(samples).max(initial=0.0)), 1e-6)))

    def _need_entry(self, text: str, voice: Voice) -> tuple[Manifest, Entry]:
        manifest = self._read_voice(voice)
        entry = manifest.find_entry(text)
        if not entry:
            raise UnspeakableError(_describe_missing([text], 1, voice))
        return manifest, entry

    def _find_file(self, manifest: Manifest, entry: Entry, voice: Voice) -> Path:
        place = self._find(voice.name)
        return manifest.find_file(entry, is_trusted=bool(place and place.is_trusted))

    def _read_voice(self, voice: Voice) -> Manifest:
        return self._read(voice.folder or Path(voice.name))

    def _read(self, folder: Path) -> Manifest:
        if folder not in self._known:
            self._known[folder] = read_manifest(folder)
        return self._known[folder]

    def _find(self, name: str) -> _Place | None:
        """Return where a voice is: in the configuration, in or below the folders, or, if the user says so, anywhere."""
        if name in self._named:
            return _Place(self._named[name], is_trusted=True)
        for folder in self._folders:
            if _has_voice(folder, name):
                return _Place(folder / name, is_trusted=False)
        if self._is_asked and is_file(_expand(name) / MANIFEST):
            return _Place(_expand(name), is_trusted=True)
        return None

    def _list_manifests(self) -> dict[str, Manifest]:
        """Return the voices by name; one in the configuration must be valid, others are left out if they are not."""
        found = {name: self._read(folder) for name, folder in self._named.items()}
        for path in self._list_beside():
            with suppress(RoutineError):
                found.setdefault(path.name, self._read(path))
        return found

    def _list_beside(self) -> Iterator[Path]:
        for folder in self._folders:
            with suppress(OSError):
                yield from sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))

    def _describe_unknown(self, name: str) -> str:
        known = [*self._named, *(path.name for path in self._list_beside())]
        advice = suggest(name, known) if known else "narrator voices cut makes one from a take"
        return (
            f"there is no recorded voice {name!r}: no folder of that name with a {MANIFEST} is beside the routine, and "
            f"[recorded] in the configuration file does not name one; {advice}"
        )


def _expand(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _has_voice(folder: Path, name: str) -> bool:
    """Return whether a folder has a voice of that name in it or below it, with links resolved."""
    try:
        root = folder.resolve()
        path = (root / name).resolve()
    except (OSError, RuntimeError, ValueError):
        return False
    return path.is_relative_to(root) and is_file(path / MANIFEST)


def _hash_recording(path: Path, entry: Entry) -> str:
    try:
        return hash_file(path)
    except OSError as error:
        raise UnspeakableError(f"cannot read {path}: {error.strerror or error}", entry.find_mark("file")) from error


def _describe_missing(missing: Sequence[str], total: int, voice: Voice) -> str:
    shown = ", ".join(map(_shorten, missing[:_SHOWN]))
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    return (
        f"{voice} has no recording of {len(missing)} of {total} sentences: {shown}{more}; "
        "narrator voices sheet lists what to read, and narrator voices cut adds it from a take"
    )


def _shorten(text: str) -> str:
    plain = re.sub(r"\s+", " ", text)
    return repr(plain if len(plain) <= _SHOWN_CHARACTERS else f"{plain[:_SHOWN_CHARACTERS]}...")


def _warn_of(entry: Entry) -> Fault:
    return Fault(
        f"the recording of {_shorten(entry.sentence)} is doubtful; listen to {entry.file}, and write 'state: good', or "
        "record it again",
        entry.find_mark("state"),
    )
