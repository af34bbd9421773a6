"""Comparison of two sounds: levels, errors relative to the mix, clicks."""

import numpy as np
from numpy.typing import NDArray

from narrator.sound.samples import Samples
from narrator.units import SAMPLES_PER_MS, TICK, TICK_SAMPLES, Db, ms_to_samples

INAUDIBLE: Db = -110.0
NO_SAMPLES: Samples = np.zeros((0, 2), np.float32)
_UNLIKE: Db = -3.0
"""Error of a tick, relative to the mix, above which it is a different sound. At 64 kbit/s and in rain, the worst case,
errors stay below −5 dB."""
_UNHEARD: Db = -50.0
"""Errors below this are ignored: next to silence they are noise of the coding."""
_DOUBT: Db = 0.2
"""Difference of level from the mix above which a part may have lost high frequencies in encoding."""
_SEAM = 4.0
"""Factor by which an error may exceed the power of the background where two parts meet."""
_ROUGH = 4.0
"""Factor by which a place may be rougher than the mix around it before it counts as a click."""
_SMOOTH = 0.02


def is_doubtful(wanted: Samples, found: Samples) -> bool:
    """Return whether a file differs from the mix by more than a good encoder causes."""
    if not len(found):
        return False
    levels = [measure_level(samples) for samples in (wanted, found)]
    if max(levels) <= INAUDIBLE:
        return False
    is_other = len(find_unlike(wanted, found)) or len(find_clicks(wanted, found))
    return abs(levels[0] - levels[1]) > _DOUBT or bool(is_other)


def measure_level(samples: Samples) -> Db:
    """Return the RMS level in dBFS."""
    return 10 * float(np.log10(max(float((samples**2).mean()), 1e-12)))


def find_unlike(
    wanted: Samples, found: Samples, ahead: Samples = NO_SAMPLES, background: Samples | None = None
) -> NDArray[np.intp]:
    """Return the ticks in which the file has a different sound than it should.

    `ahead` is the mix of what follows; `background` is a mix with seams at both ends.
    """
    ticks = len(found) // TICK_SAMPLES
    shape = (ticks, TICK_SAMPLES * 2)
    wanted, found = (samples[: ticks * TICK_SAMPLES].reshape(shape) for samples in (wanted, found))
    error = ((found - wanted) ** 2).mean(axis=1)
    # A coder spreads its error over the neighbours: before an onset the error can exceed the mix.
    power = np.pad((wanted**2).mean(axis=1), 2)
    following = ahead[: len(ahead) // TICK_SAMPLES * TICK_SAMPLES].reshape(-1, TICK_SAMPLES * 2)[:2]
    power[ticks + 2 : ticks + 2 + len(following)] = (following**2).mean(axis=1)
    around = np.stack([power[shift : shift + ticks] for shift in range(5)]).max(axis=0) if ticks else power[:0]
    limit = np.maximum(around * 10 ** (_UNLIKE / 10), 10 ** (_UNHEARD / 10))
    if background is not None and ticks:
        # Where two parts meet, two phases of the room tone do; the coded result is neither.
        power = (background[: ticks * TICK_SAMPLES].reshape(shape) ** 2).mean(axis=1)
        limit[[0, -1]] = np.maximum(limit[[0, -1]], _SEAM * power.max())
    return np.flatnonzero(error > limit)


def find_clicks(mixed: Samples, heard: Samples, ahead: Samples = NO_SAMPLES) -> NDArray[np.intp]:
    """Return the milliseconds at which the file is much rougher than the mix near them.

    `ahead` is what follows in the mix.
    """
    if len(heard) < ms_to_samples(2 * TICK):
        return np.zeros(0, np.intp)
    wanted, found = (_measure_roughness(samples) for samples in (mixed, heard))
    padded = np.pad(wanted, TICK)
    following = _measure_roughness(ahead)[:TICK] if len(ahead) else wanted[:0]
    padded[TICK + len(wanted) : TICK + len(wanted) + len(following)] = following
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * TICK + 1).max(axis=1)
    return np.flatnonzero(found > _ROUGH * around + _SMOOTH)


def _measure_roughness(samples: Samples) -> NDArray[np.float32]:
    """Return the largest second difference in each millisecond."""
    rough = np.abs(np.diff(samples, 2, axis=0, prepend=samples[:1], append=samples[-1:]))
    whole = rough[: len(rough) // SAMPLES_PER_MS * SAMPLES_PER_MS]
    # For both channels at once, because numpy is slow at maxima of two numbers.
    highest: NDArray[np.float32] = whole.reshape(-1, SAMPLES_PER_MS * samples.shape[1]).max(axis=1)
    return highest
