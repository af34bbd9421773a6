"""The engine `gtts`: Google Translate's voice, through the gTTS library. Needs the network."""

import importlib.metadata
import io
import logging
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from gtts import gTTS
from gtts.lang import tts_langs

from narrator.config import FirstWait, Seconds, Section, Timeout, Url
from narrator.languages import fold_language, match_language
from narrator.sound.resample import NoSoundError, decode_mono
from narrator.sound.samples import Samples
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.net.retry import Kind, Trouble, ask
from narrator.speech.net.sending import name_host
from narrator.speech.net.verified import RESERVED, Verified, mounted
from narrator.speech.text.pieces import split_pieces

_MOST = 100
"""Most characters that the service accepts at a time."""
_SLOW_BELOW = 0.8
"""Pace below which the slow one of the service's two speeds is used."""
_SLOW = 0.7
"""Pace of the slow speed."""
_ACCENTS = {
    "en": {
        "us": "us", "gb": "co.uk", "au": "com.au", "ca": "ca", "in": "co.in", "ie": "ie", "ng": "com.ng", "za": "co.za",
    },
    "es": {"es": "es", "mx": "com.mx", "us": "us"},
    "fr": {"ca": "ca", "fr": "fr"},
    "pt": {"br": "com.br", "pt": "pt"},
}  # fmt: skip
"""Top-level domain for the accent of a region, from gTTS's documentation."""
_FORMAT = 1
"""Version of its clips; raise it with every change to what is made of a text."""

_TURN = threading.Lock()
"""Held during a request: there is one at a time, even with several sessions."""
_last_end = 0.0
"""Time of the last answer, in seconds of the monotonic clock."""

# The library also logs what it raises.
logging.getLogger("gtts").setLevel(logging.CRITICAL)


class GttsConfig(Section):
    """Settings for Google Translate."""

    url: Url | None = None
    """Another server with the same protocol; by default translate.google.com."""
    interval: Seconds = 0.2
    """Shortest time from the end of one request to the start of the next, in seconds."""
    wait: FirstWait = 1.0
    """First wait after a refusal, in seconds; it doubles with each further one, up to a minute."""
    timeout: Timeout = 20.0
    """Longest silence of the server, in seconds; the whole answer may take three times that."""


class Gtts(Engine):
    """The engine `gtts`: it sends text to translate.google.com and receives MP3."""

    name = "gtts"
    quality, licence, is_offline = "good", "Google's terms", False
    settings = GttsConfig

    def __init__(self, config: GttsConfig) -> None:
        self._config = config
        self._given_up = threading.Event()
        self.version = f"{importlib.metadata.version('gTTS')}.{_FORMAT}{config.url or ''}"

    def languages(self) -> Collection[str]:
        """Codes as the service writes them."""
        return list(tts_langs())

    def voices(self, language: str) -> Collection[str]:
        """Return the language as the service writes it, then its accents by top-level domain (`en-co.uk`)."""
        known = self.languages()
        base, _, region = fold_language(language).partition("-")
        best = match_language(language, known)
        accents = _ACCENTS.get(base, {})
        has_own = best is not None and fold_language(best) == fold_language(language)
        first = [f"{base}-{accents[region]}"] if region in accents and not has_own else []
        return list(
            dict.fromkeys([*first, *([best] if best else []), *(f"{base}-{domain}" for domain in accents.values())])
        )

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return the voice at one of the two speeds."""
        return replace(voice, pace=_SLOW if voice.pace < _SLOW_BELOW else 1.0)

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Let the service speak a text, in pieces; a text without letters is a moment of silence."""
        language, domain = voice.name, "com"
        if voice.name not in self.languages():
            language, _, domain = voice.name.partition("-")
        pieces = split_pieces(text, _MOST)
        if not pieces:
            return make_silent_clip(text)
        speeches = [
            # Without the library's own rewriting, and in pieces that fit, so that its tokenizer has nothing to cut.
            gTTS(
                piece,
                f"{domain}{RESERVED}",
                language,
                slow=voice.pace < _SLOW_BELOW,
                lang_check=False,
                pre_processor_funcs=[],
            )
            for piece in pieces
        ]
        host = name_host(self._config.url or f"https://translate.google.{domain}")
        try:
            return make_clip(text, np.concatenate([self._ask(speech, host) for speech in speeches]))
        except Trouble as trouble:
            raise trouble.make_error(f"Google Translate ({host})", text) from None

    def close(self) -> None:
        """Cancel the current requests."""
        self._given_up.set()

    @contextmanager
    def _take_turn(self) -> Iterator[None]:
        while not _TURN.acquire(timeout=0.2):
            if self._given_up.is_set():
                raise Trouble(Kind.FINAL, "the session was cancelled")
        try:
            yield
        finally:
            _TURN.release()

    def _ask(self, speech: gTTS, host: str) -> Samples:
        """Ask a host until it answers; return samples at 48 kHz, shape (frames, 1)."""
        with self._take_turn():
            return ask(lambda: self._ask_once(speech), host, self._config.wait, self._given_up)

    def _ask_once(self, speech: gTTS) -> Samples:
        global _last_end  # noqa: PLW0603 - the service counts requests of the whole process
        self._given_up.wait(_last_end + self._config.interval - time.monotonic())
        adapter = Verified(self._config.url, self._config.timeout, self._given_up)
        sound = io.BytesIO()
        try:
            with mounted(adapter):
                speech.write_to_fp(sound)
        except Trouble:
            raise
        except Exception:  # noqa: BLE001 - whatever the library makes of an answer that it does not know
            sound = io.BytesIO()
        finally:
            _last_end = time.monotonic()
        if not adapter.was_used:
            raise Trouble(
                Kind.FINAL,
                f"gTTS {importlib.metadata.version('gTTS')} sends in a way that cannot be checked, so nothing was sent",
                "install another release (pip install gTTS==2.5.4)",
            )
        return _decode(sound.getvalue(), adapter.body)


def _decode(sound: bytes, answer: bytes) -> Samples:
    """Return the samples of the sound that the library found in an answer."""
    if sound:
        try:
            return decode_mono(sound, "mp3")
        except NoSoundError as error:
            raise Trouble(Kind.BROKEN, f"its answer contains {error}") from None
    if not answer.strip():
        raise Trouble(Kind.BROKEN, "its answer was empty")
    if gTTS.GOOGLE_TTS_RPC.encode() in answer:
        raise Trouble(Kind.BROKEN, "there is no complete sound in its answer")
    remedy = "check for a newer release of the package gTTS"
    raise Trouble(Kind.FINAL, "gTTS does not understand its answer; the service may have changed", remedy)
