"""`narrator list`: the built-in routines, or those in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.console import Reporter, print_json, report_errors
from narrator.cli.options import JsonOption
from narrator.cli.wire import listed_to_data
from narrator.errors import RoutineError, UsageError
from narrator.units import format_duration

if TYPE_CHECKING:
    from narrator.routine.library import Listed


def list_command(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="A folder of routines, in YAML or as texts.")
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the built-in routines, or those in a folder.

    narrator list

    narrator list my-classes
    """
    reporter = Reporter(as_json=as_json)
    with report_errors(as_json=as_json):
        from narrator.routine.library import list_folder, list_library

        if folder is not None and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder; name one with routines in it")
        for each in list_library() if folder is None else list_folder(folder):
            if isinstance(each, RoutineError):
                reporter.fail(each)
            else:
                _show(each, as_json=as_json)
        raise typer.Exit(reporter.worst)


def _show(each: "Listed", *, as_json: bool) -> None:
    if as_json:
        print_json(listed_to_data(each))
        return
    length = format_duration(each.length) if each.length else "any"
    typer.echo(f"{each.name:24} {length:>6}  {' '.join(each.languages):8}  {each.description}")
