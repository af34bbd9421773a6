"""The voice and the tags at the head of a routine."""

from pathlib import PurePath
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from narrator.routine.marked import Marked
from narrator.routine.sounds import NONE
from narrator.routine.values import Word


class VoiceSpec(Marked):
    """The voice and its pace."""

    model_config = ConfigDict(defer_build=False)  # it is also made without a routine, on any thread

    engine: Word | None = Field(None, description="An engine, such as espeak; narrator voices lists them.")
    name: Word | None = Field(None, description="One of the engine's voices.")
    pace: float = Field(
        1.0, ge=0.5, le=2.0, allow_inf_nan=False, description="1 is the voice's own pace; less is slower."
    )


def _type_voice(value: Any) -> Any:
    if isinstance(value, str):
        engine, _, name = value.partition(":")
        return {"engine": engine, **({"name": name} if name else {})}
    return value


VoiceShort = Annotated[VoiceSpec, BeforeValidator(_type_voice)]
"""`espeak:en-gb`, or `{engine: espeak, name: en-gb, pace: 0.9}`."""


def _join_line(text: Any) -> Any:
    """Return a text in one line: a tag has no line breaks."""
    return " ".join(text.split()) if isinstance(text, str) else text


def _join_lines(text: Any) -> Any:
    return "\n".join(filter(None, map(_join_line, text.splitlines()))) if isinstance(text, str) else text


def _check_cover(name: str) -> str:
    if "://" in name:
        raise ValueError(f"a cover is a file, not an address; put the picture beside this file instead of {name}")
    if name != NONE and not PurePath(name).suffix:
        raise ValueError(f"there is no cover {name!r}; write the file of a picture, such as cover.jpg, or none")
    return name


def _check_genre(name: str) -> str:
    if name.isdigit():
        raise ValueError("'genre' is a word, such as Meditation, because players read a number as the code of another")
    return name


def _check_track(number: str) -> str:
    track, _, tracks = number.partition("/")
    if tracks and int(track) > int(tracks):
        raise ValueError(f"'track' {track} is over the number of tracks, {tracks}")
    return number


Line = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(_join_line)]
"""A text that players show in one line."""
Lines = Annotated[str, Field(min_length=1, max_length=2000), BeforeValidator(_join_lines)]
"""A text of one or more lines, none of them blank."""
Track = Annotated[str, Field(pattern=r"^[1-9]\d{0,3}(/[1-9]\d{0,3})?$"), AfterValidator(_check_track)]
"""A number in an album, or that and the number of all tracks."""
_COVER = {"anyOf": [{"const": NONE}, {"type": "string", "pattern": r"[.]\w+$"}]}


class Tags(Marked):
    """Metadata that players show with the title."""

    model_config = ConfigDict(defer_build=False)  # as above

    cover: Annotated[Word, AfterValidator(_check_cover), WithJsonSchema(_COVER)] | None = Field(
        None, description="File of the track's picture, beside this file or below it; or none."
    )
    artist: Line = Field("Narrator", description="Who the session is by.")
    album: Line = Field("Guided sessions", description="What it is a part of.")
    track: Track | None = Field(None, description="Its number in the album, such as 3 or 3/12.")
    comment: Lines | None = Field(None, description="A note for listeners; it can have several lines.")
    copyright: Line | None = Field(None, description="Year and owner, such as 2026 Anna Muster.")
    genre: Annotated[Line, AfterValidator(_check_genre)] = Field("Meditation", description="What kind of track it is.")
    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None = Field(None, description="Year in four digits.")
