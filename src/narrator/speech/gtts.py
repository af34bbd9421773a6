"""Google Translate's voice, through the gTTS library. Needs the network."""

import importlib.metadata
import io
import logging
from collections.abc import Collection
from typing import Self

import av

from narrator.errors import SpeechError
from narrator.sound.resample import decode_mono
from narrator.speech.clip import Clip, make_clip
from narrator.speech.engine import Voice

_SLOW_BELOW = 0.8
"""The service knows two speeds; a pace below this asks for the slow one."""
_TIMEOUT_S = 20.0


class Gtts:
    """The engine `gtts`: text goes to translate.google.com, MP3 comes back."""

    name = "gtts"
    version = importlib.metadata.version("gTTS")
    is_offline = False
    workers = 1

    def languages(self) -> Collection[str]:
        """Codes as the service writes them."""
        from gtts.lang import tts_langs

        return list(tts_langs())

    def voices(self, language: str) -> Collection[str]:
        """The language itself, as the service writes it."""
        by_lower = {code.lower(): code for code in self.languages()}
        wanted = language.lower()
        return [by_lower[code] for code in (wanted, wanted.partition("-")[0]) if code in by_lower][:1]

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Have a text spoken by the service."""
        import requests
        from gtts import gTTS, gTTSError

        # The library logs what it also raises.
        logging.getLogger("gtts").setLevel(logging.CRITICAL)
        spoken = io.BytesIO()
        try:
            speech = gTTS(text, lang=voice.name, slow=voice.pace < _SLOW_BELOW, lang_check=False, timeout=_TIMEOUT_S)
            speech.write_to_fp(spoken)
            spoken.seek(0)
            return make_clip(text, decode_mono(spoken))
        except (gTTSError, requests.RequestException, AssertionError, av.FFmpegError) as error:
            raise SpeechError(
                f"Google Translate did not speak {text[:40]!r}: {_first_line(error)}; check the network and try again "
                "(what was spoken is kept), or use --voice espeak"
            ) from error

    def close(self) -> None:
        """Nothing is kept running."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
