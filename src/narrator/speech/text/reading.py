"""What a voice is given for a text: words, and phonemes for those words whose pronunciation is known.

Both are typed apart, so that nothing an author writes can pass for phonemes: each engine writes the runs in its own
notation, and only there.
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
"""A sign of private use keeps the place of a pronounced word while the words around it are put right."""
_PLACES = 0x1900

Reading: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Spelt:
    """A word whose IPA the voice cannot take, and what it is given in its place."""

    word: str
    instead: str


class Reader:
    """Reads texts for one voice: markup taken out, hard words pronounced, figures and signs put into words."""

    def __init__(self, engine: Engine, voice: Voice, pronounce: Mapping[str, str] | None = None) -> None:
        self.engine = engine
        self.voice = voice
        self._lexicon = Lexicon(pronounce or {}, voice.language)
        self._takes_phonemes = engine.takes_phonemes(voice)
        self._known: dict[str, Reading] = {}
        self.spelt: dict[str, Spelt] = {}
        """Words of the author's whose IPA this voice could not be given, by the word in small letters."""

    def read(self, text: str) -> Reading:
        """Return what the voice is given for a text."""
        if text not in self._known:
            self._known[text] = self._read(text)
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
    """Whether there is anything to say in it."""
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
    """Give the `'s` after a pronounced word to that word: `Savasana's` is one."""
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
