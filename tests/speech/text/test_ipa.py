import json
from importlib.resources import files

import pytest

from narrator.routine.lexicon import load_lexicon
from narrator.speech.text.ipa import to_espeak, to_misaki, to_piper

MISAKI = {
    # IPA: American, British
    "ʃəˈvɑːsənə": ("ʃəvˈɑsənə", "ʃəvˈɑːsənə"),
    "ˈtʃɑːkrə": ("ʧˈɑkɹə", "ʧˈɑːkɹə"),
    "ˈt͡ʃaɪ": ("ʧˈI", "ʧˈI"),
    "ˈdʒʌmp": ("ʤˈʌmp", "ʤˈʌmp"),
    "ˈɡoʊt": ("ɡˈOt", "ɡˈQt"),
    "ˈɡəʊt": ("ɡˈOt", "ɡˈQt"),
    "ˈbɔɪ": ("bˈY", "bˈY"),
    "ˈmaʊθ": ("mˈWθ", "mˈWθ"),
    "ˈdeɪ": ("dˈA", "dˈA"),
    "ˈbɜːd": ("bˈɜɹd", "bˈɜːd"),
    "ˈkæt": ("kˈæt", "kˈat"),
    "ˈhɒt": ("hˈɑt", "hˈɒt"),
    "ˈheə": ("hˈɛɹ", "hˈɛː"),
    "ˈbʌtn̩": ("bˈʌtən", "bˈʌtən"),
    "bɔ̃ˈʒuʁ": ("bɔnʒˈuɹ", "bɔnʒˈuɹ"),
}


@pytest.mark.parametrize(("ipa", "american", "british"), [(ipa, *pair) for ipa, pair in MISAKI.items()])
def test_misaki_has_a_letter_for_each_sound_and_stress_at_its_vowel(ipa, american, british):
    assert to_misaki(ipa) == american
    assert to_misaki(ipa, british=True) == british


@pytest.mark.parametrize("british", [False, True])
def test_hibari_has_every_letter_of_the_lexicon(british):
    known = set(json.loads(files("hibari").joinpath("assets/vocab.json").read_text("utf-8")))
    for entry in load_lexicon().values():
        if entry.ipa:
            assert set(to_misaki(entry.ipa, british=british)) <= known | {" "}


@pytest.mark.parametrize(
    ("ipa", "language", "words"),
    [
        ("ʃəˈvɑːsənə", "en", ["S|@|v|'A:|s|@|n|@"]),
        ("ʃəˈvɑːsənə", "fr", ["S|@|v|'a:|s|@|n|@"]),
        ("ˈtʃɑːkrə", "en", ["tS|'A:|k|r|@"]),
        ("ˈtʃɑːkrə", "de-AT", ["tS|'a:|k|R|@"]),
        ("ˈseɪtuː ˈbʌndə", "en-GB", ["s|'eI|t|u:", "b|'V|n|d|@"]),
        ("ˈdeɪ", "es", ["d|'e|i"]),
        ("ˈbɔ̃", "fr", ["b|'O~"]),
        ("ˈbɔ̃", "it", ["b|'O|n"]),
        ("ˈʃøːn", "de", ["S|'Y:|n"]),
        ("ˈʃøːn", "es", ["S|'e:|n"]),
    ],
)
def test_espeak_gets_mnemonics_that_the_language_has(ipa, language, words):
    assert to_espeak(ipa, language) == words


def test_piper_gets_ipa_with_stress_at_its_vowel():
    assert to_piper("ʃɪrˈʃɑːsənə", "en") == "ʃɪɹʃˈɑːsənə"
    assert to_piper("ʃɪrˈʃɑːsənə", "de") == "ʃɪrʃˈɑːsənə"
