"""Shared parts of the test servers on loopback, with real speech by espeak-ng."""

import io
import threading
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import numpy as np
from av.audio.frame import AudioFrame

from narrator.speech.engine import Voice
from narrator.speech.engines.espeak import Espeak


@cache
def make_speech(text: str, form: str = "mp3") -> bytes:
    """Return speech by espeak-ng, encoded as MP3 at 24 kHz or as WAV."""
    with Espeak() as engine:
        return _encode(engine.synthesize(text, Voice("espeak", "en-us", "en")).samples[::2, 0], form)


def make_silence(form: str = "wav") -> bytes:
    """Return a second of silence."""
    return _encode(np.zeros(24_000, np.float32), form)


def _encode(samples: np.ndarray, form: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        kind, layout = ("s16p", "libmp3lame") if form == "mp3" else ("s16", "pcm_s16le")
        stream = container.add_stream(layout, rate=24_000, layout="mono", format=kind)
        frame = AudioFrame.from_ndarray((samples * 32767).astype("<i2")[np.newaxis], format=kind, layout="mono")
        frame.sample_rate = 24_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole; silent."""

    protocol_version = "HTTP/1.0"

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that go away are part of the tests."""


@contextmanager
def running(server: Server, context=None):
    """Run a server while the block runs, over TLS if a context is given."""
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
