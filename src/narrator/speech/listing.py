"""The available engines and their voices, including engines that are not ready yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from narrator.errors import NarratorError
from narrator.speech.engine import Offer, Suggestion, read_base
from narrator.speech.registry import list_offers


@dataclass(frozen=True, slots=True)
class ListedEngine:
    """An engine: whether it is ready, its languages, and its voices."""

    engine: str
    quality: str
    """Quality in a word: `natural`, `plain`, `silent` or `unknown`."""
    offline: bool
    installed: bool
    licence: str
    languages: list[str]
    voices: list[str]
    remedy: str | None
    """What to do to make it ready."""
    natural: dict[str, Suggestion]
    """Its natural voice for each language, and the commands that install it."""


def list_engines(language: str | None = None) -> Iterator[ListedEngine]:
    """Yield a description of each engine; for a language, only of those that speak it, or would once installed.

    Raises:
        UsageError: the configuration has a table for an engine that does not exist.

    """
    for name, offer in list_offers().items():
        facts = (name, offer.quality, offer.is_offline)
        codes = offer.prospects if language is None else [language]
        natural = {code: found for code in codes if (found := offer.suggest(code))}
        try:
            with offer.open() as engine:
                languages = list(engine.languages())
                asked = languages if language is None else [language]
                voices = [voice for code in asked for voice in engine.voices(code)]
        except NarratorError as error:
            if _may_speak(offer, language):
                remedy = error.faults[0].message
                yield ListedEngine(*facts, False, offer.licence, list(offer.prospects), [], remedy, natural)
        else:
            if voices or language is None or natural:
                names = list(dict.fromkeys(voices))
                yield ListedEngine(*facts, True, offer.licence, languages, names, None, natural)


def _may_speak(offer: Offer, language: str | None) -> bool:
    """Return whether an engine that is not ready might speak a language."""
    return language is None or not {"any", read_base(language)}.isdisjoint(offer.prospects)
