"""The protocol of formats for finished tracks, and what all of them have in common."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.errors import UsageError
from narrator.mix import Layout, Mixer
from narrator.mix.parts import Part
from narrator.script import Heading
from narrator.timeline import Chapter, Timeline
from narrator.units import Db, Lufs, Ms, Ticks

if TYPE_CHECKING:
    from narrator.sound.samples import Samples


@dataclass(frozen=True, slots=True)
class Mixdown:
    """The input of a track: heading, timeline with the chapters, islands and the mixer for them, captions, and cover.

    Parts are mixed when a format asks for them, because what is in the cache need not be mixed again.
    """

    heading: Heading
    timeline: Timeline
    layout: Layout
    mixer: Mixer
    captions: tuple[Caption, ...] = ()
    cover: Cover | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """Encoding options: kbit/s (0 for a lossless format), channels (1 or 2), and the number of threads."""

    bitrate: int = 128
    channels: int = 2
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Measurements of a written track: samples per channel, and loudness and peak when decoded (None without sound)."""

    samples: int
    lufs: Lufs | None
    true_peak_db: Db | None


class Coder(Protocol):
    """Returns a part as it is heard in a coding."""

    def __call__(self, part: Part, start: Ticks, layout: Layout, mixer: Mixer) -> "Samples":
        """Mix a part at its place in the track, encode it with its surroundings, and decode it; shape (frames, 2)."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a finished file has besides its sound: number of channels, chapters, and words, a line for each caption.

    The words are None for a format that has no place for them. `frames` are the number of coded frames that a file of
    its length should have, and the number that it has; None for a format without frames. `coder` makes of a part what
    this coding leaves of it; None for a lossless format. `has_cover` is None for a format without pictures.
    """

    channels: int
    chapters: tuple[Chapter, ...]
    words: tuple[str, ...] | None
    frames: tuple[int, int] | None = None
    coder: Coder | None = None
    has_cover: bool | None = None


class Stream(Protocol):
    """The bytes of a track, made when they are read."""

    @property
    def size(self) -> int:
        """Bytes of the whole track."""

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end` (exclusive); fewer if the track ends before."""


class Format(Protocol):
    """A file format for tracks."""

    @property
    def name(self) -> str:
        """Name that users know it by."""

    @property
    def bitrates(self) -> Mapping[int, Sequence[int]]:
        """Possible bit rates in kbit/s, by number of channels; empty for a lossless format."""

    @property
    def default_bitrates(self) -> Mapping[int, int]:
        """Bit rates to use if none is asked for, by number of channels; empty for a lossless format."""

    @property
    def most_chapters(self) -> int:
        """Number of chapters that it can have; 0 for a format without chapters."""

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; the file appears at `path` whole or not at all.

        `report` receives how many ms are done, and of how many.

        Raises:
            PublishError: the file cannot be written.
            SpeechError: a clip has vanished from the cache.

        """

    def inspect(self, path: Path, length: Ms) -> Contents:
        """Return what a finished file has besides its sound; `length` is the planned length.

        Raises:
            OSError, DAMAGE: it cannot be read, or is not in this format.

        """

    def decode(self, path: Path) -> "Iterator[Samples]":
        """Yield the sound of a finished file, trimmed as the file says; float32 of shape (frames, channels).

        Raises:
            OSError, DAMAGE, BadSoundError: it cannot be read, or is not in this format.

        """

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""


@runtime_checkable
class StreamFormat(Protocol):
    """A format in which the place of every byte is known before any sound is made."""

    def open(self, mixdown: Mixdown, encoding: Encoding) -> Stream:
        """Return the track as a stream of bytes, the same as those of a written file."""


def make_encoding(form: Format, bitrate: int | None, channels: int, threads: int = 1) -> Encoding:
    """Return how a track is encoded: at a bit rate, or at the format's own if none is asked for."""
    if not form.bitrates:
        return Encoding(0, channels, threads)
    return Encoding(form.default_bitrates[channels] if bitrate is None else bitrate, channels, threads)


def check_bitrate(forms: Iterable[Format], bitrate: int | None, channels: int) -> None:
    """Refuse a bit rate that a format does not have for that many channels.

    It applies to the lossy ones of several formats.

    Raises:
        UsageError: one of them does not have it, or all are lossless; the message says what is possible.

    """
    if bitrate is None:
        return
    forms = list(forms)
    lossy = [form for form in forms if form.bitrates]
    if not lossy:
        message = f"{forms[0].name} is lossless and has no bit rate; leave it out"
        raise UsageError(message, options=("bitrate",))
    for form in lossy:
        _check_rate(form, bitrate, channels)


def _check_rate(form: Format, bitrate: int, channels: int) -> None:
    if bitrate in form.bitrates[channels]:
        return
    known = ", ".join(map(str, form.bitrates[channels]))
    in_stereo = " in stereo" if bitrate in form.bitrates[1] else ""
    message = f"the bit rate of {form.name}{in_stereo} cannot be {bitrate}; it can be {known}"
    if in_stereo:
        raise UsageError(f"{message}; or make the track mono", options=("bitrate", "mono"))
    raise UsageError(message, options=("bitrate",))
