"""Fades: raised cosines, and equal-power crossfades. Every change of level uses these."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.sound.audio import Samples


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


def cross_fade(samples: Samples, before: Samples, *, is_alike: bool = False) -> None:
    """Fade samples in, in place, while `before` fades out: with equal power, or equal gain where both are alike."""
    along = (np.arange(len(before)) + 0.5) / len(before)
    rise, fall = (along, 1 - along) if is_alike else (np.sin(along * np.pi / 2), np.cos(along * np.pi / 2))
    samples *= rise.astype(np.float32)[:, None]
    samples += before * fall.astype(np.float32)[:, None]
