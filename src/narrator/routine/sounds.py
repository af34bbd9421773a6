"""The sounds of a session besides the voice, as authored: bells, the bed, the room tone, and levels."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from narrator.errors import Mark, RoutineError
from narrator.paths import find_below, hash_file
from narrator.routine.marked import Marked
from narrator.routine.nearest import suggest
from narrator.routine.values import Duration, Word
from narrator.sound.catalog import BEDS, BELLS, PITCHES, ROOMS, SPEECH
from narrator.sound.catalog import NONE as _NONE

NONE = _NONE
"""Leaves out a bed, the room tone or the room."""


def is_file(sound: str) -> bool:
    """Return whether a sound is a file, instead of the name of a sound that narrator makes."""
    return bool(Path(sound).suffix)


def _describe_sound(names: Iterable[str]) -> dict[str, Any]:
    return {"anyOf": [{"enum": list(names)}, {"type": "string", "pattern": r"[.]\w+$"}]}


def _check_recording(sound: str) -> str:
    if is_file(sound):
        return sound
    if sound in BELLS:
        raise ValueError(f"'play' is for a sound file, and {sound!r} is a bell; write 'bell: {sound}'")
    if sound in BEDS:
        raise ValueError(f"'play' is for a sound file, and {sound!r} is a bed; write 'bed: {sound}' at the top")
    raise ValueError(f"'play' is for a sound file, such as {sound}.wav; write its whole name")


Level = Annotated[float, Field(ge=-60, le=0, allow_inf_nan=False)]
"""Level in dB relative to the speech."""


class BellSpec(Marked):
    """A bell, its number of strokes, and the time between them."""

    sound: Annotated[Word, WithJsonSchema(_describe_sound(BELLS))] = Field(
        "bowl", description="Name of a bell, or of a sound file beside this file."
    )
    times: int = Field(1, ge=1, le=108, description="Number of strokes.")
    every: Duration | None = Field(
        None,
        ge=250,
        description="Time between strokes, 4s by default. If given, also the time from the last stroke to what "
        "follows, which is otherwise the bell's ring, from 0.5s to 4s.",
    )
    pitch: float | None = Field(
        None, ge=PITCHES[0], le=PITCHES[1], allow_inf_nan=False, description="Lowest tone, in Hz."
    )
    length: Duration | None = Field(
        None,
        ge=50,
        le=60_000,
        description="Time until a stroke has died away.",
    )
    level: Level | None = Field(None, description="Level of the loudest moment, in dB relative to the speech.")
    mallet: Literal["hard", "soft"] | None = Field(None, description="What it is struck with; soft is slow and dark.")

    @model_validator(mode="after")
    def _check_sound(self) -> Self:
        if not is_file(self.sound) and self.sound not in BELLS:
            raise ValueError(f"there is no bell {self.sound!r}; {suggest(self.sound, BELLS)}")
        if is_file(self.sound) and self.pitch is not None:
            raise ValueError("the pitch of a sound file cannot be changed; remove 'pitch'")
        if is_file(self.sound) and self.mallet is not None:
            raise ValueError("a sound file is not struck again; remove 'mallet'")
        return self


RecordingFile = Annotated[
    Word, AfterValidator(_check_recording), WithJsonSchema({"type": "string", "pattern": r"[.]\w+$"})
]
"""The name of a sound file that the session waits for."""


def _type_bell(value: Any) -> Any:
    if isinstance(value, str):
        return {"times": value} if value.strip().lstrip("-").isdigit() else {"sound": value}
    return value


BellShort = Annotated[BellSpec, BeforeValidator(_type_bell)]
"""`bowl`, `3`, or `{sound: bowl, times: 3, every: 6s}`."""


class BedSpec(Marked):
    """Ambience under the whole session, its level, and how far it is lowered under speech."""

    sound: Annotated[Word, WithJsonSchema(_describe_sound(BEDS))] = Field(
        "drone", description="Name of a bed, or of a sound file beside this file."
    )
    level: Level = Field(-22.0, description="Level in dB relative to the speech.")
    duck: float = Field(
        8.0, ge=0, le=40, allow_inf_nan=False, description="How far the bed is lowered under speech, in dB."
    )
    fade: Duration = Field(6000, ge=100, le=120_000, description="Length of the fade-in and the fade-out.")

    @model_validator(mode="after")
    def _check_sound(self) -> Self:
        if not is_file(self.sound) and self.sound not in BEDS:
            raise ValueError(f"there is no bed {self.sound!r}; {suggest(self.sound, [*BEDS, NONE])}")
        return self


def _type_bed(value: Any) -> Any:
    if isinstance(value, str):
        return None if value == NONE else {"sound": value}
    return value


BedShort = Annotated[BedSpec | None, BeforeValidator(_type_bed)]
"""`rain`, `{sound: rain, level: -20, duck: 6, fade: 10s}`, or `none`."""


class BedLevel(Marked):
    """Level of the bed in a section; None for silence."""

    level: Level | None


def type_bed_level(value: Any) -> Any:
    """Convert `-20` and `none` to the long form."""
    if isinstance(value, str):
        return {"level": None if value == NONE else value}
    return value


def _read_floor(value: Any) -> Any:
    return None if value == NONE else value


Floor = Annotated[Annotated[float, Field(ge=-90, le=-50, allow_inf_nan=False)] | None, BeforeValidator(_read_floor)]
"""Level of the room tone in dBFS; `none` for digital silence."""
FLOOR = -75.0
ROOM = "small"
"""The room of a session that does not say otherwise."""


def check_room(value: str) -> str:
    """Return the name of a room, or `none`.

    Raises:
        ValueError: there is no such room; the message suggests the nearest.

    """
    if value not in (*ROOMS, NONE):
        raise ValueError(f"there is no room {value!r}; {suggest(value, [*ROOMS, NONE])}")
    return value


Room = Annotated[str, AfterValidator(check_room), WithJsonSchema({"enum": [*ROOMS, NONE]})]
"""Name of a room, or `none`."""
Loudness = Annotated[float, Field(ge=-31, le=-14, allow_inf_nan=False)]
"""Loudness of a session, in LUFS."""
LOUDNESS = SPEECH


def find_sound(sound: str, mark: Mark, folders: tuple[Path, ...] = ()) -> tuple[str, str]:
    """Return the path of a sound file and the digest of its bytes; for narrator's own sounds, the name and "".

    `mark` is where the sound is named. The file is searched for in and below the folder of the file that names it,
    then in and below `folders`, and nowhere else.

    Raises:
        RoutineError: there is no such file, or it cannot be read.

    """
    return find_file(sound, "sound file", mark, folders) if is_file(sound) else (sound, "")


def find_file(name: str, kind: str, mark: Mark, folders: tuple[Path, ...] = ()) -> tuple[str, str]:
    """Return the path of a file that an author names, and the digest of its bytes; see `find_sound`.

    `kind` is what messages call it.

    Raises:
        RoutineError: there is no such file, or it cannot be read.

    """
    for folder in (Path(mark.file).parent, *folders):
        path = folder / name
        if find_below(folder, name):
            try:
                return str(path), hash_file(path)
            except OSError as error:
                raise RoutineError(f"cannot read the {kind} {path}: {error.strerror or error}", mark) from error
    plain = name.replace("\\", "/")
    if plain != name and any(find_below(folder, plain) for folder in (Path(mark.file).parent, *folders)):
        raise RoutineError(f"a path has / between its parts; write {plain}", mark, fix=mark.rewrite(name, plain))
    raise RoutineError(
        f"there is no {kind} {name} in this file's folder or below it; put it there, or in the folder that "
        "'sounds' in the configuration file names",
        mark,
    )
