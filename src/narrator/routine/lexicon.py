"""Pronunciations of difficult words: the author's, and a built-in lexicon of pose names and anatomy for English.

A pronunciation is a respelling in the letters of the language, or IPA: the symbols of the International Phonetic
Alphabet as listed in the Handbook of the International Phonetic Association (1999).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FILE = Path(__file__).parent / "lexicon.yaml"
_MARKED, _PLAIN = "āīūēōṛṝḷḹṃṁṅṇṭḍśṣḥ", "aiueorrllmmnntdssh"
SANSKRIT = frozenset(_MARKED + _MARKED.upper())
"""Letters of Sanskrit in its Latin spelling (IAST, ISO 15919)."""
_SANSKRIT = str.maketrans(_MARKED + _MARKED.upper(), _PLAIN + _PLAIN.upper())

STRESS, SECONDARY, LONG = "ˈ", "ˌ", "ː"
VOWELS = frozenset("aeiouyɑɐɒæɔəɘɚɛɜɝɞɤɨɪɯɵøɶœʉʊʌʏᵻ")
CONSONANTS = frozenset("bcdfghjklmnpqrstvwxzɡβɓçɕɖðɗɟɢɣɥɦɧħɫɬɭɮɰɱɲɳŋɴɸɹɺɻɽɾʀʁʂʃʈθʋʍχʎʐʑʒʔʕʙʝʟ")
MARKS = frozenset(f"{STRESS}{SECONDARY}{LONG}ˑʰʲʷ̩̯̃̍̚͜͡.‿| ")
IPA = VOWELS | CONSONANTS | MARKS
"""All symbols allowed between slashes."""
_ONLY_IPA = frozenset("ɑɐɒɔəɘɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏɓɕɖɗɟɢɣɥɦɧɫɬɭɮɰɱɲɳɴɸɹɺɻɽɾʀʁʂʃʈʋʍʎʐʑʒʔʕʙʝʟˈˌːˑʰʲʷ͜͡")
"""Symbols that cannot be part of a respelling; letters such as ø, ç and θ can, because languages use them."""


@dataclass(frozen=True, slots=True)
class Pronounced:
    """A word as written and its pronunciation: a respelling, IPA, or both, of which the voice uses what it can."""

    word: str
    respelling: str | None = None
    ipa: str | None = None


Run: TypeAlias = str | Pronounced
"""A part of a text: plain text, or one word with a known pronunciation."""


def read_pronunciation(text: str) -> tuple[str | None, str | None]:
    """Return the respelling and the IPA of a pronunciation as written; one of them is None.

    Raises:
        ValueError: there are IPA symbols without slashes, or other characters between slashes.

    """
    text = unicodedata.normalize("NFC", text.strip())
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return None, _check_ipa(text[1:-1].strip())
    if signs := sorted(_ONLY_IPA & set(text)):
        plain = text.strip("/[]").strip()
        raise ValueError(f"{signs[0]!r} in {text[:40]!r} is an IPA symbol; write IPA between slashes: /{plain[:60]}/")
    if text.startswith("/") or text.endswith("/"):
        raise ValueError(f"{text[:40]!r} has one slash too few or too many; write IPA between two: /{text.strip('/')}/")
    return text, None


def _check_ipa(ipa: str) -> str:
    # Characters on an English keyboard that replace symbols it lacks.
    signs = unicodedata.normalize("NFD", ipa.replace("g", "ɡ").replace("'", STRESS).replace(":", LONG))
    signs = signs.replace("ç", "ç")
    if unknown := [sign for sign in signs if sign not in IPA]:
        raise ValueError(f"{unknown[0]!r} in /{ipa[:40]}/ is not an IPA symbol; write IPA such as /ʃəˈvɑːsənə/")
    if not VOWELS & set(signs):
        raise ValueError(f"/{ipa[:40]}/ has no vowel; write IPA such as /ʃəˈvɑːsənə/")
    return signs


@cache
def load_lexicon() -> Mapping[str, Pronounced]:
    """Return the built-in pronunciations of pose names and anatomy for English voices; keys are in lower case."""
    data: dict[str, Any] = yaml.load(_FILE.read_text("utf-8"), _Loader)  # noqa: S506 - it makes texts and lists only
    return {written.lower(): _make_entry(written, spoken) for written, spoken in data.items()}


def _make_entry(written: str, spoken: str | list[str]) -> Pronounced:
    """Return an entry of the lexicon's file: a respelling, or a list of a respelling and IPA between slashes."""
    respelling, *ipa = [spoken] if isinstance(spoken, str) else spoken
    return Pronounced(written, str(respelling), read_pronunciation(ipa[0])[1] if ipa else None)


def drop_sanskrit_marks(text: str) -> str:
    """Return Sanskrit in plain letters, which the lexicon and English voices expect: `Vrksasana` for `Vṛkṣāsana`."""
    return unicodedata.normalize("NFC", text).translate(_SANSKRIT)


class Lexicon:
    """Finds words with known pronunciations: whole words in any case, the longest first."""

    def __init__(self, own: Mapping[str, str], language: str) -> None:
        self._is_english = language.lower().partition("-")[0] == "en"
        self._known = dict(load_lexicon()) if self._is_english else {}
        for written, spoken in own.items():
            key = self._simplify(written).lower()
            respelling, ipa = read_pronunciation(spoken)
            # Voices that cannot use the author's IPA get the built-in respelling.
            known = self._known.get(key)
            self._known[key] = Pronounced(written, respelling or (known.respelling if known else None), ipa)

    def split(self, text: str) -> list[Run]:
        """Return a text as runs of plain text and of words with known pronunciations."""
        text = unicodedata.normalize("NFC", text)
        plain = self._simplify(text)
        lower = plain.lower()
        # A text contains few of the words: compiling a pattern of all of them would take longer than matching it.
        found = sorted((written for written in self._known if written in lower), key=len, reverse=True)
        if not found:
            return [text]
        pattern = rf"(?<!\w)({'|'.join(map(re.escape, found))})(?!\w)"
        runs: list[Run] = []
        end = 0
        # `plain` has the same length as `text`, letter for letter.
        for match in re.finditer(pattern, plain, flags=re.IGNORECASE):
            runs += [text[end : match.start()], self._find(match.group())]
            end = match.end()
        return [run for run in (*runs, text[end:]) if run]

    def _simplify(self, text: str) -> str:
        return drop_sanskrit_marks(text) if self._is_english else unicodedata.normalize("NFC", text)

    def _find(self, word: str) -> Run:
        known = self._known.get(word.lower())
        return Pronounced(word, known.respelling, known.ipa) if known else word
