"""Any encoded or raw sound to mono or stereo samples at 48 kHz, through libswresample."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from narrator.errors import SoundError
from narrator.sound.audio import Samples
from narrator.units import SAMPLE_RATE, Ms, db_to_ratio, ms_to_samples

_SILENCE = db_to_ratio(-100)
_LONGEST_WAV = 2**30
"""Bytes: programs that do not know how long a WAV will be promise more than that, or nothing."""


class NoSoundError(Exception):
    """What was to be decoded is no whole sound; its text says what it is instead, as "only silence"."""


def decode_mono(data: bytes, form: Literal["wav", "mp3"]) -> Samples:
    """Decode what a voice wrote, in the one format it was asked for, to mono samples at 48 kHz, shape (frames, 1).

    Raises:
        NoSoundError: it is none in that format, cut short, damaged, or silent throughout.

    """
    if not data:
        raise NoSoundError("nothing")
    if form == "wav" and _is_cut(data):
        raise NoSoundError("sound that is cut short")
    try:
        # The format is not guessed: among those that FFmpeg would find are lists of other files, which it opens.
        with av.open(io.BytesIO(data), "r", format=form) as container:
            samples = resample_mono(container.decode(audio=0)) if container.streams.audio else None
    except (av.FFmpegError, ValueError):
        samples = None
    if samples is None:
        raise NoSoundError(f"no {form.upper()} that can be read")
    if not np.isfinite(samples).all():
        raise NoSoundError("sound that is damaged")
    if np.abs(samples).max(initial=0.0) < _SILENCE:
        raise NoSoundError("only silence" if len(samples) else "no sound")
    return samples


def _is_cut(wav: bytes) -> bool:
    """Whether a WAV promises more bytes of sound than came; an end unknown is no promise."""
    at = 12
    while wav.startswith(b"RIFF") and at + 8 <= len(wav):
        size = int.from_bytes(wav[at + 4 : at + 8], "little")
        if wav[at : at + 4] == b"data":
            return len(wav) - at - 8 < size < _LONGEST_WAV
        at += 8 + size + size % 2
    return False


def decode_stereo(path: str | Path, longest: Ms | None = None) -> Samples:
    """Decode the first sound of a file of any format PyAV knows, at 48 kHz, float32 of shape (frames, 2).

    Both channels of a mono file are its one channel, as loud as it is there; more than two are mixed down by
    libswresample. What lies after `longest` is left out. At least one frame is returned.

    Raises:
        SoundError: the file cannot be read, is no sound, is damaged, or has nothing in it.

    """
    try:
        # A path that begins like an address is still a file's: nothing is fetched.
        with Path(path).open("rb") as file, av.open(file, "r") as container:
            if not container.streams.audio:
                raise SoundError(f"there is no sound in {path}: choose another file")
            layout = "mono" if container.streams.audio[0].channels == 1 else "stereo"
            frames = _take_frames(container.decode(audio=0), longest)
            samples = _resample(frames, layout)[: None if longest is None else ms_to_samples(longest)]
    except OSError as error:
        # What FFmpeg finds wrong with a file's contents is, in PyAV, also an OSError or a ValueError.
        raise SoundError(f"cannot read {path}: {error.strerror or error}; choose another file") from error
    except (av.FFmpegError, ValueError) as error:
        raise SoundError(f"{path} is no sound, or is damaged: choose another file") from error
    if not len(samples):
        raise SoundError(f"there is no sound in {path}: choose another file")
    return np.repeat(samples, 2, axis=1) if layout == "mono" else samples


def _take_frames(frames: Iterable[AudioFrame], longest: Ms | None) -> Iterator[AudioFrame]:
    """Frames up to a time; the one it falls into is the last."""
    seconds = 0.0
    for frame in frames:
        yield frame
        seconds += frame.samples / frame.sample_rate
        if longest is not None and seconds * 1000 > longest + 100:
            return


def resample_pcm(pcm: NDArray[np.int16] | NDArray[np.float32], rate: int) -> Samples:
    """Resample mono samples, 16-bit or float, shape (frames,), to 48 kHz; result of shape (frames, 1)."""
    sample_format = "s16" if pcm.dtype.kind == "i" else "flt"
    frame = AudioFrame.from_ndarray(pcm.reshape(1, -1), format=sample_format, layout="mono")
    frame.sample_rate = rate
    return resample_mono([frame])


def resample_mono(frames: Iterable[AudioFrame]) -> Samples:
    """Resample decoded frames to mono at 48 kHz; result of shape (frames, 1)."""
    return _resample(frames, "mono")


def _resample(frames: Iterable[AudioFrame], layout: str) -> Samples:
    resampler = AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE)
    parts: list[Samples] = []
    for frame in chain(frames, [None]):
        if frame:
            frame.pts = None
        parts += [part.to_ndarray().T.astype(np.float32) for part in resampler.resample(frame)]
    return np.concatenate(parts) if parts else np.zeros((0, 1 if layout == "mono" else 2), np.float32)
