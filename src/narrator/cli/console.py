"""What every command shares: telling faults, printing JSON, writing a file whole or not at all."""

import json
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from narrator.characters import escape_in_json
from narrator.errors import CancelledError, Fault, LengthError, UsageError, explain


def print_json(known: dict[str, Any]) -> None:
    """Print an object on a line of its own."""
    typer.echo(escape_in_json(json.dumps(known, ensure_ascii=False)))


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


def tell_failure(failure: BaseException, *, as_json: bool = False) -> int:
    """Report each fault of an error, or of what befell the command; returns its exit code.

    What is a fault of the program is raised again.
    """
    error = explain(failure)
    if error is None:
        raise failure
    if isinstance(error, CancelledError):
        typer.echo(error.faults[0].message, err=True)
        return error.exit_code
    for fault in error.faults:
        tell(fault, "error", as_json=as_json, spans=error.spans if isinstance(error, LengthError) else ())
    return error.exit_code


@contextmanager
def _interrupts_raised() -> Iterator[None]:
    """Have a request to terminate, or a terminal that is closed, raise what Ctrl-C does while the block runs.

    Before and after it an interrupt ends the process as whoever started it has settled.
    """
    before = {}
    # Handlers can be set in the main thread alone.
    for name in ("SIGINT", "SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ():
        # nohup has the last ignored, and Windows lacks it.
        if (number := getattr(signal, name, None)) and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def faults_told() -> Iterator[None]:
    """Tell what went wrong in a line, and end with its exit code."""
    try:
        with _interrupts_raised():
            yield
    except (Exception, KeyboardInterrupt) as failure:  # noqa: BLE001 - what is no failure is raised again
        raise typer.Exit(tell_failure(failure)) from None


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


def check_language(code: str, option: str = "--language") -> None:
    """Refuse what is no code of a language, given as an option.

    Raises:
        UsageError: it is none.

    """
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
        raise UsageError(f"{option} cannot be {code!r}; write a code such as en, de or es")


def write_text(path: Path, text: str) -> None:
    """Write a text file; it appears whole or not at all.

    Raises:
        PublishError: it cannot be written.

    """
    from narrator.errors import PublishError
    from narrator.files import replace_file
    from narrator.paths import refuse_special

    try:
        refuse_special(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise PublishError(f"cannot write {path}: {error.strerror or error}; choose another place") from error
