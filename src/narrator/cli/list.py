"""`narrator list`: the built-in routines."""

import typer

from narrator.cli.console import print_json, report_errors
from narrator.cli.options import JsonOption
from narrator.cli.wire import routine_to_data
from narrator.units import format_duration


def list_command(*, as_json: JsonOption = False) -> None:
    """List the built-in routines."""
    with report_errors(as_json=as_json):
        from narrator.routine import list_builtins, load_routine

        for name, path in list_builtins().items():
            routine = load_routine(path)
            title = routine.title.pick_name(routine.language, routine.language)
            shown = routine.description.pick_name(routine.language, routine.language) if routine.description else title
            if as_json:
                print_json(routine_to_data(name, routine, title, shown))
            else:
                length = format_duration(routine.length) if routine.length else "any"
                typer.echo(f"{name:24} {length:>6}  {shown}")
