"""Decoding and resampling of any sound to mono or stereo at 48 kHz, by libswresample."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from narrator.errors import SoundError
from narrator.sound.opened import DAMAGE, BadSoundError, decode_frames, open_sound, read_sound
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, Ms, db_to_ratio, format_duration, ms_to_samples

if TYPE_CHECKING:
    from av.container import InputContainer

_SILENCE = db_to_ratio(-100)
_LOUDEST = db_to_ratio(100)
"""Sample value that no recording reaches."""
_BLOCK = 65_536
"""Samples resampled at a time."""
_LONGEST_WAV = 2**30
"""Size in bytes; programs that do not know how long a WAV will be write a larger size, or zero."""


class NoSoundError(Exception):
    """What was to be decoded is not a complete sound; the text says what it is instead, as in "only silence"."""


def decode_mono(data: bytes, form: Literal["wav", "mp3"]) -> Samples:
    """Decode the output of a voice, in the format requested from it, to mono at 48 kHz, shape (frames, 1).

    Raises:
        NoSoundError: it is not in that format, cut short, damaged, or silent throughout.

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
    """Return whether a WAV has fewer bytes of sound than its header says; an unknown length does not count."""
    at = 12
    while wav.startswith(b"RIFF") and at + 8 <= len(wav):
        size = int.from_bytes(wav[at + 4 : at + 8], "little")
        if wav[at : at + 4] == b"data":
            return len(wav) - at - 8 < size < _LONGEST_WAV
        at += 8 + size + size % 2
    return False


def decode_part(path: str | Path, start: Ms = 0, end: Ms | None = None, digest: str = "") -> Samples:
    """Decode the part of a sound file from `start` to `end` to mono at 48 kHz, shape (frames, 1).

    Only that part is in memory. With a `digest`, only bytes with that digest are accepted.

    Raises:
        SoundError: the file cannot be read, has another digest, is not audio, is damaged, or has no sound there.

    """
    span = _Span(start, end)
    samples = _decode_file(path, digest, lambda container: _resample(span.take(decode_frames(container)), "mono"))
    first = ms_to_samples(start) - round(span.skipped * SAMPLE_RATE)
    part = samples[first : None if end is None else first + ms_to_samples(end - start)]
    if np.abs(part).max(initial=0.0) < _SILENCE:
        raise SoundError(f"there is no sound in {path}{span.describe()}; choose another file")
    return part


class _Span:
    """A part of a sound, in whole frames; `skipped` is the time in s before the first of them."""

    def __init__(self, start: Ms, end: Ms | None) -> None:
        self._start, self._end = start, end
        self.skipped = 0.0

    def take(self, frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
        """Yield the frames of the part."""
        at = 0.0
        for frame in frames:
            length = frame.samples / frame.sample_rate
            # A little more, for the resampler's window.
            if (at + length) * 1000 < self._start - 50:
                self.skipped = at + length
            else:
                yield frame
            at += length
            if self._end is not None and at * 1000 > self._end + 100:
                return

    def describe(self) -> str:
        """Return where the part is, for messages; empty for the whole."""
        if not self._start and self._end is None:
            return ""
        return f" from {format_duration(self._start)}" + (f" to {format_duration(self._end)}" if self._end else "")


def decode_stereo(path: str | Path, longest: Ms | None = None, digest: str = "") -> Samples:
    """Decode the first sound of a file at 48 kHz, float32 of shape (frames, 2).

    Both channels of a mono file are its single channel, at the same level; more than two are mixed down by
    libswresample. Everything after `longest` is left out. At least one frame is returned. With a `digest`, only bytes
    with that digest are accepted.

    Raises:
        SoundError: the file cannot be read, has another digest, is not audio, is damaged, or is empty.

    """
    span = _Span(0, longest)
    samples = _decode_file(path, digest, lambda container: _resample(span.take(decode_frames(container)), "stereo"))
    if not len(samples):
        raise SoundError(f"there is no sound in {path}; choose another file")
    return samples[: None if longest is None else ms_to_samples(longest)]


def _decode_file(path: str | Path, digest: str, decode: "Callable[[InputContainer], Samples]") -> Samples:
    data = read_sound(path, digest)
    if _is_cut(data):
        raise SoundError(f"{path} is cut short: it has less sound in it than its header says; choose another file")
    try:
        with open_sound(data) as container:
            return decode(container)
    except BadSoundError as error:
        raise SoundError(f"{path} {error}; choose another file") from error
    except DAMAGE as error:
        raise SoundError(f"{path} is not audio, or is damaged; choose another file") from error


def resample_pcm(pcm: NDArray[np.int16] | NDArray[np.float32], rate: int) -> Samples:
    """Resample mono samples, 16-bit or float, shape (frames,), to 48 kHz; result of shape (frames, 1).

    Raises:
        ValueError: they are not finite, or the result is empty.

    """
    try:
        return _resample(_cut_frames(pcm, rate), "mono")
    except BadSoundError as error:
        raise ValueError(f"sound that {error}") from error


def resample_to(samples: Samples, rate: int) -> NDArray[np.float32]:
    """Resample mono samples at 48 kHz, shape (frames, 1), to another rate; result of shape (frames,)."""
    resampler = AudioResampler(format="fltp", layout="mono", rate=rate)
    frames = chain(_cut_frames(samples[:, 0], SAMPLE_RATE), [None])
    parts = [part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def _cut_frames(pcm: NDArray[np.int16] | NDArray[np.float32], rate: int) -> Iterator[AudioFrame]:
    """Yield samples in blocks: libavfilter silently drops a frame of several million samples."""
    sample_format = "s16" if pcm.dtype.kind == "i" else "flt"
    for start in range(0, len(pcm), _BLOCK):
        block: NDArray[Any] = np.ascontiguousarray(pcm[start : start + _BLOCK]).reshape(1, -1)
        frame = AudioFrame.from_ndarray(block, format=sample_format, layout="mono")
        frame.sample_rate = rate
        yield frame


def _resample(frames: Iterable[AudioFrame], layout: Literal["mono", "stereo"]) -> Samples:
    """Resample decoded frames to 48 kHz; for stereo, a mono source is in both channels.

    Raises:
        BadSoundError: samples are not numbers, are far over full scale, or are lost in resampling.

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
                raise BadSoundError("has samples that are not numbers, or far over full scale")
            samples += np.repeat(block, channels, axis=1).tobytes() if block.shape[1] < channels else block.tobytes()
    if given and not samples:
        raise BadSoundError("cannot be resampled to 48 kHz")
    # A bytearray grows in place; joining a list of parts would take the memory twice.
    return np.frombuffer(samples, np.float32).reshape(-1, channels)
