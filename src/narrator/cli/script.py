"""`narrator script`: show what is said when."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.captions.forms import FORMS, find_form
from narrator.cli.cache import open_cache
from narrator.cli.console import Reporter, report_errors
from narrator.cli.options import Asked, BellsOption, OneRoutine, list_requests, takes_options
from narrator.errors import UsageError

if TYPE_CHECKING:
    from narrator.request import SessionRequest


_SCRIPT = "yaml"
"""The format to edit and render, besides those of captions."""
_SCRIPT_SUFFIXES = (".yaml", ".yml")


@takes_options
def script_command(
    routine: OneRoutine,
    *,
    asked: Asked,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORM",
            help="text to read, yaml to edit and render, json for programs; vtt, srt or lrc to show beside the sound; "
            "chapters for podcasts; a transcript; or a sheet to teach from or print. [default: text]",
        ),
    ] = None,
    caption_bells: BellsOption = False,
    spoken: Annotated[bool, typer.Option("--spoken", help="Also show each sentence as the voice receives it.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; its suffix selects the format.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that narrator did not write.")] = False,
) -> None:
    """Show what is said when, or write it to a file.

    narrator script ten-minute-hips

    narrator script ten-minute-hips --output scripts/mine.yaml

    narrator script ten-minute-hips --output sheet.html

    A sheet (.html) is a page to teach from or to print. A script written as YAML can be edited and rendered; its times
    stay as written.
    """
    with report_errors():
        from narrator.captioning import Text, check_place, write_texts
        from narrator.session import make_session

        form = form or _choose_format(output)
        if form != _SCRIPT and form not in FORMS:
            known = ", ".join([*FORMS, _SCRIPT])
            raise UsageError(f"--format: a script cannot be written as {form!r}; use {known}")
        if spoken and not (form in FORMS and FORMS[form].has_readings):
            shown = " or ".join(name for name, known in FORMS.items() if known.has_readings)
            message = f"--spoken is not available in {form}; use --format {shown}"
            raise UsageError(message)
        request, cache, reporter = _make_request(routine, asked), open_cache(), Reporter(as_json=False)
        session = make_session(request, cache)
        reporter.warn(session.notes)
        if form == _SCRIPT:
            text = session.format_script(((output or request.file).parent, *request.options.sounds))
        else:
            text = session.write(form, spoken=spoken, bells=caption_bells)
        if output:
            written = Text(output, text)
            check_place(written, request.file, cache, force=force)
            reporter.warn(write_texts([written], cache))
        else:
            typer.echo(text, nl=False)


def _make_request(routine: str, asked: Asked) -> "SessionRequest":
    lengths = asked.list_lengths()
    if lengths and len(lengths) > 1:
        raise UsageError("a script has one length; give --length once")
    (request,) = list_requests(routine, asked.make_options(), lengths, asked.name)
    return request


def _choose_format(output: Path | None) -> str:
    if output is None or not output.suffix:
        return "text"
    if output.suffix.lower() in _SCRIPT_SUFFIXES:
        return _SCRIPT
    found = find_form(output)
    if found is None:
        known = ", ".join([*(each.suffix for each in FORMS.values()), *_SCRIPT_SUFFIXES])
        raise UsageError(f"--output: a script cannot be written as {output.suffix}; use {known}")
    return found.name
