"""The loops under a session: the room tone and the bed."""

from functools import lru_cache

import av
import numpy as np

from narrator.cache import Cache, make_key
from narrator.errors import SoundError
from narrator.mix.kept import PIECE, Kept
from narrator.sound.audio import Samples
from narrator.sound.beds import loop_file, make_bed, measure_loop
from narrator.sound.catalog import BEDS, SPEECH
from narrator.sound.floor import TICKS, make_floor
from narrator.sound.loop import Loop, pack_loop
from narrator.sound.resample import decode_stereo
from narrator.units import Db, Lufs, Ms, db_to_ratio

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
    return Loop(f"floor {_FORMAT} {level}", TICKS, lambda _piece: pack_loop(make_floor(level)))


def open_bed(sound: str, digest: str, cache: Cache) -> Loop:
    """Open a bed at the loudness of speech: a built-in one, or a user's file with the digest of its bytes.

    Raises:
        SoundError: the file is not audio, too short, or silent.

    """
    return _open_file(sound, digest, cache) if digest else _open_made(sound, cache)


@lru_cache(maxsize=4)
def _open_made(sound: str, cache: Cache) -> Loop:
    kept = Kept(_SHELF, make_key(_FORMAT, sound), lambda: (make_bed(sound), {}), cache)
    return Loop(f"{sound} {_FORMAT}", BEDS[sound].ticks, kept.load, PIECE)


def _open_file(path: str, digest: str, cache: Cache) -> Loop:
    return Kept(_SHELF, make_key(_FORMAT, av.__version__, digest), lambda: (_make_loop(path, digest), {}), cache).open()


def _make_loop(path: str, digest: str) -> Samples:
    try:
        samples = loop_file(decode_stereo(path, _LONGEST, digest), _CROSSFADE)
    except ValueError as error:
        raise SoundError(f"{path} cannot be a bed: {error}") from error
    loudness = measure_loop(samples)
    if loudness <= _SILENT:
        raise SoundError(f"{path} is silent: choose another file for the bed")
    samples *= np.float32(db_to_ratio(SPEECH - loudness))
    return samples
