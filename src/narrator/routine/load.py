"""Load a `Routine` from a YAML file, reporting every fault at its place."""

import difflib
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from narrator.errors import Fault, RoutineError, keep_notes
from narrator.paths import find_below
from narrator.routine.find import builtin_folder
from narrator.routine.guard import MAX_NODES
from narrator.routine.importers import read_source
from narrator.routine.losses import find_losses, find_uncounted
from narrator.routine.manner import settle_manner
from narrator.routine.model import Fragment, Include, Repeat, Routine, Section, StepBase
from narrator.routine.parameters import count_nodes, fill_parameters
from narrator.routine.slips.cuts import find_cut_texts
from narrator.routine.slips.foreign import name_foreign
from narrator.routine.source import Source

M = TypeVar("M", bound=BaseModel)

_BUILDING = threading.Lock()
"""Held while a validator is built: pydantic before 2.14 fails where two threads build the same one."""


def load_routine(path: Path, name: str | None = None) -> Routine:
    """Load and check a routine and the files that it includes; messages use `name` for the file.

    Raises:
        RoutineError: with all faults found, each with its file, line and column.

    """
    return make_routine(read_source(path, name), path)


def make_routine(source: Source, path: Path, sounds: tuple[Path, ...] = ()) -> Routine:
    """Make a routine from a file's data.

    Included files are searched for beside `path`; sound files beside the file that names them and in the folders
    `sounds`.

    Raises:
        RoutineError: with all faults found.

    """
    notes = [*source.reading.notes, *find_cut_texts(source)]
    with keep_notes(notes):
        filled = fill_parameters(source)
        routine = settle_manner(type_source(filled, Routine))
        faults = _Includer(routine.language, notes).fill(routine.steps, path.resolve(), (path.resolve(),))
        if faults:
            raise RoutineError.gather(faults)
    notes += find_losses(routine, filled)
    routine._notes = tuple(dict.fromkeys(notes))  # noqa: SLF001 - set by the loader from all files
    routine._decided = source.reading.decided  # noqa: SLF001
    routine._sounds = sounds  # noqa: SLF001 - set by the loader, because the file does not contain it
    routine._translations = source.translations  # noqa: SLF001
    return routine


class _Includer:
    """Reads included files: each of them once, and once more for each set of values.

    Warnings about material in the files that would not be heard are added to `notes`.
    """

    def __init__(self, language: str, notes: list[Fault]) -> None:
        self._language = language
        self._sources: dict[Path, Source] = {}
        self._known: dict[Path, Fragment] = {}
        self._size = 0
        self._notes = notes

    def fill(self, steps: Iterable[StepBase], file: Path, opened: tuple[Path, ...]) -> list[Fault]:
        """Read the files included by steps and return the faults in them."""
        faults: list[Fault] = []
        for step in steps:
            match step:
                case Section() | Repeat():
                    faults += self.fill(step.steps, file, opened)
                case Include():
                    try:
                        self._include(step, file, opened)
                    except RoutineError as error:
                        faults += error.faults
                        self._notes += error.notes
        return faults

    def _include(self, step: Include, file: Path, opened: tuple[Path, ...]) -> None:
        mark = step.find_mark("include")
        found = _find_included(step.include, file)
        if found is None:
            near = _find_near(step.include, file)
            meant = f"; did you mean {near!r}?" if near else ""
            where = "in the folder of this file or below it, or among the built-in ones"
            fix = near and mark.rewrite(step.include, near)
            raise RoutineError(f"there is no {step.include!r} {where}{meant}", mark, fix=fix)
        if found in opened:
            raise RoutineError(
                f"{step.include!r} includes itself, directly or through other files; remove one of the includes", mark
            )
        if step.with_ is not None or found not in self._known:
            shown = str(Path(step.mark.file).parent / step.include) if found.is_relative_to(file.parent) else str(found)
            fragment = self._open(step, found, shown)
            if step.with_ is None:
                self._known[found] = fragment
            faults = self.fill(fragment.steps, found, (*opened, found))
            if faults:
                raise RoutineError.gather(faults)
        else:
            fragment = self._known[found]
        step._fragment = fragment  # noqa: SLF001 - set by the loader from the named file

    def _open(self, step: Include, found: Path, shown: str) -> Fragment:
        """Read a file with the values that a step gives."""
        if found not in self._sources:
            self._sources[found] = read_source(found, shown)
            self._notes += [*self._sources[found].reading.notes, *find_cut_texts(self._sources[found])]
        filled = fill_parameters(self._sources[found], step.with_, step.mark)
        self._size += count_nodes(filled.root)
        if self._size > MAX_NODES:
            raise RoutineError(
                f"over {MAX_NODES:,} entries in included files; include fewer", step.find_mark("include")
            )
        fragment = type_source(filled, Fragment, self._language)
        self._notes += find_uncounted(fragment, filled)
        fragment._translations = filled.translations  # noqa: SLF001 - set by the loader, because the file does not contain it
        return fragment


def _find_included(name: str, file: Path) -> Path | None:
    """Return the file of that name beside or below `file` or below the built-in routines; nowhere else."""
    folders = (file.parent, builtin_folder())
    return next((found for folder in folders if (found := find_below(folder, name))), None)


def _find_near(name: str, file: Path) -> str | None:
    """Return the file that a name probably means: with another slash or suffix, or with a similar name."""
    plain = name.strip().replace("\\", "/")
    for each in (plain, f"{plain}.yaml", f"{plain}.yml", f"parts/{plain}", f"parts/{plain}.yaml"):
        if not plain.startswith("/") and ".." not in plain and _find_included(each, file):
            return each
    folders = (file.parent, builtin_folder())
    known = [
        path.relative_to(folder).as_posix()
        for folder in folders
        for path in (*folder.glob("*.y*ml"), *folder.glob("parts/*.y*ml"))
    ]
    close = difflib.get_close_matches(plain, [each for each in known if folders[0] / each != file], n=1, cutoff=0.75)
    return close[0] if close else None


def type_source(source: Source, kind: type[M], language: str | None = None) -> M:
    """Make a model from the data of a routine, a part or a script; `language` is the default language of its texts.

    Raises:
        RoutineError: with all faults found.

    """
    _need_mapping(source)
    return type_mapping(source, kind, language)


def type_mapping(source: Source, kind: type[M], language: str | None = None) -> M:
    """Make a model from a YAML file that is known to be a mapping; see `type_source`."""
    try:
        return _validate(source, kind, language)
    except ValidationError as error:
        from narrator.routine.describe import describe_faults
        from narrator.routine.slips.keys import describe_keys, join_fixes, respell_keys

        respelt, found = respell_keys(source, kind)
        if not found:
            raise describe_faults(error, source, kind) from None
    faults = describe_keys(found)
    try:
        _validate(respelt, kind, language)
    except ValidationError as error:
        values = describe_faults(error, respelt, kind)
        joined = RoutineError.gather(sorted(join_fixes(faults, values.faults, found), key=_find_order))
        joined.unlisted = values.unlisted
        raise joined from None
    raise RoutineError.gather(faults)


def _find_order(fault: Fault) -> tuple[int, int]:
    return (fault.mark.line, fault.mark.column) if fault.mark else (0, 0)


def _validate(source: Source, kind: type[M], language: str | None) -> M:
    own = source.data.get("language")
    with _BUILDING:
        kind.model_rebuild()
    return kind.model_validate(source.data, context={"language": own if isinstance(own, str) else language})


def _need_mapping(source: Source) -> None:
    """Refuse a file that is not a mapping.

    Raises:
        RoutineError: the file is a list, plain text or another format; the message says which.

    """
    data, mark = source.data, source.find_mark(())
    if isinstance(data, dict) and ("title" in data or "steps" in data):
        return
    if foreign := name_foreign(source.text):
        raise RoutineError(foreign, mark)
    if isinstance(data, list):
        fix = f"title: My routine\nsteps:\n{mark.text}"
        raise RoutineError(
            "this file is a list; a routine is a mapping that starts with 'title:' and has 'steps:'", mark, fix=fix
        )
    if not isinstance(data, dict):
        raise RoutineError(
            "this file is plain text; a routine is a mapping that starts with 'title:' and has 'steps:'", mark
        )
