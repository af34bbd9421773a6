"""Any server with OpenAI's interface for speech: `POST /v1/audio/speech`."""

import ipaddress
import os
import threading
from collections.abc import Collection
from urllib.parse import urlsplit

import requests

from narrator.config import OpenaiConfig, check_url
from narrator.errors import SpeechError, UsageError
from narrator.sound.audio import Samples
from narrator.sound.resample import NoSoundError, decode_mono
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.retry import CONNECT_S, Kind, Trouble, ask, fetch
from narrator.speech.wording import has_words

KEY = "OPENAI_API_KEY"
URL = "OPENAI_BASE_URL"
_SLOWEST, _FASTEST = 0.25, 4.0
"""Bounds of `speed`, by the interface's description."""


class OpenAi(Engine):
    """The engine `openai`; its key is read from the environment when it is needed, and goes to the server alone."""

    name = "openai"
    takes_any_name = True

    def __init__(self, config: OpenaiConfig) -> None:
        self._config = config
        try:
            self._url = check_url(os.environ.get(URL) or config.url)
        except ValueError as error:
            raise UsageError(f"{URL}: {error}") from None
        if self._url == OpenaiConfig().url and not os.environ.get(KEY):
            raise SpeechError(
                f"the engine 'openai' needs a key for {self._host}; put it into {KEY}, or name another server in {URL}"
            )
        self.workers = config.workers
        self.version = f"1 {self._url} {config.model} {config.speed:g}"
        self._given_up = threading.Event()

    @property
    def _host(self) -> str:
        return urlsplit(self._url).netloc

    def languages(self) -> Collection[str]:
        """The server is not asked: any."""
        return ["any"]

    def voices(self, language: str) -> Collection[str]:  # noqa: ARG002 - the voices speak whatever they are given
        """The configuration's voice; the server may have others."""
        return [self._config.voice]

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Have a text spoken by the server; one without letters is a moment of silence."""
        if not has_words(text):
            return make_silent_clip(text)
        try:
            return make_clip(text, ask(lambda: self._ask_once(text, voice), self._config.wait, self._given_up))
        except Trouble as trouble:
            raise trouble.make_error(f"the server {self._host}", text) from None

    def close(self) -> None:
        """Give up what is being asked for."""
        self._given_up.set()

    def _ask_once(self, text: str, voice: Voice) -> Samples:
        speed = min(max(self._config.speed * voice.pace, _SLOWEST), _FASTEST)
        asked = {"model": self._config.model, "input": text, "voice": voice.name, "response_format": "wav"}
        timeout = (CONNECT_S, self._config.timeout)
        response = fetch(
            lambda: requests.post(
                f"{self._url}/audio/speech",
                json=asked | ({} if speed == 1 else {"speed": round(speed, 3)}),
                auth=self._sign,
                timeout=timeout,
                allow_redirects=False,
            )
        )
        try:
            return decode_mono(response.content, "wav")
        except NoSoundError as error:
            raise Trouble(Kind.BROKEN, f"its answer holds {error}") from None

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the key; in plain text it goes to this machine alone. Being there, it also keeps .netrc out."""
        key = os.environ.get(KEY)
        if key and (self._url.startswith("https:") or _is_here(urlsplit(self._url).hostname or "")):
            request.headers["Authorization"] = f"Bearer {key}"
        return request


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
