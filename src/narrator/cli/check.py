"""What `narrator check` prints: how long a routine can be, and a table of what it comes to at several lengths."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from narrator.cli.console import print_json, tell
from narrator.units import Ms, format_duration

if TYPE_CHECKING:
    from narrator.render import Checked
    from narrator.review.figures import Row


def show_checked(name: str, checked: "Checked", *, is_asked: bool, as_json: bool) -> int:
    """Print what was found, warnings and all; `is_asked` says that the lengths were. Return the exit code."""
    refused = [fault for row in checked.rows for fault in row.refusal] if is_asked else []
    for fault in refused:
        tell(fault, "error", as_json=as_json, spans=checked.range.spans)
    for note in (*checked.notes, *checked.advice):
        tell(note, "warning", as_json=as_json)
    if as_json:
        print_json(_to_data(name, checked))
    else:
        typer.echo(_describe(name, checked))
        if checked.rows:
            _print_table(checked)
    return int(bool(refused))


def _to_data(name: str, checked: "Checked") -> dict[str, Any]:
    span = checked.range
    return {
        "kind": "length",
        "file": name,
        "title": checked.title,
        "length_ms": checked.length,
        "natural_ms": span.natural,
        "shortest_ms": span.shortest,
        "longest_ms": span.longest,
        "ranges_ms": [list(ends) for ends in span.spans],
        "estimate": checked.is_estimate,
        "lengths": [_row_to_data(row) for row in checked.rows],
    }


def _row_to_data(row: "Row") -> dict[str, Any]:
    if row.figures is None:
        return {"length_ms": row.length, "reachable": False}
    known = asdict(row.figures)
    names = {"length": "length_ms", "shortest_hold": "shortest_hold_ms", "longest_hold": "longest_hold_ms"}
    names |= {"wordless": "wordless_ms"}
    return {names.get(key, key): value for key, value in known.items()} | {"reachable": True}


def _describe(name: str, checked: "Checked") -> str:
    from narrator.timeline import describe_spans

    span = checked.range
    about = "about " if checked.is_estimate else ""
    # A length that was asked for is exact; the natural one is as exact as what it is made of.
    is_natural = checked.length == span.natural
    length, natural = format_duration(checked.length), about + format_duration(span.natural)
    length = about + length if is_natural else length
    shortest, longest = about + format_duration(span.shortest), about + format_duration(span.longest)
    gaps = f" ({about}{describe_spans(span.spans)})" if len(span.spans) > 1 else ""
    return f"{name}: ok; {length}; natural length {natural}, shortest {shortest}, longest {longest}{gaps}"


def _print_table(checked: "Checked") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 2), header_style="")
    for heading in ("length", "material", "factor", "shortest hold", "longest hold", "without a word"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in checked.rows:
        table.add_row(*_list_cells(row, checked))
    # A pipe has no width of its own, and the table needs no more than this.
    Console(highlight=False, emoji=False, markup=False, width=None if sys.stdout.isatty() else 100).print(table)


def _list_cells(row: "Row", checked: "Checked") -> list[str]:
    length, figures = _show(row.length), row.figures
    if figures is None:
        return [length, "-", "-", "-", "-", f"nearest {_show(checked.range.find_nearest(row.length))}"]
    factor = "-" if figures.factor is None else f"x {figures.factor:.2f}"
    holds = (figures.shortest_hold, figures.longest_hold)
    return [length, f"{figures.units} of {figures.of}", factor, *map(_show, holds), _show(figures.wordless)]


def _show(length: Ms | None) -> str:
    """Show a length to the second."""
    return "-" if length is None else format_duration((length + 500) // 1000 * 1000)
