import pytest

from narrator.routine.phrases import find_phrases, list_languages


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
