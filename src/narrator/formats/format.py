"""The protocol of formats for finished tracks, and the registry of formats by suffix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.errors import UsageError
from narrator.mix import Layout, Mixer
from narrator.script import Heading
from narrator.timeline import Timeline
from narrator.units import Db, Lufs, Ms

FORMATS = {".mp3": "narrator.formats.mp3"}
"""The module of each format, which holds it as `FORMAT`; imported when it is needed."""


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
    """Encoding options: kbit/s, channels (1 or 2), and the number of threads."""

    bitrate: int = 128
    channels: int = 2
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Measurements of a written track: samples per channel, and loudness and peak when decoded (None without sound)."""

    samples: int
    lufs: Lufs | None
    true_peak_db: Db | None


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
        """Possible bit rates in kbit/s, by number of channels."""

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; the file appears at `path` whole or not at all.

        `report` receives how many ms are done, and of how many.

        Raises:
            PublishError: the file cannot be written.
            SpeechError: a clip has vanished from the cache.

        """

    def open(self, mixdown: Mixdown, encoding: Encoding) -> Stream:
        """Return the track as a stream of bytes, the same as those of a written file."""

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""


def find_format(path: Path) -> Format:
    """Return the format for the suffix of a file's name.

    Raises:
        UsageError: no format has this suffix; the message lists those that exist.

    """
    module = FORMATS.get(path.suffix.lower())
    if module is None:
        message = f"a track cannot be written as {path.name!r}; it can end in {', '.join(FORMATS)}"
        raise UsageError(message, options=("output",))
    found: Format = import_module(module).FORMAT
    return found


def check_bitrate(form: Format, bitrate: int, channels: int) -> None:
    """Refuse a bit rate that a format does not have for that many channels.

    Raises:
        UsageError: it does not have it; the message lists those that it has.

    """
    if bitrate in form.bitrates[channels]:
        return
    known = ", ".join(map(str, form.bitrates[channels]))
    in_stereo = " in stereo" if bitrate in form.bitrates[1] else ""
    message = f"the bit rate of {form.name}{in_stereo} cannot be {bitrate}; it can be {known}"
    if in_stereo:
        raise UsageError(f"{message}; or make the track mono", options=("bitrate", "mono"))
    raise UsageError(message, options=("bitrate",))
