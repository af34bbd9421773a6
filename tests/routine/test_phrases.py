import pytest

from narrator.routine import phrases as module
from narrator.routine.importers import read_source
from narrator.routine.phrases import find_phrases, find_side_key, list_languages
from narrator.routine.text import Sentence, split_text

FOLDER = module._FOLDER


def test_nine_languages_to_start_with():
    assert list_languages() == ["de", "en", "es", "fr", "hi", "it", "ja", "nl", "pt"]
    assert find_phrases("pl") is None
    assert find_phrases("de-AT") == find_phrases("de") == find_phrases("deu")


@pytest.mark.parametrize("language", list_languages())
def test_each_language_says_the_same_things(language):
    phrases, english = find_phrases(language), find_phrases("en")
    assert list(phrases.sides) == list(english.sides)
    assert len(set(phrases.sides.values())) == len(phrases.sides)
    assert len(set(phrases.numbers)) == 61
    assert len(set(phrases.ordinals)) == 30
    assert "{number}" in phrases.seconds_more.other
    assert "{number}" not in phrases.seconds_more.one
    assert set(phrases.seconds_more.counted) <= {str(number) for number in range(61)}
    # A full stop makes the voice lower its tone at the end.
    for text in (
        phrases.switch,
        phrases.halfway,
        phrases.last_round,
        phrases.say_seconds_more(1),
        phrases.say_seconds_more(10),
    ):
        assert text[-1] in ".。।"
        assert split_text(text, language) == [Sentence(text)]
    assert len(phrases.safety) >= 12
    assert len(phrases.poses) >= 30
    keys = set(read_source(FOLDER / f"{language}.yaml").data)
    assert keys == set(read_source(FOLDER / "en.yaml").data)


@pytest.mark.parametrize(
    ("language", "one", "two", "five", "twenty_one"),
    [
        ("en", "One more second.", "Two seconds more.", "Five seconds more.", "Twenty-one seconds more."),
        ("de", "Noch eine Sekunde.", "Noch zwei Sekunden.", "Noch fünf Sekunden.", "Noch einundzwanzig Sekunden."),
        ("es", "Un segundo más.", "Dos segundos más.", "Cinco segundos más.", "Veintiún segundos más."),
        (
            "fr",
            "Encore une seconde.",
            "Encore deux secondes.",
            "Encore cinq secondes.",
            "Encore vingt et une secondes.",
        ),
        ("it", "Ancora un secondo.", "Ancora due secondi.", "Ancora cinque secondi.", "Ancora ventuno secondi."),
        ("pt", "Mais um segundo.", "Mais dois segundos.", "Mais cinco segundos.", "Mais vinte e um segundos."),
        ("nl", "Nog één seconde.", "Nog twee seconden.", "Nog vijf seconden.", "Nog eenentwintig seconden."),
        ("hi", "एक सेकंड और।", "दो सेकंड और।", "पाँच सेकंड और।", "इक्कीस सेकंड और।"),
        ("ja", "あと いちびょう。", "あと にびょう。", "あと ごびょう。", "あと にじゅういちびょう。"),
    ],
)
def test_how_much_is_left_is_said_in_the_right_number(language, one, two, five, twenty_one):
    phrases = find_phrases(language)
    assert [phrases.say_seconds_more(seconds) for seconds in (1, 2, 5, 21)] == [one, two, five, twenty_one]


def test_a_side_is_known_by_its_name_in_a_language_and_in_english():
    assert find_side_key("Rechts", "de") == "right"
    assert find_side_key("right", "de") == "right"
    assert find_side_key("anticlockwise", "fr") == "counterclockwise"
    assert find_side_key("prawa", "pl") is None
