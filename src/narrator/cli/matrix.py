"""What `narrator render` is asked for, as requests: routines in every combination of the listed values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrator.cli.named import find_named
from narrator.cli.options import STANDARD_INPUT, Asked, list_requests
from narrator.errors import NarratorError, RoutineError, UsageError
from narrator.languages import check_language

if TYPE_CHECKING:
    from narrator.batch.matrix import Combination, Matrix
    from narrator.batch.matrix_file import MatrixFile
    from narrator.cli.console import Reporter
    from narrator.request import SessionRequest, TrackRequest


@dataclass(frozen=True, slots=True)
class Lists:
    """The values that are asked for: routines as they are named, and the lists of a matrix."""

    routines: list[str]
    matrix: "Matrix"
    folder: Path | None = None
    """The folder of a matrix file, to which its routines are relative."""
    is_changed: bool = False
    """Whether the command line replaces values of a matrix file."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The names of formats, and whether they are asked for, so that they replace those of a matrix file."""

    names: tuple[str, ...]
    is_asked: bool


def check_coding(formats: Sequence[str], bitrate: int | None, channels: int) -> None:
    """Refuse a bit rate that a format does not have.

    Raises:
        UsageError: one does not have it.

    """
    from narrator.formats.format import check_bitrate
    from narrator.formats.registry import find_format

    check_bitrate([find_format(Path(f"track.{name}")) for name in formats], bitrate, channels)


def read_lists(routines: list[str], asked: Asked, formats: Formats, path: str | None, *, voices: bool) -> Lists:
    """Return the lists of the command line, or of a matrix file, whose values those of the command line replace.

    `voices` says whether the voice is given on the command line, where it may be a list.

    Raises:
        UsageError: a value is not valid.
        RoutineError: the matrix file cannot be used.

    """
    from narrator.batch.matrix import Matrix
    from narrator.batch.template import PathTemplate

    given: dict[str, Any] = {"formats": formats.names} if formats.is_asked else {}
    given |= {"lengths": tuple(lengths)} if (lengths := asked.list_lengths()) else {}
    given |= {"languages": _split_languages(asked.language)} if asked.language is not None else {}
    given |= {"voices": _split(asked.voice)} if asked.voice and voices else {}
    given |= {"guidances": asked.list_guidances()} if asked.guidance else {}
    given |= {"path": PathTemplate(path)} if path else {}
    file = _find_matrix(routines)
    if file is None:
        return Lists(_list_all(routines), Matrix(**({"formats": formats.names} | given)))
    known, folder = file
    return Lists(
        _list_all(list(known.routines)),
        Matrix(**({"formats": formats.names} | _list_values(known) | given)),
        folder,
        bool(given),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _split_languages(text: str) -> tuple[str, ...]:
    from narrator.batch.matrix import ALL

    codes = _split(text) or (text,)
    for code in codes:
        if code != ALL:
            check_language(code)
    return codes


def _list_all(routines: list[str]) -> list[str]:
    """Return the routines, with the built-in ones in place of `all`."""
    from narrator.batch.matrix import ALL
    from narrator.routine.find import list_builtins

    return [name for each in routines for name in (list_builtins() if each == ALL else (each,))]


def _find_matrix(routines: list[str]) -> "tuple[MatrixFile, Path] | None":
    """Return the matrix that is named in place of routines, and its folder.

    Raises:
        UsageError: a matrix is named beside other files.
        RoutineError: it cannot be used.

    """
    from narrator.batch.matrix import is_matrix

    for name in routines:
        path = Path(name)
        if is_matrix(path):
            if len(routines) > 1:
                raise UsageError(f"{name} is a matrix, which lists its routines itself; name nothing else")
            from narrator.batch.matrix_file import read_matrix

            return read_matrix(path, name), path.parent
    return None


def _list_values(known: "MatrixFile") -> dict[str, Any]:
    """Return what a matrix file sets, as fields of a `Matrix`."""
    values = {
        "lengths": known.length,
        "languages": known.language,
        "voices": known.voice,
        "guidances": known.guidance,
        "formats": known.format,
        "path": known.path,
    }
    return {key: value for key, value in values.items() if value} | known.list_choices()


def make_tracks(
    lists: Lists,
    asked: Asked,
    make: "Callable[[SessionRequest, tuple[Combination, ...], list[str]], TrackRequest]",
    reporter: "Reporter",
) -> "list[tuple[tuple[Combination, ...], TrackRequest]]":
    """Return all combinations with their requests; a routine that cannot be used is reported, and left out.

    `make` adds the files of a track, one for each format, to a session; it gets their paths if there is a template.
    """
    from narrator.batch.matrix import ALL, Facts, fill_path, make_requests, read_facts

    matrix = lists.matrix
    options = replace(asked, language=None, guidance=None).make_options()
    if matrix.voices == (None,):
        matrix = replace(matrix, voices=(options.voice,))
    reads = ALL in matrix.languages or matrix.needs_language or bool(matrix.path and "length" in matrix.path.fields)
    every: list[Combination] = []
    found: list[tuple[tuple[Combination, ...], TrackRequest]] = []
    for name in lists.routines:
        try:
            (request,) = list_requests(_place(name, lists.folder), options, name=asked.name)
            facts = read_facts(request) if reads else Facts(request.file.stem)

            def place(
                session: "SessionRequest", formats: "tuple[Combination, ...]", facts: Facts = facts
            ) -> "TrackRequest":
                return make(
                    session, formats, [str(fill_path(matrix.path, one, facts)) for one in formats if matrix.path]
                )

            found += make_requests(matrix, facts, request, place)
            every += matrix.list_all(facts)
        except RoutineError as error:
            reporter.fail(error)
    if not lists.is_changed:
        reporter.warn(matrix.find_idle(every))
    return found


def _place(name: str, folder: Path | None) -> str:
    """Return the name of a routine in a matrix file, relative to the folder of that file if it is there."""
    if folder is None or name == STANDARD_INPUT:
        return name
    beside = folder / name
    try:
        return str(find_named(str(beside)))
    except NarratorError:
        return name


def check_tracks(tracks: "Sequence[tuple[tuple[Combination, ...], TrackRequest]]", lists: Lists, root: Path) -> None:
    """Refuse tracks that would be written to the same file.

    Raises:
        UsageError: two of them would.

    """
    from narrator.batch.executor import check_targets
    from narrator.batch.matrix import check_paths

    if lists.matrix.path:
        files = ((one, path) for formats, request in tracks for one, path in zip(formats, request.outputs, strict=True))
        check_paths(files, lists.matrix.path, root)
    check_targets(request for _, request in tracks)
