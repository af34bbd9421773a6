"""A progress bar for each track, if there is a terminal, and a way to stop running jobs."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from narrator.errors import CancelledError
from narrator.request import TrackRequest
from narrator.session import Report


class Follower:
    """Shows the progress of jobs and can stop them."""

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End every followed job at its next progress report."""
        self._stopped.set()

    def follow(self, group: Sequence[TrackRequest]) -> Report:
        """Return the function that a job reports its progress to."""
        task: TaskID | None = None

        def report(stage: str, done: int, total: int) -> None:
            nonlocal task
            if self._stopped.is_set():
                raise CancelledError("interrupted")
            if self._bars:
                if task is None:
                    task = self._bars.add_task(group[0].output.name, stage=stage)
                self._bars.update(task, stage=stage, completed=done, total=total)

        return report


@contextmanager
def show_progress(*, enabled: bool) -> Iterator[Follower]:
    """Show progress on standard error while the block runs, if that is a terminal."""
    console = Console(stderr=True)
    if not (enabled and console.is_terminal):
        follower = Follower(None)
        try:
            yield follower
        except BaseException:
            follower.stop()
            raise
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % {task.fields[stage]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, redirect_stdout=True, redirect_stderr=True) as bars:
        follower = Follower(bars)
        try:
            yield follower
        except BaseException:
            follower.stop()
            raise
