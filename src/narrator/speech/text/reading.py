"""Readings: what a voice receives for a text, as words and as phonemes where the pronunciation is known.

The two are different types, so that nothing an author writes can be taken for phonemes. Only the engines write runs in
their own notation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from narrator.routine.lexicon import Lexicon, Pronounced
from narrator.speech.engine import Engine, Voice
from narrator.speech.runs import Phonemes, Run
from narrator.speech.text.breaths import has_words
from narrator.speech.text.wording import clean_text, sound_sanskrit, word_text

_FIRST_PLACE = 0xE000
"""First private-use character, which holds the place of a pronounced word while the other words are processed."""
_PLACES = 0x1900

Reading: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Spelt:
    """A word whose IPA the voice cannot use, and what it receives instead."""

    word: str
    instead: str


class Reader:
    """Prepares texts for a voice: removes markup, pronounces difficult words, and puts figures and signs into words."""

    def __init__(self, engine: Engine, voice: Voice, pronounce: Mapping[str, str] | None = None) -> None:
        self.engine = engine
        self.voice = voice
        self._lexicon = Lexicon(pronounce or {}, voice.language)
        self._takes_phonemes = engine.takes_phonemes(voice)
        self._known: dict[str, Reading] = {}
        self.keys: dict[str, str] = {}
        """The cache key of each clip by its text; see `speech.speak.find_clip_key`."""
        self.spelt: dict[str, Spelt] = {}
        """The author's words whose IPA this voice could not use, by the word in lower case."""

    def read(self, text: str) -> Reading:
        """Return what the voice receives for a text."""
        if text not in self._known:
            self._known[text] = (text,) if self.engine.takes_text_as_written else self._read(text)
        return self._known[text]

    def _read(self, text: str) -> Reading:
        language = self.voice.language
        parts = self._lexicon.split(clean_text(text, language))
        places: dict[str, Phonemes] = {}
        written = ""
        for part in parts:
            if isinstance(part, str):
                written += sound_sanskrit(part, language)
            elif part.ipa and self._takes_phonemes and len(places) < _PLACES:
                place = chr(_FIRST_PLACE + len(places))
                places[place] = Phonemes(part.word, part.ipa)
                written += place
            else:
                written += self._spell(part)
        return _join_endings(_split_places(word_text(written, language), places))

    def _spell(self, word: Pronounced) -> str:
        instead = word.respelling or word.word
        if word.ipa and not self._takes_phonemes:
            self.spelt.setdefault(word.word.lower(), Spelt(word.word, instead))
        return instead


def write_plain(reading: Reading) -> str:
    """Return the words of a reading."""
    return "".join(run if isinstance(run, str) else run.word for run in reading)


def has_sound(reading: Reading) -> bool:
    """Return whether a reading has anything to say."""
    return any(isinstance(run, Phonemes) or has_words(run) for run in reading)


def _split_places(text: str, places: Mapping[str, Phonemes]) -> list[Run]:
    runs: list[Run] = []
    words = ""
    for char in text:
        if phonemes := places.get(char):
            runs += [words, phonemes]
            words = ""
        else:
            words += char
    return [run for run in (*runs, words) if run]


_VOICELESS = "ptkfθ"
_HISSING = ("s", "z", "ʃ", "ʒ")


def _join_endings(runs: list[Run]) -> Reading:
    """Join the `'s` after a pronounced word to that word: `Savasana's` is one."""
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if isinstance(run, str) and isinstance(last, Phonemes) and run[:2] in {"'s", "’s"} and not run[2:3].isalnum():
            end = "ɪz" if last.ipa.endswith(_HISSING) else "s" if last.ipa[-1] in _VOICELESS else "z"
            joined[-1] = Phonemes(last.word + run[:2], last.ipa + end)
            run = run[2:]  # noqa: PLW2901 - the rest of it
        if run:
            joined.append(run)
    return tuple(joined)
