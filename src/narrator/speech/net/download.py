"""Download of a file from a public address, with certificate checks."""

import hashlib
import time
from pathlib import Path
from urllib.parse import urljoin

import requests

from narrator.speech.net.sending import CONNECT_S, is_here

_MOST_S = 300.0
"""Longest time for a file, in seconds."""
_SILENCE_S = 20.0
"""Longest silence of the server, in seconds."""
_BLOCK = 1 << 16
_MOST_REDIRECTIONS = 5


class DownloadError(Exception):
    """A file that did not arrive complete, or is a different one; the text says why."""


def download(url: str, path: Path, size: int, sha256: str) -> None:
    """Download a file of known size and hash (hexadecimal SHA-256); redirections are followed only to HTTPS.

    Raises:
        DownloadError: it did not arrive complete and in time, or it is a different file.
        OSError: it cannot be written.

    """
    started, digest = time.monotonic(), hashlib.sha256()
    with requests.Session() as session:
        try:
            with _open(session, url) as answer, path.open("wb") as file:
                for block in answer.iter_content(_BLOCK):
                    digest.update(block)
                    if file.tell() + len(block) > size:
                        raise DownloadError("it is larger than it should be")
                    if time.monotonic() - started > _MOST_S:
                        raise DownloadError(f"it did not arrive complete within {_MOST_S:g} s")
                    file.write(block)
        except requests.RequestException as error:
            raise DownloadError(_explain(error)) from error
    if digest.hexdigest() != sha256:
        raise DownloadError("it is not the expected file")


def _open(session: requests.Session, url: str) -> requests.Response:
    is_plain = not url.startswith("https:")
    for _ in range(_MOST_REDIRECTIONS + 1):
        if not url.startswith("https:") and not (is_plain and is_here(url)):
            raise DownloadError("its server points to an address without encryption")
        headers = {"Accept-Encoding": "identity"}
        answer = session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=(CONNECT_S, _SILENCE_S))
        if not answer.is_redirect:
            break
        answer.close()
        url = urljoin(url, answer.headers["Location"])
    if answer.status_code != 200:
        answer.close()
        raise DownloadError(f"its server answered {answer.status_code} {answer.reason or ''}".rstrip())
    return answer


def _explain(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate of its server cannot be trusted"
    if isinstance(error, requests.Timeout):
        return "its server did not answer in time"
    if isinstance(error, requests.ConnectionError) and not isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "its server cannot be reached"
    return "it was cut short"
