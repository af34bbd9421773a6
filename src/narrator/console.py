"""What every command shares: telling faults, printing JSON, writing a file whole or not at all."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from narrator.errors import CancelledError, Fault, NarratorError, UsageError


def print_json(known: dict[str, Any]) -> None:
    """Print an object on a line of its own."""
    typer.echo(json.dumps(known, ensure_ascii=False))


def tell(fault: Fault, kind: str, *, as_json: bool = False, spans: Sequence[tuple[int, int]] = ()) -> None:
    """Tell a fault (`error` or `warning`) with its place: on standard error, or as JSON on standard output.

    `spans` are the lengths in ms that can be met where another one was asked for.
    """
    if as_json:
        mark = asdict(fault.mark) if fault.mark else {"file": None, "line": None, "column": None}
        more = {"ranges_ms": [list(span) for span in spans]} if spans else {}
        print_json({"kind": kind, **mark, "message": fault.message, **more})
    else:
        typer.echo(fault.describe(kind), err=True)


def tell_error(error: NarratorError) -> None:
    """Tell each fault of an error."""
    for fault in error.faults:
        tell(fault, "error")


@contextmanager
def faults_told() -> Iterator[None]:
    """Tell what went wrong in a line, and end with its exit code."""
    try:
        yield
    except NarratorError as error:
        tell_error(error)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        typer.echo("interrupted; what was spoken is kept, and nothing half done is left behind", err=True)
        raise typer.Exit(CancelledError.exit_code) from None


@contextmanager
def show_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show how many bytes of how many have come while the block runs, if standard error is a terminal.

    The bar goes to and fro for as long as nobody knows of how many.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    with Progress(TextColumn(what), BarColumn(), DownloadColumn(), console=console, transient=True) as bars:
        task = bars.add_task(what, total=None)

        def report(done: int, total: int | None) -> None:
            # By itself, for `update` takes None as a total that stays as it was.
            bars.tasks[0].total = total
            bars.update(task, completed=done)

        yield report


def check_language(code: str) -> None:
    """Refuse what is no code of a language.

    Raises:
        UsageError: it is none.

    """
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
        raise UsageError(f"--language cannot be {code!r}; write a code such as en, de or es")


def write_text(path: Path, text: str) -> None:
    """Write a text file; it appears whole or not at all.

    Raises:
        PublishError: it cannot be written.

    """
    from narrator.cache import replace_file
    from narrator.errors import PublishError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise PublishError(f"cannot write {path}: {error.strerror or error}; choose another place") from error
