"""Opening and decoding of sound files from outside; everything that is decoded is opened here.

FFmpeg guesses the format of a file, and some formats are lists of other files and addresses, which it opens. So it
may guess only formats that hold nothing but sound, it may read nothing but its input, and it gets bytes, not a path.
The bytes that are decoded are those with the known digest.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import av

from narrator.errors import SoundError
from narrator.paths import hash_file, make_digest, read_file

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

RATES = (1000, 768_000)
"""Lowest and highest sample rate, in Hz."""
MOST_CHANNELS = 8
"""Number of channels that have positions around a listener, and so can be mixed down."""
MOST_VALUES = 3600 * 48_000 * 2
"""Most samples, over all channels, that are decoded from one file: an hour of stereo at 48 kHz."""

DAMAGE = (av.FFmpegError, ValueError)
"""Errors that opening and decoding raise for sound that is damaged or not sound at all."""

_READING: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
"""Older versions of PyAV refuse a file whose tags are not UTF-8; from 19 on they are read as they are."""
_FORMATS = "wav,mp3,flac,ogg,mov,mp4,m4a,aac,aiff,w64,caf,matroska,webm,au,amr,3gp"


@contextmanager
def open_sound(source: bytes | IO[bytes], form: str | None = None) -> "Iterator[InputContainer]":
    """Open sound in memory, or in an open file, as the given format or as any of those that hold only sound.

    Raises:
        DAMAGE: it is not in that format, or is damaged.

    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    options = {"format_whitelist": form or _FORMATS, "protocol_whitelist": ""}
    with av.open(file, "r", format=form, options=options, **_READING) as container:
        yield container


def hash_sound(path: str | Path) -> str:
    """Return the digest of a sound file's bytes, for `read_sound`.

    Raises:
        SoundError: it cannot be read, is not a file, or is too large.

    """
    with _report_unreadable(path):
        return hash_file(Path(path))


def read_sound(path: str | Path, digest: str = "") -> bytes:
    """Read the bytes of a sound file.

    Raises:
        SoundError: it cannot be read, is not a file, is too large, or its bytes do not have the given digest.

    """
    with _report_unreadable(path):
        data = read_file(Path(path))
    if digest and make_digest(data) != digest:
        raise SoundError(f"{path} changed while it was in use; run the command again")
    return data


@contextmanager
def _report_unreadable(path: str | Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SoundError(f"cannot read {path}: {reason}; choose another file") from error


class BadSoundError(Exception):
    """A fault in sound that can be opened; its text continues the name of a file, as in "has 32 channels"."""


def check_shape(rate: int, channels: int) -> None:
    """Refuse a sample rate or a number of channels that no recording has.

    Raises:
        BadSoundError: one of them is out of range.

    """
    low, high = RATES
    if not low <= rate <= high:
        raise BadSoundError(f"has a sample rate of {rate:,} Hz; it can be {low:,} to {high:,}")
    if not 1 <= channels <= MOST_CHANNELS:
        raise BadSoundError(f"has {channels} channels; it can have 1 to {MOST_CHANNELS}")


def decode_frames(container: "InputContainer", most: int = MOST_VALUES) -> "Iterator[AudioFrame]":
    """Decode the first sound in a container, frame by frame, and refuse what cannot be a recording.

    `most` is the number of samples, over all channels, that may be decoded.

    Raises:
        BadSoundError: there is no sound, its codec is unknown, or it is out of range.
        DAMAGE: it is damaged.

    """
    if not container.streams.audio:
        raise BadSoundError("has no sound in it")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise BadSoundError("uses a codec that is not known")
    check_shape(stream.codec_context.sample_rate, stream.codec_context.channels)
    values = 0
    for frame in container.decode(stream):
        channels = frame.layout.nb_channels
        check_shape(frame.sample_rate, channels)
        values += frame.samples * channels
        if values > most:
            hours = f"{most / MOST_VALUES:g} hours" if most > MOST_VALUES else "an hour"
            raise BadSoundError(f"is too long; write it at 48 kHz, with two channels, at most {hours} of it")
        yield frame
