"""espeak-ng's phonetic alphabet to the symbols and tones of the voice `tiny`.

The voice knows the phones of ARPAbet, a tone for the stress of each vowel, and a few stops. Its table of symbols serves
many languages; only the rows that English uses were trained.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_ROWS = {
    "_": 0, "V": 14, "aa": 21, "ae": 22, "ah": 23, "ao": 27, "aw": 28, "ay": 29, "b": 30, "ch": 33, "d": 34, "dh": 35,
    "eh": 39, "er": 43, "ey": 44, "f": 45, "g": 46, "hh": 49, "ih": 59, "iy": 65, "jh": 67, "k": 68, "l": 70, "m": 71,
    "n": 73, "ng": 74, "ow": 80, "oy": 81, "p": 82, "r": 85, "s": 87, "sh": 88, "t": 89, "th": 90, "uh": 99, "uw": 103,
    "w": 108, "y": 110, "z": 111, "zh": 112, "!": 208, "?": 209, ",": 211, ".": 212,
}  # fmt: skip
_VOWELS = frozenset({"aa", "ae", "ah", "ao", "aw", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"})
_FIRST_ENGLISH_TONE = 7
_ENGLISH = 2
"""Row of the language; blanks have row 0, as they have symbol 0 and tone 0."""

_CONSONANTS = {
    "b": "b", "d": "d", "ð": "dh", "f": "f", "ɡ": "g", "h": "hh", "j": "y", "k": "k", "l": "l", "ɫ": "l", "m": "m",
    "n": "n", "ŋ": "ng", "p": "p", "ɹ": "r", "r": "r", "s": "s", "ʃ": "sh", "t": "t", "ɾ": "t", "ʔ": "t", "θ": "th",
    "v": "V", "w": "w", "ʍ": "w", "z": "z", "ʒ": "zh", "tʃ": "ch", "dʒ": "jh", "x": "k", "ç": "hh", "ɬ": "l",
    "ɲ": "n y",
}  # fmt: skip
_FULL_VOWELS = {
    "iː": "iy", "ɪ": "ih", "ɛ": "eh", "e": "eh", "æ": "ae", "a": "ae", "ʌ": "ah", "ɑː": "aa", "ɑ": "aa", "ɔː": "ao",
    "ɔ": "ao", "ɒ": "aa", "ʊ": "uh", "uː": "uw", "u": "uw", "ɜː": "er", "ɜ": "er", "eɪ": "ey", "aɪ": "ay", "ɔɪ": "oy",
    "aʊ": "aw", "oʊ": "ow", "o": "ow", "oː": "ao", "aɪɚ": "ay er", "aɪə": "ay ah", "aʊɚ": "aw er", "iə": "iy ah",
}  # fmt: skip
_WEAK_VOWELS = {
    "ə": "ah", "ɐ": "ah", "ᵻ": "ih", "ɚ": "er", "i": "iy", "əl": "ah l", "n̩": "ah n", "m̩": "ah m",
}  # fmt: skip
_SOUNDS = {sound: symbols.split() for sound, symbols in (_CONSONANTS | _FULL_VOWELS | _WEAK_VOWELS).items()}
_LONGEST_SOUND = max(map(len, _SOUNDS))

# Little words that the voice is misheard in as espeak-ng says them: your, into, of.
_PREFERRED = {"j_ʊɹ": "j_ɔːɹ", "ɪ_n_t_ʊ": "ɪ_n_t_uː", "ʌ_v": "ə_v"}
_NONE, _MAIN, _SIDE = 1, 2, 3
"""Stress of a vowel."""
_STRESS = {"ˈ": _MAIN, "ˌ": _SIDE}
_LANGUAGE_SWITCH = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Phone:
    """A symbol of the voice, and the stress of a vowel: 1 none, 2 primary, 3 secondary; 0 for what is no vowel."""

    symbol: str
    stress: int = 0


@dataclass(frozen=True, slots=True)
class Ids:
    """Rows of the voice's three tables, one of each for every phone and for the blanks around them."""

    symbols: list[int]
    tones: list[int]
    languages: list[int]


def read_clauses(clauses: Iterable[tuple[str, str]]) -> list[Phone]:
    """Phones of clauses, each as espeak-ng transcribed it (see `Espeak.transcribe`) with the stop after it."""
    phones = [Phone("_")]
    for transcription, stop in clauses:
        for word in _LANGUAGE_SWITCH.sub("", transcription).split():
            phones += _read_word(word.strip("_"))
        if stop:
            phones.append(Phone(stop))
    return [*phones, Phone("_")]


def make_ids(phones: Sequence[Phone]) -> Ids:
    """Rows for phones, with a blank before, between and after them."""
    count = 2 * len(phones) + 1
    ids = Ids([0] * count, [0] * count, [0] * count)
    ids.symbols[1::2] = [_ROWS[phone.symbol] for phone in phones]
    ids.tones[1::2] = [_FIRST_ENGLISH_TONE + phone.stress for phone in phones]
    ids.languages[1::2] = [_ENGLISH] * len(phones)
    return ids


def _read_word(word: str) -> list[Phone]:
    phones: list[Phone] = []
    has_weak_vowel = False
    bare = word.translate(dict.fromkeys(map(ord, _STRESS)))
    for token in _PREFERRED.get(bare, word).split("_"):
        stress = next((_STRESS[char] for char in token if char in _STRESS), _NONE)
        for sound in _find_sounds(token):
            has_weak_vowel = has_weak_vowel or sound in _WEAK_VOWELS
            for symbol in _SOUNDS[sound]:
                phones.append(Phone(symbol, stress if symbol in _VOWELS else 0))
                # A second vowel of the same token carries no stress of its own.
                stress = _NONE if symbol in _VOWELS else stress
    # A word with hyphens has a main stress in each part, as if it were several; as one word it has the last of them.
    mains = [place for place, phone in enumerate(phones) if phone.stress == _MAIN]
    for place in mains[:-1]:
        phones[place] = Phone(phones[place].symbol, _SIDE)
    vowels = [place for place, phone in enumerate(phones) if phone.stress]
    # espeak-ng leaves many words of one syllable without stress; the voice was taught that they have it.
    if len(vowels) == 1 and phones[vowels[0]].stress == _NONE and not has_weak_vowel:
        phones[vowels[0]] = Phone(phones[vowels[0]].symbol, _MAIN)
    return phones


def _find_sounds(token: str) -> Iterable[str]:
    """Known sounds of a token, the longest first at each place; unknown letters are passed over."""
    place = 0
    while place < len(token):
        lengths = range(min(_LONGEST_SOUND, len(token) - place), 0, -1)
        found = next(
            (token[place : place + length] for length in lengths if token[place : place + length] in _SOUNDS), ""
        )
        if found:
            yield found
        place += len(found) or 1
