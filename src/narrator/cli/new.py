"""`narrator new`: a routine to start from."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from narrator.cli.completion import complete_routines
from narrator.cli.console import report_errors, write_bytes
from narrator.errors import UsageError
from narrator.paths import exists, is_file

_YAML = (".yaml", ".yml")


def new_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the routine, or the file to write.")],
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="ROUTINE",
            help="A text to write as YAML, or a routine to copy with its parts.",
            autocompletion=complete_routines,
        ),
    ] = None,
) -> None:
    """Write a commented routine to start from: as YAML, or as a text if NAME ends in .txt or .md.

    narrator new morning-stretch

    narrator new notes.txt

    narrator new evening --from class.md

    narrator new my-evening --from letting-go
    """
    with report_errors():
        path = _choose_path(name)
        files = _copy(origin, path) if origin else {path: _start(path).encode()}
        _check_free(files, path)
        for file, data in files.items():
            write_bytes(file, data)
        shown = shlex.quote(str(path))
        more = f" (and {len(files) - 1} files that belong to it)" if len(files) > 1 else ""
        typer.echo(f"{path}{more}  edit it, then: narrator check {shown} && narrator render {shown}")


def _choose_path(name: str) -> Path:
    from narrator.routine.importers import SUFFIXES

    path = Path(name)
    # A name that is only a suffix has no suffix to pathlib.
    suffix = next((known for known in SUFFIXES if path.name.lower().endswith(known)), "")
    stem = path.name[: len(path.name) - len(suffix)]
    if not any(char.isalnum() for char in stem) or not name.isprintable():
        raise UsageError(f"{name!r} is not a name for a routine; write one such as morning-stretch")
    return path if suffix else path.with_name(f"{stem}.yaml")


def _start(path: Path) -> str:
    from narrator.routine.starter import write_starter, write_text_starter

    return write_starter(path.stem) if path.suffix.lower() in _YAML else write_text_starter(path.name)


def _copy(origin: str, path: Path) -> dict[Path, bytes]:
    """Return the files to write for a routine that is made from another one."""
    from narrator.cli.named import find_named
    from narrator.routine.copying import list_copies
    from narrator.routine.importers import is_text, is_timed, read_source
    from narrator.routine.importers.writing import write_yaml
    from narrator.routine.load import make_routine

    if path.suffix.lower() not in _YAML:
        raise UsageError(f"--from writes YAML; name the file {path.with_suffix('.yaml')}")
    file = find_named(origin)
    if is_timed(file):
        raise UsageError(f"{origin} has a time on each line; write: narrator script {origin} --output {path}")
    if not is_text(file):
        return list_copies(file, path)
    source = read_source(file, origin)
    # What is wrong with the text is reported at its own lines.
    make_routine(source, file)
    return {path: write_yaml(source, origin, shlex.quote(str(path))).encode()}


def _check_free(files: dict[Path, bytes], path: Path) -> None:
    """Refuse to replace a file, unless it is a part that has the same bytes."""
    for file, data in files.items():
        if exists(file) and (file == path or not is_file(file) or file.read_bytes() != data):
            raise UsageError(f"{file} already exists; choose another name" + ("" if file == path else ", or folder"))
