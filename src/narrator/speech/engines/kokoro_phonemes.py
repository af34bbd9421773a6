"""Kokoro's input: a text as phonemes, in the symbols of its vocabulary."""

import re
from collections.abc import Callable, Mapping, Sequence

from hibari.g2p import G2P

from narrator.speech.runs import Run
from narrator.speech.text.breaths import has_words, split_clauses
from narrator.speech.text.ipa import to_piper
from narrator.speech.text.pieces import split_pieces

MOST = 510
"""Most phonemes that the model accepts at a time."""
ESPEAK_VOICES = {"es": "es", "fr": "fr-fr", "hi": "hi", "it": "it", "pt-BR": "pt-br"}
"""Voice of espeak-ng that transcribes a language; English is done by misaki."""
_SYMBOLS = {
    "a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "s^s": "S", "t^s": "ʦ",
    "t^ʃ": "ʧ", "ɔ^ɪ": "Y",
}  # fmt: skip
"""Sounds of two letters that have one symbol in the vocabulary."""
_TIED = re.compile("|".join(map(re.escape, _SYMBOLS)))
_LEFT_OUT = re.compile(r"\([^)]*\)|[-^]")
"""Language codes that espeak-ng puts around foreign words; ties without a symbol; and hyphens."""


def transcribe_english(text: str, g2p: G2P) -> str:
    """Return an English text as phonemes, with its stops."""
    phonemes: str = g2p(text)
    return phonemes


def transcribe(text: str, ask: Callable[[list[str]], list[str]]) -> str:
    """Return a text of another language as phonemes, with its stops; `ask` returns the IPA of clauses, with ties."""
    clauses = split_clauses(text.replace("।", "."))
    spoken = ask([clause.words for clause in clauses])
    return " ".join(convert_ipa(ipa) + clause.stop for ipa, clause in zip(spoken, clauses, strict=True))


def convert_ipa(ipa: str) -> str:
    """Return espeak-ng's IPA with ties in the symbols of the vocabulary."""
    symbols = _TIED.sub(lambda found: _SYMBOLS[found[0]], ipa)
    return " ".join(_LEFT_OUT.sub("", symbols).split())


def transcribe_runs(runs: Sequence[Run], language: str, ask: Callable[[list[str]], list[str]]) -> str:
    """Return a text in a language other than English as phonemes, with some words given in IPA."""
    parts = []
    for run in runs:
        if isinstance(run, str):
            parts.append(transcribe(run, ask) if has_words(run) else run.strip())
        else:
            parts.append(_join_sounds(to_piper(run.ipa, language)))
    return re.sub(r" (?=[,.;:!?…])", "", " ".join(part for part in parts if part))


def _join_sounds(ipa: str) -> str:
    for tied, symbol in _SYMBOLS.items():
        ipa = ipa.replace(tied.replace("^", ""), symbol)
    return ipa


def number_phonemes(phonemes: str, vocabulary: Mapping[str, int]) -> list[list[int]]:
    """Return the numbers of phonemes, in groups that the model accepts; unknown phonemes are left out."""
    known = "".join(symbol for symbol in phonemes if symbol in vocabulary)
    return [[vocabulary[symbol] for symbol in piece] for piece in split_pieces(known, MOST)]
