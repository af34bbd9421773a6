"""A user's recording as a bell: one stroke, without the silence before and after it."""

from functools import lru_cache

import numpy as np

from narrator.errors import SoundError
from narrator.sound.fade import fade_in, fade_out
from narrator.sound.opened import hash_sound
from narrator.sound.resample import decode_stereo
from narrator.sound.rings import LONGEST
from narrator.sound.samples import Samples
from narrator.units import TICK_SAMPLES, Db, Ms, ceil_ticks, db_to_ratio, ms_to_samples, samples_to_ms, ticks_to_ms

_FLOOR: Db = -60.0
"""Level relative to a recording's peak below which its beginning and its end are left out."""
_LEAD: Ms = 4
"""Time that is kept before the stroke, faded in."""
_TAIL: Ms = 60
_CUT: Ms = 500
"""Fade where a recording is cut before its end."""


def measure_recording(path: str, length: Ms | None = None, digest: str = "") -> Ms:
    """Return the length of one stroke, in whole ticks; see `load_recording`."""
    stroke = _find_stroke(path, digest or hash_sound(path))
    return ticks_to_ms(ceil_ticks(samples_to_ms(min(len(stroke), _find_longest(length)))))


def load_recording(path: str, length: Ms | None = None, digest: str = "") -> Samples:
    """Return the samples of one stroke, at most `length` and at most a minute, faded at both ends.

    The shape is (frames, 2), frames being whole ticks.

    Raises:
        SoundError: the file does not have the given digest, is not audio, is damaged, or is silent.

    """
    whole, longest = _find_stroke(path, digest or hash_sound(path)), _find_longest(length)
    fade = ms_to_samples(_TAIL if len(whole) <= longest else _CUT)
    stroke = whole[:longest].copy()
    fade_in(stroke, min(ms_to_samples(_LEAD), len(stroke)))
    fade_out(stroke, min(fade, len(stroke) // 2))
    return np.pad(stroke, ((0, -len(stroke) % TICK_SAMPLES), (0, 0)))


def _find_longest(length: Ms | None) -> int:
    return ms_to_samples(min(length or LONGEST, LONGEST))


@lru_cache(maxsize=4)
def _find_stroke(path: str, digest: str) -> Samples:
    """Return the sound from just before the stroke to the end of its ring, at most a little longer than `LONGEST`."""
    samples = decode_stereo(path, 2 * LONGEST, digest)
    level = np.abs(samples).max(axis=1)
    if level.max() < db_to_ratio(-100):
        raise SoundError(f"{path} is silent; choose another file for the bell")
    heard = np.flatnonzero(level > level.max() * db_to_ratio(_FLOOR))
    start = max(int(heard[0]) - ms_to_samples(_LEAD), 0)
    end = int(heard[-1]) + 1 + ms_to_samples(_TAIL)
    return samples[start : min(end, start + ms_to_samples(LONGEST) + 1)].copy()
