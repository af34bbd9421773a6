"""Text as a voice should read it: markup removed, and figures, units and signs put into words.

Each language has a file with its words; the common rules are in `rules`. English has its own rules, because voices read
its figures well. In other languages only what is certain is changed.
"""

import re
from collections.abc import Callable

from narrator.speech.engine import read_base
from narrator.speech.text.wording.clean import clean_text, sound_sanskrit

__all__ = ["clean_text", "sound_sanskrit", "word_text"]

_RANGE = re.compile(r"(?<![\w.,:/-])(\d+(?:[.,]\d+)?)(?: ?[-\u2010-\u2015\u2212] ?(\d+(?:[.,]\d+)?))+(?![\w:/-])")


def word_text(text: str, language: str) -> str:
    """Return a clean text in which everything that a voice would misread in a language is put into words."""
    if word := _find_wording(read_base(language)):
        return word(text, language)
    return _RANGE.sub(_list_numbers, text)


def _find_wording(base: str) -> Callable[[str, str], str] | None:
    if base == "en":
        from narrator.speech.text.wording.en import word_english

        return lambda text, _language: word_english(text)
    from narrator.speech.text.wording.rules import find_table, word_with_table

    table = find_table(base)
    return (lambda text, language: word_with_table(text, table, language)) if table else None


def _list_numbers(found: re.Match[str]) -> str:
    """Write out both ends of a range, whose dash would be read as minus, or by its name."""
    return ", ".join(re.split(r" ?[-\u2010-\u2015\u2212] ?", found[0]))
