"""The voice and the tags at the head of a routine."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from narrator.routine.marked import Marked
from narrator.routine.values import Word


class VoiceSpec(Marked):
    """The voice and its pace."""

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


class Tags(Marked):
    """Metadata that players show with the title."""

    artist: Word = "Narrator"
    album: Word = "Guided sessions"
    genre: Word = "Meditation"
    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None
