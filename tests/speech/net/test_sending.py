"""Requests to servers on loopback: where they go, what ends them, and the messages."""

import gc
import json
import socket
import threading
import time
from pathlib import Path

import pytest
import requests

from loopback import Handler, Server, running
from narrator.speech.net import sending
from narrator.speech.net.retry import Kind, Trouble
from narrator.speech.net.sending import name_host, send

OPEN = threading.Event()
"""A session that is never given up."""


class Recorder(Handler):
    def do_POST(self):  # noqa: N802 - the library's name
        self.server.requests.append((self.path, dict(self.headers), self.read_body()))
        self.server.respond(self)


@pytest.fixture
def serve():
    managers = []

    def start(respond=lambda handler: handler.answer(200, b"well")):
        server = Server(("127.0.0.1", 0), Recorder)
        server.requests, server.respond = [], respond
        server.url = f"http://127.0.0.1:{server.server_port}/"
        managers.append(running(server))
        return managers[-1].__enter__()

    yield start
    for manager in managers:
        manager.__exit__(None, None, None)


def post(url, timeout_s=5.0, given_up=OPEN):
    return send(requests.Request("POST", url, data=b"text").prepare(), timeout_s, given_up)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nothing_for_this_machine_goes_to_a_proxy(serve, monkeypatch, host):
    server, proxy = serve(), serve()
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, proxy.url)
    for variable in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    assert post(server.url.replace("127.0.0.1", host)).content == b"well"
    assert (len(server.requests), len(proxy.requests)) == (1, 0)
    post("http://example.org/")
    assert [path for path, _, _ in proxy.requests] == ["http://example.org/"]


def test_no_password_is_taken_from_netrc(serve, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = serve()
    assert requests.post(server.url, timeout=5).ok
    post(server.url)
    assert ["Authorization" in headers for _, headers, _ in server.requests] == [True, False]


def test_a_proxy_that_cannot_be_used_is_reported(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    for variable in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(Trouble, match=r"^the proxy in the environment cannot be used") as told:
        post("http://example.org/")
    assert "ALL_PROXY" in told.value.remedy


@pytest.mark.skipif(not Path("/proc").exists(), reason="descriptors are counted in /proc")
def test_an_answer_that_is_damaged_is_reported_and_leaves_no_connection_open(serve):
    server = serve(lambda handler: handler.answer(200, b"no gzip", {"Content-Encoding": "gzip"}))
    gc.disable()
    try:
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(20):
            with pytest.raises(Trouble, match=r"^its answer is damaged$"):
                post(server.url)
        assert len(list(Path("/proc/self/fd").iterdir())) < before + 10
    finally:
        gc.enable()


def test_what_a_server_says_of_an_error_is_reported_but_never_with_the_key(serve):
    said = ["No voice\naf_heart.", "Wrong key: secret.", "No voice af_heart; there is alloy."]
    server = serve(lambda handler: handler.answer(400, json.dumps({"error": {"message": said.pop()}}).encode()))
    for told in (r" \('No voice af_heart; there is alloy.'\)", "", ""):
        request = requests.Request("POST", server.url, headers={"Authorization": "Bearer secret"}).prepare()
        with pytest.raises(Trouble, match=rf"^it answered 400 Bad Request{told}$"):
            send(request, 5.0, OPEN)


def test_a_server_cannot_forge_a_message(serve):
    def echo(handler):
        handler.send_response(307, "Bearer secret")
        handler.send_header("Location", "http://secret:secret@example.org:8080/secret")
        handler.end_headers()

    with pytest.raises(Trouble, match=r"^it answered 307 Temporary Redirect, and points to example.org:8080$"):
        post(serve(echo).url)
    with pytest.raises(Trouble, match=r"^it answered 499$"):
        post(serve(lambda handler: handler.answer(499, b"secret")).url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/elsewhere", "itself"),
        ("http://example.org:secret/", "an invalid address"),
        ("http://[secret/", "an invalid address"),
        ("http://a\x1b[31m/", "an invalid address"),
        ("https://me:secret@[::1]:80/", "[::1]:80"),
    ],
)
def test_only_the_host_of_an_address_is_shown(url, shown):
    assert name_host(url) == shown


def test_a_request_that_cannot_be_sent_is_not_quoted():
    request = requests.Request("POST", "http://127.0.0.1:9/").prepare()
    request.headers["X-Key"] = "secret\n"
    with pytest.raises(Trouble, match=r"^the request failed \(ValueError\)$") as caught:
        send(request, 5.0, OPEN)
    assert caught.value.kind is Kind.FINAL


def test_a_server_without_tls_is_distinguished_from_one_without_trust(serve):
    server = serve()
    with pytest.raises(Trouble, match="no TLS connection could be made, so nothing was sent") as caught:
        post(server.url.replace("http:", "https:"))
    assert "whether the address should start with http:" in caught.value.remedy
    assert server.requests == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_authorities_that_cannot_be_read_are_named(serve, monkeypatch, tmp_path, variable):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "none.pem"))
    server = serve()
    with pytest.raises(Trouble, match=rf"no certificates can be read from .*none.pem, which {variable} names"):
        post(server.url.replace("http:", "https:"))
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(Trouble, match=rf"which {variable} names"):
        post(server.url.replace("http:", "https:"))
    assert post(server.url).content == b"well"


def test_an_answer_that_never_ends_is_left_and_its_connection_closed(serve, monkeypatch):
    monkeypatch.setattr(sending, "CONNECT_S", 0.2)
    is_closed = threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(b"x")
                time.sleep(0.01)
        except OSError:
            is_closed.set()

    with pytest.raises(Trouble, match=r"its answer was not complete after 0.5 s") as caught:
        post(serve(drip).url, timeout_s=0.1)
    assert caught.value.kind is Kind.SLOW
    assert is_closed.wait(5)


def test_the_time_for_an_answer_follows_from_the_time_it_may_be_silent():
    line = sending._Line(OPEN)
    with socket.socket() as connected:
        line._take(connected)
        assert line.find_trouble(900.0, 300.0) is None
        assert line.find_trouble(910.0, 300.0).reason == "its answer was not complete after 904 s"


def test_nothing_is_sent_once_the_session_is_cancelled(serve):
    given_up = threading.Event()
    given_up.set()
    server = serve()
    with pytest.raises(Trouble, match="the session was cancelled"):
        post(server.url, given_up=given_up)
    assert server.requests == []


@pytest.fixture
def slow_names(monkeypatch):
    """Replace name resolution with one that answers late."""
    find = socket.getaddrinfo
    answered = threading.Event()

    def find_late(*args, **options):
        time.sleep(0.4)
        answered.set()
        return find(*args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", find_late)
    return answered


def test_nothing_is_sent_on_a_connection_that_comes_too_late(serve, slow_names, monkeypatch):
    monkeypatch.setattr(sending, "CONNECT_S", 0.1)
    server = serve()
    with pytest.raises(Trouble, match="it cannot be reached"):
        post(server.url)
    assert slow_names.wait(5)
    time.sleep(0.1)
    assert server.requests == []


def test_nothing_is_sent_when_the_session_is_cancelled_on_the_way(serve, slow_names):
    server, given_up = serve(), threading.Event()
    threading.Timer(0.1, given_up.set).start()
    with pytest.raises(Trouble, match="the session was cancelled"):
        post(server.url, given_up=given_up)
    assert slow_names.wait(5)
    time.sleep(0.1)
    assert server.requests == []


def test_many_addresses_are_tried_no_longer_than_one(monkeypatch):
    """A listener whose queue is full answers nobody, as an address without a machine does."""
    monkeypatch.setattr(sending, "CONNECT_S", 0.2)
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", full.getsockname())] * 30
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
        started = time.monotonic()
        with pytest.raises(Trouble, match="it cannot be reached") as caught:
            post("http://many.example/")
        assert time.monotonic() - started < 3
    assert caught.value.kind is Kind.UNREACHABLE
