"""What `narrator render --dry-run` shows: tracks, lengths, sizes and times, before anything is made."""

import sys
from collections import Counter
from typing import TYPE_CHECKING

import typer

from narrator.cli.console import Reporter, print_json
from narrator.cli.wire import plan_to_data, prospect_to_data
from narrator.units import format_duration, format_seconds, format_size

if TYPE_CHECKING:
    from narrator.batch.rates import Rates
    from narrator.batch.survey import Prospect


def show_plan(prospects: "list[Prospect]", unasked: list[str], reporter: Reporter, jobs: int, rates: "Rates") -> None:
    """Print a row for each track, what all of them come to, and the tracks that nobody asks for any more."""
    from narrator.batch.rates import sum_up

    plan = sum_up(prospects, jobs, rates)
    reporter.note_code(int(any(each.state in {"impossible", "failed"} for each in prospects)))
    if reporter.as_json:
        for each in prospects:
            print_json(prospect_to_data(each))
        print_json(plan_to_data(plan, unasked))
        return
    _print_table(prospects)
    for error in dict.fromkeys(str(each.error) for each in prospects if each.state == "failed"):
        typer.echo(error, err=True)
    about = "" if plan.is_exact else "about "
    typer.echo(
        f"{_count(plan.states['make'])} to make: {format_seconds(plan.length)} of sound, "
        f"{about}{format_size(plan.size)}, about {format_seconds(plan.time)} with {jobs} jobs ({plan.source})"
    )
    for path in unasked:
        typer.echo(f"{path}  nobody asks for it any more")
    if others := _describe_others(plan.states):
        typer.echo(others)


def _count(number: int) -> str:
    return f"{number} track{'' if number == 1 else 's'}"


def _describe_others(states: "Counter[str]") -> str:
    words = {"unchanged": "unchanged", "impossible": "not possible", "failed": "that cannot be made"}
    return ", ".join(f"{_count(states[state])} {shown}" for state, shown in words.items() if states[state])


def _print_table(prospects: "list[Prospect]") -> None:
    from rich.console import Console
    from rich.table import Table

    from narrator.batch.survey import format_nearest

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 2), header_style="")
    table.add_column("track", no_wrap=True, overflow="fold")
    for heading in ("length", "size", "state"):
        table.add_column(heading, justify="right" if heading != "state" else "left", no_wrap=True)
    for each in prospects:
        about = "" if each.is_exact else "about "
        size = "-" if each.size is None else f"{about}{format_size(each.size)}"
        nearest = f", nearest {about}{format_nearest(each)}" if each.state == "impossible" else ""
        state = "not possible" if each.state == "impossible" else each.state
        table.add_row(each.request.show(each.path), format_duration(each.length), size, f"{state}{nearest}")
    # A pipe has no width.
    Console(highlight=False, emoji=False, markup=False, width=None if sys.stdout.isatty() else 120).print(table)
