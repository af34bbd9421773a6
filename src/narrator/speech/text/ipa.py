"""IPA in the notation of each engine that accepts phonemes.

Symbols and their meanings: Handbook of the International Phonetic Association (1999). In IPA a stress mark is before
its syllable; every engine here expects it before the vowel.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from narrator.routine.lexicon import LONG, SECONDARY, STRESS, VOWELS
from narrator.speech.runs import Phonemes, Run

_NASAL, _SYLLABIC = "\u0303", "\u0329"
_UNSPOKEN = re.compile("[\u035c\u0361\u032f\u031a\u030d.‿|ˑʰʲʷ]")
_SIGN = "[^ˈˌ\u0303\u0329ː]"

_PLAIN = {
    "r": "ɹ", "ʁ": "ɹ", "ɽ": "ɹ", "ʀ": "ɹ", "ɻ": "ɹ", "ɾ": "ɾ", "x": "k", "χ": "k", "q": "k", "c": "k", "ɟ": "ɡ",
    "ɣ": "ɡ", "ɢ": "ɡ", "g": "ɡ", "ç": "h", "ɦ": "h", "ħ": "h", "ɲ": "nj", "ɳ": "n", "ɴ": "n", "ʎ": "lj", "ɭ": "l",
    "ɫ": "l", "ɬ": "l", "ʟ": "l", "ʈ": "t", "ɖ": "d", "ʂ": "ʃ", "ɕ": "ʃ", "ʐ": "ʒ", "ʑ": "ʒ", "ʋ": "v", "ɸ": "f",
    "ɱ": "m", "β": "b", "ʙ": "b", "ʍ": "w", "ɥ": "w", "ɰ": "w", "ʔ": "",
}  # fmt: skip
"""The nearest English consonant for one that English lacks."""

# Misaki -------------------------------------------------------------------------------------------------------------

_MISAKI = _PLAIN | {
    "tʃ": "ʧ", "dʒ": "ʤ", "eɪ": "A", "ei": "A", "aɪ": "I", "ai": "I", "aʊ": "W", "au": "W", "ɔɪ": "Y", "oi": "Y",
    "ɔi": "Y", "a": "ɑ", "aː": "ɑː", "e": "ɛ", "eː": "A", "ɛː": "ɛː", "ɐ": "ʌ", "ɨ": "ɪ", "ʉ": "u", "ʉː": "uː",
    "ɯ": "u", "y": "u", "yː": "uː", "ʏ": "ʊ", "ø": "ɜː", "øː": "ɜː", "œ": "ɜː", "œː": "ɜː", "ɘ": "ə", "ɤ": "ʌ",
    "ɞ": "ɜː", "ɵ": "ə", "ɶ": "æ", "ɾ": "ɹ",
}  # fmt: skip
_AMERICAN = {
    "oʊ": "O", "ou": "O", "əʊ": "O", "o": "O", "oː": "O", "ɜː": "ɜɹ", "ɜːr": "ɜɹ", "ɜːɹ": "ɜɹ", "ɜ": "ɜɹ", "ɝ": "ɜɹ",
    "ɝː": "ɜɹ", "ɚ": "əɹ", "ɒ": "ɑ", "ɒː": "ɔ", "eə": "ɛɹ", "ɛə": "ɛɹ", "ɪə": "ɪɹ", "ʊə": "ʊɹ",
}  # fmt: skip
_BRITISH = {
    "oʊ": "Q", "ou": "Q", "əʊ": "Q", "o": "Q", "oː": "Q", "ɜ": "ɜː", "ɝ": "ɜː", "ɝː": "ɜː", "ɚ": "ə", "æ": "a",
    "ɑ": "ɑː", "i": "i", "ɔ": "ɔː", "eə": "ɛː", "ɛə": "ɛː", "ɪə": "ɪə", "ʊə": "ʊə",
}  # fmt: skip


def to_misaki(ipa: str, *, british: bool = False) -> str:
    """Return IPA in misaki's alphabet, the phonemes of hibari and Kokoro: American unless `british`.

    In it, one letter is a diphthong or an affricate (`A` is eɪ, `ʧ` is tʃ), and American vowels have no length. Sounds
    that English lacks become the nearest ones.
    """
    table = _MISAKI | (_BRITISH if british else _AMERICAN)
    spoken = _translate(ipa, lambda sign: table.get(sign, sign))
    spoken = spoken.replace(_NASAL, "n")
    return spoken if british else spoken.replace(LONG, "")


_NO_BRACKETS = str.maketrans("[]", "()")


def link_phonemes(runs: Sequence[Run], *, british: bool) -> str:
    """Return runs in misaki's input syntax, `[word](/phonemes/)`, each word by itself; a text has no brackets."""
    return "".join(
        run.translate(_NO_BRACKETS) if isinstance(run, str) else _link_word(run, british=british) for run in runs
    )


def _link_word(run: Phonemes, *, british: bool) -> str:
    words, sounds = run.word.split(), to_misaki(run.ipa, british=british).split()
    # The IPA of a name may have fewer, or more, words than the name.
    names = words if len(words) == len(sounds) else ["x"] * len(sounds)
    return " ".join(f"[{name.translate(_NO_BRACKETS)}](/{sound}/)" for name, sound in zip(names, sounds, strict=True))


# espeak-ng ----------------------------------------------------------------------------------------------------------

_ESPEAK = {
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "g": "g", "tʃ": "tS", "dʒ": "dZ", "f": "f", "v": "v",
    "θ": "T", "ð": "D", "s": "s", "z": "z", "ʃ": "S", "ʒ": "Z", "h": "h", "m": "m", "n": "n", "ŋ": "N", "l": "l",
    "j": "j", "w": "w", "ç": "C", "x": "x", "ɣ": "Q", "β": "B", "ɲ": "n^", "ʎ": "l^", "ʔ": "?", "q": "q", "χ": "X",
    "r": "R", "ɾ": "*", "ɹ": "r", "ʁ": "r",
    "ə": "@", "ɘ": "@", "ɵ": "@", "ɛː": "E:", "ɛ": "E",
}  # fmt: skip
"""Mnemonics that exist in every language of espeak-ng; one that a voice lacks would cut the word off."""
_ESPEAK_ENGLISH = {
    "r": "r", "ɾ": "r",
    "ɑ": "A:", "ɑː": "A:", "a": "A:", "aː": "A:", "æ": "a", "ʌ": "V", "ɐ": "V", "ɤ": "V", "ɒ": "0", "ɔ": "O:",
    "ɔː": "O:", "ɜ": "3:", "ɜː": "3:", "ɝ": "3:", "ɝː": "3:", "ɞ": "3:", "ɚ": "@r", "e": "E", "eː": "eI", "ɪ": "I",
    "ɨ": "I", "i": "i", "iː": "i:", "ʊ": "U", "ʏ": "U", "u": "u:", "uː": "u:", "ʉ": "u:", "ʉː": "u:", "ɯ": "u:",
    "y": "u:", "yː": "u:", "o": "oU", "oː": "oU", "ø": "3:", "øː": "3:", "œ": "3:", "œː": "3:", "ɶ": "a", "eɪ": "eI",
    "aɪ": "aI", "aʊ": "aU", "ɔɪ": "OI", "oʊ": "oU", "əʊ": "oU", "ei": "eI", "ai": "aI", "au": "aU", "oi": "OI",
    "ɔi": "OI", "ou": "oU",
}  # fmt: skip
_ESPEAK_OTHERS = {
    "ɑ": "a", "ɑː": "a:", "a": "a", "aː": "a:", "æ": "E", "ʌ": "a", "ɐ": "a", "ɤ": "@", "ɒ": "O", "ɔ": "O",
    "ɔː": "O:", "ɜ": "@", "ɜː": "E:", "ɝ": "@", "ɞ": "@", "ɚ": "@", "e": "e", "eː": "e:", "ɪ": "i", "ɨ": "i",
    "i": "i", "iː": "i:", "ʊ": "u", "ʏ": "i", "u": "u", "uː": "u:", "ʉ": "u", "ʉː": "u:", "ɯ": "u", "y": "i",
    "yː": "i:", "o": "o", "oː": "o:", "ø": "e", "øː": "e:", "œ": "E", "œː": "E:", "ɶ": "a",
    "eɪ": "e|i", "ei": "e|i", "aɪ": "a|i", "ai": "a|i", "aʊ": "a|u", "au": "a|u", "ɔɪ": "O|i", "oi": "O|i",
    "ɔi": "O|i", "oʊ": "o|u", "ou": "o|u", "əʊ": "o|u",
}  # fmt: skip
_ESPEAK_OWN = {
    "de": {"ɪ": "I", "ʊ": "U", "ʏ": "y", "y": "y", "yː": "y:", "ø": "W", "øː": "Y:", "œ": "W", "œː": "W:"},
    "fr": {"y": "y", "yː": "y", "ø": "Y", "øː": "Y", "œ": "W", "œː": "W:", "ɛ̃": "E~", "ɑ̃": "A~", "ɔ̃": "O~", "œ̃": "W~"},
}  # fmt: skip
"""Vowels that a language has in addition to the common ones."""


def to_espeak(ipa: str, language: str) -> list[str]:
    """Return each word of IPA in espeak-ng's mnemonics for a language, without the double brackets.

    They are Kirshenbaum's ASCII notation, as in espeak-ng's documentation. Vowels that a language lacks become the
    nearest ones.
    """
    base = language.lower().partition("-")[0]
    vowels = _ESPEAK_ENGLISH if base == "en" else _ESPEAK_OTHERS | _ESPEAK_OWN.get(base, {})
    table = {sign: "".join(_ESPEAK.get(each, "") for each in plain) for sign, plain in _PLAIN.items()}
    table |= _ESPEAK | vowels | {STRESS: "'", SECONDARY: ","}

    def name(sign: str) -> str:
        if sign in {STRESS, SECONDARY}:
            return table[sign]
        if sign.endswith(_NASAL) and sign not in table:
            return f"{table.get(sign[0], '')}|n|"
        # A bar, so that two sounds are not read as a single mnemonic of two letters.
        return f"{table.get(sign) or table.get(sign[0], '')}|" if sign != LONG else ""

    return [_translate(word, name).replace("||", "|").strip("|") for word in ipa.split()]


# Piper --------------------------------------------------------------------------------------------------------------


def to_piper(ipa: str, language: str) -> str:
    """Return IPA as Piper's voices were trained: espeak-ng's, in which English has one r."""
    is_english = language.lower().partition("-")[0] == "en"
    return _translate(ipa, lambda sign: "ɹ" if sign == "r" and is_english else sign)


def _translate(ipa: str, name: Callable[[str], str]) -> str:
    """Return IPA with every symbol, or pair of symbols for one sound, replaced; word by word."""
    return " ".join(_translate_word(word, name) for word in unicodedata.normalize("NFC", ipa).split())


def _translate_word(word: str, name: Callable[[str], str]) -> str:
    plain = unicodedata.normalize("NFD", _UNSPOKEN.sub("", word)).replace("ç", "ç")
    plain = re.sub(rf"({_SIGN}){_SYLLABIC}", r"ə\1", plain)
    return "".join(map(name, _SOUND.findall(_move_stress(plain))))


def _move_stress(word: str) -> str:
    """Move each stress mark to the vowel of its syllable."""
    vowels = "".join(VOWELS)
    return re.sub(rf"([{STRESS}{SECONDARY}])([^{vowels}{STRESS}{SECONDARY}]+)(?=[{vowels}])", r"\2\1", word)


def _make_pattern(*tables: Mapping[str, str]) -> re.Pattern[str]:
    """Return a pattern for each sound of a word, the longest first: diphthongs, affricates, vowels with marks."""
    known = {sign for table in tables for sign in table if len(sign) > 1} | {f"{sign}{_NASAL}" for sign in VOWELS}
    return re.compile("|".join([*sorted(map(re.escape, known), key=len, reverse=True), "."]))


_SOUND = _make_pattern(_MISAKI, _AMERICAN, _BRITISH, _ESPEAK, _ESPEAK_ENGLISH, _ESPEAK_OTHERS)
