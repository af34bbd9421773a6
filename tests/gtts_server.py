"""A server on loopback that speaks Google Translate's protocol as gTTS knows it, with real speech and real faults."""

import base64
import json
import threading
import time
from email.utils import formatdate
from urllib.parse import parse_qs

from loopback import Handler, Server, make_silence, make_speech

PATH = "/_/TranslateWebserverUi/data/batchexecute"


class GttsHandler(Handler):
    def do_POST(self):  # noqa: N802 - the library's name
        body = self.read_body().decode()
        if self.path != PATH:
            self.answer(404, b"")
            return
        ((rpc,),) = json.loads(parse_qs(body)["f.req"][0])
        assert rpc[0] == "jQ1olc"
        request = json.loads(rpc[1])
        with self.server.lock:
            self.server.requests.append(request)
            self.server.times.append(time.monotonic())
            self.server.busy += 1
            self.server.most = max(self.server.most, self.server.busy)
            is_faulty = len(self.server.requests) > self.server.good and self.server.faults != 0
            self.server.faults -= is_faulty
        try:
            self.answer_as(self.server.mode if is_faulty else "speech", request[0])
        finally:
            with self.server.lock:
                self.server.busy -= 1

    def answer_as(self, mode: str, text: str) -> None:
        whole = make_answer(make_speech(text))
        if mode == "nothing at all":
            self.server.released.wait(30)
        elif mode == "cut short":
            self.answer(200, whole[: len(whole) // 2], length=len(whole))
        elif mode == "cut short, length unsaid":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(whole[: len(whole) // 2])
        elif mode == "a byte at a time":
            self.send_response(200)
            self.end_headers()
            while not self.server.released.wait(0.01):
                self.wfile.write(b" ")
        elif mode == "429, Retry-After: in 2 h":
            self.answer(429, b"too many", {"Retry-After": formatdate(time.time() + 7200, usegmt=True)})
        elif mode == "redirected":
            self.answer(307, b"", {"Location": f"http://localhost:{self.server.server_port}{PATH}"})
        elif mode == "speech":
            self.answer(200, whole)
        else:
            self.answer(*FAULTS[mode])


def make_answer(sound: bytes) -> bytes:
    encoded = base64.b64encode(sound).decode()
    return f')]}}\'\n\n[["wrb.fr","jQ1olc","[\\"{encoded}\\"]",null,null,null,"generic"]]\n'.encode()


FAULTS = {
    "429": (429, b"too many"),
    "429, Retry-After: 1": (429, b"too many", {"Retry-After": "1"}),
    "429, Retry-After: 3600": (429, b"too many", {"Retry-After": "3600"}),
    "429, Retry-After: endless": (429, b"too many", {"Retry-After": "9" * 400}),
    "500": (500, b"oops"),
    "damaged sound": (200, make_answer(b"no sound" * 40)),
    "silence": (200, make_answer(make_silence("mp3"))),
    "empty": (200, b""),
    "changed page": (200, b"<!doctype html><html><body>Before you continue to Google</body></html>"),
}


class GttsServer(Server):
    """Answers `good` requests with speech, then `faults` in its mode (-1: all that follow), then with speech again."""

    def __init__(self, mode: str = "speech", good: int = 0, faults: int = -1) -> None:
        super().__init__(("127.0.0.1", 0), GttsHandler)
        self.mode, self.good, self.faults = mode, good, faults
        self.requests: list[list] = []
        self.times: list[float] = []
        self.busy = self.most = 0
        self.lock = threading.Lock()
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"
