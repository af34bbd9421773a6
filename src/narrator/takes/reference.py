"""How sentences would sound: those of the plain voice, with which a person's are compared."""

from collections.abc import Sequence

from narrator.errors import NarratorError
from narrator.sound.resample import resample_to
from narrator.speech.registry import choose_voice, open_engine
from narrator.takes.features import RATE, Analysis, analyse

_ENGINE = "espeak"


def speak_references(sentences: Sequence[str], language: str) -> list[Analysis] | None:
    """Return each sentence as the plain voice says it; None if that does not speak the language."""
    try:
        with open_engine(_ENGINE) as engine:
            voice = choose_voice(engine, None, language, 1.0)
            return [analyse([resample_to(engine.synthesize(text, voice).samples, RATE)]) for text in sentences]
    except NarratorError:
        return None
