"""Fades: raised cosines, and crossfades of equal power. Every change of level uses these."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.sound.samples import Samples

_AROUND = 9600
"""Frames over which the power of a sound is measured while it is faded: 200 ms."""


def ease(along: NDArray[Any]) -> NDArray[np.float64]:
    """Return the raised cosine that rises from 0 to 1 as `along` does, and is constant outside."""
    eased: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.clip(along, 0, 1))
    return eased


def draw_rise(frames: int) -> NDArray[np.float64]:
    """Return a rise from 0 that would reach 1 after that many frames; one value per frame."""
    rise: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / max(frames, 1))
    return rise


def fade_in(samples: NDArray[np.floating[Any]], frames: int) -> None:
    """Fade samples in, in place, over that many frames; the first frame becomes silent.

    The shape is (frames, channels). If there are fewer frames, the fade is cut short.
    """
    rise = draw_rise(frames)[: len(samples)]
    samples[: len(rise)] *= rise.astype(samples.dtype)[:, None]


def fade_out(samples: NDArray[np.floating[Any]], frames: int) -> None:
    """Fade the end of samples out, in place: `fade_in` reversed."""
    fade_in(samples[::-1], frames)


def cross_fade(samples: Samples, before: Samples) -> None:
    """Fade samples in, in place, while `before` fades out, with equal power; both have the shape (frames, channels)."""
    turn = _draw_turn(len(before))
    samples *= np.sin(turn).astype(np.float32)
    samples += before * np.cos(turn).astype(np.float32)


def fade_evenly(samples: Samples, before: Samples) -> None:
    """Fade samples in, in place, while `before` fades out, so that the level of each channel moves evenly in decibels.

    It does so whatever the two have in common: what their sum would have been is measured. Neither may be silent.
    """
    turn = _draw_turn(len(before))
    rise, fall, along = np.sin(turn), np.cos(turn), turn / (np.pi / 2)
    here, there, shared = (_follow(before * before), _follow(samples * samples), _follow(before * samples))
    power = fall**2 * here + rise**2 * there + 2 * rise * fall * shared
    level = np.sqrt(here ** (1 - along) * there**along / power)
    samples *= (rise * level).astype(np.float32)
    samples += before * (fall * level).astype(np.float32)


def _follow(products: Samples) -> NDArray[np.float64]:
    """Return the mean of what is around each frame, some 200 ms; of the same shape (frames, channels)."""
    count = max(len(products) // _AROUND, 1)
    means = [part.mean(axis=0, dtype=np.float64) for part in np.array_split(products, count)]
    at = (np.arange(len(products)) + 0.5) / len(products) * count - 0.5
    return np.stack([np.interp(at, range(count), channel) for channel in zip(*means, strict=True)], axis=1)


def _draw_turn(frames: int) -> NDArray[np.float64]:
    """Return angles from 0 to a quarter of a turn, of shape (frames, 1)."""
    turn: NDArray[np.float64] = (np.arange(frames) + 0.5)[:, None] / frames * np.pi / 2
    return turn
