"""A Dask cluster as an executor. Nothing else knows of Dask."""

import logging
import re
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from narrator.batch.errands import Errand, Parcel, carry_out, find_known, receive
from narrator.batch.group import Group, Outcome
from narrator.batch.machines import Machine, Needs, compare_machines, describe_machine, find_needs, list_versions
from narrator.cache import Cache
from narrator.cores import count_cores
from narrator.errors import CancelledError, Fault, NarratorError, OutsideError, UsageError, describe_error, explain
from narrator.request import TrackRequest
from narrator.session import Draft, Report, read_draft

LOCAL = "local"
_PATIENCE_S = 15.0
"""Longest wait for a scheduler and for a worker."""
_ENDING_S = 60.0
"""Longest wait for running tasks to end, and for what they have finished."""
_INTERVAL_S = 0.5
"""Least time between two reports of progress of a task."""
_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[^\s/@?#]+:[0-9]+")

_LOCAL_SETTINGS = {
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(
        ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1
    ),
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.event-loop-monitor.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""Settings of Dask for workers of this machine.

Otherwise they watch themselves a hundred times a second, and return memory to the system after each calculation.
"""

_stopped: set[str] = set()
"""Jobs whose tasks end at their next report; in a worker."""
_running: set[tuple[str, int]] = set()
"""Jobs, and the numbers of their tasks that are running; in a worker."""


class ClusterError(OutsideError):
    """A cluster cannot be used."""


@dataclass
class _Told:
    """Passes progress from a worker to the client, and ends the task if its job was stopped."""

    job: str
    number: int
    last: float = field(default=0.0, compare=False)

    def __call__(self, stage: str, done: int, total: int) -> None:
        from distributed import get_worker

        if self.job in _stopped:
            raise CancelledError("interrupted")
        now = time.monotonic()
        if now - self.last >= _INTERVAL_S:
            self.last = now
            get_worker().log_event(self.job, (self.number, stage, done, total))


def _work(job: str, number: int, errand: Errand, versions: dict[str, str]) -> list[Parcel]:
    """Carry out an errand on a worker; one that joined late is checked first."""
    if job in _stopped:
        raise CancelledError("interrupted")
    if faults := compare_machines(Machine(versions, ""), Machine(list_versions(), "")):
        from distributed import get_worker

        raise ClusterError.gather(_blame(get_worker().address, faults))
    _running.add((job, number))
    try:
        return carry_out(errand, _Told(job, number))
    finally:
        _running.discard((job, number))


def _stop(job: str) -> set[int]:
    """Stop a job on a worker, and return the numbers of its tasks that are still running there."""
    _stopped.add(job)
    return {number for name, number in tuple(_running) if name == job}


def _ignore_interrupts() -> None:
    """Ignore Ctrl-C in a worker of this machine, which a terminal sends to every process; the client ends its tasks."""
    with suppress(ValueError):  # in a thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _blame(address: str, faults: Iterable[str]) -> list[Fault]:
    return [Fault(f"the worker {address} cannot be used: {fault}", options=("cluster",)) for fault in faults]


@dataclass
class _Group:
    """A group of requests, what it is made with, and what came of it."""

    requests: Group
    cache: Cache
    report: Report | None = None
    tell: Callable[[Outcome], None] | None = None
    """Receives each outcome; without it, they are in `found`."""
    found: list[Outcome] = field(default_factory=list)

    def list_unknown(self, draft: Draft) -> tuple[TrackRequest, ...]:
        """Return the requests whose outcomes are not known here; pass on the others."""
        known = () if self.requests[0].place else find_known(self.requests, draft, self.cache)
        for outcome in known:
            self._tell(outcome)
        settled = {request for request, _ in known}
        return tuple(request for request in self.requests if request not in settled)

    def receive(self, request: TrackRequest, parcel: Parcel) -> None:
        """Take what came back for a request."""
        try:
            self._tell((request, receive(request, parcel, self.cache)))
        except NarratorError as error:
            self._tell((request, error))

    def _tell(self, outcome: Outcome) -> None:
        (self.tell or self.found.append)(outcome)


class Cluster(Executor):
    """Makes groups of tracks on the workers of a cluster; files of this machine are written when they come back."""

    tells = True
    """Whether a function among the arguments of `submit` can be called with each outcome."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name
        self._job = f"narrator-{uuid.uuid4().hex}"
        self._reports: list[Report | None] = []
        self._sent: dict[Any, int] = {}
        """Tasks that have not come back, with their numbers."""
        self._guard = threading.Lock()
        self._drafts: dict[object, Draft] = {}
        self._checked: set[object] = set()
        self.notes: tuple[Fault, ...] = ()
        client.subscribe_topic(self._job, self._hear)

    def prepare(self, requests: Iterable[TrackRequest]) -> None:
        """Read all sessions, and refuse workers that cannot make them as this machine would.

        Raises:
            ClusterError: a worker lacks a voice or a file, or has other versions; there is a fault for each.

        """
        for request in requests:
            with suppress(NarratorError):  # it is reported when the track is made
                self._read(request)
        self._check_new(find_needs(self._drafts.values()))

    def _check_new(self, needs: Needs) -> None:
        """Check what was not checked before."""
        wishes = tuple(wish for wish in needs.wishes if wish not in self._checked)
        files = tuple(file for file in needs.files if file not in self._checked)
        if wishes or files:
            self.check(Needs(wishes, files))
            self._checked.update(wishes, files)

    def check(self, needs: Needs) -> None:
        """Compare all workers with this machine; see `prepare`."""
        found: dict[str, Machine | Exception] = self._client.run(describe_machine, needs, on_error="return")
        machines = {address: each for address, each in found.items() if isinstance(each, Machine)}
        faults = [
            fault
            for address, each in found.items()
            if not isinstance(each, Machine)
            for fault in _blame(address, [f"it has another version of narrator, or none: {describe_error(each)}"])
        ]
        if machines:
            voices = next(iter(machines.values())).voices
            here = Machine(list_versions(), "", voices)
            for address, each in machines.items():
                faults += _blame(address, compare_machines(here, each))
        if faults:
            raise ClusterError.gather(faults)
        if len({each.processor for each in machines.values()}) > 1:
            self.notes = (Fault("the workers' processors differ, so tracks may differ in bits that nobody hears"),)

    def submit(self, _work: Callable[..., Any], /, *args: Any, **_options: Any) -> Future[Any]:
        """Send a group of requests, the first of the arguments; then come the local cache, the report, and `tell`.

        What the function would do here, the workers do with caches of their own.
        """
        group, cache, report, tell, *_ = (*args, None, None, None)
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # what was sent is ended by `shutdown`
        try:
            self._send(_Group(group, cache, report, tell), future)
        except Exception as error:  # noqa: BLE001 - it belongs to the group
            future.set_exception(explain(error) or error)
        return future

    def _read(self, request: TrackRequest) -> Draft:
        options = request.session.options
        key = replace(request.session, options=replace(options, length=None)), options.length is None
        if key not in self._drafts:
            self._drafts[key] = read_draft(request.session)
        return self._drafts[key]

    def _send(self, group: "_Group", future: Future[Any]) -> None:
        draft = self._read(group.requests[0])
        asked = group.list_unknown(draft)
        if not asked:
            future.set_result(group.found)
            return
        self._check_new(find_needs([draft]))
        shared = group.cache.shared
        errand = Errand(asked, replace(draft, routine=None), shared.bucket.url if shared else None)
        with self._guard:
            number = len(self._reports)
            self._reports.append(group.report)
        key = f"{self._job}-{number}"
        sent = self._client.submit(_work, self._job, number, errand, list_versions(), key=key, pure=False)
        self._sent[sent] = number
        sent.add_done_callback(lambda done: self._take(done, asked, group, future))

    def _take(self, sent: Any, asked: Sequence[TrackRequest], group: "_Group", future: Future[Any]) -> None:
        """Write what came back, and set the outcome of a group."""
        try:
            for request, parcel in zip(asked, sent.result(), strict=True):
                group.receive(request, parcel)
        except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is asked for
            future.set_exception(self._explain(error))
        else:
            future.set_result(group.found)
        self._sent.pop(sent, None)
        sent.release()

    def _explain(self, error: BaseException) -> BaseException:
        name = type(error).__name__
        if name == "KilledWorker":
            return ClusterError("a worker died again and again while it made this; give the workers more memory")
        if "Cancelled" in name and not isinstance(error, NarratorError):
            return ClusterError(
                f"the connection to the scheduler {self._name} was lost; finished tracks are kept: start it again, and "
                "run the command again",
                options=("cluster",),
            )
        return error

    def _hear(self, event: Any) -> None:
        _time, (number, stage, done, total) = event
        if report := self._reports[number]:
            with suppress(CancelledError):
                report(stage, done, total)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the job; tasks that are running end soon, and are waited for."""
        if self._sent:
            self._end_tasks(wait=wait or cancel_futures)
        with suppress(Exception):
            self._client.close()

    def _end_tasks(self, *, wait: bool) -> None:
        with suppress(Exception):  # there may be nothing left to talk to
            until = time.monotonic() + _ENDING_S
            ending = set[int]()
            while (found := self._find_running()) and wait and time.monotonic() < until:
                ending |= found
                time.sleep(0.1)
            # What these have finished still comes back.
            while wait and ending.intersection(tuple(self._sent.values())) and time.monotonic() < until:
                time.sleep(0.1)
            self._client.cancel(list(self._sent), force=True)

    def _find_running(self) -> set[int]:
        """Stop the job on all workers, and return the numbers of its tasks that are still running."""
        return set().union(*self._client.run(_stop, self._job).values())

    def __exit__(self, *error: object) -> None:
        self.shutdown()


def check_cluster(address: str) -> str:
    """Return the address of a cluster without surrounding space.

    Raises:
        UsageError: it is not valid.

    """
    address = address.strip()
    name, _, count = address.partition(":")
    if not (_ADDRESS.fullmatch(address) or (name == LOCAL and (not count or (count.isdecimal() and int(count) > 0)))):
        message = "a cluster is the address of its scheduler, such as tcp://host:8786, or local:4 for processes here"
        raise UsageError(message, options=("cluster",))
    return address


@contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """Connect to a scheduler, or start workers on this machine, while the block runs.

    Raises:
        UsageError: the address is not valid.
        ClusterError: Dask is not installed, the scheduler cannot be reached, or it has no workers.

    """
    address = check_cluster(address)
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise ClusterError("a cluster needs a package: pip install 'narrator[dask]'", options=("cluster",)) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with _start_local(address) as local:
        try:
            client: Any = distributed.Client(local or address, timeout=_PATIENCE_S, set_as_default=False)
        except (OSError, TimeoutError) as error:
            message = f"cannot reach the scheduler {address}; start it with: dask scheduler"
            raise ClusterError(message, options=("cluster",)) from error
        cluster = Cluster(client, address)
        with cluster:
            try:
                client.wait_for_workers(1, timeout=_PATIENCE_S)
            except TimeoutError as error:
                message = f"the scheduler {address} has no workers; start some with: dask worker {address}"
                raise ClusterError(message, options=("cluster",)) from error
            if local:
                client.run(_ignore_interrupts)
            cluster.check(Needs())
            # Otherwise all files pass through the scheduler.
            client.direct_to_workers = all(map(_can_reach, client.run(str)))
            yield cluster


def _can_reach(address: str) -> bool:
    """Return whether this machine can connect to a worker."""
    place = urlsplit(address)
    try:
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=2):
            return True
    except OSError:
        return False


@contextmanager
def _start_local(address: str) -> Iterator[Any]:
    """Start workers on this machine while the block runs, if the address is that of some."""
    name, _, count = address.partition(":")
    if name != LOCAL:
        yield None
        return
    distributed: Any = import_module("distributed")
    settings: Any = import_module("dask.config")
    workers = int(count) if count else count_cores()
    with (
        settings.set(_LOCAL_SETTINGS),
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
        ) as local,
    ):
        yield local
