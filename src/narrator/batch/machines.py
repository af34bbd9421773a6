"""What tracks depend on that another machine may have otherwise: versions, voices, and sound files."""

import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from narrator import __version__
from narrator.errors import NarratorError
from narrator.paths import hash_file
from narrator.script import Bell, Recording
from narrator.session import Draft, find_role
from narrator.sound.processor import name_processor
from narrator.speech.cast import Role, cast_voice
from narrator.speech.engine import Voice

_PACKAGES = (
    "numpy", "av", "pydub", "hibari-tts", "onnxruntime", "espeakng-loader", "piper-tts", "sentencex", "unicode-rbnf",
)  # fmt: skip
"""Packages that decide how something sounds."""
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Wish:
    """A voice that is needed: what was asked for, what may speak instead, and what is to be spoken."""

    asked: str | None
    fallback: tuple[str, ...]
    role: Role


@dataclass(frozen=True, slots=True)
class Needs:
    """What sessions need of the machine that makes them: voices, and files by path with the digests of their bytes."""

    wishes: tuple[Wish, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine: its versions by package, its kind of processor, and, for each need, what it has."""

    versions: Mapping[str, str]
    processor: str
    voices: tuple[Voice | str, ...] = ()
    """The voice for each wish, or why it has none."""
    lost: tuple[str, ...] = ()
    """Files that it does not have, or that are not the same."""


def describe_machine(needs: Needs = Needs()) -> Machine:
    """Describe the machine that this process runs on."""
    lost = tuple(path for path, digest in needs.files if not _has_file(path, digest))
    return Machine(list_versions(), name_processor(), tuple(_find_voice(wish) for wish in needs.wishes), lost)


@cache
def list_versions() -> dict[str, str]:
    """Return the versions of narrator and of everything that decides how something sounds."""
    known = {name: _find_version(name) for name in _PACKAGES}
    return {"narrator": f"{__version__} ({_hash_source()})", "python": _name_python(), **known}


def _find_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return MISSING


def _name_python() -> str:
    return f"{platform.python_implementation()} {sys.version_info.major}.{sys.version_info.minor}"


def _hash_source() -> str:
    """Return a hash of narrator's own files, because a version under development has no number of its own."""
    root = Path(__file__).parents[1]
    total = hashlib.blake2b(digest_size=4)
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def _has_file(path: str, digest: str) -> bool:
    try:
        return hash_file(Path(path)) == digest
    except OSError:
        return False


def _find_voice(wish: Wish) -> Voice | str:
    try:
        return cast_voice(wish.asked, wish.fallback, wish.role, lambda _engine, voice: voice)[0]
    except NarratorError as error:
        return error.faults[0].message


def find_needs(drafts: Iterable[Draft]) -> Needs:
    """Return what sessions need of the machines that make them."""
    wishes, files = dict[Wish, None](), dict[tuple[str, str], None]()
    for draft in drafts:
        options, script = draft.request.options, draft.arrangement.script
        wishes[Wish(options.voice, options.fallback, replace(find_role(draft), mark=None))] = None
        sounds = [*(cue for cue in script.list_cues() if isinstance(cue, Bell | Recording)), script.bed]
        files |= {(sound.sound, sound.digest): None for sound in sounds if sound and sound.digest}
    return Needs(tuple(wishes), tuple(files))


def compare_machines(here: Machine, there: Machine) -> list[str]:
    """Return how another machine differs in what tracks depend on, each with the remedy.

    A package that only one of them has makes no difference by itself, because voices are compared, too.
    """
    faults = [
        f"it has {name} {found}, and this machine {wanted}; install the same version on both"
        for name, wanted in here.versions.items()
        if (found := there.versions.get(name, MISSING)) != wanted and MISSING not in {wanted, found}
    ]
    for voice, other in zip(here.voices, there.voices, strict=True):
        if isinstance(other, str):
            faults.append(f"it cannot speak: {other}")
        elif isinstance(voice, Voice) and other != voice:
            names = " and ".join(f"{each} ({each.version})" for each in (other, voice))
            faults.append(f"its voice differs from that of another worker: {names}; install the same voice on both")
    faults += (f"it does not have the file {path}; put it where all machines find it" for path in there.lost)
    return faults
