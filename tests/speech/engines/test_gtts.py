"""The real gTTS library against a server on loopback that speaks its protocol."""

import io
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import gtts.tts
import pytest
import requests
import trustme

from gtts_server import GttsServer
from loopback import make_speech, running
from narrator.errors import SpeechError
from narrator.sound.resample import decode_mono
from narrator.speech.engine import Voice
from narrator.speech.engines.gtts import Gtts, GttsConfig
from show_gtts_faults import GOOD, ROUTINE, render_with_fault

VOICE = Voice("gtts", "en", "en")
PIECE = "A clause that is long enough to be a piece of its own, or very nearly so."
LONG = f"{PIECE} {PIECE} {PIECE}"


@pytest.fixture
def serve():
    """Run a server and make an engine for it whose waits are a hundredth of the usual ones."""
    servers = []

    def start(*args, context=None, interval=0.0, timeout=10.0, **options):
        server = GttsServer(*args, **options)
        manager = running(server, context)
        manager.__enter__()
        servers.append((server, manager))
        scheme, host = ("https", "localhost") if context else ("http", "127.0.0.1")
        config = GttsConfig(
            url=f"{scheme}://{host}:{server.server_port}", interval=interval, wait=0.01, timeout=timeout
        )
        return server, Gtts(config)

    yield start
    for server, manager in servers:
        server.released.set()
        manager.__exit__(None, None, None)


def test_speech_comes_back_through_the_library(serve):
    server, engine = serve()
    clip = engine.synthesize("Breathe in, and let go.", Voice("gtts", "en-co.uk", "en", 0.7))
    assert server.requests == [["Breathe in, and let go.", "en", True, "null"]]
    expected = len(decode_mono(make_speech("Breathe in, and let go."), "mp3")) / 48
    assert expected - 200 < clip.length <= expected + 24
    assert -30 < clip.loudness.integrated < -10


def test_a_long_text_is_cut_at_clauses_and_never_in_words(serve):
    server, engine = serve()
    text = (
        "From hands and knees, bring your right knee forward behind your right wrist, and let the shin lie at an angle "
        "that is easy for you; then lengthen the left leg back. Breathe (slowly), and stay."
    )
    engine.synthesize(text, VOICE)
    asked = [request[0] for request in server.requests]
    assert asked == [
        "From hands and knees, bring your right knee forward behind your right wrist,",
        "and let the shin lie at an angle that is easy for you; then lengthen the left leg back.",
        "Breathe (slowly), and stay.",
    ]


@pytest.mark.parametrize("text", ["", " ", "...", "— ?!"])
def test_text_without_letters_is_never_sent(serve, text):
    server, engine = serve()
    assert engine.synthesize(text, VOICE).length == 24
    assert server.requests == []


FAULTS = {
    "429": (5, "it answered 429 Too Many Requests, 5 times; wait some minutes, then run the command again"),
    "429, Retry-After: 3600": (
        1,
        "it answered 429 Too Many Requests; run the command again in 60 min, as it asks",
    ),
    "429, Retry-After: in 2 h": (
        1,
        "it answered 429 Too Many Requests; run the command again in 120 min, as it asks",
    ),
    "429, Retry-After: endless": (
        1,
        "it answered 429 Too Many Requests; run the command again in a day or later, as it asks",
    ),
    "500": (5, "it answered 500 Internal Server Error, 5 times; wait some minutes, then run the command again"),
    "cut short": (3, "its answer was cut short, 3 times; run the command again"),
    "cut short, length unsaid": (3, "there is no complete sound in its answer, 3 times; run the command again"),
    "damaged sound": (3, "its answer contains no MP3 that can be read, 3 times; run the command again"),
    "silence": (3, "its answer contains only silence, 3 times; run the command again"),
    "empty": (3, "its answer was empty, 3 times; run the command again"),
    "nothing at all": (2, "it did not answer in time, 2 times; check the network, then run the command again"),
    "changed page": (1, "gTTS does not understand its answer; the service may have changed; check for a newer"),
    "redirected": (1, "it answered 307 Temporary Redirect, and points to localhost:"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "tries", "message"), [(mode, *expected) for mode, expected in FAULTS.items()])
def test_faults_are_tried_again_as_far_as_it_helps_and_reported(tmp_path, mode, tries, message):
    outcome = render_with_fault(mode, tmp_path)
    assert (outcome.code, outcome.clips, outcome.requests) == (3, GOOD, GOOD + tries)
    (line,) = outcome.seen.splitlines()
    assert line.startswith("error: Google Translate (127.0.0.1:")
    assert f"could not speak 'A third thing.': {message}" in line
    assert line.endswith("(what was spoken is kept), or use another voice")


@pytest.mark.parametrize("mode", ["429", "500", "cut short", "empty"])
def test_a_passing_fault_is_overcome(serve, mode):
    server, engine = serve(mode, faults=2)
    assert engine.synthesize("Breathe in.", VOICE).length > 300
    assert len(server.requests) == 3


def test_the_wait_that_the_server_asks_for_is_respected(serve):
    server, engine = serve("429, Retry-After: 1", faults=1)
    engine.synthesize("Breathe in.", VOICE)
    assert server.times[1] - server.times[0] >= 1


def test_a_refused_connection_is_tried_twice_more_and_no_more_by_the_next_session(monkeypatch):
    monkeypatch.setattr("narrator.speech.net.retry._unreachable", {})
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    tried = []
    real = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda self, place: (tried.append(place[1]), real(self, place))[1])
    config = GttsConfig(url=f"http://127.0.0.1:{port}", wait=0.01)
    with pytest.raises(SpeechError, match=r"it cannot be reached, 3 times; check the network"):
        Gtts(config).synthesize("Breathe in.", VOICE)
    with pytest.raises(
        SpeechError, match=r"it could not be reached a moment ago, so nothing was sent; check the network"
    ):
        Gtts(config).synthesize("Breathe out.", VOICE)
    assert tried == [port] * 3


def test_one_request_at_a_time_however_many_ask_and_with_an_interval(serve):
    server, engine = serve(interval=0.1)
    others = [engine, *(Gtts(engine._config) for _ in range(3))]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.synthesize("Breathe in.", VOICE), others))
    assert (len(server.requests), server.most) == (4, 1)
    waits = [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
    assert min(waits) >= 0.1


def test_the_interval_is_kept_after_a_failure_too(serve):
    server, engine = serve("429", faults=1, interval=0.2)
    engine.synthesize("Breathe in.", VOICE)
    assert server.times[1] - server.times[0] >= 0.2


def test_the_interval_is_no_part_of_the_time_for_an_answer(serve, monkeypatch):
    monkeypatch.setattr("narrator.speech.net.sending.CONNECT_S", 0.2)
    monkeypatch.setattr("narrator.speech.net.sending._WHOLE", 1)
    make_speech("Breathe in.")
    server, engine = serve(interval=0.8, timeout=0.3)
    engine.synthesize("Breathe in.", VOICE)
    engine.synthesize("Breathe in.", VOICE)
    assert len(server.requests) == 2


def test_an_answer_that_never_ends_is_left_before_the_next_is_asked_for(serve, monkeypatch):
    monkeypatch.setattr("narrator.speech.net.sending.CONNECT_S", 0.2)
    server, engine = serve("a byte at a time", interval=0.3, timeout=0.1)
    with pytest.raises(SpeechError, match=r"its answer was not complete after 0.5 s, 2 times; check the network"):
        engine.synthesize("Breathe in.", VOICE)
    assert (len(server.requests), server.most) == (2, 1)


def test_pieces_that_were_answered_are_not_asked_for_again(serve):
    server, engine = serve("500", good=1, faults=1)
    engine.synthesize(LONG, VOICE)
    assert len(server.requests) == 4


def test_closing_ends_a_hanging_request(serve):
    _, engine = serve("nothing at all", timeout=20)
    threading.Timer(0.3, engine.close).start()
    started = time.monotonic()
    with pytest.raises(SpeechError, match="cancelled"):
        engine.synthesize("Breathe in.", VOICE)
    assert time.monotonic() - started < 5


def test_once_closed_nothing_more_is_sent(serve):
    server, engine = serve()
    engine.close()
    with pytest.raises(SpeechError, match="the session was cancelled"):
        engine.synthesize("Breathe in.", VOICE)
    assert server.requests == []


@pytest.mark.parametrize(("mode", "interval", "wait"), [("429", 0, 0.5), ("speech", 0.5, 0)])
def test_closing_during_a_wait_sends_nothing_more(serve, mode, interval, wait):
    server, engine = serve(mode, interval=interval)
    engine._config = engine._config.model_copy(update={"wait": wait})

    def close_soon():
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.1)
        engine.close()

    make_speech(PIECE)
    threading.Thread(target=close_soon).start()
    with pytest.raises(SpeechError):
        engine.synthesize(LONG, VOICE)
    time.sleep(0.1)
    assert len(server.requests) == 1


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def make_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def test_a_certificate_that_is_wrong_gets_no_text(serve, authority):
    server, engine = serve(context=make_context(authority.issue_cert("localhost")))
    with pytest.raises(SpeechError, match=r"certificate cannot be trusted, so nothing was sent; .*REQUESTS_CA_BUNDLE"):
        engine.synthesize("Breathe in.", VOICE)
    assert server.requests == []


def test_a_certificate_of_another_host_gets_no_text(serve, authority, tmp_path, monkeypatch):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    server, engine = serve(context=make_context(authority.issue_cert("example.org")))
    with pytest.raises(SpeechError, match="certificate cannot be trusted"):
        engine.synthesize("Breathe in.", VOICE)
    assert server.requests == []


def test_a_certificate_of_an_authority_that_is_named_is_right(serve, authority, tmp_path, monkeypatch):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    server, engine = serve(context=make_context(authority.issue_cert("localhost")))
    assert engine.synthesize("Breathe in.", VOICE).length > 300
    assert len(server.requests) == 1


def test_by_itself_the_library_would_send_to_any_server(serve, authority, monkeypatch):
    """The fault that is guarded against is real: the same server, with a wrong certificate, gets the text or does not."""
    server, engine = serve(context=make_context(authority.issue_cert("localhost")))
    with monkeypatch.context() as patched:
        patched.setattr(gtts.tts, "_translate_url", lambda tld, path: f"{engine._config.url}/{path}")
        sound = io.BytesIO()
        gtts.gTTS("Breathe out.", lang_check=False).write_to_fp(sound)
    assert sound.getvalue() == make_speech("Breathe out.")
    with pytest.raises(SpeechError, match="certificate cannot be trusted"):
        engine.synthesize("Breathe in.", VOICE)
    assert [request[0] for request in server.requests] == ["Breathe out."]


def send_by_a_session(speech, file):
    class Session(requests.Session):
        def send(self, request, **options):
            return requests.adapters.HTTPAdapter().send(request, verify=False, timeout=5)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gtts.tts.requests, "Session", Session)
        WRITE(speech, file)


def send_by_urllib(speech, file):
    request = speech._prepare_requests()[0]
    with urllib.request.urlopen(request.url, request.body.encode(), timeout=5) as answer:  # noqa: S310
        file.write(answer.read())


WRITE = gtts.gTTS.write_to_fp


@pytest.mark.parametrize("write", [send_by_a_session, send_by_urllib])
def test_a_release_that_sends_in_another_way_reaches_nothing(serve, monkeypatch, write):
    server, engine = serve()
    asked = []
    find = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: (asked.append(host), find(host, *rest, **more))[1]
    )
    monkeypatch.setattr(gtts.gTTS, "write_to_fp", write)
    with pytest.raises(SpeechError, match=r"sends in a way that cannot be checked, so nothing was sent; install"):
        engine.synthesize("Breathe in.", VOICE)
    assert set(asked) == {"translate.google.com.narrator.invalid"}
    assert server.requests == []


def test_languages_and_accents_are_those_of_the_service():
    engine = Gtts(GttsConfig())
    assert engine.voices("de") == ["de"]
    assert engine.voices("en")[:3] == ["en", "en-us", "en-co.uk"]
    assert engine.voices("en-GB")[0] == "en-co.uk"
    assert engine.voices("pt-BR")[0] == "pt-com.br"
    assert engine.voices("zh-TW")[0] == "zh-TW"
    assert engine.voices("xx") == []


@pytest.mark.long
def test_a_second_try_continues_where_the_first_stopped(serve, narrator, write, tmp_path):
    write(ROUTINE, "four.yaml")
    server, _ = serve("500", good=2, faults=5)
    config = write(f'[gtts]\nurl = "{server.url}"\ninterval = 0\nwait = 0.01\n', "config.toml")
    env = {"NARRATOR_CONFIG": str(config), "NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    first = narrator("render", "four.yaml", "--voice", "gtts", "--format", "wav", env=env)
    assert (first.code, len(first.err.splitlines())) == (3, 1)
    assert "'A third thing.': it answered 500" in first.err
    second = narrator("render", "four.yaml", "--voice", "gtts", "--format", "wav", "--json", env=env)
    track = json.loads(second.out)
    assert (track["clips_cached"], track["clips_new"]) == (2, 2)
    texts = [request[0] for request in server.requests]
    assert (texts.count("One thing."), texts.count("The last thing.")) == (1, 1)


@pytest.mark.slow
def test_a_hanging_service_can_be_interrupted(serve, write, tmp_path):
    write(ROUTINE, "four.yaml")
    server, _ = serve("nothing at all", good=1)
    config = write(f'[gtts]\nurl = "{server.url}"\ninterval = 0\n', "config.toml")
    env = os.environ | {"NARRATOR_CONFIG": str(config), "NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "narrator", "render", "four.yaml", "--voice", "gtts"]
    started = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    while len(server.requests) < 2:
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=10)
    assert (started.returncode, err) == (
        130,
        "interrupted; finished speech is kept, and no partial files are left\n",
    )
