"""Room tone: what is heard between sounds instead of digital silence, so that a wireless receiver stays awake."""

import numpy as np

from narrator.sound.beds import list_frequencies, scatter_noise, turn_to_sound
from narrator.sound.catalog import FLOOR_TICKS
from narrator.sound.samples import Samples
from narrator.units import TICK_SAMPLES, Db, db_to_ratio

_LOWEST, _HIGHEST = 20.0, 18_000.0
"""Range of its frequencies in Hz."""
_SEED = 75


def make_floor(level: Db = -75.0) -> Samples:
    """Make one loop of pink noise, −3 dB an octave from 20 Hz to 18 kHz: float32 of shape (576000, 2).

    `level` is its RMS in dBFS, the same in both channels, which are uncorrelated.
    """
    frequencies = list_frequencies(FLOOR_TICKS * TICK_SAMPLES)
    gain = np.where((frequencies >= _LOWEST) & (frequencies <= _HIGHEST), frequencies**-0.5, 0.0)
    random = np.random.Generator(np.random.PCG64(_SEED))
    loop = turn_to_sound(scatter_noise(random, gain, 0.0), FLOOR_TICKS * TICK_SAMPLES)
    loop *= np.float32(db_to_ratio(level)) / np.sqrt((loop**2).mean(axis=0))
    return loop
