"""A way to the network for a library that checks no certificates: through this adapter, or nowhere.

The library is given a host below `RESERVED`, which no name server has (RFC 2606). While `mounted` lasts, every requests
session sends what goes there through `Verified`, which puts the true address in place and checks its certificate. A
release of the library that sends in any other way then reaches nothing: it fails, and no text has left the machine.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import BaseAdapter

from narrator.speech.net.sending import send

RESERVED = ".narrator.invalid"


class Verified(BaseAdapter):
    """Sends to the true address, or to `url` in its place; whatever else it is told, certificates are checked."""

    def __init__(self, url: str | None, timeout_s: float, given_up: threading.Event) -> None:
        super().__init__()
        self._url = url
        self._timeout_s = timeout_s
        self._given_up = given_up
        self.was_used = False
        self.body = b""
        """The last answer."""

    def find_address(self, reserved: str) -> str:
        """True address behind one with a reserved host."""
        parts = urlsplit(reserved)
        if self._url:
            return self._url + urlunsplit(("", "", parts.path, parts.query, ""))
        return urlunsplit(parts._replace(netloc=parts.netloc.removesuffix(RESERVED)))

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """Send a request, and read the whole answer.

        Raises:
            Trouble: that failed, or the answer is not 200. It is none of the errors that the library knows, and passes.

        """
        self.was_used = True
        sent = request.copy()
        sent.url = self.find_address(request.url or "")
        response = send(sent, self._timeout_s, self._given_up)
        self.body = response.content
        return response

    def close(self) -> None:
        """Nothing is kept open."""


@contextmanager
def mounted(adapter: Verified) -> Iterator[None]:
    """Have every session send to reserved hosts through an adapter while the block runs; one block at a time."""
    original = requests.Session.get_adapter

    def get_adapter(session: requests.Session, url: str) -> BaseAdapter:
        return adapter if (urlsplit(url).hostname or "").endswith(RESERVED) else original(session, url)

    requests.Session.get_adapter = get_adapter  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        requests.Session.get_adapter = original  # type: ignore[method-assign]
