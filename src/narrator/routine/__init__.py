"""The authored language: YAML files to typed, frozen models."""

from narrator.routine.find import find_routine, list_builtins
from narrator.routine.load import load_routine
from narrator.routine.model import Routine

__all__ = ["Routine", "find_routine", "list_builtins", "load_routine"]
