"""pydub segments in the only form that narrator passes around: 48 kHz, 32-bit samples, mono or stereo."""

import warnings

import numpy as np

from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, Ms, ms_to_samples

with warnings.catch_warnings():
    # pydub looks for an ffmpeg program when it is imported, and warns when there is none; narrator does not need one.
    # Its source also has escapes that newer Pythons warn about. So it is imported here and nowhere else.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

__all__ = ["AudioSegment", "get_samples", "make_segment", "make_silence"]

_FULL_SCALE = np.float32(2**31)
_LARGEST = np.float32(1 - 2**-24)
"""The largest float32 below full scale."""
_SAMPLE_WIDTH = 4


def make_segment(samples: Samples) -> AudioSegment:
    """Turn samples of shape (frames, channels) into a 32-bit segment; values beyond full scale are clipped."""
    scaled = np.clip(samples, -1.0, _LARGEST)
    scaled *= _FULL_SCALE
    return AudioSegment(
        data=scaled.astype("<i4").tobytes(),
        sample_width=_SAMPLE_WIDTH,
        frame_rate=SAMPLE_RATE,
        channels=samples.shape[1],
    )


def get_samples(segment: AudioSegment) -> Samples:
    """Return the samples of a 32-bit segment, shape (frames, channels)."""
    raw = np.frombuffer(segment.raw_data, dtype="<i4").reshape(-1, segment.channels)
    samples = raw.astype(np.float32)
    samples /= _FULL_SCALE
    return samples


def make_silence(length: Ms) -> AudioSegment:
    """Make exactly `length` ms of stereo silence (`AudioSegment.silent` is a sample short for many lengths)."""
    return AudioSegment(
        data=bytes(2 * _SAMPLE_WIDTH * ms_to_samples(length)),
        sample_width=_SAMPLE_WIDTH,
        frame_rate=SAMPLE_RATE,
        channels=2,
    )
