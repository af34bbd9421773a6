"""What lies beneath a session, as loops: the room tone, and the bed that was asked for."""

import json
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from narrator.cache import Cache, make_key, replace_file
from narrator.errors import OutsideError, SoundError
from narrator.sound.beds import BEDS, LOUDNESS, loop_file, make_bed, measure_loop
from narrator.sound.floor import TICKS, make_floor
from narrator.sound.loop import Loop, Pcm, pack_loop
from narrator.sound.resample import decode_stereo
from narrator.units import TICK_SAMPLES, Db, Lufs, Ms, db_to_ratio

_SHELF = "beds"
_FORMAT = 1
"""Raised whenever the same bed would sound otherwise."""
_LONGEST: Ms = 10 * 60_000
"""So much of a user's file is looped."""
_CROSSFADE: Ms = 4000
_SILENT: Lufs = -70.0


@lru_cache(maxsize=4)
def open_floor(level: Db) -> Loop:
    """The room tone at a level in dBFS."""
    return Loop(f"floor {_FORMAT} {level}", TICKS, lambda: pack_loop(make_floor(level)))


def open_bed(sound: str, digest: str, cache: Cache) -> Loop:
    """A bed at the loudness of speech: one that narrator makes, or a user's file with the digest of its bytes.

    Raises:
        SoundError: the file is no sound, too short, or silent.

    """
    return _open_file(sound, digest, cache) if digest else _open_made(sound)


@lru_cache(maxsize=4)
def _open_made(sound: str) -> Loop:
    return Loop(f"{sound} {_FORMAT}", BEDS[sound], lambda: pack_loop(make_bed(sound)))


def _open_file(path: str, digest: str, cache: Cache) -> Loop:
    """A user's file, decoded once and kept: a long one would fill the memory."""
    key = make_key(_FORMAT, digest)
    place = cache.path(_SHELF, f"{key}.pcm")
    known = cache.get(_SHELF, key)
    head = json.loads(known) if known else None
    if head is None or not place.is_file() or place.stat().st_size != head["ticks"] * TICK_SAMPLES * 4:
        pcm, scale = pack_loop(_make_loop(path, digest))
        head = {"ticks": len(pcm) // TICK_SAMPLES, "scale": scale}
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(place) as file:
                file.write(pcm.tobytes())
        except OSError as error:
            raise OutsideError(
                f"cannot write the cache {cache.root}: {error.strerror or error}; free some space or set "
                "NARRATOR_CACHE_DIR elsewhere"
            ) from error
        cache.put(_SHELF, key, json.dumps(head).encode())

    def load() -> Pcm:
        mapped: NDArray[np.int16] = np.memmap(place, np.int16, "r").reshape(-1, 2)
        return mapped, head["scale"]

    return Loop(f"file {key}", head["ticks"], load)


def _make_loop(path: str, digest: str) -> NDArray[np.float32]:
    try:
        samples = loop_file(decode_stereo(path, _LONGEST, digest), _CROSSFADE)
    except ValueError as error:
        raise SoundError(f"{path} cannot be a bed: {error}") from error
    loudness = measure_loop(samples)
    if loudness <= _SILENT:
        raise SoundError(f"{path} is silent: choose another file for the bed")
    samples *= np.float32(db_to_ratio(LOUDNESS - loudness))
    return samples
