"""Scripts: the script of a letter, those of a language, and the words in other scripts.

A script is named by the first word of its letters' names in the Unicode Character Database: `CJK` is that of kanji.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache

from narrator.speech.engine import read_base

_LANGUAGES: dict[str, str] = {
    "CYRILLIC": "ru uk be bg sr mk kk ky mn tg tt ba cv uz",
    "ARABIC": "ar fa fa-latn ur ps sd ug ku",
    "DEVANAGARI": "hi mr ne sa kok bho mai",
    "BENGALI": "bn as bpy", "GURMUKHI": "pa", "GUJARATI": "gu", "ORIYA": "or", "TAMIL": "ta", "TELUGU": "te",
    "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my shn",
    "TIBETAN": "bo dz", "GEORGIAN": "ka", "ARMENIAN": "hy hyw", "HEBREW": "he yi", "GREEK": "el grc",
    "ETHIOPIC": "am ti", "HANGUL": "ko", "CHEROKEE": "chr",
}  # fmt: skip
_ALONE = {language: frozenset({script}) for script, languages in _LANGUAGES.items() for language in languages.split()}
_SEVERAL = {
    "ja": frozenset({"HIRAGANA", "KATAKANA", "CJK"}),
    "zh": frozenset({"CJK", "BOPOMOFO"}),
    "cmn": frozenset({"CJK", "BOPOMOFO"}),
    "yue": frozenset({"CJK", "BOPOMOFO"}),
    "hak": frozenset({"CJK", "LATIN"}),
    "ko": frozenset({"HANGUL", "CJK"}),
    "sr": frozenset({"CYRILLIC", "LATIN"}),
    "uz": frozenset({"CYRILLIC", "LATIN"}),
    "ku": frozenset({"ARABIC", "LATIN"}),
    "kk": frozenset({"CYRILLIC", "LATIN"}),
}
_NAMES = {
    "LATIN": "Latin letters", "CJK": "Chinese characters", "HIRAGANA": "hiragana", "KATAKANA": "katakana",
    "HANGUL": "hangul",
}  # fmt: skip
_SAME = {"KATAKANA-HIRAGANA": "KATAKANA", "IDEOGRAPHIC": "CJK", "FULLWIDTH": "LATIN", "HALFWIDTH": "KATAKANA"}
_COMMON = {"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "SCRIPT", "DOUBLE-STRUCK", "MATHEMATICAL", "OHM", "KELVIN"}
_WORD = re.compile(r"[^\W\d_]+(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff'’\u200c\u200d])*")


def list_scripts(language: str) -> frozenset[str]:
    """Return the scripts that a language is written in; Latin if nothing else is known."""
    base = read_base(language)
    return _SEVERAL.get(base) or _ALONE.get(base) or frozenset({"LATIN"})


@cache
def find_script(letter: str) -> str | None:
    """Return the script of a letter; None for letters that all scripts share."""
    if not letter.isalpha():
        return None
    first = unicodedata.name(letter, "").partition(" ")[0]
    return None if first in _COMMON else _SAME.get(first, first)


def find_foreign(text: str, scripts: Collection[str]) -> dict[str, str]:
    """Return the words of a text that have a letter of another script, each with that script."""
    if text.isascii() and "LATIN" in scripts:
        return {}
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        others = [script for letter in word if (script := find_script(letter)) and script not in scripts]
        if others:
            found.setdefault(word, others[0])
    return found


def has_readable(text: str, scripts: Collection[str]) -> bool:
    """Return whether a text has a letter of one of these scripts, or a digit."""
    return any(char.isdigit() or find_script(char) in scripts for char in text if char.isalnum())


def describe_script(script: str) -> str:
    """Return the name of a script in messages."""
    return _NAMES.get(script, f"{script.capitalize()} letters")
