"""What each engine receives for a text, and what is reported if a voice cannot read it."""

import pytest
from readings import READINGS

from narrator.errors import Mark, SpeechError, UnspeakableError
from narrator.speech.engine import Voice
from narrator.speech.engines.espeak import Espeak, write_mnemonics
from narrator.speech.engines.hibari import Hibari
from narrator.speech.engines.piper import Piper, write_raw_phonemes
from narrator.speech.engines.silent import Silent
from narrator.speech.runs import Phonemes
from narrator.speech.text.ipa import link_phonemes
from narrator.speech.text.reading import Reader, write_plain
from narrator.speech.text.unspoken import find_unspoken

ROWS = [(language, *row) for language, rows in READINGS.items() for row in rows]
MARK = Mark("f", 7, 3)
IPA = {"Savasana": "/ʃəˈvɑːsənə/", "Foo": "bar"}


class Plain(Silent):
    """An engine that only receives text, and whose scripts are unknown."""


class Piping(Piper):
    """Piper without its files."""

    def __init__(self):
        pass

    def takes_phonemes(self, voice):
        return True


ENGINES = {
    "hibari": (Hibari, lambda runs, _language: link_phonemes(runs, british=False)),
    "espeak": (Espeak, write_mnemonics),
    "piper": (Piping, write_raw_phonemes),
    "command": (Plain, lambda runs, _language: write_plain(runs)),
}
"""How each kind of engine writes what it is given. Kinds that are given text alone are all as `command`."""


def open_reader(engine, language, pronounce=None):
    return Reader(ENGINES[engine][0](), Voice(engine, "x", language), pronounce)


def give(engine, language, text, pronounce=None):
    return ENGINES[engine][1](open_reader(engine, language, pronounce).read(text), language)


def report(engine, language, text, pronounce=None):
    """Return the messages about a text: of its warnings, or of the error."""
    marks = {word: Mark("f", 2, 9) for word in pronounce or {}}
    try:
        found = find_unspoken([(text, MARK)], open_reader(engine, language, pronounce), marks)
    except UnspeakableError as error:
        return [f"{'error' if fault.mark == MARK else fault.mark}: {fault.message}" for fault in error.faults]
    return [fault.message for fault in found]


def test_there_are_rows_enough_in_each_language():
    assert len(ROWS) >= 300
    assert all(len(READINGS[language]) >= 25 for language in ("en", "de", "es", "fr", "it", "pt"))


@pytest.mark.parametrize(("language", "written", "given"), ROWS)
def test_every_engine_is_given_words(language, written, given):
    assert {give(engine, language, written) for engine in ENGINES} == {given}


@pytest.mark.parametrize(
    ("engine", "language", "written", "given"),
    [
        ("hibari", "en", "Rest in Savasana.", "Rest in [Savasana](/ʃəvˈɑsənə/)."),
        ("espeak", "en", "Rest in Savasana.", "Rest in [[S|@|v|'A:|s|@|n|@]]."),
        ("piper", "en", "Rest in Savasana.", "Rest in [[ ʃəvˈɑːsənə ]]."),
        ("command", "en", "Rest in Savasana.", "Rest in shuh-vahsunna."),
        ("espeak", "de", "In Savasana.", "In [[S|@|v|'a:|s|@|n|@]]."),
        ("piper", "de", "In Savasana.", "In [[ ʃəvˈɑːsənə ]]."),
        ("command", "de", "In Savasana.", "In Savasana."),
        ("hibari", "en", "**Śavāsana**’s end, foo, 30s", "[Savasana’s](/ʃəvˈɑsənəz/) end, bar, 30 seconds"),
        ("hibari", "en", "Janu Sirsasana", "[Janu](/ʤˈɑnu/) [Sirsasana](/ʃɪɹʃˈɑsənə/)"),
        ("hibari", "en", "Virabhadrasana II", "[Virabhadrasana](/vˌɪɹəbədɹˈɑsənə/) 2"),
        ("hibari", "en", "AUM", "[AUM](/ˈOm/)"),
        ("command", "en", "AUM", "ohm"),
        ("command", "en", "ॐ, Vṛkṣāsana, prāṇāyāma", "ohm, vrik-shahsunna, prahna-yahma"),
        ("command", "de", "AUM", "Om"),
        # What an author writes never is an engine's markup.
        ("hibari", "en", "[x] (/y/)", "(x) (/y/)"),
        ("hibari", "en", "a [word](/wˈɜɹd/) here", "a word here"),
        ("espeak", "en", "[[h@l'oU]]", "[ [h@l'oU]]"),
        ("piper", "en", "[[h@l'oU]]", "[ [h@l'oU]]"),
        ("espeak", "en", "Savasana [[x]]", "[[S|@|v|'A:|s|@|n|@]] [ [x]]"),
        ("hibari", "en", "\ue000 Savasana", "[Savasana](/ʃəvˈɑsənə/)"),
    ],
)
def test_each_engine_is_given_a_pronunciation_in_its_notation(engine, language, written, given):
    assert give(engine, language, written, IPA) == given


LATIN = "write it in letters that the voice has"


@pytest.mark.parametrize(
    ("engine", "language", "text", "messages"),
    [
        ("hibari", "en", "Breathe in.", []),
        ("hibari", "en", "Café, señor, Ångström.", []),
        ("hibari", "en", "Say Привет now.", [f"hibari:x has no Cyrillic letters, and is likely to misread 'Привет'; {LATIN}, or under 'pronounce'"]),
        ("hibari", "en", "漢字", [f"error: hibari:x cannot read '漢字': it has no Chinese characters, so nothing of it would be spoken; {LATIN}, or take a voice for that language"]),
        ("hibari", "en", "ひらがな。", [f"error: hibari:x cannot read 'ひらがな。': it has no hiragana, so nothing of it would be spoken; {LATIN}, or take a voice for that language"]),
        ("hibari", "en", "नमस्ते", [f"error: hibari:x cannot read 'नमस्ते': it has no Devanagari letters, so nothing of it would be spoken; {LATIN}, or take a voice for that language"]),
        ("espeak", "en", "नमस्ते", []),
        ("espeak", "en", "Привет", [f"error: espeak:x cannot read 'Привет': it has no Cyrillic letters, so nothing of it would be spoken; {LATIN}, or take a voice for that language"]),
        ("espeak", "ja", "ひらがなとカタカナ", []),
        ("espeak", "ja", "漢字", [f"error: espeak:x cannot read '漢字': it has no Chinese characters, so nothing of it would be spoken; {LATIN}, or take a voice for that language"]),
        ("espeak", "ja", "漢字を", ["espeak:x has no Chinese characters, and is likely to misread '漢字を'; " + LATIN + ", or under 'pronounce'"]),
        ("espeak", "zh", "漢字", []),
        ("espeak", "hi", "नमस्ते", []),
        ("espeak", "ru", "Привет, yoga", []),
        ("piper", "ru", "Привет", []),
        ("piper", "de", "Привет, alle", [f"piper:x has no Cyrillic letters, and is likely to misread 'Привет'; {LATIN}, or under 'pronounce'"]),
        ("command", "en", "漢字", []),
        ("command", "ja", "漢字", []),
        ("hibari", "en", "🙂", ["error: nothing of '🙂' would be spoken; write it in words, or remove it"]),
        ("command", "de", "1️⃣", ["error: nothing of '1️⃣' would be spoken; write it in words, or remove it"]),
        ("hibari", "en", "第3", [f"hibari:x has no Chinese characters, and is likely to misread '第'; {LATIN}, or under 'pronounce'"]),
    ],
)  # fmt: skip
def test_words_in_a_script_that_a_voice_lacks_are_reported(engine, language, text, messages):
    assert report(engine, language, text) == messages


def test_a_word_that_is_pronounced_needs_no_letters_of_the_voice():
    assert report("hibari", "en", "Привет", {"Привет": "/priˈvjɛt/"}) == []
    assert report("hibari", "en", "Привет", {"Привет": "pree-vyet"}) == []


def test_an_engine_that_takes_no_ipa_is_reported_at_the_line_of_the_word():
    [fault] = find_unspoken([("Savasana.", MARK)], open_reader("command", "en", IPA), {"Savasana": Mark("f", 2, 9)})
    assert fault.mark == Mark("f", 2, 9)
    assert "takes no IPA: 'Savasana' is given to it as 'shuh-vahsunna'" in fault.message
    assert report("command", "de", "Savasana.", IPA)[0].startswith(
        "command:x takes no IPA: 'Savasana' is given to it as written"
    )
    assert report("command", "en", "Nothing of it.", IPA) == []
    assert report("hibari", "en", "Savasana.", IPA) == []


def test_an_error_of_the_text_is_one_that_another_voice_may_get_over():
    assert issubclass(UnspeakableError, SpeechError)
    assert UnspeakableError.exit_code == 1


def test_runs_are_typed():
    assert open_reader("hibari", "en").read("In Savasana, now") == ("In ", Phonemes("Savasana", "ʃəˈvɑːsənə"), ", now")


def test_espeak_says_the_sounds_it_is_given():
    voice = Voice("espeak", "en-us", "en")
    with Espeak() as engine:
        given = engine.synthesize_runs([Phonemes("x", "ˈjoʊɡə")], voice)
        assert abs(given.length - engine.synthesize("yoga", voice).length) < 60
        spelt = engine.synthesize("[[j'oUg@]]", voice)
        assert spelt.length > given.length * 1.5
