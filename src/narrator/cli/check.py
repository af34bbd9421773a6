"""`narrator check`: report faults, the possible lengths, and figures at several lengths."""

import sys
from typing import TYPE_CHECKING

import typer

from narrator.cli.cache import open_cache
from narrator.cli.console import Reporter, print_json, report_errors
from narrator.cli.options import Asked, JsonOption, Routines, list_requests, takes_options
from narrator.cli.wire import checked_to_data
from narrator.errors import FAILURES
from narrator.units import Ms, format_duration, format_seconds

if TYPE_CHECKING:
    from narrator.review.checking import Checked
    from narrator.review.figures import Row


@takes_options
def check_command(routines: Routines, *, asked: Asked, as_json: JsonOption = False) -> None:
    """Find faults without speaking, and show the possible lengths and figures at several of them.

    narrator check my.yaml

    narrator check my.yaml --length 6m,12m,40m

    Without --length, the figures are for 5m, 10m, 20m, 30m and the routine's own length.
    """
    reporter = Reporter(as_json=as_json)
    with report_errors(as_json=as_json):
        from narrator.review.checking import check_session

        options, lengths = asked.make_options(), asked.list_lengths()
        for routine in routines:
            try:
                (request,) = list_requests(routine, options, name=asked.name)
                checked = check_session(request, open_cache(), lengths)
            except FAILURES as failure:
                reporter.fail(failure)
            else:
                _show_checked(request.name, checked, reporter, is_asked=lengths is not None)
        raise typer.Exit(reporter.worst)


def _show_checked(name: str, checked: "Checked", reporter: Reporter, *, is_asked: bool) -> None:
    """Print the result and the warnings.

    `is_asked` says whether the lengths were given on the command line; warnings about other lengths are only notes.
    """
    if is_asked:
        refused = [fault for row in checked.rows for fault in row.refusal]
        reporter.warn((*checked.notes, *checked.advice), errors=refused, spans=checked.range.spans)
    else:
        reporter.warn(checked.notes, checked.advice)
    if reporter.as_json:
        print_json(checked_to_data(name, checked))
    else:
        typer.echo("\n".join([_describe(name, checked), *(f"  {line}" for line in checked.decided)]))
        if checked.rows:
            _print_table(checked)


def _describe(name: str, checked: "Checked") -> str:
    from narrator.timeline import describe_spans

    span = checked.range
    about = "about " if checked.is_estimate else ""
    # A requested length is exact; the natural one is an estimate if its clips are.
    is_natural = checked.length == span.natural
    natural = about + format_seconds(span.natural)
    length = natural if is_natural else format_duration(checked.length)
    shortest, longest = (about + end for end in span.format_ends())
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
    # A pipe has no width; 100 columns are enough for this table.
    Console(highlight=False, emoji=False, markup=False, width=None if sys.stdout.isatty() else 100).print(table)


def _list_cells(row: "Row", checked: "Checked") -> list[str]:
    length, figures = _show(row.length), row.figures
    if figures is None:
        return [length, "-", "-", "-", "-", f"nearest {checked.range.format_nearest(row.length)}"]
    factor = "-" if figures.factor is None else f"x {figures.factor:.2f}"
    holds = (figures.shortest_hold, figures.longest_hold)
    return [length, f"{figures.units} of {figures.of}", factor, *map(_show, holds), _show(figures.wordless)]


def _show(length: Ms | None) -> str:
    """Return a length to the nearest second."""
    return "-" if length is None else format_seconds(length)
