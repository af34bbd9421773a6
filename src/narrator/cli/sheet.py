"""`narrator voices sheet`: write the sentences to read, to record one's own voice."""

from pathlib import Path
from typing import Annotated

import typer

from narrator.cli.cache import open_cache
from narrator.cli.console import Reporter, report_errors
from narrator.cli.options import STANDARD_INPUT, Asked, Routines, list_requests
from narrator.errors import UsageError

_SUFFIXES = (".txt", ".html")


def sheet_command(
    routines: Routines,
    *,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the sentences, such as de. [default: the routine's]")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A .html, which prints well, or a .txt; - is standard output. [default: -]"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that narrator did not write.")] = False,
) -> None:
    """Write the sentences to read aloud, numbered, to record your own voice.

    narrator voices sheet evening.yaml --output evening.html

    narrator voices sheet evening.yaml morning.yaml

    They are all sentences that a track of any length and guidance may say: each is there once, in reading order. Then:
    narrator voices cut evening.yaml take.m4a --to anna
    """
    with report_errors():
        from narrator.captioning import Text, check_place, write_texts
        from narrator.session import read_draft
        from narrator.takes.sentences import list_sentences
        from narrator.takes.sheet import write_html, write_text

        is_shown = output is None or str(output) == STANDARD_INPUT
        suffix = ".txt" if output is None or is_shown else output.suffix.lower()
        if suffix not in _SUFFIXES:
            raise UsageError(f"--output: {output} must end in {' or '.join(_SUFFIXES)}")
        options = Asked(language=language).make_options()
        requests = [request for name in routines for request in list_requests(name, options)]
        sentences = list_sentences(map(read_draft, requests))
        if not sentences:
            raise UsageError("nothing is said in these routines; name one that has words")
        text = write_html(sentences) if suffix == ".html" else write_text(sentences)
        if output is None or is_shown:
            typer.echo(text, nl=False)
            return
        cache, written = open_cache(), Text(output, text)
        for request in requests:
            check_place(written, request.file, cache, force=force)
        Reporter(as_json=False).warn(write_texts([written], cache))
        typer.echo(f"{output}  {len(sentences)} sentences")
