"""Filters of second order, applied by FFT: the result is that of running them sample by sample.

Coefficients are those of Robert Bristow-Johnson, "Audio EQ Cookbook" (W3C Note, 2021).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, Db, Ms, ms_to_samples

_RING: Ms = 120
"""Time in which every filter here has rung down by more than 100 dB."""
_BUTTERWORTH = 0.5**0.5


class Biquad(NamedTuple):
    """A filter: the coefficients of z⁰, z⁻¹ and z⁻² above and below the line."""

    above: tuple[float, float, float]
    below: tuple[float, float, float]

    def respond(self, frames: int) -> NDArray[np.complex128]:
        """Return the response at the frequencies of an FFT of that many frames, which is even."""
        step = np.exp(-2j * np.pi * np.arange(frames // 2 + 1) / frames)
        above, below = (one[0] + step * (one[1] + step * one[2]) for one in (self.above, self.below))
        response: NDArray[np.complex128] = above / below
        return response


def make_high_pass(frequency: float) -> Biquad:
    """Make a Butterworth high-pass, 3 dB down at a frequency in Hz."""
    turn, alpha = _place(frequency)
    across = (1 + turn) / 2
    return Biquad((across, -2 * across, across), (1 + alpha, -2 * turn, 1 - alpha))


def make_low_pass(frequency: float) -> Biquad:
    """Make a Butterworth low-pass, 3 dB down at a frequency in Hz."""
    turn, alpha = _place(frequency)
    across = (1 - turn) / 2
    return Biquad((across, 2 * across, across), (1 + alpha, -2 * turn, 1 - alpha))


def make_low_shelf(frequency: float, gain: Db) -> Biquad:
    """Make a shelf: below a frequency in Hz it has the gain, and half of it there."""
    turn, alpha = _place(frequency)
    ratio = 10 ** (gain / 40)
    more, less, bend = ratio + 1, ratio - 1, 2 * ratio**0.5 * alpha
    return Biquad(
        (ratio * (more - less * turn + bend), 2 * ratio * (less - more * turn), ratio * (more - less * turn - bend)),
        (more + less * turn + bend, -2 * (less + more * turn), more + less * turn - bend),
    )


def _place(frequency: float) -> tuple[float, float]:
    angle = 2 * np.pi * frequency / SAMPLE_RATE
    return float(np.cos(angle)), float(np.sin(angle) / (2 * _BUTTERWORTH))


def apply_filters(samples: Samples, filters: Sequence[Biquad]) -> Samples:
    """Run samples of shape (frames, channels) through filters, one after the other; the length stays the same."""
    size = 1 << (len(samples) + ms_to_samples(_RING) - 1).bit_length()
    response = np.prod([each.respond(size) for each in filters], axis=0)
    heard = np.fft.irfft(np.fft.rfft(samples, size, axis=0) * response[:, None], size, axis=0)
    return heard[: len(samples)].astype(np.float32)
