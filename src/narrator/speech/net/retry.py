"""Requests to a server that may be busy, down or broken: when to retry, how often, and what to report at the end."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import tenacity

from narrator.errors import SpeechError

T = TypeVar("T")

LONGEST_WAIT_S = 60.0
"""Longest wait between two tries, in seconds; if a server asks for more, there are no more tries."""
_UNREACHABLE_S = 15.0
"""Time in seconds after which an unreachable server is not tried again; with the last try that is under 20 s."""
_SHUNNED_S = 60.0
"""Time in seconds after that in which other sessions do not try it either."""

_unreachable: dict[str, float] = {}
"""Servers that could not be reached, and when they can be tried again, in seconds of the monotonic clock."""


class Kind(StrEnum):
    """The kind of trouble, which decides whether to retry."""

    BUSY = "busy"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    BROKEN = "broken"
    FINAL = "final"


_TRIES = {Kind.BUSY: 5, Kind.UNREACHABLE: 3, Kind.SLOW: 2, Kind.BROKEN: 3, Kind.FINAL: 1}
_REMEDIES = {
    Kind.BUSY: "wait some minutes, then run the command again",
    Kind.UNREACHABLE: "check the network, then run the command again",
    Kind.SLOW: "check the network, then run the command again",
    Kind.BROKEN: "run the command again",
    Kind.FINAL: "check the address and the configuration",
}


class Trouble(Exception):  # noqa: N818 - the error that users meet is made of it
    """A failed request; `after` is the wait in seconds that the server asked for, `status` that of its answer."""

    def __init__(
        self,
        kind: Kind,
        reason: str,
        remedy: str | None = None,
        after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.remedy = remedy or _REMEDIES[kind]
        self.after = after
        self.status = status
        self.tries = 1

    def make_error(self, who: str, text: str) -> SpeechError:
        """Return an error that says who did not speak what, why, and what to do."""
        tries = f", {self.tries} times" if self.tries > 1 else ""
        return SpeechError(
            f"{who} could not speak {text[:40]!r}: {self.reason}{tries}; {self.remedy} "
            "(what was spoken is kept), or use another voice"
        )


def ask(call: Callable[[], T], server: str, wait_s: float, given_up: threading.Event) -> T:
    """Call until a server answers or retrying is pointless, with waits that grow from `wait_s` seconds, and jitter.

    Raises:
        Trouble: the last one; there are no more tries once `given_up` is set.

    """
    if time.monotonic() < _unreachable.get(server, 0.0):
        raise Trouble(Kind.UNREACHABLE, "it could not be reached a moment ago, so nothing was sent")
    growing = tenacity.wait_exponential_jitter(initial=wait_s, max=LONGEST_WAIT_S, jitter=wait_s)

    def choose_wait(state: tenacity.RetryCallState) -> float:
        # A server that asks for a wait of zero is still busy.
        return max(_get_trouble(state).after or 0.0, growing(state))

    def is_enough(state: tenacity.RetryCallState) -> bool:
        trouble = _get_trouble(state)
        trouble.tries = state.attempt_number
        waited = (state.seconds_since_start or 0.0) + state.upcoming_sleep
        return (
            given_up.is_set()
            or state.attempt_number >= _TRIES[trouble.kind]
            or (trouble.kind is Kind.UNREACHABLE and waited > _UNREACHABLE_S)
            or (trouble.after or 0.0) > LONGEST_WAIT_S
        )

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Trouble),
        wait=choose_wait,
        stop=is_enough,
        sleep=tenacity.sleep_using_event(given_up),
        reraise=True,
    )
    try:
        answer: T = retrying(call)
    except Trouble as trouble:
        if trouble.kind is Kind.UNREACHABLE:
            _unreachable[server] = time.monotonic() + _SHUNNED_S
        raise
    return answer


def _get_trouble(state: tenacity.RetryCallState) -> Trouble:
    trouble = state.outcome and state.outcome.exception()
    assert isinstance(trouble, Trouble)  # noqa: S101 - nothing else is retried
    return trouble
