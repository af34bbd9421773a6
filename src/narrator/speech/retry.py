"""Asking a server that may be busy, down or broken: what is tried again, how often, and what is said in the end."""

import email.utils
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

import requests
import tenacity
from urllib3.exceptions import IncompleteRead, ProtocolError, ReadTimeoutError

from narrator.errors import SpeechError

T = TypeVar("T")

CONNECT_S = 3.0
"""Longest wait for a connection, for each address that a server's name has, in seconds."""
_UNREACHABLE_S = 12.0
"""After so many seconds an unreachable server is not tried again: with the last try, that stays below 20 s."""
_LONGEST_S = 60.0
"""Longest wait between two tries, in seconds; a server that asks for more is left alone."""
_SENTENCE_S = 180.0
"""Longest time that one answer may take to come in, in seconds."""


class Kind(StrEnum):
    """What sort of trouble it is, which decides whether to try again."""

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
    """A request that failed; `after` is the wait in seconds that the server asked for."""

    def __init__(self, kind: Kind, reason: str, remedy: str | None = None, after: float | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.remedy = remedy or _REMEDIES[kind]
        self.after = after
        self.tries = 1

    def make_error(self, who: str, text: str) -> SpeechError:
        """Say who did not speak what, why, and what to do."""
        tries = f", {self.tries} times" if self.tries > 1 else ""
        return SpeechError(
            f"{who} did not speak {text[:40]!r}: {self.reason}{tries}; {self.remedy} "
            "(what was spoken is kept), or use --voice espeak"
        )


def ask(call: Callable[[], T], wait_s: float, given_up: threading.Event) -> T:
    """Call until it answers or trying again is no use, with waits that grow from `wait_s` seconds, and jitter.

    Raises:
        Trouble: the last one met; one that says so, once `given_up` is set.

    """
    growing = tenacity.wait_exponential_jitter(initial=wait_s, max=_LONGEST_S, jitter=wait_s)

    def choose_wait(state: tenacity.RetryCallState) -> float:
        after = _get_trouble(state).after
        return growing(state) if after is None else after

    def is_enough(state: tenacity.RetryCallState) -> bool:
        trouble = _get_trouble(state)
        trouble.tries = state.attempt_number
        waited = (state.seconds_since_start or 0.0) + state.upcoming_sleep
        return (
            given_up.is_set()
            or state.attempt_number >= _TRIES[trouble.kind]
            or (trouble.kind is Kind.UNREACHABLE and waited > _UNREACHABLE_S)
            or (trouble.after or 0.0) > _LONGEST_S
        )

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Trouble),
        wait=choose_wait,
        stop=is_enough,
        sleep=tenacity.sleep_using_event(given_up),
        reraise=True,
    )
    answer: T = retrying(_call_aside, call, given_up)
    return answer


def _get_trouble(state: tenacity.RetryCallState) -> Trouble:
    trouble = state.outcome and state.outcome.exception()
    assert isinstance(trouble, Trouble)  # noqa: S101 - nothing else is retried
    return trouble


def _call_aside(call: Callable[[], T], given_up: threading.Event) -> T:
    """Call in a thread of its own, which is left behind once the session is given up: requests cannot be ended."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it is raised again on the other side
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    deadline = time.monotonic() + _SENTENCE_S
    while not wait([future], 0.1).done:
        if given_up.is_set():
            raise Trouble(Kind.FINAL, "the session was given up")
        if time.monotonic() > deadline:
            raise Trouble(Kind.SLOW, f"its answer was not whole after {_SENTENCE_S:.0f} s")
    return future.result()


def fetch(send: Callable[[], requests.Response]) -> requests.Response:
    """Send a request, and read the whole answer; a redirection counts as a failure.

    Raises:
        Trouble: there was no answer, or not a whole one, or it was not 200.

    """
    try:
        response = send()
        _ = response.content
    except requests.RequestException as error:
        raise _explain(error) from None
    if response.status_code != 200:
        raise _explain_status(response)
    return response


def _explain_status(response: requests.Response) -> Trouble:
    status = response.status_code
    reason = f"it answered {status} {response.reason or ''}".rstrip()
    if response.is_redirect:
        return Trouble(
            Kind.FINAL, f"{reason}, and points to {urlsplit(response.headers['Location']).netloc or 'itself'}"
        )
    if status != 429 and status < 500:
        return Trouble(Kind.FINAL, reason)
    after = _read_retry_after(response.headers.get("Retry-After"))
    if after is not None and after > _LONGEST_S:
        return Trouble(Kind.BUSY, reason, f"run the command again in {after / 60:.0f} min, which it asks for", after)
    return Trouble(Kind.BUSY, reason, after=after)


def _read_retry_after(text: str | None) -> float | None:
    """Wait that a server asks for, in seconds (RFC 9110, 10.2.3); None where it does not, or not clearly."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(email.utils.parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except ValueError:
        return None


def _explain(error: requests.RequestException) -> Trouble:
    """Sort an error of the library; its own text is left out, for it may hold anything."""
    causes = {type(cause) for cause in _list_causes(error)}
    if any(issubclass(cause, requests.exceptions.SSLError) for cause in causes):
        remedy = "if it is a server of your own, name its certificate's authority in REQUESTS_CA_BUNDLE"
        return Trouble(Kind.FINAL, "its certificate cannot be trusted, so nothing was sent", remedy)
    if causes & {requests.exceptions.ReadTimeout, ReadTimeoutError}:
        return Trouble(Kind.SLOW, "it did not answer in time")
    if causes & {ProtocolError, IncompleteRead} or isinstance(
        error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)
    ):
        return Trouble(Kind.BROKEN, "its answer was cut short")
    if isinstance(error, requests.exceptions.ConnectionError):
        return Trouble(Kind.UNREACHABLE, "it cannot be reached")
    return Trouble(Kind.FINAL, f"the request failed ({type(error).__name__})")


def _list_causes(error: BaseException) -> list[BaseException]:
    """An error, and those that it was made of."""
    inner = [argument for argument in error.args if isinstance(argument, BaseException)]
    return [error, *(cause for each in inner for cause in _list_causes(each))]
