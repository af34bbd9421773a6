"""Breath tones: a soft, quiet tone for each phase, from its first tick to its last.

A tone is a few harmonics; the higher ones are softer and appear only as it swells. The phase of each wavers slowly, in
opposite directions left and right, which sounds like a choir. It wavers a whole number of times, so a tone ends as it
began and the next one continues it.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from narrator.sound.audio import AudioSegment, make_segment
from narrator.sound.catalog import TONES
from narrator.sound.fade import ease, fade_in, fade_out
from narrator.units import SAMPLE_RATE, Db, Ms, db_to_ratio, ms_to_samples

LEVEL: Db = -26.0
"""Highest peak of a tone, in a track of −16 LUFS; its harmonics seldom peak together, so most reach −27 dBFS."""
_HARMONICS = {"in": (1.0, 0.35, 0.14, 0.05), "hold": (1.0, 0.35, 0.14, 0.05), "out": (1.0, 0.5, 0.1)}
_WAVERS = (0.3, 0.55, 0.8, 1.1)
"""How often each harmonic wavers in a second, before rounding to whole times."""
_DEPTH = 0.4
"""How far the phase of a harmonic wavers to either side, in radians; a mono sum loses 0.7 dB at most."""
_FADE_IN: Ms = 40
"""Short enough for a tone to be heard within a tick of its start."""
_FADE_OUT: Ms = 60
_FIRST = 0.25
"""Level of the in-breath at its start, relative to its loudest: enough to be heard at once."""
_LAST = 0.08
"""Level of the out-breath at its end."""
_REST = 0.5
"""Level within the hold: it falls to this from the end of the in-breath, and rises again for the out-breath."""
_SETTLE: Ms = 1500


@lru_cache(maxsize=32)
def make_tone(phase: str, length: Ms) -> AudioSegment:
    """Make the tone of a phase (`in`, `hold` or `out`): 32-bit stereo, exactly `length` ms.

    It swells through the in-breath, rests through the hold and fades through the out-breath. The end of an in-breath,
    both ends of a hold and the start of an out-breath have the same level.
    """
    frames = ms_to_samples(length)
    time = np.arange(frames) / SAMPLE_RATE
    level = _draw_level(phase, frames)
    harmonics = _HARMONICS[phase]
    channels = np.zeros((frames, 2))
    for number, (strength, waver) in enumerate(zip(harmonics, _WAVERS, strict=False), 1):
        along = 2 * np.pi * number * TONES[phase] * time
        sway = _DEPTH * np.sin(2 * np.pi * round(waver * length / 1000) * time * (1000 / length))
        shape = strength * level**number
        channels[:, 0] += shape * np.sin(along + sway)
        channels[:, 1] += shape * np.sin(along - sway)
    channels *= db_to_ratio(LEVEL) / sum(harmonics)
    fade_in(channels, min(ms_to_samples(_FADE_IN), frames // 2))
    fade_out(channels, min(ms_to_samples(_FADE_OUT), frames // 2))
    return make_segment(channels.astype(np.float32))


def _draw_level(phase: str, frames: int) -> NDArray[np.float64]:
    """Return the level over a phase, 1 at its loudest, before the fades at its ends."""
    along = np.arange(frames) / max(frames - 1, 1)
    if phase == "hold":
        settle = min(ms_to_samples(_SETTLE) / frames, 0.5)
        return _REST + (1 - _REST) * (1 - ease(np.minimum(along, 1 - along) / settle))
    rising = ease(along)
    return _FIRST + (1 - _FIRST) * rising if phase == "in" else 1 - (1 - _LAST) * rising
