"""Progress of tracks: a bar for a single one, one bar for many, or a line a minute; and a way to stop running jobs."""

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from narrator.errors import CancelledError
from narrator.request import TrackRequest
from narrator.session import Report
from narrator.units import Ms, format_seconds

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_EVERY = 60.0
"""Seconds between two lines of progress where there is no terminal."""


class Follower:
    """Shows the progress of jobs and can stop them."""

    def __init__(self, bars: "Progress | None", *, has_lines: bool = False) -> None:
        """Show bars, or `has_lines`, lines on standard error."""
        self._bars = bars
        self._has_lines = has_lines
        self._stopped = threading.Event()
        self._whole: _Whole | None = None

    def stop(self) -> None:
        """End every followed job at its next progress report."""
        self._stopped.set()

    def begin(self, tracks: int, length: Ms) -> None:
        """Show from now on the progress of so many tracks, of that length in all, instead of each."""
        for task in self._bars.task_ids if self._bars else ():
            self._bars.remove_task(task)  # type: ignore[union-attr]
        if tracks > 1:
            self._whole = _Whole(tracks, length, self._bars, has_lines=self._has_lines)

    def count(self, request: TrackRequest, tracks: int, length: Ms) -> None:
        """Count the tracks of a request, of that length each, as done."""
        if self._whole:
            self._whole.count(request, tracks, length)

    def follow(self, group: Sequence[TrackRequest]) -> Report:
        """Return the function that a job reports its progress to."""
        task: TaskID | None = None

        def report(stage: str, done: int, total: int) -> None:
            nonlocal task
            if self._stopped.is_set():
                raise CancelledError("interrupted")
            if self._whole:
                self._whole.note(group, done if stage == "mixing" else 0)
            elif self._bars:
                if task is None:
                    task = self._bars.add_task(group[0].output.name, stage=stage)
                is_over = stage == "speaking" and done == total
                self._bars.update(task, stage=stage, completed=done, total=total, visible=not is_over)

        return report


class _Whole:
    """The progress of many tracks: how many are done, minutes of sound, and the time that is left."""

    def __init__(self, tracks: int, length: Ms, bars: "Progress | None", *, has_lines: bool) -> None:
        self._tracks, self._length, self._bars, self._has_lines = tracks, length, bars, has_lines
        self._done_tracks, self._done = 0, 0
        self._running: dict[int, Ms] = {}
        """What is done of the track that a group is at."""
        self._groups: dict[TrackRequest, int] = {}
        self._started = self._shown = time.monotonic()
        self._lock = threading.Lock()
        self._task = bars.add_task(self._describe(), total=length, stage="") if bars else None

    def note(self, group: Sequence[TrackRequest], done: Ms) -> None:
        """Note how much of a track of a group is done."""
        with self._lock:
            if id(group) not in self._running:
                self._groups |= dict.fromkeys(group, id(group))
            self._running[id(group)] = done
            self._show()

    def count(self, request: TrackRequest, tracks: int, length: Ms) -> None:
        """Count the tracks of a request as done."""
        with self._lock:
            self._done_tracks += tracks
            self._done += tracks * length
            if request in self._groups:
                self._running[self._groups[request]] = 0
            self._show()

    def _show(self) -> None:
        if self._bars and self._task is not None:
            done = min(self._done + sum(self._running.values()), self._length)
            self._bars.update(self._task, description=self._describe(), completed=done)
        elif self._has_lines and time.monotonic() - self._shown >= _EVERY:
            self._shown = time.monotonic()
            print(self._describe(), file=sys.stderr, flush=True)  # noqa: T201 - a thread must not wait for a lock of typer

    def _describe(self) -> str:
        done, passed = self._done + sum(self._running.values()), time.monotonic() - self._started
        sound = f"{_show_minutes(done)} of {_show_minutes(self._length)} of sound"
        text = f"{self._done_tracks} of {self._tracks} tracks, {sound}"
        if not done or done >= self._length:
            return text
        left = round(1000 * passed * (self._length - done) / done)
        return f"{text}, about {format_seconds(left)} left"


def _show_minutes(length: Ms) -> str:
    return f"{length / 60_000:.0f} min"


@contextmanager
def show_progress(*, enabled: bool) -> Iterator[Follower]:
    """Show progress on standard error while the block runs: bars on a terminal, else lines of many tracks."""
    has_bars = enabled and sys.stderr.isatty()
    with _make_bars() if has_bars else nullcontext() as bars:
        follower = Follower(bars, has_lines=enabled and not has_bars)
        try:
            yield follower
        except BaseException:
            follower.stop()
            raise


def _make_bars() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % {task.fields[stage]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, redirect_stdout=True, redirect_stderr=True)
