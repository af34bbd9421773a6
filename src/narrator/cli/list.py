"""`narrator list`: the built-in routines."""

import typer

from narrator.cli.console import print_json, report_errors
from narrator.cli.options import JsonOption
from narrator.cli.wire import listed_to_data
from narrator.units import format_duration


def list_command(*, as_json: JsonOption = False) -> None:
    """List the built-in routines."""
    with report_errors(as_json=as_json):
        from narrator.routine.library import list_library

        for each in list_library():
            if as_json:
                print_json(listed_to_data(each))
            else:
                length = format_duration(each.length) if each.length else "any"
                typer.echo(f"{each.name:24} {length:>6}  {' '.join(each.languages):8}  {each.description}")
