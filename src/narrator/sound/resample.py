"""Any encoded or raw sound to mono or stereo samples at 48 kHz, through libswresample."""

from collections.abc import Iterable
from itertools import chain
from typing import IO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from narrator.sound.audio import Samples
from narrator.units import SAMPLE_RATE


def decode_mono(file: IO[bytes] | str) -> Samples:
    """Decode an audio file of any format PyAV knows to mono samples at 48 kHz, shape (frames, 1).

    Raises:
        av.FFmpegError: the file is no sound, or damaged.

    """
    with av.open(file, "r") as container:
        return resample_mono(container.decode(audio=0))


def resample_pcm(pcm: NDArray[np.int16] | NDArray[np.float32], rate: int) -> Samples:
    """Resample mono samples, 16-bit or float, shape (frames,), to 48 kHz; result of shape (frames, 1)."""
    sample_format = "s16" if pcm.dtype.kind == "i" else "flt"
    frame = AudioFrame.from_ndarray(pcm.reshape(1, -1), format=sample_format, layout="mono")
    frame.sample_rate = rate
    return resample_mono([frame])


def resample_mono(frames: Iterable[AudioFrame]) -> Samples:
    """Resample decoded frames to mono at 48 kHz; result of shape (frames, 1)."""
    resampler = AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)

    parts: list[Samples] = []
    for frame in chain(frames, [None]):
        if frame:
            frame.pts = None
        parts += [part.to_ndarray().reshape(-1, 1).astype(np.float32) for part in resampler.resample(frame)]
    return np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
