"""`narrator new`: a routine to start from."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from narrator.cli.console import report_errors, write_text
from narrator.errors import UsageError
from narrator.paths import exists


def new_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the routine, or the file to write.")],
) -> None:
    """Write a commented routine to start from.

    narrator new morning-stretch
    """
    with report_errors():
        from narrator.routine.starter import write_starter

        stem = Path(name).name.removesuffix(".yaml").removesuffix(".yml")
        if not any(char.isalnum() for char in stem) or not name.isprintable():
            raise UsageError(f"{name!r} is not a name for a routine; write one such as morning-stretch")
        path = Path(name) if Path(name).suffix in {".yaml", ".yml"} else Path(name).with_name(f"{stem}.yaml")
        if exists(path):
            raise UsageError(f"{path} already exists; choose another name")
        write_text(path, write_starter(path.stem))
        shown = shlex.quote(str(path))
        typer.echo(f"{path}  edit it, then: narrator check {shown} && narrator render {shown}")
