"""One request to a server and its whole answer: nothing passes by a third, and nothing goes on that is given up."""

import http
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ReadTimeoutError

from narrator.speech.net.retry import LONGEST_WAIT_S, Kind, Trouble

CONNECT_S = 4.0
"""Longest time to find a server's addresses and connect to one of them, in seconds."""
_MOST_QUOTED = 150
"""Letters of a server's own words."""
_WHOLE = 3
"""A whole answer may take so many times the longest silence in it."""


def send(request: requests.PreparedRequest, timeout_s: float, given_up: threading.Event) -> requests.Response:
    """Send a request, and read the whole answer; a redirection counts as a failure.

    The server may be silent for `timeout_s` seconds, and take three times that in all. When that is over, and once
    `given_up` is set, the connection is closed: nothing is sent or read from then on.

    Raises:
        Trouble: there was no answer, or not a whole one, or it was not 200; or the session was given up.

    """
    line = _Line(given_up)
    future: Future[requests.Response] = Future()

    def run() -> None:
        try:
            future.set_result(line.fetch(request, timeout_s))
        except Trouble as trouble:
            future.set_exception(trouble)

    # In a thread of its own, which can be left behind: nothing ends the search for a name's addresses.
    threading.Thread(target=run, daemon=True).start()
    started = time.monotonic()
    while not wait([future], 0.1).done:
        if trouble := line.find_trouble(time.monotonic() - started, timeout_s):
            line.cut()
            raise trouble
    response = future.result()
    if response.status_code != 200:
        raise _explain_status(response)
    return response


class _Line(HTTPAdapter):
    """A connection for one request, which another thread may cut."""

    def __init__(self, given_up: threading.Event) -> None:
        super().__init__()
        self._given_up = given_up
        self._lock = threading.Lock()
        self._is_cut = False
        self._socket: socket.socket | None = None

    def fetch(self, request: requests.PreparedRequest, timeout_s: float) -> requests.Response:
        """Send a request, and read the whole answer.

        Raises:
            Trouble: that failed, for whatever reason.

        """
        try:
            self._check()
            with self.send(request, timeout=(CONNECT_S, timeout_s), **_find_way(request.url or "")) as response:
                _ = response.content
        except Trouble:
            raise
        except Exception as error:  # noqa: BLE001 - it may quote what was sent, and ends here
            raise _explain(error, self._socket is not None) from None
        finally:
            self.close()
        return response

    def find_trouble(self, seconds: float, timeout_s: float) -> Trouble | None:
        """What is wrong with a request that has taken so many seconds."""
        longest = CONNECT_S + _WHOLE * timeout_s
        if self._given_up.is_set():
            return _give_up()
        if self._socket is None and seconds > CONNECT_S:
            return Trouble(Kind.UNREACHABLE, "it cannot be reached")
        return Trouble(Kind.SLOW, f"its answer was not whole after {longest:g} s") if seconds > longest else None

    def cut(self) -> None:
        """Close the connection, or have it closed before anything is sent on it."""
        with self._lock, suppress(OSError):
            self._is_cut = True
            if self._socket:
                # Of a copy: that also wakes the thread that is reading, and does not ask TLS to say goodbye.
                with socket.fromfd(self._socket.fileno(), socket.AF_INET, socket.SOCK_STREAM) as copy:
                    copy.shutdown(socket.SHUT_RDWR)

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> HTTPConnectionPool:
        """Have the library's connections announce themselves."""
        pool = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = _announce(pool.ConnectionCls, self._take)
        return pool

    def _take(self, connected: socket.socket) -> None:
        """Take note of a connection on which nothing was sent yet."""
        with self._lock:
            self._check()
            self._socket = connected

    def _check(self) -> None:
        if self._is_cut or self._given_up.is_set():
            raise _give_up()


def _give_up() -> Trouble:
    return Trouble(Kind.FINAL, "the session was given up")


def _announce(kind: Any, tell: Callable[[socket.socket], None]) -> type[HTTPConnection]:
    """Kind of connection that tells when it stands, before anything is sent on it."""

    class Announced(kind):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            tell(self.sock)

    return Announced


def is_here(url: str) -> bool:
    """Whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def name_host(url: str) -> str:
    """What may be shown of an address: its host, and its port if it has one."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an invalid address"
    host = parts.hostname or "itself"
    if not host.isprintable():
        return "an invalid address"
    return f"[{host}]{port}" if ":" in host else f"{host}{port}"


def _find_way(url: str) -> dict[str, Any]:
    """Whom to trust, and which proxy to take: none to this machine, for that would carry the text away from it."""
    return {
        "verify": _find_authorities() if url.startswith("https:") else True,
        "proxies": {} if is_here(url) else get_environ_proxies(url),
    }


def _find_authorities() -> str | bool:
    """File or folder of the authorities that the environment trusts; True for the library's own."""
    variable = "REQUESTS_CA_BUNDLE" if os.environ.get("REQUESTS_CA_BUNDLE") else "CURL_CA_BUNDLE"
    path = os.environ.get(variable)
    if not path:
        return True
    try:
        if not Path(path).is_dir():
            ssl.create_default_context(cafile=path)
    except OSError:
        reason = f"no certificates can be read from {path}, which {variable} names, so nothing was sent"
        raise Trouble(Kind.FINAL, reason, "name another file, or unset that variable") from None
    return path


def _explain(error: Exception, was_connected: bool) -> Trouble:
    """Sort an error by how far the request came; its own text is left out, for it may hold anything."""
    if not isinstance(error, requests.RequestException):
        return Trouble(Kind.FINAL, f"the request failed ({type(error).__name__})")
    return _explain_answer(error) if was_connected else _explain_connection(error)


def _explain_answer(error: requests.RequestException) -> Trouble:
    if _is_due_to(error, requests.exceptions.ReadTimeout, ReadTimeoutError):
        return Trouble(Kind.SLOW, "it did not answer in time")
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Trouble(Kind.BROKEN, "its answer is damaged")
    return Trouble(Kind.BROKEN, "its answer was cut short")


def _explain_connection(error: requests.RequestException) -> Trouble:
    if _is_due_to(error, ssl.SSLCertVerificationError):
        remedy = "if it is a server of your own, name its certificate's authority in REQUESTS_CA_BUNDLE"
        return Trouble(Kind.FINAL, "its certificate cannot be trusted, so nothing was sent", remedy)
    if _is_due_to(error, requests.exceptions.SSLError):
        remedy = "see whether the address is to begin with http:, and whether a proxy is in the way"
        return Trouble(Kind.FINAL, "no TLS connection to it came about, so nothing was sent", remedy)
    if isinstance(error, requests.exceptions.InvalidSchema):
        remedy = "see HTTPS_PROXY and ALL_PROXY; one with SOCKS needs: pip install 'requests[socks]'"
        return Trouble(Kind.FINAL, "the proxy that the environment names cannot be used, so nothing was sent", remedy)
    if isinstance(error, ValueError):
        return Trouble(Kind.FINAL, f"the request failed ({type(error).__name__})")
    return Trouble(Kind.UNREACHABLE, "it cannot be reached")


def _is_due_to(error: BaseException, *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in _list_causes(error))


def _list_causes(error: BaseException) -> list[BaseException]:
    """An error, and those that it was made of."""
    inner = [each for each in (*error.args, error.__context__) if isinstance(each, BaseException)]
    return [error, *(cause for each in inner for cause in _list_causes(each))]


def _explain_status(response: requests.Response) -> Trouble:
    """Sort an answer by its status."""
    status = response.status_code
    phrase = http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else ""
    reason = f"it answered {status} {phrase}".rstrip() + _quote(response)
    if response.is_redirect:
        reason = f"{reason}, and points to {name_host(response.headers['Location'])}"
    if status != 429 and status < 500:
        return Trouble(Kind.FINAL, reason, status=status)
    after = _read_retry_after(response.headers.get("Retry-After"))
    if after is not None and after > LONGEST_WAIT_S:
        when = f"in {after / 60:.0f} min" if after < 86_400 else "in a day or later"
        return Trouble(Kind.BUSY, reason, f"run the command again {when}, which it asks for", after)
    return Trouble(Kind.BUSY, reason, after=after)


def _quote(response: requests.Response) -> str:
    """What a server says of itself where OpenAI's interface has it, without the key, which it may quote."""
    try:
        words = response.json()["error"]["message"]
    except (ValueError, LookupError, TypeError):
        return ""
    sent = response.request.headers.get("Authorization", "")
    key = (sent.decode() if isinstance(sent, bytes) else sent).removeprefix("Bearer ")
    if not isinstance(words, str) or not words.isprintable() or (key and key in words):
        return ""
    return f" ({words[:_MOST_QUOTED]!r})"


def _read_retry_after(text: str | None) -> float | None:
    """Wait that a server asks for, in seconds (RFC 9110, 10.2.3); None where it does not, or not clearly."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None
