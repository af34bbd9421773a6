"""The distance of what a recogniser hears from what was said; see `narrator.takes.hearing`."""

import re
import unicodedata
from collections.abc import Sequence

from narrator.routine.phrases import find_phrases

_SAME = {"practicing": "practising", "center": "centre", "ok": "okay"}
_FIGURES = {"fr": {"30": "trente"}, "it": {"30": "trenta"}, "pt": {"30": "trinta"}}
"""Words for the figures of languages whose numbers narrator does not know: those that the sentences have."""


def list_words(text: str, language: str = "en") -> list[str]:
    """Return the words of a text in small letters: figures spelt out, two spellings of one word made one."""
    letters = unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("-", " ")
    # An English apostrophe belongs to its word; elsewhere it parts two.
    found = re.findall(r"[a-z0-9']+" if language == "en" else r"[^\W_]+", letters)
    return [part for word in found for part in _spell(word, language)]


def _spell(word: str, language: str) -> list[str]:
    """Return a word as it is compared with others: figures up to sixty in words."""
    phrases = find_phrases(language)
    numbers = phrases.numbers if phrases else ()
    if word.isdigit() and int(word) < len(numbers):
        return numbers[int(word)].replace("-", " ").lower().split()
    return [_FIGURES.get(language, {}).get(word) or _SAME.get(word, word)]


def count_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest words put in, left out or changed that make one of the other (Levenshtein's distance)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]
