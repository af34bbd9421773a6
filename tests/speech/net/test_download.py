"""A file from a server on loopback: which links are followed, what is refused, and the messages."""

import hashlib
import ssl

import pytest
import trustme

from loopback import Handler, Server, running
from narrator.speech.net import download as module
from narrator.speech.net.download import DownloadError, download

DATA = b"table" * 30_000
SIZE = len(DATA)
HASH = hashlib.sha256(DATA).hexdigest()


class FileHandler(Handler):
    def do_GET(self):  # noqa: N802 - the library's name
        if place := self.server.places.get(self.path):
            self.answer(302, b"", {"Location": place})
        else:
            self.answer(200, DATA)


@pytest.fixture
def serve():
    managers = []

    def start(context=None, **places):
        server = Server(("127.0.0.1", 0), FileHandler)
        server.places = {f"/{name}": place for name, place in places.items()}
        server.url = f"http{'s' * bool(context)}://127.0.0.1:{server.server_port}"
        managers.append(running(server, context))
        return managers[-1].__enter__()

    yield start
    for manager in managers:
        manager.__exit__(None, None, None)


@pytest.fixture
def secure(serve):
    """Start a server with a certificate that only the authority's file beside it vouches for."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return lambda **places: serve(context, **places), authority


def fetch(url, tmp_path, size=SIZE):
    download(url, tmp_path / "file", size, HASH)
    return (tmp_path / "file").read_bytes()


def test_a_redirection_is_followed(serve, tmp_path):
    server = serve(first="/second", second="/file")
    assert fetch(f"{server.url}/first", tmp_path) == DATA


def test_redirections_come_to_an_end(serve, tmp_path):
    with pytest.raises(DownloadError, match="its server answered 302 Found"):
        fetch(f"{serve(round='/round').url}/round", tmp_path)


def test_certificates_are_checked_and_encryption_is_not_left(serve, secure, tmp_path, monkeypatch):
    start, authority = secure
    plain = serve()
    server = start(away=f"{plain.url}/file", beyond="http://example.org/file")
    with pytest.raises(DownloadError, match="certificate of its server cannot be trusted"):
        fetch(f"{server.url}/file", tmp_path)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    assert fetch(f"{server.url}/file", tmp_path) == DATA
    for name in ("away", "beyond"):
        with pytest.raises(DownloadError, match="points to an address without encryption"):
            fetch(f"{server.url}/{name}", tmp_path)
    with pytest.raises(DownloadError, match="points to an address without encryption"):
        fetch(f"{serve(off='http://example.org/').url}/off", tmp_path)


def test_a_file_that_is_larger_or_another_or_late_is_refused(serve, tmp_path, monkeypatch):
    server = serve()
    with pytest.raises(DownloadError, match="larger than it should be"):
        fetch(server.url, tmp_path, len(DATA) - 1)
    with pytest.raises(DownloadError, match="not the expected file"):
        download(server.url, tmp_path / "file", len(DATA), "0" * 64)
    monkeypatch.setattr(module, "_MOST_S", -1)
    with pytest.raises(DownloadError, match="did not arrive complete within"):
        fetch(server.url, tmp_path)
