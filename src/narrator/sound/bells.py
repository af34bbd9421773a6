"""Bells by modal synthesis: each is a sum of decaying partials, so it can be struck at any time and rings to its end.

Levels, decays and beating follow measurements of struck metal: a singing bowl's partials lie near 1, 2.7 to 2.8, 5.0
to 5.2 and 7.8 times the lowest and each is a pair of modes a hertz or so apart, which beat (Inacio, Henriques and
Antunes, "The dynamics of Tibetan singing bowls", Acta Acustica 92, 2006); a chime is a bar free at both ends, whose
modes lie at 1, 2.756, 5.404 and 8.933 (Fletcher and Rossing, "The Physics of Musical Instruments", section 2.18).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from pydub import AudioSegment

from narrator.sound.audio import make_segment
from narrator.sound.loudness import measure_loudness
from narrator.units import SAMPLE_RATE, TICK_SAMPLES, Db, Lufs, Ms, db_to_ratio, ms_to_samples, samples_to_ms


@dataclass(frozen=True, slots=True)
class Partial:
    """One mode of a struck body."""

    ratio: float
    """Frequency as a multiple of the bell's pitch."""
    level: Db
    """Against the strongest partial."""
    decay: float
    """Seconds until it has fallen by 60 dB."""
    beat: float = 0.0
    """Hertz between the two modes of the pair; 0 for a single mode."""


@dataclass(frozen=True, slots=True)
class BellSound:
    """A bell: its pitch in Hz, its loudest 400 ms in a track of −16 LUFS, its attack in ms, and its partials."""

    pitch: float
    loudness: Lufs
    attack: Ms
    partials: tuple[Partial, ...]


BELLS: dict[str, BellSound] = {
    "bowl": BellSound(
        196.0,
        -23.0,
        8,
        (
            Partial(1.0, 0.0, 12.0, 0.7),
            Partial(2.74, -5.0, 8.0, 1.1),
            Partial(5.07, -13.0, 4.5, 1.7),
            Partial(7.81, -21.0, 2.2, 2.3),
            Partial(10.9, -30.0, 1.0),
        ),
    ),
    "chime": BellSound(
        880.0,
        -25.0,
        3,
        (
            Partial(1.0, 0.0, 5.0, 0.4),
            Partial(2.756, -7.0, 3.0, 0.9),
            Partial(5.404, -16.0, 1.4),
            Partial(8.933, -26.0, 0.6),
        ),
    ),
    "tick": BellSound(
        1150.0, -34.0, 1, (Partial(1.0, 0.0, 0.12), Partial(2.57, -8.0, 0.07), Partial(4.6, -18.0, 0.04))
    ),
}

_FLOOR: Db = -60.0
_SPREAD = 0.35
"""Radians between the channels' phases of one mode of a pair: some width, no hole in mono."""


def measure_ring(sound: str) -> Ms:
    """Time from a stroke until the bell has fallen by 60 dB, in whole ticks."""
    return samples_to_ms(_count_samples(BELLS[sound]))


def _count_samples(bell: BellSound) -> int:
    # A partial that starts below the strongest one is down to the floor that much sooner.
    seconds = max(partial.decay * (partial.level - _FLOOR) / -_FLOOR for partial in bell.partials)
    return -int(-seconds * SAMPLE_RATE // TICK_SAMPLES) * TICK_SAMPLES


@cache
def strike_bell(sound: str) -> AudioSegment:
    """One stroke, from attack to −60 dB, as 32-bit stereo at the bell's level for a track of −16 LUFS."""
    bell = BELLS[sound]
    channels = np.zeros((_count_samples(bell), 2), np.float32)
    for number, partial in enumerate(bell.partials):
        # No partial is heard for longer than it takes to fall to the floor.
        time = np.arange(min(int(partial.decay * SAMPLE_RATE), len(channels))) / SAMPLE_RATE
        phase = 2 * np.pi * bell.pitch * partial.ratio * time
        envelope = db_to_ratio(partial.level) * 10 ** (-3 / partial.decay * time)
        for channel, side in enumerate((-1, 1)):
            # Two modes of nearly one frequency; the second is a little weaker, so that the beat never empties.
            pair = np.sin(phase)
            if partial.beat:
                turned = side * _SPREAD * (1 if number % 2 else -1)
                pair += 0.5 * np.sin(phase + 2 * np.pi * partial.beat * time + turned)
                pair /= 1.5
            channels[: len(time), channel] += envelope * pair
    # Raised cosines at both ends: no click when the mallet lands, no step where the ring is cut at -60 dB.
    attack, release = ms_to_samples(bell.attack), min(len(channels) // 4, SAMPLE_RATE // 4)
    channels[:attack] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(attack) / attack))[:, None]
    channels[-release:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, release + 1) / release))[:, None]
    samples = channels.astype(np.float32) * np.float32(0.1)
    loudest = measure_loudness(samples).momentary
    gain = db_to_ratio(bell.loudness - (bell.loudness if loudest is None else loudest))
    return make_segment((samples * np.float32(gain)).astype(np.float32))
