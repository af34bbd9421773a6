"""The cover of a session: the picture that players show with it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from narrator.errors import Mark, UsageError
from narrator.paths import hash_file
from narrator.routine.heading import Tags
from narrator.routine.sounds import NONE, find_file


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file with the digest of its bytes."""

    path: str = field(compare=False)
    digest: str
    mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where the file is named; None if an option names it."""


PARTS = 96
"""Number of equal parts of time in a sketch."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a drawn cover shows: `arc` has a digit for each of `PARTS` parts of time, 0 for speech only, 9 for silence.

    `bells` are the parts with a stroke, `sections` those in which an outermost section starts. `look` is a number that
    decides about colours and composition.
    """

    look: int
    arc: str
    bells: tuple[int, ...] = ()
    sections: tuple[int, ...] = ()


Cover: TypeAlias = Picture | Sketch


def find_picture(tags: Tags, sounds: tuple[Path, ...] = ()) -> Picture | None:
    """Return the picture that tags name as the cover; None if they name none.

    The file is searched for as a sound file is, in the folder of the file that names it and in `sounds`.

    Raises:
        RoutineError: there is no such file, or it cannot be read.

    """
    if tags.cover in {None, NONE}:
        return None
    mark = tags.find_mark("cover")
    return Picture(*find_file(tags.cover, "picture", mark, sounds), mark)


def open_picture(name: str) -> Picture | None:
    """Return the picture at a path as the cover; None for `none`.

    Raises:
        UsageError: there is no such file, or it cannot be read.

    """
    if name == NONE:
        return None
    try:
        return Picture(name, hash_file(Path(name)))
    except (OSError, ValueError) as error:
        message = (
            f"cannot read the picture {name}: {getattr(error, 'strerror', None) or error}; name another file, or none"
        )
        raise UsageError(message, options=("cover",)) from error
