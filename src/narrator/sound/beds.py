"""Beds: loops of quiet sound under a session, synthesised or made from a user's file.

A loop is drawn as a spectrum and turned into sound by one inverse transform, so it repeats without a seam: every
frequency in it completes a whole number of periods. Its phases come from a generator with a fixed seed.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from narrator.sound.catalog import BEDS, SPEECH
from narrator.sound.fade import cross_fade
from narrator.sound.loudness import integrate
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, TICK_SAMPLES, Lufs, Ms, db_to_ratio, ms_to_samples

SHORTEST: Ms = 2000
"""Shortest user's file that can be looped."""

_Curve = NDArray[np.floating]
_Spectrum = NDArray[np.complex128]

_DRONE = ((2, 0.0), (3, -5.0), (4, -4.0), (6, -11.0), (8, -14.0), (9, -19.0), (12, -22.0), (16, -27.0))
"""A root, its fifth and their overtones: turns in a tick (41.7 Hz each), and dB against the root.

Partials that turn whole times in a tick have the same phase at every tick, so that places of the loop can be blended.
"""
_DROPS = 4000
_DROP = SAMPLE_RATE // 50
"""Number of drops in a loop of rain, and the length of one in samples."""
_WAVES = (
    (2.6, 9.4, 0.95), (13.4, 10.2, 0.8), (21.5, 7.6, 0.9), (28.3, 11.4, 0.95), (40.9, 9.6, 0.75), (48.6, 8.4, 0.95),
    (55.1, 6.8, 0.75),
)  # fmt: skip
"""Waves within a minute: when each breaks, in seconds, how long it is heard, and how strong it is."""
_WAVE_DELAY = 0.35
"""Seconds by which each breaks sooner or later on the right."""
_AROUND = 4
"""Ticks on either side, about 100 ms, over which the level at a tick is measured."""


def make_bed(sound: str) -> Samples:
    """Make the loop of a bed: `brown` (24 s), `drone` or `rain` (36 s), or `ocean` (60 s); float32, shape (frames, 2).

    The samples are the same every time. The loop is whole units of 500 ticks, at −16 LUFS, and its channels are
    similar enough to be summed.

    Raises:
        KeyError: the bed does not exist.

    """
    if sound in _DRAWN:
        frames = BEDS[sound].ticks * TICK_SAMPLES
        loop = turn_to_sound(_DRAWN[sound](_open_random(sound), frames // 2 + 1), frames)
    else:
        loop = {"ocean": _make_ocean, "rain": _make_rain}[sound](_open_random(sound))
    loop -= loop.mean(axis=0)
    loop *= np.float32(db_to_ratio(SPEECH - measure_loop(loop)))
    return loop


def _open_random(sound: str) -> np.random.Generator:
    """Return the random numbers of a bed, seeded by its name alone, so that a new bed does not change the others."""
    return np.random.Generator(np.random.PCG64(list(sound.encode())))


def measure_loop(samples: Samples) -> Lufs:
    """Return the integrated loudness of a repeating loop; −70 LUFS for silence.

    It is exact for whole tenths of a second; otherwise up to a tenth is counted twice.
    """
    # The first three windows of 400 ms and the last three reach into the silence around the samples.
    from narrator.sound.ebur128 import measure_loudness

    heard = integrate(measure_loudness(samples, around=3 * SAMPLE_RATE // 10).blocks[3:-3])
    return -70.0 if heard is None else heard


def loop_file(samples: Samples, crossfade: Ms = 3000) -> Samples:
    """Turn sound of shape (frames, 2) into a loop of whole ticks, in place: its end is crossfaded into its beginning.

    The crossfade has equal power and is at most a third of the sound. The loop is shorter than the sound by the
    crossfade and by any remainder of a tick.

    Raises:
        ValueError: the sound is shorter than two seconds.

    """
    if len(samples) < ms_to_samples(SHORTEST):
        raise ValueError(f"a bed needs at least {SHORTEST // 1000} s of sound to loop")
    fade = min(ms_to_samples(crossfade), len(samples) // 3)
    frames = (len(samples) - fade) // TICK_SAMPLES * TICK_SAMPLES
    loop = samples[:frames]
    # What follows the loop's last sample comes first, and fades into the beginning.
    cross_fade(loop[:fade], samples[frames : frames + fade])
    return loop


def scatter_noise(
    random: np.random.Generator, gain: _Curve, likeness: float, above: int = 0
) -> tuple[_Spectrum, _Spectrum]:
    """Return the spectra of two noises with one curve and a correlation of `likeness`; `gain` is a value per bin.

    Another number of bins `above` is left out; those below are as they would be with them.
    """
    middle, side = (np.exp(2j * np.pi * random.random(len(gain) + above)[: len(gain)]) * gain for _ in range(2))
    wide = np.sqrt((1 - likeness) / (1 + likeness))
    return middle + wide * side, middle - wide * side


def list_frequencies(frames: int) -> _Curve:
    """Return the frequency in Hz of each bin of a loop's spectrum; the first is not 0, so that it can be divided by."""
    frequencies = np.fft.rfftfreq(frames, 1 / SAMPLE_RATE)
    frequencies[0] = frequencies[1]
    return frequencies


def cut_ends(frequencies: _Curve, low: float, high: float) -> _Curve:
    """Return the gain of a gentle cut (12 dB an octave) below `low` and above `high` Hz; it is zero at 0 Hz."""
    gain = 1 / np.sqrt((1 + (low / frequencies) ** 4) * (1 + (frequencies / high) ** 4))
    gain[0] = 0.0
    return gain


def turn_to_sound(spectra: tuple[_Spectrum, _Spectrum], frames: int) -> Samples:
    """Return samples of shape (frames, 2) and RMS 0.1 from a left and a right spectrum."""
    turned = np.stack([np.fft.irfft(spectrum, frames) for spectrum in spectra], axis=1)
    samples: Samples = (turned * (0.1 / turned.std())).astype(np.float32)
    return samples


def _draw_brown(random: np.random.Generator, bins: int) -> tuple[_Spectrum, _Spectrum]:
    """Draw noise with a power of 1/f², cut below 50 Hz, where it would only use up headroom."""
    frequencies = list_frequencies(BEDS["brown"].ticks * TICK_SAMPLES)
    low = frequencies[:bins]
    return scatter_noise(random, cut_ends(low, 50, 6000) / low, 0.5, len(frequencies) - bins)


def _draw_drone(random: np.random.Generator, bins: int) -> tuple[_Spectrum, _Spectrum]:
    """Draw a still chord; each partial has weaker neighbours within half a hertz, so it swells slowly by itself."""
    spectra = (np.zeros(bins, complex), np.zeros(bins, complex))
    for turns, level in _DRONE:
        centre = turns * BEDS["drone"].ticks
        phase = random.random()
        for offset in (0, -11, -7, -4, 5, 8, 13):
            strength = db_to_ratio(level) * (1 if offset == 0 else 0.9 / abs(offset))
            # The partial itself is the same in both channels; its neighbours are not.
            for spectrum in spectra:
                turn = phase if offset == 0 else random.random()
                spectrum[centre + offset] = strength * np.exp(2j * np.pi * turn)
    return spectra


def _make_rain(random: np.random.Generator) -> Samples:
    """Make a steady hiss with drops: short rings scattered over it, each with a random strength, pitch and place."""
    frames = BEDS["rain"].ticks * TICK_SAMPLES
    frequencies = list_frequencies(frames)
    hiss = scatter_noise(random, cut_ends(frequencies, 350, 7500) * frequencies**-0.5, 0.4)
    loop = turn_to_sound(hiss, frames)
    pitch = random.uniform(900, 5200, (_DROPS, 1)).astype(np.float32)
    strength = 0.1 * np.exp(random.normal(0, 0.5, (_DROPS, 1))).astype(np.float32)
    time = np.arange(_DROP, dtype=np.float32) / np.float32(SAMPLE_RATE)
    # A ring swells and decays within some milliseconds, faster at a higher pitch.
    shape = (1 - np.exp(-3000 * time)) * np.exp(-6.5 * pitch**0.5 * time) * (1 - time / time[-1])
    drops = (strength * shape * np.sin(2 * np.pi * pitch * time))[:, :, None]
    place = random.uniform(0.2, 0.8, (_DROPS, 1, 1)).astype(np.float32)
    drops = drops * np.sqrt(np.concatenate([place, 1 - place], axis=2))
    for start, drop in zip(random.integers(0, frames - _DROP, _DROPS), drops, strict=True):
        loop[start : start + _DROP] += drop
    return loop


def _make_ocean(random: np.random.Generator) -> Samples:
    """Make waves that rise, break and run out over a distant rumble; a stronger wave is brighter."""
    frames = BEDS["ocean"].ticks * TICK_SAMPLES
    # The water itself repeats three times a minute; only the waves must not be heard to repeat.
    water = frames // 3
    frequencies = list_frequencies(water)
    white = scatter_noise(random, frequencies**-0.5, 0.4)
    rumble, wash, foam = (
        turn_to_sound((white[0] * gain, white[1] * gain), water)
        for gain in (cut_ends(frequencies, low, high) for low, high in ((60, 350), (150, 1400), (900, 7000)))
    )
    height = _draw_sea().astype(np.float32)
    # Rumble and some wash are constant; the rest of the wash follows the height, the foam its square.
    loop = _draw_between(height).reshape(3, water, 2)
    loop *= (0.2 * rumble + 0.85 * wash) + 0.45 * foam * loop
    loop += 0.3 * rumble + 0.15 * wash
    return loop.reshape(-1, 2)


def _draw_sea() -> _Curve:
    """Return the height of the sea at each tick of the loop, on both sides, 0 to 1; shape (ticks, 2)."""
    return np.stack([_draw_waves(0.0), _draw_waves(_WAVE_DELAY)], axis=1)


def _draw_waves(delay: float) -> _Curve:
    """Return the height of the sea at each tick of the loop, 0 to 1; waves break `delay` seconds sooner or later.

    Each wave rises slowly, and runs out even more slowly.
    """
    total = BEDS["ocean"].ticks * TICK_SAMPLES / SAMPLE_RATE
    time = np.arange(BEDS["ocean"].ticks) * TICK_SAMPLES / SAMPLE_RATE
    height = np.zeros(len(time))
    for number, (breaks, length, strength) in enumerate(_WAVES):
        shift = delay if number % 2 else -delay
        # Time from the break, around the loop, in lengths of the wave.
        away = ((time - breaks - shift + total / 2) % total - total / 2) / length
        height += strength * np.where(away < 0, np.exp(-((away / 0.23) ** 2)), np.exp(-((away / 0.39) ** 2)))
    height /= height.max()
    return height


@cache
def list_levels(sound: str) -> _Curve:
    """Return how loud a bed that is not even is around each tick of its loop, left and right.

    Each value is the level of the 200 ms around the tick, in dB, and is 0 in the middle between the highest and the
    lowest; the shape is (ticks, 2).
    """
    if sound == "ocean":
        sea = _draw_sea()
        power = (0.3 + 0.2 * sea) ** 2 + (0.15 + 0.85 * sea) ** 2 + (0.45 * sea**2) ** 2
    else:
        # Below 2 kHz is nearly all of its power, and a tick has 96 samples at 4 kHz.
        frames = BEDS[sound].ticks * 96
        low = turn_to_sound(_DRAWN[sound](_open_random(sound), frames // 2 + 1), frames)
        power = (low.astype(np.float64) ** 2).reshape(-1, 96, 2).mean(axis=1)
    around = sum(np.roll(power, shift, axis=0) for shift in range(-_AROUND, _AROUND))
    levels = 10 * np.log10(around)
    from_middle: _Curve = levels - (levels.max(axis=0) + levels.min(axis=0)) / 2
    return from_middle


def _draw_between(ticks: Samples) -> Samples:
    """Interpolate linearly from tick to tick, and from the last to the first: one value per sample."""
    ramp = np.linspace(0, 1, TICK_SAMPLES, endpoint=False, dtype=np.float32)[None, :, None]
    here, rise = ticks[:, None, :], (np.roll(ticks, -1, axis=0) - ticks)[:, None, :]
    return np.reshape(here + rise * ramp, (-1, 2)).astype(np.float32, copy=False)


_DRAWN = {"brown": _draw_brown, "drone": _draw_drone}
"""Beds that are a spectrum; the number of bins, from the lowest, may be less than that of the loop."""
