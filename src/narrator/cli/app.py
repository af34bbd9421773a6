"""The command line: its commands and its entry point."""

import gc
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from narrator import __version__
from narrator.cli.console import report_failure
from narrator.cli.help import CONTEXT, Command, Group
from narrator.cli.streams import lasting_streams
from narrator.errors import OutsideError

COMMANDS = (
    "render", "script", "verify", "check", "list", "cover", "schema", "new", "voices", "cache", "sounds", "translate",
)  # fmt: skip
"""Commands in the order of the help. Each has a module, which has a function `NAME_command` or a group `NAME_app`."""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"narrator {__version__}")
        raise typer.Exit


def start(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Turn a written routine into a guided audio session of exactly the length you ask for."""


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Import commands, and return an app that has them."""
    app = typer.Typer(
        cls=Group,
        help="Turn a written routine into a guided audio session of exactly the length you ask for.",
        epilog="Start with: narrator render ten-minute-hips",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings=CONTEXT,
    )
    app.callback()(start)
    for name in names:
        module = import_module(f"narrator.cli.{name}")
        if group := getattr(module, f"{name}_app", None):
            app.add_typer(group, name=name)
        else:
            app.command(name, cls=Command)(getattr(module, f"{name}_command"))
    return app


def main() -> None:
    """Run the command line and exit with its code."""
    # A command needs none of the others, whose options take time to make.
    asked = [name for name in sys.argv[1:2] if name in COMMANDS]
    with lasting_streams() as find_fault:
        code: int | str | None = 0
        try:
            app = make_app(asked or COMMANDS)
            if not gc.isenabled():
                gc.freeze()
                gc.enable()
            app(prog_name="narrator")
        except SystemExit as ended:
            code = ended.code
        if not code and (fault := find_fault()):
            code = report_failure(OutsideError(f"cannot write to standard output: {fault}"))
    raise SystemExit(code)
