"""The choice of the voice for a session: the chosen one, or, if it fails, the next fallback."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from narrator.errors import Fault, Mark, NarratorError, RoutineError, SpeechError, UsageError
from narrator.routine.heading import VoiceSpec
from narrator.speech.engine import Engine, Voice
from narrator.speech.registry import AUTO, check_engine, open_voice

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Role:
    """What is to be spoken: the routine's choice of voice, its place in the file, and the language."""

    wish: VoiceSpec
    language: str
    mark: Mark | None = None
    """Place of the choice; None if the language is not the routine's own, so that the routine is not to blame."""
    folders: tuple[Path, ...] = ()
    """Folders in which or below which the routine's own voices may be."""


def cast_voice(
    asked: str | None, fallback: Sequence[str], role: Role, work: Callable[[Engine, Voice], T]
) -> tuple[T, tuple[Fault, ...]]:
    """Do all of the work with the requested voice; if that voice fails, do all of it with the next fallback.

    Returns the result of the work, and a warning for each voice that failed.

    Raises:
        UsageError: the requested voice or an engine of a fallback does not exist.
        SpeechError: every voice failed; it has a fault for each.

    """
    for each in fallback:
        check_engine(each)
    failed: list[Fault] = []
    try:
        return _work_with(asked, role, work), ()
    except SpeechError as error:
        if not fallback:
            raise
        failed += error.faults
    for instead in fallback:
        try:
            done = _work_with(instead, role, work)
        except (SpeechError, UsageError) as error:
            too = f"the fallback {instead} failed, too"
            failed += (Fault(f"{too}: {fault.message}", fault.mark) for fault in error.faults)
        else:
            note = f"the whole session is spoken by {instead} instead"
            return done, tuple(Fault(f"{note}: {fault.message}", fault.mark) for fault in failed)
    raise SpeechError.gather(failed)


def _work_with(asked: str | None, role: Role, work: Callable[[Engine, Voice], T]) -> T:
    engine, voice = _open_voice(asked, role)
    with engine:
        return work(engine, voice)


def _open_voice(asked: str | None, role: Role) -> tuple[Engine, Voice]:
    """Open a voice; a fault caused by the routine file gets its place there."""
    try:
        return open_voice(asked, role.wish, role.language, role.folders)
    except NarratorError as error:
        if asked not in {None, AUTO} or role.mark is None or error.faults[0].mark:
            raise
        kind = RoutineError if isinstance(error, UsageError) else type(error)
        raise kind(error.faults[0].message, role.mark) from None
