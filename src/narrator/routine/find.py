"""Find routines by name: built-in ones, which are part of the package, and files."""

from pathlib import Path

from narrator.errors import RoutineError
from narrator.paths import exists, is_file
from narrator.routine.importers import TIMED
from narrator.routine.nearest import suggest

_ENDINGS = (".yaml", ".yml", ".md", ".markdown", ".txt", ".docx")
_PACKAGE = Path(__file__).resolve().parents[1]


def builtin_folder() -> Path:
    """Return the folder of the built-in routines: inside an installed wheel, or beside `src/` in a checkout."""
    installed = _PACKAGE / "routines"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "routines"


def list_builtins() -> dict[str, Path]:
    """Return the built-in routines by name, in alphabetical order."""
    return {path.stem: path for path in sorted(builtin_folder().glob("*.yaml"))}


def find_routine(name: str) -> Path:
    """Find a routine by the path of its file or by its built-in name.

    Raises:
        RoutineError: there is neither such a file nor such a name.

    """
    path = Path(name)
    if is_file(path):
        return path
    builtins = list_builtins()
    if name in builtins:
        return builtins[name]
    if exists(path) and path.is_dir():
        raise RoutineError(f"{name} is a folder; name a routine file in it")
    if near := next((each for ending in _ENDINGS if is_file(each := path.with_suffix(ending))), None):
        raise RoutineError(f"there is no {name!r}; did you mean {str(near)!r}?")
    if path.suffix.lower() in {*_ENDINGS, *TIMED} or len(path.parts) > 1:
        raise RoutineError(f"there is no file {name}; 'narrator list' shows the built-in routines")
    raise RoutineError(f"there is no routine {name!r}; {suggest(name, builtins)}")
