"""The loops under a session: the room tone and the bed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import av
import numpy as np

from narrator.cache import Cache, make_key
from narrator.errors import SoundError
from narrator.sound.audio import Samples
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
    return _open_file(sound, digest, cache) if digest else _open_made(sound, cache)


@lru_cache(maxsize=4)
def _open_made(sound: str, cache: Cache) -> Loop:
    kept = _Kept(make_key(_FORMAT, sound), lambda: make_bed(sound), cache)
    return Loop(f"{sound} {_FORMAT}", BEDS[sound].ticks, kept.load, _PIECE)


def _open_file(path: str, digest: str, cache: Cache) -> Loop:
    kept = _Kept(make_key(_FORMAT, av.__version__, digest), lambda: _make_loop(path, digest), cache)
    return Loop(f"file {kept.key}", kept.read_head()["ticks"], kept.load, _PIECE)


@dataclass(frozen=True)
class _Kept:
    """A loop that is made once and cached in pieces, because a long one would fill the memory."""

    key: str
    make: Callable[[], Samples]
    cache: Cache

    def read_head(self) -> dict[str, Any]:
        """Return the length in ticks and the scale of its samples."""
        kept, _ = self.cache.get_or_make(_SHELF, self.key, lambda: self._keep()[0])
        head: dict[str, Any] = json.loads(kept)
        return head

    def load(self, piece: int) -> Pcm:
        """Return a piece; all are made again where it is missing or damaged."""
        scale = self.read_head()["scale"]
        data, _ = self.cache.get_or_make(_SHELF, make_key(self.key, piece), lambda: self._keep()[1][piece])
        return np.frombuffer(data, np.int16).reshape(-1, 2), scale

    def _keep(self) -> tuple[bytes, list[bytes]]:
        """Make the loop and cache its pieces; return its length and scale as JSON, and the pieces."""
        pcm, scale = pack_loop(self.make())
        step = _PIECE * TICK_SAMPLES
        pieces = [pcm[start : start + step].tobytes() for start in range(0, len(pcm), step)]
        for number, piece in enumerate(pieces):
            self.cache.put(_SHELF, make_key(self.key, number), piece)
        return json.dumps({"ticks": len(pcm) // TICK_SAMPLES, "scale": scale}).encode(), pieces


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
