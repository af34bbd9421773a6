"""Rooms: early reflections and a dense tail around a dry sound, from an impulse response that is always the same.

The reflections are those of a box, by the image method (Allen and Berkley, "Image method for efficiently simulating
small-room acoustics", JASA 65, 1979), heard by two microphones that are apart. The tail is noise that decays
exponentially, high frequencies sooner (Moorer, "About this reverberation business", Computer Music Journal 3, 1979).
Both differ left and right; the dry sound stays as it is.
"""

from functools import lru_cache
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from narrator.sound.catalog import ROOMS, RoomSound
from narrator.sound.fade import ease, fade_out
from narrator.sound.filters import apply_filters, make_high_pass, make_low_pass
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, Db, Ms, db_to_ratio, ms_to_samples

_SPEED = 343.0
"""Speed of sound in m/s."""
_WALLS = 0.7
"""Share of the amplitude that a wall reflects."""
_MOST_WALLS = 3
"""Most walls that a reflection has met."""
_SPEAKER, _MICROPHONES = (0.42, 0.31, 0.52), ((0.37, 0.71, 0.47), (0.62, 0.68, 0.44))
"""Places as shares of the length, width and height of the room."""
_LOWEST = 170.0
"""Frequency in Hz below which the room adds less and less: otherwise it would boom."""
_BANDS = ((0.0, 1.0), (1200.0, 0.85), (4000.0, 0.6), (24_000.0, 0.0))
"""Where the bands of the tail begin, in Hz, and how long each decays, relative to the lowest."""
_SPEECH = (200.0, 1600.0)
"""Range in Hz in which the level of a room is measured, because most of the power of speech is there."""
_SEED = 1979
_FADE: Ms = 48
_BLOCK = 1 << 15
"""Frames of an FFT in the convolution; half of them are sound, and the other half is for what rings on."""


def add_room(samples: Samples, room: str, level: Db = 0.0, length: Ms | None = None) -> Samples:
    """Return a dry sound in a room, with its tail; float32 of shape (frames, 2).

    Args:
        samples: the sound, mono or stereo.
        room: a name in `ROOMS`.
        level: the level of what the room adds, relative to the room's own.
        length: length of the result in ms, at the end of which the tail is silent; by default that of the sound and
            the whole tail.

    """
    frames = len(samples) + ms_to_samples(ROOMS[room].tail) if length is None else ms_to_samples(length)
    heard = _convolve(samples, make_response(room), frames)
    heard *= np.float32(db_to_ratio(level))
    fade_out(heard, ms_to_samples(_FADE))
    heard[: len(samples)] += samples[:frames]
    return heard


def _convolve(samples: Samples, response: Samples, frames: int) -> Samples:
    """Convolve a sound with each channel of a response, in blocks, and return the first frames."""
    step = _BLOCK // 2
    parts, blocks = -(-len(response) // step), -(-len(samples) // step)
    own = np.zeros((blocks * step, samples.shape[1]), np.float32)
    own[: len(samples)] = samples
    heard = np.zeros((max((blocks + parts) * step, frames), 2), np.float32)
    for channel in range(2):
        turned = np.fft.rfft(own[:, channel % samples.shape[1]].reshape(blocks, step), _BLOCK)
        spectra = np.zeros((blocks + parts - 1, turned.shape[1]), turned.dtype)
        for part in range(parts):
            kernel = np.fft.rfft(response[part * step : (part + 1) * step, channel], _BLOCK)
            spectra[part : part + blocks] += turned * kernel
        for number, block in enumerate(np.fft.irfft(spectra, _BLOCK)):
            heard[number * step :, channel][:_BLOCK] += block
    return heard[:frames]


@lru_cache(maxsize=4)
def make_response(room: str) -> Samples:
    """Make the impulse response of a room, without the dry sound; float32 of shape (frames, 2).

    In both channels its power over the frequencies of speech is that of the catalog.
    """
    sound = ROOMS[room]
    frames = ms_to_samples(sound.tail)
    shares = (_reflect(sound, frames), sound.early), (_decay(sound, frames), 1 - sound.early)
    response = np.zeros((frames, 2))
    for part, share in shares:
        shaped = apply_filters(part, [make_high_pass(_LOWEST), make_low_pass(sound.dull)])
        response += shaped * np.sqrt(share / _measure_power(shaped))
    response *= db_to_ratio(sound.level) / np.sqrt(_measure_power(response))
    fade_out(response, frames // 6)
    return response.astype(np.float32)


def _reflect(sound: RoomSound, frames: int) -> Samples:
    """Return an impulse for each reflection that has met few walls."""
    size = np.array(sound.size)
    speaker, impulses = size * _SPEAKER, np.zeros((frames, 2), np.float32)
    for channel, place in enumerate(_MICROPHONES):
        microphone = size * place
        direct = float(np.linalg.norm(speaker - microphone))
        for cells in product(range(-_MOST_WALLS, _MOST_WALLS + 1), repeat=3):
            walls = sum(map(abs, cells))
            if 1 <= walls <= _MOST_WALLS:
                cell = np.array(cells)
                image = cell * size + np.where(cell % 2, size - speaker, speaker)
                distance = float(np.linalg.norm(image - microphone))
                frame = round((distance - direct) / _SPEED * SAMPLE_RATE)
                # Every other one is turned over, so that they do not add up to a boom.
                impulses[min(frame, frames - 1), channel] += (-_WALLS) ** walls * direct / distance
    return impulses


def _decay(sound: RoomSound, frames: int) -> Samples:
    """Return noise that swells while the reflections arrive, and decays."""
    random = np.random.Generator(np.random.PCG64(_SEED))
    spectrum = np.fft.rfft(random.standard_normal((frames, 2)), axis=0)
    frequencies = np.fft.rfftfreq(frames, 1 / SAMPLE_RATE)
    time = np.arange(frames) / ms_to_samples(1)
    tail = np.zeros((frames, 2))
    for (lowest, share), (highest, _) in pairwise(_BANDS):
        band = np.where((frequencies >= lowest) & (frequencies < highest), 1.0, 0.0)
        noise = np.fft.irfft(spectrum * band[:, None], frames, axis=0)
        tail += noise * 10 ** (-3 * time / (sound.decay * share))[:, None]
    tail *= ease(time / (sound.decay / 12))[:, None]
    return tail.astype(np.float32)


def _measure_power(response: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the mean power of each channel's response over the frequencies of speech."""
    frequencies = np.fft.rfftfreq(len(response), 1 / SAMPLE_RATE)
    heard = (frequencies >= _SPEECH[0]) & (frequencies < _SPEECH[1])
    power = np.abs(np.fft.rfft(response, axis=0)[heard]) ** 2
    mean: NDArray[np.float64] = np.average(power, axis=0, weights=1 / frequencies[heard])
    return mean
