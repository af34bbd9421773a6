"""Sound as numpy arrays: float32, shape (frames, channels), with full scale at 1.0."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def mix_down(samples: Samples, channels: int) -> Samples:
    """Return stereo samples as a track plays them: for one channel, both sides are the mean of the two."""
    return samples if channels == 2 else np.repeat(samples.mean(axis=1, keepdims=True), 2, axis=1)
