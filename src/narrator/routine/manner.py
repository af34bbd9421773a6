"""Manners: what movement, meditation and sleep ask for where a routine leaves it open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from narrator.routine.nearest import suggest
from narrator.sound.catalog import BELLS, RECORDING_LEVEL, SOFT
from narrator.units import Db, Ms

if TYPE_CHECKING:
    from narrator.routine.model import Routine


@dataclass(frozen=True, slots=True)
class Manner:
    """A manner of guiding: the gap after a sentence, the pace, the room, and how bells and the bed come and go."""

    gap: Ms
    pace: float
    room: str
    bells: Db
    """Level of bells relative to their own."""
    mallet: str | None
    """What narrator's own bells are struck with; None for what they have without a manner."""
    fade: Ms
    """Length of the fades of a bed."""


MANNERS = {
    "movement": Manner(600, 0.9, "small", 0.0, None, 6000),
    "meditation": Manner(1200, 0.88, "small", -3.0, None, 10_000),
    "sleep": Manner(2000, 0.85, "hall", -8.0, SOFT, 12_000),
}


def _check_manner(value: str) -> str:
    if value not in MANNERS:
        raise ValueError(f"there is no manner {value!r}; {suggest(value, MANNERS)}")
    return value


MannerName = Annotated[str, AfterValidator(_check_manner), WithJsonSchema({"enum": list(MANNERS)})]
"""Name of a manner."""


def settle_manner(routine: "Routine") -> "Routine":
    """Return a routine in which its manner has decided what is not written in it."""
    if routine.manner is None:
        return routine
    manner = MANNERS[routine.manner]
    settled: dict[str, Any] = {}
    if "gap" not in routine.model_fields_set:
        settled["gap"] = manner.gap
    if "room" not in routine.model_fields_set:
        settled["room"] = manner.room
    if "pace" not in routine.voice.model_fields_set:
        settled["voice"] = routine.voice.model_copy(update={"pace": manner.pace})
    if routine.bed and "fade" not in routine.bed.model_fields_set:
        settled["bed"] = routine.bed.model_copy(update={"fade": manner.fade})
    return routine.model_copy(update=settled)


def level_bell(sound: str, manner: str | None) -> Db | None:
    """Return the level of a bell that has none in its routine; None for the bell's own."""
    softer = MANNERS[manner].bells if manner else 0.0
    if not softer:
        return None
    return softer + (BELLS[sound].level if sound in BELLS else RECORDING_LEVEL)


def choose_mallet(sound: str, manner: str | None) -> str | None:
    """Return what a bell without a mallet in its routine is struck with; None for what it has without a manner."""
    return MANNERS[manner].mallet if manner and sound in BELLS else None
