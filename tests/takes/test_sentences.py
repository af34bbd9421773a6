"""The sentences to read are numbered, each is listed once, and a recorded voice needs no other."""

from narrator.request import SessionOptions, SessionRequest
from narrator.routine import find_routine
from narrator.session import read_draft
from narrator.speech.takes.sentences import fold_sentence
from narrator.takes.sentences import list_sentences


def read(path, language=None):
    return read_draft(SessionRequest(path, path.name, SessionOptions(language=language)))


def list_read(*paths, language=None):
    return list_sentences(read(path, language) for path in paths)


def test_sentences_are_written_as_authored_and_listed_once_across_routines(write):
    one = write("title: One\nlanguage: en\nsteps:\n  - say: Breathe 4-7-8. Rest.\n", "one.yaml")
    two = write(
        "title: Two\nlanguage: en\nsteps:\n  - say: Rest.\n  - section: End\n    steps:\n      - say: In 10 s, go.\n",
        "two.yaml",
    )
    shown = [(each.number, each.text, each.title, each.section) for each in list_read(one, two)]
    assert shown == [(1, "Breathe 4-7-8.", "One", None), (2, "Rest.", "One", None), (3, "In 10 s, go.", "Two", "End")]


def test_sentences_that_sound_the_same_are_read_once(write):
    one = write('title: One\nlanguage: en\nsteps:\n  - say: "Rest. Now - let go."\n', "one.yaml")
    two = write('title: Two\nlanguage: en\nsteps:\n  - say: "“Rest!” Now – *let* go."\n', "two.yaml")
    assert [each.text for each in list_read(one, two)] == ["Rest.", "Now - let go."]


def test_texts_of_two_languages_are_two_sentences(write):
    english = write("title: A\nlanguage: en\nsteps:\n  - say: Stop.\n", "a.yaml")
    german = write("title: B\nlanguage: de\nsteps:\n  - say: Stop.\n", "b.yaml")
    assert [(each.text, each.language) for each in list_read(english, german)] == [("Stop.", "en"), ("Stop.", "de")]


def test_a_recorded_voice_needs_nothing_that_is_not_listed():
    path = find_routine("ten-minute-hips")
    for language in ("en", "de"):
        draft = read(path, language)
        listed = {fold_sentence(each.text) for each in list_sentences([draft])}
        assert {fold_sentence(text) for text in draft.arrangement.script.list_texts()} <= listed


def test_a_script_and_subtitles_are_listed_in_the_order_of_their_times(write):
    script = write(
        "narrator_script: 1\ntitle: S\nlanguage: en\nlength: 1m\nsections:\n  - {title: Late, at: 20s, to: 30s}\n"
        "cues:\n  - {at: 21s, say: Second.}\n  - {at: 1s, say: First.}\n",
        "script.yaml",
    )
    assert [(each.text, each.section) for each in list_read(script)] == [("First.", None), ("Second.", "Late")]
    timed = write("1\n00:00:01,000 --> 00:00:02,000\nGo on. Stop.\n", "timed.srt")
    assert [each.text for each in list_read(timed, language="en")] == ["Go on.", "Stop."]
