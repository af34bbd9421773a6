"""What a format of finished tracks is, and the registry of them by the ending of a file's name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from narrator.captions.captions import Caption
from narrator.errors import UsageError
from narrator.mix import Layout, Mixer
from narrator.script import Heading
from narrator.timeline import Timeline
from narrator.units import Db, Lufs, Ms

FORMATS = {".mp3": "narrator.formats.mp3"}
"""The module of each format, whose `FORMAT` it is; imported when it is needed."""


@dataclass(frozen=True, slots=True)
class Mixdown:
    """What a track is made from: heading, timeline with the chapters, islands and the mixer of them, and its words.

    Parts are mixed when a format asks for them, because what is in the cache already need not be mixed again.
    """

    heading: Heading
    timeline: Timeline
    layout: Layout
    mixer: Mixer
    captions: tuple[Caption, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to encode: kilobits a second, channels (1 or 2), and how many threads may work at it."""

    bitrate: int = 128
    channels: int = 2
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """What was written: samples per channel, and loudness and peak as decoded (None without sound)."""

    samples: int
    lufs: Lufs | None
    true_peak_db: Db | None


class Stream(Protocol):
    """The bytes of a track, of which any are made when they are asked for."""

    @property
    def size(self) -> int:
        """Bytes of the whole track."""

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`; fewer where the track ends before."""


class Format(Protocol):
    """A kind of file that tracks are written as."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def bitrates(self) -> Mapping[int, Sequence[int]]:
        """Bit rates that it can have, in kbit/s, by the number of channels."""

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track, which appears at `path` whole or not at all.

        `report` receives how many ms are done, of how many.

        Raises:
            PublishError: the file cannot be written.
            SpeechError: a clip has vanished from the cache.

        """

    def open(self, mixdown: Mixdown, encoding: Encoding) -> Stream:
        """Return the track as a stream of bytes: those that a written file has."""

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""


def find_format(path: Path) -> Format:
    """Return the format that the ending of a file's name stands for.

    Raises:
        UsageError: none has this ending; says which there are.

    """
    module = FORMATS.get(path.suffix.lower())
    if module is None:
        message = f"a track cannot be written as {path.name!r}; it can end in {', '.join(FORMATS)}"
        raise UsageError(message, options=("output",))
    found: Format = import_module(module).FORMAT
    return found


def check_bitrate(form: Format, bitrate: int, channels: int) -> None:
    """Refuse a bit rate that a format cannot have with so many channels.

    Raises:
        UsageError: it cannot have it; says which it can.

    """
    if bitrate in form.bitrates[channels]:
        return
    known = ", ".join(map(str, form.bitrates[channels]))
    in_stereo = " in stereo" if bitrate in form.bitrates[1] else ""
    message = f"the bit rate of {form.name}{in_stereo} cannot be {bitrate}; it can be {known}"
    if in_stereo:
        raise UsageError(f"{message}; or leave out one channel", options=("bitrate", "mono"))
    raise UsageError(message, options=("bitrate",))
