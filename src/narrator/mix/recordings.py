"""Recordings that a session waits for: their length, their loudness, and their sound in pieces."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from narrator.cache import Cache, make_key
from narrator.errors import SoundError
from narrator.mix.kept import Kept
from narrator.sound.catalog import SPEECH
from narrator.sound.loop import Loop
from narrator.sound.loudness import integrate
from narrator.units import TICK_SAMPLES, Db, Lufs, Ms, Ticks, ms_to_samples, ticks_to_ms
from narrator.versions import find_version

if TYPE_CHECKING:
    from narrator.sound.samples import Samples

LONGEST: Ms = 15 * 60_000
"""Longest recording that is played; a session of an hour is made of several."""
_SHELF = "beds"
_FORMAT = 1
"""Version of the cached recordings; raise it with every change to how they sound."""
_FADE: Ms = 5
"""Fade at both ends, so that a recording that is cut in the middle of a sound does not click."""


@dataclass(frozen=True)
class Recorded:
    """An opened recording: its sound, and its loudness in each 100 ms."""

    sound: Loop
    blocks: tuple[Lufs, ...]

    @property
    def length(self) -> Ms:
        """Length in ms, whole ticks."""
        return ticks_to_ms(self.sound.ticks)

    @property
    def gain(self) -> Db:
        """Gain that brings it to the loudness of speech."""
        loudness = integrate(self.blocks)
        return 0.0 if loudness is None else SPEECH - loudness

    def read(self, start: Ticks, end: Ticks) -> "Samples":
        """Return the sound from a tick to another within it, as recorded; float32 of shape (frames, 2)."""
        return self.sound.read(start, end - start)


def open_recording(path: str, digest: str, cache: Cache) -> Recorded:
    """Open the recording at a path, whose bytes have the given digest.

    Raises:
        SoundError: it is not audio, changed, silent, or longer than `LONGEST`.

    """
    key = make_key("recording", _FORMAT, find_version("av"), digest)
    kept = Kept(_SHELF, key, lambda: _decode(path, digest), cache)
    return Recorded(kept.open(), tuple(kept.read_head()["blocks"]))


def _decode(path: str, digest: str) -> "tuple[Samples, dict[str, list[Lufs]]]":
    import numpy as np

    from narrator.sound.ebur128 import measure_loudness
    from narrator.sound.fade import fade_in, fade_out
    from narrator.sound.resample import decode_stereo

    samples = decode_stereo(path, LONGEST + 1000, digest)
    if len(samples) > ms_to_samples(LONGEST):
        raise SoundError(f"{path} is longer than {LONGEST // 60_000} minutes; cut it into several recordings")
    blocks = list(measure_loudness(samples).blocks)
    if not blocks:
        raise SoundError(f"{path} is silent; choose another recording")
    padded = np.pad(samples, ((0, -len(samples) % TICK_SAMPLES), (0, 0)))
    fade = min(ms_to_samples(_FADE), len(samples) // 2)
    fade_in(padded, fade)
    fade_out(padded[: len(samples)], fade)
    return padded, {"blocks": blocks}
