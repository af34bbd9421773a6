"""Breath tones: one for each phase, plain and quiet, spanning it from its first tick to its last."""

from functools import lru_cache

import numpy as np
from pydub import AudioSegment

from narrator.sound.audio import make_segment
from narrator.units import SAMPLE_RATE, Db, Ms, db_to_ratio, ms_to_samples

PITCH = {"in": 220.0, "hold": 220.0, "out": 165.0}
"""Hz; a pause after the out-breath is silent."""
LEVEL: Db = -27.0
"""Peak of a tone at its loudest, in a track of −16 LUFS."""
_EDGE: Ms = 20
_LEAST = 0.25
"""Level of a swell at its quiet end, against its loudest: enough to be heard at once."""


@lru_cache(maxsize=32)
def make_tone(phase: str, length: Ms) -> AudioSegment:
    """The tone of a phase (`in`, `hold` or `out`): 32-bit stereo, exactly `length` ms.

    It swells through the in-breath, rests through the hold and ebbs through the out-breath.
    """
    time = np.arange(ms_to_samples(length)) / SAMPLE_RATE
    along = time / max(time[-1], 1 / SAMPLE_RATE)
    ramp = 0.5 - 0.5 * np.cos(np.pi * along)
    shape = {"in": ramp, "hold": np.full_like(ramp, 0.35), "out": 1 - ramp}[phase]
    level = _LEAST + (1 - _LEAST) * shape
    edge = min(ms_to_samples(_EDGE), len(time) // 2)
    fade = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
    level[:edge] *= fade
    level[-edge:] *= fade[::-1]
    tone = np.sin(2 * np.pi * PITCH[phase] * time) + 0.3 * np.sin(4 * np.pi * PITCH[phase] * time)
    samples = (db_to_ratio(LEVEL) / 1.3 * level * tone).astype(np.float32)
    return make_segment(np.repeat(samples[:, None], 2, axis=1))
