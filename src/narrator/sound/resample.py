"""Any encoded or raw sound to mono or stereo samples at 48 kHz, through libswresample."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from narrator.errors import SoundError
from narrator.sound.audio import Samples
from narrator.sound.opened import DAMAGE, BadSoundError, decode_frames, open_sound, read_sound
from narrator.units import SAMPLE_RATE, Ms, db_to_ratio, ms_to_samples

_SILENCE = db_to_ratio(-100)
_LOUDEST = db_to_ratio(100)
"""Beyond full scale by that much is no recording's doing."""
_BLOCK = 65_536
"""Samples resampled at a time."""
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
        with open_sound(data, form) as container:
            samples = _resample(decode_frames(container), "mono") if container.streams.audio else None
    except BadSoundError as error:
        raise NoSoundError(f"sound that {error}") from error
    except DAMAGE:
        samples = None
    if samples is None:
        raise NoSoundError(f"no {form.upper()} that can be read")
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


def decode_stereo(path: str | Path, longest: Ms | None = None, digest: str = "") -> Samples:
    """Decode the first sound of a file at 48 kHz, float32 of shape (frames, 2).

    Both channels of a mono file are its one channel, as loud as it is there; more than two are mixed down by
    libswresample. What lies after `longest` is left out. At least one frame is returned. With a `digest` the bytes are
    those that have it.

    Raises:
        SoundError: the file cannot be read, has another digest, is no sound, is damaged, or has nothing in it.

    """
    data = read_sound(path, digest)
    if _is_cut(data):
        raise SoundError(f"{path} is cut short: it has less sound in it than it says; choose another file")
    try:
        with open_sound(data) as container:
            samples = _resample(_take_frames(decode_frames(container), longest), "stereo")
    except BadSoundError as error:
        raise SoundError(f"{path} {error}; choose another file") from error
    except DAMAGE as error:
        raise SoundError(f"{path} is no sound, or is damaged: choose another file") from error
    if not len(samples):
        raise SoundError(f"there is no sound in {path}: choose another file")
    return samples[: None if longest is None else ms_to_samples(longest)]


def _take_frames(frames: Iterable[AudioFrame], longest: Ms | None) -> Iterator[AudioFrame]:
    """Frames up to a time; the one it falls into is the last."""
    seconds = 0.0
    for frame in frames:
        yield frame
        seconds += frame.samples / frame.sample_rate
        if longest is not None and seconds * 1000 > longest + 100:
            return


def resample_pcm(pcm: NDArray[np.int16] | NDArray[np.float32], rate: int) -> Samples:
    """Resample mono samples, 16-bit or float, shape (frames,), to 48 kHz; result of shape (frames, 1).

    Raises:
        ValueError: they are not finite, or nothing comes of them.

    """
    try:
        return _resample(_cut_frames(pcm, rate), "mono")
    except BadSoundError as error:
        raise ValueError(f"sound that {error}") from error


def _cut_frames(pcm: NDArray[np.int16] | NDArray[np.float32], rate: int) -> Iterator[AudioFrame]:
    """Samples in blocks: of a frame of some millions libavfilter makes nothing, without a word."""
    sample_format = "s16" if pcm.dtype.kind == "i" else "flt"
    for start in range(0, len(pcm), _BLOCK):
        block: NDArray[Any] = np.ascontiguousarray(pcm[start : start + _BLOCK]).reshape(1, -1)
        frame = AudioFrame.from_ndarray(block, format=sample_format, layout="mono")
        frame.sample_rate = rate
        yield frame


def _resample(frames: Iterable[AudioFrame], layout: Literal["mono", "stereo"]) -> Samples:
    """Resample decoded frames to 48 kHz; both channels of stereo are the one of mono.

    Raises:
        BadSoundError: its samples are no numbers, beyond measure, or are lost on the way.

    """
    channels = 1 if layout == "mono" else 2
    resampler: AudioResampler | None = None
    samples = bytearray()
    given = 0
    for frame in chain(frames, [None]):
        if frame:
            given += frame.samples
            frame.pts = None
        if resampler is None:
            if frame is None:
                break
            made = "mono" if frame.layout.nb_channels == 1 else layout
            resampler = AudioResampler(format="fltp", layout=made, rate=SAMPLE_RATE)
        for part in resampler.resample(frame):
            block = part.to_ndarray().T.astype(np.float32)
            if not np.abs(block).max(initial=0.0) <= _LOUDEST:
                raise BadSoundError("has samples in it that are not numbers, or far beyond full scale")
            samples += np.repeat(block, channels, axis=1).tobytes() if block.shape[1] < channels else block.tobytes()
    if given and not samples:
        raise BadSoundError("cannot be brought to 48 kHz")
    # A bytearray grows in place, where a list of parts would be copied into an array as large again.
    return np.frombuffer(samples, np.float32).reshape(-1, channels)
