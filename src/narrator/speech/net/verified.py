"""A checked connection for a library that does not check certificates; it cannot connect in any other way.

The library is given a host below `RESERVED`, which no name server knows (RFC 2606). While `mounted` is active, every
requests session sends requests for it through `Verified`, which fills in the true address and checks its certificate. A
release of the library that sends in another way reaches nothing: it fails before any text has left the machine.
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
    """Sends to the true address, or to `url` instead, and always checks certificates."""

    def __init__(self, url: str | None, timeout_s: float, given_up: threading.Event) -> None:
        super().__init__()
        self._url = url
        self._timeout_s = timeout_s
        self._given_up = given_up
        self.was_used = False
        self.body = b""
        """The last answer."""

    def find_address(self, reserved: str) -> str:
        """Return the true address for one with a reserved host."""
        parts = urlsplit(reserved)
        if self._url:
            return self._url + urlunsplit(("", "", parts.path, parts.query, ""))
        return urlunsplit(parts._replace(netloc=parts.netloc.removesuffix(RESERVED)))

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """Send a request and read the whole answer.

        Raises:
            Trouble: that failed, or the status is not 200. The library does not know this error, so it passes through.

        """
        self.was_used = True
        sent = request.copy()
        sent.url = self.find_address(request.url or "")
        response = send(sent, self._timeout_s, self._given_up)
        self.body = response.content
        return response

    def close(self) -> None:
        """Do nothing: no connection is kept open."""


@contextmanager
def mounted(adapter: Verified) -> Iterator[None]:
    """Send all requests to reserved hosts through an adapter while the block runs; one block at a time."""
    original = requests.Session.get_adapter

    def get_adapter(session: requests.Session, url: str) -> BaseAdapter:
        return adapter if (urlsplit(url).hostname or "").endswith(RESERVED) else original(session, url)

    requests.Session.get_adapter = get_adapter  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        requests.Session.get_adapter = original  # type: ignore[method-assign]
