"""The real gTTS library against a server on loopback that speaks its protocol."""

import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from narrator.errors import SpeechError
from narrator.speech.engine import Voice
from narrator.speech.gtts import Gtts


def make_mp3(seconds: float) -> bytes:
    file = io.BytesIO()
    tone = (0.3 * np.sin(np.arange(int(24_000 * seconds)) * 0.1)).astype(np.float32)[None, :]
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=24_000, layout="mono", format="fltp")
        frame = AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        frame.sample_rate = 24_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        request = json.loads(json.loads(parse_qs(body)["f.req"][0])[0][0][1])
        self.server.requests.append(request)
        self.send_response(self.server.status)
        self.end_headers()
        sound = base64.b64encode(make_mp3(1.0)).decode()
        self.wfile.write(f'[["wrb.fr","jQ1olc","[\\"{sound}\\"]",null]]\n'.encode() if self.server.speaks else b"[]\n")

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.requests, server.status, server.speaks = [], 200, True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(
            "gtts.tts._translate_url", lambda tld="com", path="": f"http://127.0.0.1:{server.server_port}/"
        )
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server
        server.shutdown()


def test_text_comes_back_as_a_clip(server):
    clip = Gtts().synthesize("Breathe in.", Voice("gtts", "en", "en", 0.7))
    assert 900 < clip.length < 1200
    assert server.requests == [["Breathe in.", "en", True, "null"]]


def test_a_refusal_is_told_with_what_to_do(server):
    server.status = 429
    with pytest.raises(SpeechError, match=r"429.*try again.*or use --voice espeak"):
        Gtts().synthesize("Breathe in.", Voice("gtts", "en", "en"))


def test_an_answer_without_sound_is_told(server):
    server.speaks = False
    with pytest.raises(SpeechError, match="Google Translate did not speak"):
        Gtts().synthesize("Breathe in.", Voice("gtts", "en", "en"))


def test_languages_are_those_of_the_service():
    engine = Gtts()
    assert engine.voices("de") == ["de"]
    assert engine.voices("en-GB") == ["en"]
    assert engine.voices("xx") == []
