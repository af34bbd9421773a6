"""Requests: the options of a session, and a track to make from it."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from narrator.routine.seed import Seed
from narrator.routine.values import Guidance
from narrator.units import Ms


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """Options of a session; the routine decides about those that are None."""

    length: Ms | None = None
    voice: str | None = None
    """Voice, as `ENGINE[:NAME]`, or `auto`, which is the same as None."""
    fallback: tuple[str, ...] = ()
    """Voices that speak the whole session instead, in this order, if the first one fails."""
    guidance: Guidance | None = None
    language: str | None = None
    bed: bool = True
    """Whether the session has the bed of its routine."""
    room: str | None = None
    """Name of the room, or `none`."""
    without: tuple[str, ...] = ()
    """Titles of sections to leave out."""
    nearest: bool = False
    """Whether the nearest length that can be met will do."""
    seed: Seed | None = None
    cover: str | None = None
    """A picture file to use as the cover of the track, or `none`."""
    sounds: tuple[Path, ...] = ()
    """Folders of sound files, in addition to those of the files that name them."""
    today: date = field(default_factory=date.today)
    """The local date, for the seed `today`; the same for all requests of a command."""

    def list_changes(self) -> list[str]:
        """Return the names of the given options that change what is heard, or when."""
        given = {
            "length": self.length is not None,
            "nearest": self.nearest,
            "guidance": self.guidance is not None,
            "language": self.language is not None,
            "seed": self.seed is not None,
            "without": bool(self.without),
            "bed": not self.bed,
        }
        return [name for name, is_given in given.items() if is_given]


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A routine or script file with the options of a session."""

    file: Path
    name: str
    """Name of the file in messages."""
    options: SessionOptions = SessionOptions()
    data: bytes | None = None
    """What is in the file, where that came from elsewhere; the path is then where it would be."""


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """A session and the track to make from it, in one format or several."""

    session: SessionRequest
    output: Path
    bitrate: int | None = None
    """Bit rate in kbit/s of lossy formats; each has its own if None."""
    channels: int = 2
    force: bool = False
    """Whether to make the track again even if unchanged, and to replace a file that narrator did not make."""
    remake: bool = False
    """Whether to make the track again because the cache has changed."""
    threads: int = 1
    captions: tuple[str, ...] = ()
    """Names of the formats of the captions beside the track."""
    has_bells: bool = False
    """Whether captions show strokes of bells."""
    others: tuple[Path, ...] = ()
    """Files of the same track in other formats."""
    place: str | None = None
    """Address of the folder of a store that the files are in, by relative paths; None if they are on this machine."""

    @property
    def outputs(self) -> tuple[Path, ...]:
        """All files of the track."""
        return (self.output, *self.others)

    def show(self, path: Path) -> str:
        """Return the path of one of its files as users know it."""
        return f"{self.place}/{path.as_posix()}" if self.place else str(path)
