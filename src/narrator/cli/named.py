"""Routines as the command line names them."""

import re
from pathlib import Path

from narrator.errors import RoutineError, UsageError
from narrator.units import parse_duration


def find_named(name: str) -> Path:
    """Find a routine by the path of its file or by its built-in name.

    Raises:
        RoutineError: there is neither such a file nor such a name.
        UsageError: the name is a length, or is followed by one.

    """
    from narrator.routine.find import find_routine

    try:
        return find_routine(name)
    except RoutineError:
        if _is_length(name):
            raise UsageError(f"{name} is a length, not a routine; write --length {name}") from None
        routine, length = _split_length(name)
        if length:
            raise UsageError(f"{name!r} is a routine and a length; write {routine} --length {length}") from None
        raise


def _split_length(name: str) -> tuple[str, str]:
    """Return the name of a routine and the length after it; the length is empty unless both are valid."""
    found = re.fullmatch(r"(?P<routine>\S+?)[\s:,=-]+(?P<length>\d\S*)", name.strip())
    if not found or not _is_length(found["length"]):
        return name, ""
    from narrator.routine.find import find_routine

    try:
        find_routine(found["routine"])
    except RoutineError:
        return name, ""
    return found["routine"], found["length"]


def _is_length(text: str) -> bool:
    try:
        return parse_duration(text) > 0
    except ValueError:
        return False
