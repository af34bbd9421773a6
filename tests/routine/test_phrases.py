import pytest

from narrator.routine.phrases import Lexicon, find_phrases, list_languages, load_lexicon


def test_three_languages_to_start_with():
    assert list_languages() == ["de", "en", "es"]
    assert find_phrases("fr") is None
    assert find_phrases("de-AT") == find_phrases("de")


@pytest.mark.parametrize("language", list_languages())
def test_each_language_says_the_same_things(language):
    phrases, english = find_phrases(language), find_phrases("en")
    assert phrases.sides.keys() == english.sides.keys()
    assert len(set(phrases.numbers)) == 61
    assert "{number}" in phrases.seconds_more
    assert phrases.say_seconds_more(10)[0].isupper()
    assert len(phrases.safety) >= 12
    assert len(phrases.poses) >= 30


def test_the_lexicon_covers_poses_and_anatomy():
    known = load_lexicon()
    assert len(known) >= 80
    assert {"psoas", "piriformis", "sacrum", "baddha konasana", "savasana"} <= set(known)
    assert all(spoken.replace("-", "").replace(" ", "").isalpha() for spoken in known.values())


def test_whole_words_are_respelled_whatever_their_case_longest_first():
    lexicon = Lexicon({"Baddha": "SHORT", "Supta Baddha": "LONG"}, "fr")
    assert lexicon.respell("supta baddha, BADDHA and baddhas") == "LONG, SHORT and baddhas"
    assert Lexicon({}, "de").respell("Der Psoas.") == "Der Psoas."
    assert Lexicon({"psoas": "own"}, "en").respell("The psoas.") == "The own."


def test_sanskrit_is_known_with_its_marks_and_without():
    assert Lexicon({"Āsana": "own"}, "en").respell("Vṛkṣāsana, an asana.") == "vrik-shahsunna, an own."
    assert Lexicon({}, "de").respell("Prāṇāyāma, schön.") == "Prāṇāyāma, schön."
