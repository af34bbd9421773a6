"""The one way in for sound that others made: whatever is decoded here is opened here.

FFmpeg guesses what a file is, and among its guesses are lists that name other files and addresses, which it opens. So
it is told which formats may be guessed, that nothing but what it was given may be read, and it is given bytes, not a
path. The bytes that are decoded are those whose digest is known.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import av

from narrator.errors import SoundError
from narrator.paths import hash_file, make_digest, read_file

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

RATES = (1000, 768_000)
"""Lowest and highest sample rate, in Hz."""
MOST_CHANNELS = 8
"""Channels that have places around a listener, and so can be mixed down."""
MOST_VALUES = 3600 * 48_000 * 2
"""Samples of all channels that are decoded of one file: an hour of stereo at 48 kHz."""

DAMAGE = (av.FFmpegError, ValueError)
"""What opening and decoding raise for sound that is damaged, or is none."""

_FORMATS = "wav,mp3,flac,ogg,mov,mp4,m4a,aac,aiff,w64,caf,matroska,webm,au"


@contextmanager
def open_sound(source: bytes | IO[bytes], form: str | None = None) -> "Iterator[InputContainer]":
    """Open sound in memory, or in an open file, as the format named or as one of those that hold nothing but sound.

    Raises:
        DAMAGE: it is not in that format, or is damaged.

    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    options = {"format_whitelist": form or _FORMATS, "protocol_whitelist": ""}
    with av.open(file, "r", format=form, options=options, metadata_errors="replace") as container:
        yield container


def hash_sound(path: str | Path) -> str:
    """Return the digest of a sound file's bytes, as `read_sound` takes it.

    Raises:
        SoundError: it cannot be read, is not a file, or is too large.

    """
    with _report_unreadable(path):
        return hash_file(Path(path))


def read_sound(path: str | Path, digest: str = "") -> bytes:
    """Read a sound file whole.

    Raises:
        SoundError: it cannot be read, is not a file, is too large, or its bytes have another digest than that given.

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
    """What is wrong with sound that can be opened; its text goes on after the name of a file, as "has 32 channels"."""


def check_shape(rate: int, channels: int) -> None:
    """Refuse a rate or a number of channels that no recording has.

    Raises:
        BadSoundError: they are out of bounds.

    """
    low, high = RATES
    if not low <= rate <= high:
        raise BadSoundError(f"has a sample rate of {rate:,} Hz; it can be {low:,} to {high:,}")
    if not 1 <= channels <= MOST_CHANNELS:
        raise BadSoundError(f"has {channels} channels; it can have 1 to {MOST_CHANNELS}")


def decode_frames(container: "InputContainer") -> "Iterator[AudioFrame]":
    """Decode the first sound in a container, frame by frame, and refuse what no recording is.

    Raises:
        BadSoundError: there is no sound, its codec is not known, or it is out of bounds.
        DAMAGE: it is damaged.

    """
    if not container.streams.audio:
        raise BadSoundError("has no sound in it")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise BadSoundError("is coded in a way that is not known")
    check_shape(stream.codec_context.sample_rate, stream.codec_context.channels)
    values = 0
    for frame in container.decode(stream):
        channels = frame.layout.nb_channels
        check_shape(frame.sample_rate, channels)
        values += frame.samples * channels
        if values > MOST_VALUES:
            raise BadSoundError("has too much sound in it; write it at 48 kHz, with two channels")
        yield frame
