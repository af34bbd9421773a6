"""A server on loopback with the interface `/v1/audio/speech`, with real speech and real faults."""

import json
import threading
import time

import pytest

from loopback import Handler, Server, make_silence, make_speech, running
from narrator.errors import SpeechError, UsageError
from narrator.speech.engine import Voice
from narrator.speech.engines.openai import OpenAi, OpenaiConfig
from narrator.speech.net.sending import is_here

KEY = "sk-do-not-tell-0123456789"
VOICE = Voice("openai", "af_heart", "en", 0.9)


class OpenAiHandler(Handler):
    def do_POST(self):  # noqa: N802 - the library's name
        asked = json.loads(self.read_body())
        assert self.path == "/v1/audio/speech"
        self.server.requests.append((asked, self.headers.get("Authorization")))
        is_faulty = self.server.faults > 0
        self.server.faults -= 1
        mode = self.server.mode if is_faulty else "speech"
        if mode == "nothing at all":
            self.server.released.wait(30)
        elif mode == "redirected":
            self.answer(307, b"", {"Location": f"http://localhost:{self.server.server_port}/v1/audio/speech"})
        elif mode == "cut short":
            self.answer(200, make_speech(asked["input"], "wav")[:500], length=50_000)
        elif mode == "rubbish":
            self.answer(200, b"no sound" * 100)
        elif mode == "cut short, length unsaid":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(make_speech(asked["input"], "wav")[:5000])
        elif mode == "silence":
            self.answer(200, make_silence())
        elif mode == "speech":
            self.answer(200, make_speech(asked["input"], "wav"))
        else:
            echoed = f'{{"error": "Incorrect API key provided: {self.headers.get("Authorization")}"}}'
            self.send_response(int(mode), echoed)
            self.end_headers()
            self.wfile.write(echoed.encode())


@pytest.fixture
def serve(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server = Server(("127.0.0.1", 0), OpenAiHandler)
    server.requests, server.mode, server.faults, server.released = [], "speech", 0, threading.Event()

    def start(mode="speech", faults=1000, **options):
        server.mode, server.faults = mode, faults
        url = f"http://127.0.0.1:{server.server_port}/v1/"
        return server, OpenAi(OpenaiConfig(url=url, voice="af_heart", model="kokoro", wait=0.01, **options))

    with running(server):
        yield start
        server.released.set()


def test_speech_comes_back(serve):
    server, engine = serve(speed=1.1)
    clip = engine.synthesize("Breathe in.", VOICE)
    assert 400 < clip.length < 2000
    ((asked, key),) = server.requests
    assert asked == {
        "model": "kokoro", "input": "Breathe in.", "voice": "af_heart", "response_format": "wav", "speed": 0.99,
    }  # fmt: skip
    assert key == f"Bearer {KEY}"


FAULTS = {
    "401": (1, "it answered 401 Unauthorized; check whether the key in OPENAI_API_KEY is right"),
    "403": (1, "it answered 403 Forbidden; check whether the key in OPENAI_API_KEY is right"),
    "404": (1, "it answered 404 Not Found; check the address"),
    "429": (5, "it answered 429 Too Many Requests, 5 times; wait some minutes"),
    "503": (5, "it answered 503 Service Unavailable, 5 times"),
    "redirected": (1, "it answered 307 Temporary Redirect, and points to localhost:"),
    "cut short": (3, "its answer was cut short, 3 times"),
    "cut short, length unsaid": (3, "its answer contains sound that is cut short, 3 times"),
    "rubbish": (3, "its answer contains no WAV that can be read, 3 times"),
    "silence": (3, "its answer contains only silence, 3 times"),
    "nothing at all": (2, "it did not answer in time, 2 times"),
}


@pytest.mark.parametrize(("mode", "tries", "message"), [(mode, *expected) for mode, expected in FAULTS.items()])
def test_faults_are_reported_without_the_key(serve, mode, tries, message):
    server, engine = serve(mode, timeout=0.5 if mode == "nothing at all" else 10)
    with pytest.raises(SpeechError) as caught:
        engine.synthesize("Breathe in.", VOICE)
    told = str(caught.value)
    assert told.startswith(f"error: the server 127.0.0.1:{server.server_port} could not speak 'Breathe in.': {message}")
    assert len(server.requests) == tries
    error = caught.value
    while error:
        assert "do-not-tell" not in repr(error) + str(vars(error))
        error = error.__cause__


def test_a_passing_fault_is_overcome(serve):
    server, engine = serve("503", faults=2)
    assert engine.synthesize("Breathe in.", VOICE).length > 300
    assert len(server.requests) == 3


def test_text_without_letters_is_never_sent(serve):
    server, engine = serve()
    assert engine.synthesize("...", VOICE).length == 24
    assert server.requests == []


def test_without_a_key_none_is_sent(serve, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    server, engine = serve()
    engine.synthesize("Breathe in.", VOICE)
    assert server.requests[0][1] is None
    with pytest.raises(SpeechError, match=r"needs a key for api.openai.com; set OPENAI_API_KEY to it"):
        OpenAi(OpenaiConfig())


def test_a_key_in_plain_text_stays_on_this_machine(serve, monkeypatch):
    _, engine = serve()
    monkeypatch.setattr("narrator.speech.engines.openai.is_here", lambda url: False)
    server, _ = serve()
    engine.synthesize("Breathe in.", VOICE)
    assert server.requests[0][1] is None
    hosts = ("127.0.0.1", "[::1]:80", "localhost", "192.168.1.5", "example.org", "localhost.example.org")
    assert [is_here(f"http://{host}/v1") for host in hosts] == [True, True, True, False, False, False]


def test_a_key_that_was_not_sent_is_reported(serve, monkeypatch):
    _, engine = serve("401")
    monkeypatch.setattr("narrator.speech.engines.openai.is_here", lambda url: False)
    with pytest.raises(SpeechError, match=r"the key in OPENAI_API_KEY was not sent, because the address is plain http"):
        engine.synthesize("Breathe in.", VOICE)
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(SpeechError, match=r"401 Unauthorized; set OPENAI_API_KEY to a key for it"):
        engine.synthesize("Breathe in.", VOICE)


@pytest.mark.parametrize("space", ["\r", "\n", "\r\n", " "])
def test_space_around_a_key_is_removed(serve, monkeypatch, space):
    server, engine = serve()
    monkeypatch.setenv("OPENAI_API_KEY", f"{space}{KEY}{space}")
    engine.synthesize("Breathe in.", VOICE)
    assert server.requests[0][1] == f"Bearer {KEY}"


@pytest.mark.parametrize("character", ["\r", "\x07", "…", "\udcff"])
def test_an_invalid_key_is_refused_and_not_shown(serve, monkeypatch, character):
    server, engine = serve()
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}{character}{KEY}")
    with pytest.raises(UsageError, match="OPENAI_API_KEY has a character that cannot be in a key") as caught:
        engine.synthesize("Breathe in.", VOICE)
    assert "do-not-tell" not in str(caught.value)
    with pytest.raises(UsageError):
        OpenAi(OpenaiConfig())
    assert server.requests == []


def test_a_key_in_place_of_the_address_is_not_shown(serve, monkeypatch):
    for address in (KEY, f"https://{KEY}@localhost/v1", f"http://localhost:{KEY}/v1"):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        with pytest.raises(UsageError, match="OPENAI_BASE_URL cannot be used: ") as caught:
            serve()
        assert "do-not-tell" not in str(caught.value)


@pytest.mark.slow
def test_several_are_asked_for_at_a_time_and_the_key_is_kept_nowhere(serve, narrator, write, tmp_path):
    write("title: x\nsteps:\n  - say: One thing. Another thing. A third thing. The last thing.\n", "four.yaml")
    server, _ = serve()
    config = write('[openai]\nmodel = "kokoro"\nvoice = "af_heart"\nworkers = 3\n', "config.toml")
    env = {
        "NARRATOR_CONFIG": str(config),
        "NARRATOR_CACHE_DIR": str(tmp_path / "cache"),
        "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1",
    }
    result = narrator("render", "four.yaml", "--voice", "openai:am_adam", "--format", "wav", env=env)
    assert (result.code, result.err) == (0, "")
    assert "openai:am_adam" in result.out
    assert {asked["voice"] for asked, _ in server.requests} == {"am_adam"}
    assert len(server.requests) == 4
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_closing_ends_a_hanging_request(serve):
    _, engine = serve("nothing at all", timeout=20)
    threading.Timer(0.3, engine.close).start()
    started = time.monotonic()
    with pytest.raises(SpeechError, match="cancelled"):
        engine.synthesize("Breathe in.", VOICE)
    assert time.monotonic() - started < 5
