"""`narrator script`: show what is said when."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.cache import open_cache
from narrator.cli.console import Reporter, report_errors, write_text
from narrator.cli.options import Asked, OneRoutine, list_requests, takes_options
from narrator.errors import UsageError
from narrator.paths import exists, is_file

if TYPE_CHECKING:
    from narrator.request import SessionRequest


class ScriptFormat(StrEnum):
    """A format that a script can be written in."""

    text = "text"
    yaml = "yaml"
    json = "json"


_BY_SUFFIX = {
    "": ScriptFormat.text,
    ".txt": ScriptFormat.text,
    ".yaml": ScriptFormat.yaml,
    ".yml": ScriptFormat.yaml,
    ".json": ScriptFormat.json,
}


@takes_options
def script_command(
    routine: OneRoutine,
    *,
    asked: Asked,
    form: Annotated[
        ScriptFormat | None,
        typer.Option("--format", help="text to read, yaml to edit and render, json for programs. [default: text]"),
    ] = None,
    spoken: Annotated[bool, typer.Option("--spoken", help="Also show each sentence as the voice receives it.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; its suffix selects the format.")
    ] = None,
) -> None:
    """Show what is said when, or write it to a file.

    narrator script ten-minute-hips

    narrator script ten-minute-hips --output scripts/mine.yaml

    A script written as YAML can be edited and rendered; its times stay as written.
    """
    with report_errors():
        from narrator.session import make_session

        form = form or _choose_format(output)
        if spoken and form is ScriptFormat.yaml:
            raise UsageError("--spoken is not available in YAML; use --format text or json")
        request = _make_request(routine, asked)
        session = make_session(request, open_cache())
        Reporter(as_json=False).warn(session.notes)
        match form:
            case ScriptFormat.yaml:
                text = session.format_script(((output or request.file).parent, *request.options.sounds))
            case ScriptFormat.json:
                text = session.format_json(spoken=spoken)
            case ScriptFormat.text:
                text = session.format_text(spoken=spoken)
        if output:
            _check_output(output, request)
            write_text(output, text)
        else:
            typer.echo(text, nl=False)


def _make_request(routine: str, asked: Asked) -> "SessionRequest":
    lengths = asked.list_lengths()
    if lengths and len(lengths) > 1:
        raise UsageError("a script has one length; give --length once")
    (request,) = list_requests(routine, asked.make_options(), lengths, asked.name)
    return request


def _choose_format(output: Path | None) -> ScriptFormat:
    suffix = output.suffix.lower() if output else ""
    if suffix not in _BY_SUFFIX:
        known = ", ".join(each for each in _BY_SUFFIX if each)
        raise UsageError(f"--output: a script cannot be written as {suffix}; use {known}")
    return _BY_SUFFIX[suffix]


def _check_output(output: Path, request: "SessionRequest") -> None:
    """Refuse to overwrite the routine, or a YAML file that is not a script."""
    if exists(output) and output.resolve() == request.file.resolve():
        raise UsageError(f"--output: {output} is the file that the script is made from; choose another name")
    if is_file(output) and output.suffix.lower() in {".yaml", ".yml"}:
        from narrator.routine.importers import read_source
        from narrator.timeline.pinned import is_script

        if not is_script(read_source(output)):
            raise UsageError(f"--output: {output} exists and is not a script; choose another name")
