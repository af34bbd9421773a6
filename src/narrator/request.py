"""What can be asked for: the options of a session, and a track to make of it."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from narrator.routine.seed import Seed
from narrator.routine.values import Guidance
from narrator.units import Ms


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """What to make of a routine; what is None is left to the routine."""

    length: Ms | None = None
    voice: str | None = None
    """`ENGINE[:NAME]` or `auto`, which is also what None means."""
    fallback: tuple[str, ...] = ()
    """Who speaks the whole session instead, when that voice fails: the next of these, and so on."""
    guidance: Guidance | None = None
    language: str | None = None
    bed: bool = True
    """Whether the session has the bed of its routine."""
    without: tuple[str, ...] = ()
    """Titles of sections to leave out."""
    nearest: bool = False
    """Whether the nearest length that can be met will do."""
    seed: Seed | None = None
    sounds: tuple[Path, ...] = ()
    """Folders of sound files besides those of the files that name them."""
    today: date = field(default_factory=date.today)
    """The local date, which the seed `today` stands for; one for all requests of a command."""

    def list_changes(self) -> list[str]:
        """Return the names of those options that change what is heard, or when, and are given."""
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
    """A routine or script file, and what to make of it."""

    file: Path
    name: str
    """What messages call the file."""
    options: SessionOptions = SessionOptions()


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """A session, and the track to make of it."""

    session: SessionRequest
    output: Path
    bitrate: int = 128
    channels: int = 2
    force: bool = False
    """Whether to make the track again in any case, and to replace a file that narrator did not make."""
    remake: bool = False
    """Whether to make the track again in any case, because what is in the cache has changed."""
    threads: int = 1
    captions: tuple[str, ...] = ()
    """Names of the forms in which captions are written beside the track."""
    has_bells: bool = False
    """Whether captions show strokes of bells."""
