"""A single request to a server: no third party can read it, and a cancelled one stops."""

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
"""Longest time to find a server's addresses and to connect to one of them, in seconds."""
_MOST_QUOTED = 150
"""Most characters of a server's message that are quoted."""
_WHOLE = 3
"""Limit of the time for a whole answer, as a multiple of the longest silence in it."""


def send(request: requests.PreparedRequest, timeout_s: float, given_up: threading.Event) -> requests.Response:
    """Send a request and read the whole answer; a redirection counts as a failure.

    The server may be silent for `timeout_s` seconds, and take three times that in total. After that, or once `given_up`
    is set, the connection is closed, and nothing more is sent or read.

    Raises:
        Trouble: there was no answer, or an incomplete one, or its status was not 200; or the session was cancelled.

    """
    line = _Line(given_up)
    future: Future[requests.Response] = Future()

    def run() -> None:
        try:
            future.set_result(line.fetch(request, timeout_s))
        except Trouble as trouble:
            future.set_exception(trouble)

    # In a separate thread that can be left behind, because nothing can stop a lookup of addresses.
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
    """A connection for one request, which another thread can cut."""

    def __init__(self, given_up: threading.Event) -> None:
        super().__init__()
        self._given_up = given_up
        self._lock = threading.Lock()
        self._is_cut = False
        self._socket: socket.socket | None = None

    def fetch(self, request: requests.PreparedRequest, timeout_s: float) -> requests.Response:
        """Send a request and read the whole answer.

        Raises:
            Trouble: that failed for any reason.

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
        """Return what is wrong with a request that has taken that many seconds."""
        longest = CONNECT_S + _WHOLE * timeout_s
        if self._given_up.is_set():
            return _give_up()
        if self._socket is None and seconds > CONNECT_S:
            return Trouble(Kind.UNREACHABLE, "it cannot be reached")
        return Trouble(Kind.SLOW, f"its answer was not complete after {longest:g} s") if seconds > longest else None

    def cut(self) -> None:
        """Close the connection, or make sure that it is closed before anything is sent."""
        with self._lock, suppress(OSError):
            self._is_cut = True
            if self._socket:
                # On a copy: that also wakes the thread that is reading, and does not make TLS say goodbye.
                with socket.fromfd(self._socket.fileno(), socket.AF_INET, socket.SOCK_STREAM) as copy:
                    copy.shutdown(socket.SHUT_RDWR)

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> HTTPConnectionPool:
        """Make the library's connections announce themselves."""
        pool = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = _announce(pool.ConnectionCls, self._take)
        return pool

    def _take(self, connected: socket.socket) -> None:
        """Store a connection on which nothing has been sent yet."""
        with self._lock:
            self._check()
            self._socket = connected

    def _check(self) -> None:
        if self._is_cut or self._given_up.is_set():
            raise _give_up()


def _give_up() -> Trouble:
    return Trouble(Kind.FINAL, "the session was cancelled")


def _announce(kind: Any, announce: Callable[[socket.socket], None]) -> type[HTTPConnection]:
    """Return a connection class that announces when it is connected, before anything is sent."""

    class Announced(kind):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            announce(self.sock)

    return Announced


def is_here(url: str) -> bool:
    """Return whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def name_host(url: str) -> str:
    """Return the part of an address that may be shown: its host, and its port if it has one."""
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
    """Return the trusted certificates and the proxy; none for this machine, because a proxy would see the text."""
    return {
        "verify": _find_authorities() if url.startswith("https:") else True,
        "proxies": {} if is_here(url) else get_environ_proxies(url),
    }


def _find_authorities() -> str | bool:
    """Return the file or folder of authorities that the environment trusts; True for the library's own."""
    variable = "REQUESTS_CA_BUNDLE" if os.environ.get("REQUESTS_CA_BUNDLE") else "CURL_CA_BUNDLE"
    path = os.environ.get(variable)
    if not path:
        return True
    try:
        if not Path(path).is_dir():
            ssl.create_default_context(cafile=path)
    except OSError:
        reason = f"no certificates can be read from {path}, which {variable} names, so nothing was sent"
        raise Trouble(Kind.FINAL, reason, "name another file, or unset the variable") from None
    return path


def _explain(error: Exception, was_connected: bool) -> Trouble:
    """Classify an error by how far the request got; its text is left out, because it may contain anything."""
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
        remedy = "if it is your own server, set REQUESTS_CA_BUNDLE to its certificate authority"
        return Trouble(Kind.FINAL, "its certificate cannot be trusted, so nothing was sent", remedy)
    if _is_due_to(error, requests.exceptions.SSLError):
        remedy = "check whether the address should start with http:, and whether a proxy interferes"
        return Trouble(Kind.FINAL, "no TLS connection could be made, so nothing was sent", remedy)
    if isinstance(error, requests.exceptions.InvalidSchema):
        remedy = "check HTTPS_PROXY and ALL_PROXY; a SOCKS proxy needs: pip install 'requests[socks]'"
        return Trouble(Kind.FINAL, "the proxy in the environment cannot be used, so nothing was sent", remedy)
    if isinstance(error, ValueError):
        return Trouble(Kind.FINAL, f"the request failed ({type(error).__name__})")
    return Trouble(Kind.UNREACHABLE, "it cannot be reached")


def _is_due_to(error: BaseException, *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in _list_causes(error))


def _list_causes(error: BaseException) -> list[BaseException]:
    """Return an error and its causes."""
    inner = [each for each in (*error.args, error.__context__) if isinstance(each, BaseException)]
    return [error, *(cause for each in inner for cause in _list_causes(each))]


def _explain_status(response: requests.Response) -> Trouble:
    """Classify an answer by its status."""
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
        return Trouble(Kind.BUSY, reason, f"run the command again {when}, as it asks", after)
    return Trouble(Kind.BUSY, reason, after=after)


def _quote(response: requests.Response) -> str:
    """Return a server's message in the form of OpenAI's interface, without the key, which it may quote."""
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
    """Return the wait that a server asks for, in seconds (RFC 9110, 10.2.3); None if it asks for none, or unclearly."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None
