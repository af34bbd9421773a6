"""The command line: its commands and its entry point."""

from typing import Annotated

import typer

from narrator import __version__
from narrator.cli.cache import cache_app
from narrator.cli.check import check_command
from narrator.cli.console import report_failure
from narrator.cli.cover import cover_command
from narrator.cli.help import CONTEXT, Command, Group
from narrator.cli.list import list_command
from narrator.cli.new import new_command
from narrator.cli.render import render_command
from narrator.cli.schema import schema_command
from narrator.cli.script import script_command
from narrator.cli.sounds import sounds_command
from narrator.cli.streams import lasting_streams
from narrator.cli.translate import translate_command
from narrator.cli.verify import verify_command
from narrator.cli.voices import voices_app
from narrator.errors import OutsideError

app = typer.Typer(
    cls=Group,
    help="Turn a written routine into a guided audio session of exactly the length you ask for.",
    epilog="Start with: narrator render ten-minute-hips",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=CONTEXT,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"narrator {__version__}")
        raise typer.Exit


@app.callback()
def start(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Turn a written routine into a guided audio session of exactly the length you ask for."""


app.command("render", cls=Command)(render_command)
app.command("script", cls=Command)(script_command)
app.command("verify", cls=Command)(verify_command)
app.command("check", cls=Command)(check_command)
app.command("list", cls=Command)(list_command)
app.command("cover", cls=Command)(cover_command)
app.command("schema", cls=Command)(schema_command)
app.command("new", cls=Command)(new_command)
app.add_typer(voices_app, name="voices")
app.add_typer(cache_app, name="cache")
app.command("sounds", cls=Command)(sounds_command)
app.command("translate", cls=Command)(translate_command)


def main() -> None:
    """Run the command line and exit with its code."""
    with lasting_streams() as find_fault:
        code: int | str | None = 0
        try:
            app(prog_name="narrator")
        except SystemExit as ended:
            code = ended.code
        if not code and (fault := find_fault()):
            code = report_failure(OutsideError(f"cannot write to standard output: {fault}"))
    raise SystemExit(code)
