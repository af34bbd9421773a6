"""The engine `openai`: any server with OpenAI's interface for speech, `POST /v1/audio/speech`."""

import os
import threading
from collections.abc import Collection
from typing import Annotated

import requests
from pydantic import Field

from narrator.config import FirstWait, Section, Timeout, Url, check_url
from narrator.errors import SpeechError, UsageError
from narrator.sound.resample import NoSoundError, decode_mono
from narrator.sound.samples import Samples
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.net.retry import Kind, Trouble, ask
from narrator.speech.net.sending import is_here, name_host, send
from narrator.speech.text.breaths import has_words

KEY = "OPENAI_API_KEY"
URL = "OPENAI_BASE_URL"
_SLOWEST, _FASTEST = 0.25, 4.0
"""Range of `speed` in the interface's documentation."""


class OpenaiConfig(Section):
    """Settings of a server with the interface `/v1/audio/speech`."""

    url: Url = "https://api.openai.com/v1"
    """Address of the interface, including `/v1`."""
    model: str = "gpt-4o-mini-tts"
    voice: str = "alloy"
    speed: Annotated[float, Field(ge=0.25, le=4, allow_inf_nan=False)] = 1.0
    """The server's own speed at pace 1."""
    workers: Annotated[int, Field(ge=1, le=16)] = 2
    """Number of requests to send at once."""
    wait: FirstWait = 1.0
    """First wait after a refusal, in seconds; it doubles with each further one, up to a minute."""
    timeout: Timeout = 60.0
    """Longest silence of the server, in seconds; the whole answer may take three times that."""


class OpenAi(Engine):
    """The engine `openai`; its key is read from the environment when needed, and sent only to the server."""

    name = "openai"
    takes_any_name = True
    quality, licence, is_offline = "good", "the server's", False
    settings = OpenaiConfig

    def __init__(self, config: OpenaiConfig) -> None:
        self._config = config
        try:
            self._url = check_url(os.environ.get(URL) or config.url)
        except ValueError as error:
            raise UsageError(f"{URL} cannot be used: {error}") from None
        if not _read_key() and self._url == OpenaiConfig().url:
            raise SpeechError(
                f"the engine 'openai' needs a key for {self._host}; set {KEY} to it, or {URL} to another server"
            )
        self.workers = config.workers
        self.version = f"1 {self._url} {config.model} {config.speed:g}"
        self._given_up = threading.Event()

    @property
    def _host(self) -> str:
        return name_host(self._url)

    def languages(self) -> Collection[str]:
        """Any language, because the server cannot be asked."""
        return ["any"]

    def voices(self, language: str) -> Collection[str]:  # noqa: ARG002 - the voices speak any text
        """Return the voice in the configuration; the server may have others."""
        return [self._config.voice]

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Let the server speak a text; a text without letters is a moment of silence."""
        if not has_words(text):
            return make_silent_clip(text)
        try:
            samples = ask(lambda: self._ask_once(text, voice), self._host, self._config.wait, self._given_up)
        except Trouble as trouble:
            if trouble.status in {401, 403}:
                trouble.remedy = self._explain_key()
            raise trouble.make_error(f"the server {self._host}", text) from None
        return make_clip(text, samples)

    def close(self) -> None:
        """Cancel the current requests."""
        self._given_up.set()

    def _ask_once(self, text: str, voice: Voice) -> Samples:
        speed = min(max(self._config.speed * voice.pace, _SLOWEST), _FASTEST)
        asked = {"model": self._config.model, "input": text, "voice": voice.name, "response_format": "wav"}
        request = requests.Request(
            "POST",
            f"{self._url}/audio/speech",
            headers=requests.utils.default_headers(),
            json=asked | ({} if speed == 1 else {"speed": round(speed, 3)}),
            auth=self._sign,
        )
        response = send(request.prepare(), self._config.timeout, self._given_up)
        try:
            return decode_mono(response.content, "wav")
        except NoSoundError as error:
            raise Trouble(Kind.BROKEN, f"its answer contains {error}") from None

    @property
    def _may_sign(self) -> bool:
        """Return whether the key may be sent: without encryption, only to this machine."""
        return self._url.startswith("https:") or is_here(self._url)

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if (key := _read_key()) and self._may_sign:
            request.headers["Authorization"] = f"Bearer {key}"
        return request

    def _explain_key(self) -> str:
        """Return what to do if the server rejects the key."""
        if not _read_key():
            return f"set {KEY} to a key for it"
        if not self._may_sign:
            return f"the key in {KEY} was not sent, because the address is plain http to another machine: use https"
        return f"check whether the key in {KEY} is right"


def _read_key() -> str:
    """Return the key from the environment, without space around it; empty if there is none.

    Raises:
        UsageError: it is not valid; the message does not quote it, because most of it may be a key.

    """
    key = os.environ.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"{KEY} has a character that cannot be in a key; copy the key again")
    return key
