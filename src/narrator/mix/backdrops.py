"""The loops under a session: the room tone and the bed."""

from functools import lru_cache
from typing import TYPE_CHECKING

from narrator.cache import Cache, make_key
from narrator.errors import SoundError
from narrator.mix.kept import PIECE, Kept
from narrator.sound.catalog import BEDS, FLOOR_TICKS, SPEECH
from narrator.sound.loop import Loop, Pcm, pack_loop
from narrator.units import Db, Lufs, Ms, db_to_ratio
from narrator.versions import find_version

if TYPE_CHECKING:
    from narrator.sound.samples import Samples

_SHELF = "beds"
_FORMAT = 4
"""Version of the cached beds; raise it with every change to how a bed sounds."""
_LONGEST: Ms = 10 * 60_000
"""Longest part of a user's file that is looped."""
_CROSSFADE: Ms = 4000
_SILENT: Lufs = -70.0


@lru_cache(maxsize=4)
def open_floor(level: Db) -> Loop:
    """Open the room tone at a level in dBFS."""

    def load(_piece: int) -> Pcm:
        from narrator.sound.floor import make_floor

        return pack_loop(make_floor(level))

    return Loop(f"floor {_FORMAT} {level}", FLOOR_TICKS, load)


def open_bed(sound: str, digest: str, cache: Cache) -> Loop:
    """Open a bed at the loudness of speech: a built-in one, or a user's file with the digest of its bytes.

    Raises:
        SoundError: the file is not audio, too short, or silent.

    """
    return _open_file(sound, digest, cache) if digest else _open_made(sound, cache)


@lru_cache(maxsize=4)
def _open_made(sound: str, cache: Cache) -> Loop:
    def make() -> tuple["Samples", dict[str, object]]:
        from narrator.sound.beds import make_bed

        return make_bed(sound), {}

    kept = Kept(_SHELF, make_key(_FORMAT, sound), make, cache)
    return Loop(f"{sound} {_FORMAT}", BEDS[sound].ticks, kept.load, PIECE)


def _open_file(path: str, digest: str, cache: Cache) -> Loop:
    key = make_key(_FORMAT, find_version("av"), digest)
    return Kept(_SHELF, key, lambda: (_make_loop(path, digest), {}), cache).open()


def _make_loop(path: str, digest: str) -> "Samples":
    import numpy as np

    from narrator.sound.beds import loop_file, measure_loop
    from narrator.sound.resample import decode_stereo

    try:
        samples = loop_file(decode_stereo(path, _LONGEST, digest), _CROSSFADE)
    except ValueError as error:
        raise SoundError(f"{path} cannot be a bed: {error}") from error
    loudness = measure_loop(samples)
    if loudness <= _SILENT:
        raise SoundError(f"{path} is silent: choose another file for the bed")
    samples *= np.float32(db_to_ratio(SPEECH - loudness))
    return samples
