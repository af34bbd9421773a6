"""What a run of many tracks came to: counts, failures by kind, and tracks that nobody asks for any more."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from narrator.cli.console import Reporter, print_json
from narrator.cli.wire import summary_to_data
from narrator.errors import Fault, NarratorError
from narrator.units import Ms, format_seconds, format_size

if TYPE_CHECKING:
    from narrator.batch.manifest import Manifest, Row
    from narrator.ledger import Track
    from narrator.request import TrackRequest

_SHOWN = 5
"""Most paths that are listed."""


@dataclass
class Tally:
    """The counts of a run; `failures` has the message of each kind of failure with the paths."""

    states: Counter[str] = field(default_factory=Counter)
    length: Ms = 0
    size: int = 0
    failures: dict[tuple[str, str], tuple[str, list[str]]] = field(default_factory=dict)
    unasked: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def add(self, track: "Track") -> None:
        """Count a track that was made, or left unchanged."""
        self.states["unchanged" if track.skipped else "made"] += 1
        self.length += track.length_ms
        self.size += track.size_bytes

    def fail(self, request: "TrackRequest", error: NarratorError, reporter: Reporter) -> None:
        """Count the tracks that an error prevented; the first of each kind is reported at once."""
        self.states["failed"] += len(request.outputs)
        fault = error.faults[0]
        kind = str(fault.mark), re.sub(r"[0-9]+", "", fault.message)
        if kind not in self.failures:
            reporter.fail(error)
        reporter.note_code(error.exit_code)
        self.failures.setdefault(kind, (fault.message, []))[1].extend(map(request.show, request.outputs))

    def prune(self, manifest: "Manifest", rows: "list[Row]") -> None:
        """Delete the tracks that nobody asks for any more, if their files are as they were made."""
        self.pruned, self.left = manifest.prune(rows)
        self.unasked = [row.path for row in rows if row.path not in self.pruned]

    def show(self, reporter: Reporter, *, is_quiet: bool) -> None:
        """Print the summary, and what was found beside the tracks as warnings."""
        if reporter.as_json:
            print_json(summary_to_data(self))
            return
        reporter.warn(self._list_warnings())
        for message, paths in self.failures.values():
            typer.echo(f"failed: {_list_paths(paths)}: {message}", err=True)
        if not is_quiet:
            for path in self.pruned:
                typer.echo(f"{path}  deleted")
            shown = ", ".join(f"{count} {state}" for state, count in self.states.items() if count)
            typer.echo(f"{shown}: {format_seconds(self.length)} of sound, {format_size(self.size)}")

    def _list_warnings(self) -> list[Fault]:
        warnings = []
        if self.left:
            message = f"these have changed since they were made, and are left: {_list_paths(self.left)}; delete them"
            warnings.append(Fault(message))
        elif self.unasked:
            message = f"nobody asks for these any more: {_list_paths(self.unasked)}; delete them, or have them deleted"
            warnings.append(Fault(message, options=("prune",)))
        return warnings


def _list_paths(paths: list[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
