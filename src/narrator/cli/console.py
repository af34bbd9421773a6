"""Shared by all commands: report errors, print JSON, write a file atomically."""

import json
import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from narrator.characters import escape_in_json
from narrator.cli.wire import fault_to_data
from narrator.errors import CancelledError, Fault, LengthError, explain

_FIGURES = re.compile(r"[0-9]+")
_MOST_FAULTS = 10
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_FLAGS = {"bed": "--no-bed"}
"""Flags whose names differ from those of their options."""


def print_json(known: dict[str, Any]) -> None:
    """Print an object as JSON on one line."""
    typer.echo(escape_in_json(json.dumps(known, ensure_ascii=False)))


def report(fault: Fault, kind: str, *, as_json: bool = False, spans: Sequence[tuple[int, int]] = ()) -> None:
    """Report an `error`, a `warning` or a `note` and its place on standard error, or as JSON on standard output.

    On standard error, the line follows with a caret below the place, then the corrected line if it is known; a note is
    one line. `spans` are the lengths in ms that can be met if the requested one cannot.
    """
    message = fault.message + _name_flags(fault.options)
    if as_json:
        print_json(fault_to_data(fault, kind, message, spans))
        return
    colour = _has_colour()
    lines = [_style(replace(fault, message=message).describe(kind), colour, fg=_COLOURS[kind])]
    if kind != "note":
        lines += fault.show_place() or ()
        lines += (_style(line, colour, fg="green") for line in fault.show_fix())
    typer.echo("\n".join(lines), err=True, color=colour)


def report_all(
    found: Sequence[tuple[str, Fault]],
    *,
    unlisted: int = 0,
    as_json: bool = False,
    spans: Sequence[tuple[int, int]] = (),
) -> None:
    """Report the faults, each with its kind, that fit on a screen, then count the others and the `unlisted`.

    As JSON, report all. `spans` belong to the errors.
    """
    shown = found if as_json else found[:_MOST_FAULTS]
    for kind, fault in shown:
        report(fault, kind, as_json=as_json, spans=spans if kind == "error" else ())
    if more := len(found) - len(shown) + unlisted:
        if as_json:
            print_json({"kind": "more", "count": more})
        else:
            typer.echo(f"and {more} more", err=True)


def _has_colour() -> bool:
    from rich.console import Console

    console = Console(stderr=True)
    return console.color_system is not None and not console.no_color


def _style(text: str, colour: bool, **style: Any) -> str:
    return typer.style(text, **style) if colour else text


def _name_flags(options: Sequence[str]) -> str:
    """Return the flags of a fault's options, in brackets."""
    flags = [_FLAGS.get(name, f"--{name.replace('_', '-')}") for name in options]
    return f" ({', '.join(flags)})" if flags else ""


def report_failure(
    failure: BaseException, *, as_json: bool = False, choose: Callable[[Iterable[Fault]], Iterable[Fault]] = tuple
) -> int:
    """Report each fault of an exception, and those of its warnings that `choose` returns; return the exit code.

    An exception that can only be a bug is raised again.
    """
    error = explain(failure)
    if error is None:
        raise failure
    if isinstance(error, CancelledError):
        typer.echo(error.faults[0].message, err=True)
        return error.exit_code
    spans = error.spans if isinstance(error, LengthError) else ()
    found = [*_tag("error", error.faults), *_tag("warning", choose(error.notes))]
    report_all(found, unlisted=error.unlisted, as_json=as_json, spans=spans)
    return error.exit_code


def _tag(kind: str, faults: Iterable[Fault]) -> Iterator[tuple[str, Fault]]:
    return ((kind, fault) for fault in faults)


class Reporter:
    """Reports errors, and each warning once, while a command continues; `worst` is the highest exit code so far."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.worst = 0
        self._warned: set[Fault] = set()

    def warn(
        self,
        warnings: Iterable[Fault],
        notes: Iterable[Fault] = (),
        errors: Sequence[Fault] = (),
        spans: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Report the `errors`, then the warnings and notes of a track, except those that an earlier track had."""
        found = [*_tag("error", errors), *_tag("warning", self._choose(warnings)), *_tag("note", self._choose(notes))]
        report_all(found, as_json=self.as_json, spans=spans)
        self.note_code(int(bool(errors)))

    def fail(self, failure: BaseException) -> None:
        """Report an error."""
        self.note_code(report_failure(failure, as_json=self.as_json, choose=self._choose))

    def _choose(self, notes: Iterable[Fault]) -> list[Fault]:
        """Return the warnings except those that differ only in figures from an earlier track's."""
        by_kind = {note: replace(note, message=_FIGURES.sub("", note.message)) for note in notes}
        new = [note for note, kind in by_kind.items() if kind not in self._warned]
        self._warned.update(by_kind.values())
        return new

    def note_code(self, code: int) -> None:
        """Keep an exit code if it is the highest so far."""
        self.worst = max(self.worst, code)


@contextmanager
def _interrupts_raised() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGINT, SIGTERM and SIGHUP while the block runs.

    Before and after the block, the handlers are those that the process was started with.
    """
    before = {}
    # Only the main thread can set handlers.
    for name in ("SIGINT", "SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ():
        # SIGHUP is ignored under nohup, and Windows does not have it.
        if (number := getattr(signal, name, None)) and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def report_errors(*, as_json: bool = False) -> Iterator[None]:
    """Report an exception raised by the block and exit with its code."""
    try:
        with _interrupts_raised():
            yield
    except (Exception, KeyboardInterrupt) as failure:  # noqa: BLE001 - a bug is raised again
        raise typer.Exit(report_failure(failure, as_json=as_json)) from None


@contextmanager
def show_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show the progress of a download in bytes while the block runs, if standard error is a terminal.

    The bar moves back and forth while the total is unknown.
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
            # Set directly, because `update` takes a total of None to mean "unchanged".
            bars.tasks[0].total = total
            bars.update(task, completed=done)

        yield report


def write_text(path: Path, text: str) -> None:
    """Write a text file; see `write_bytes`."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all.

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
            file.write(data)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}; choose another place"
        raise PublishError(message) from error
