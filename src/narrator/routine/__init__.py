"""The authored language: load YAML files as typed, frozen models."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from narrator.routine.find import find_routine, list_builtins
    from narrator.routine.load import load_routine
    from narrator.routine.model import Routine

__all__ = ["Routine", "find_routine", "list_builtins", "load_routine"]

_PLACES = {"Routine": "model", "find_routine": "find", "list_builtins": "find", "load_routine": "load"}


def __getattr__(name: str) -> Any:
    # Importing the models would take longer than all of `narrator list`, which does not need them.
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
