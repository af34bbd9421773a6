"""The loops under a session: the room tone and the bed."""

import json
from functools import lru_cache

import av
import numpy as np
from numpy.typing import NDArray

from narrator.cache import Cache, make_key
from narrator.errors import SoundError
from narrator.sound.beds import loop_file, make_bed, measure_loop
from narrator.sound.catalog import BEDS, SPEECH
from narrator.sound.floor import TICKS, make_floor
from narrator.sound.loop import Loop, Pcm, pack_loop
from narrator.sound.resample import decode_stereo
from narrator.units import TICK_SAMPLES, Db, Lufs, Ms, Ticks, db_to_ratio

_SHELF = "beds"
_FORMAT = 4
"""Version of the cached beds; raise it with every change to how a bed sounds."""
_LONGEST: Ms = 10 * 60_000
"""Longest part of a user's file that is looped."""
_CROSSFADE: Ms = 4000
_PIECE: Ticks = 1250
"""Length of a cache entry, 30 s: memory use stays small, and damage is found before it is heard."""
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
    return _open_file(sound, digest, cache) if digest else _open_made(sound)


@lru_cache(maxsize=4)
def _open_made(sound: str) -> Loop:
    return Loop(f"{sound} {_FORMAT}", BEDS[sound].ticks, lambda _piece: pack_loop(make_bed(sound)))


def _open_file(path: str, digest: str, cache: Cache) -> Loop:
    """Open a user's file, decoded once and cached in pieces, because a long one would fill the memory."""
    key = make_key(_FORMAT, av.__version__, digest)

    def load(piece: int) -> Pcm:
        def make_again() -> bytes:
            return _keep_loop(path, digest, key, cache)[1][piece]

        data, _ = cache.get_or_make(_SHELF, make_key(key, piece), make_again)
        return np.frombuffer(data, np.int16).reshape(-1, 2), head["scale"]

    kept, _ = cache.get_or_make(_SHELF, key, lambda: _keep_loop(path, digest, key, cache)[0])
    head = json.loads(kept)
    return Loop(f"file {key}", head["ticks"], load, _PIECE)


def _keep_loop(path: str, digest: str, key: str, cache: Cache) -> tuple[bytes, list[bytes]]:
    """Decode a file and cache its pieces; return its length and scale as JSON, and the pieces."""
    pcm, scale = pack_loop(_make_loop(path, digest))
    step = _PIECE * TICK_SAMPLES
    pieces = [pcm[start : start + step].tobytes() for start in range(0, len(pcm), step)]
    for number, piece in enumerate(pieces):
        cache.put(_SHELF, make_key(key, number), piece)
    return json.dumps({"ticks": len(pcm) // TICK_SAMPLES, "scale": scale}).encode(), pieces


def _make_loop(path: str, digest: str) -> NDArray[np.float32]:
    try:
        samples = loop_file(decode_stereo(path, _LONGEST, digest), _CROSSFADE)
    except ValueError as error:
        raise SoundError(f"{path} cannot be a bed: {error}") from error
    loudness = measure_loop(samples)
    if loudness <= _SILENT:
        raise SoundError(f"{path} is silent: choose another file for the bed")
    samples *= np.float32(db_to_ratio(SPEECH - loudness))
    return samples
