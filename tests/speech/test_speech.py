import pytest

from narrator.cache import Cache
from narrator.errors import SpeechError, UsageError
from narrator.routine.model import VoiceSpec
from narrator.speech import SHELF, find_lengths, make_clip_key, speak
from narrator.speech.engine import Voice, choose_voice, open_engine, parse_voice
from narrator.speech.silent import Silent

VOICE = Voice("silent", "en", "en")


class Failing(Silent):
    """Speaks a few sentences, then fails."""

    def __init__(self, good):
        self.good = good

    def synthesize(self, text, voice):
        if not self.good:
            raise SpeechError("no more")
        self.good -= 1
        return super().synthesize(text, voice)


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path)


def test_a_sentence_is_spoken_once(cache):
    first = speak(["One.", "Two."], VOICE, Silent(), cache)
    second = speak(["Two.", "Three."], VOICE, Silent(), cache)
    assert (first.new, first.cached, second.new, second.cached) == (2, 0, 1, 1)
    assert first.lengths["Two."] == second.lengths["Two."]


def test_what_was_spoken_before_a_failure_is_kept(cache):
    texts = [f"Sentence {n}." for n in range(5)]
    with pytest.raises(SpeechError):
        speak(texts, VOICE, Failing(3), cache)
    clips = speak(texts, VOICE, Silent(), cache)
    assert (clips.new, clips.cached) == (2, 3)


def test_a_cut_entry_is_made_again(cache):
    speak(["One."], VOICE, Silent(), cache)
    path = cache.path(SHELF, make_clip_key("One.", VOICE, Silent.version))
    path.write_bytes(path.read_bytes()[:-7])
    clips = speak(["One."], VOICE, Silent(), cache)
    assert clips.new == 1
    assert clips.load("One.").length == clips.lengths["One."]


def test_a_clip_that_vanished_is_told(cache):
    clips = speak(["One."], VOICE, Silent(), cache)
    cache.path(SHELF, make_clip_key("One.", VOICE, Silent.version)).unlink()
    with pytest.raises(SpeechError, match="run the command again"):
        clips.load("One.")


def test_keys_depend_on_everything_that_is_heard():
    voices = [
        VOICE,
        Voice("silent", "de", "de"),
        Voice("silent", "en", "en", 0.9),
        Voice("espeak", "en", "en"),
    ]
    keys = {make_clip_key(text, voice, version) for text in "ab" for voice in voices for version in "12"}
    assert len(keys) == 16


def test_progress_is_told(cache):
    told = []
    speak(["One.", "Two."], VOICE, Silent(), cache, lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_lengths_are_estimated_until_they_are_known(cache):
    _, guessed = find_lengths(["One."], VOICE, Silent.version, cache)
    speak(["One."], VOICE, Silent(), cache)
    _, guessed_later = find_lengths(["One."], VOICE, Silent.version, cache)
    assert (guessed, guessed_later) == (True, False)


def test_voices_are_chosen_by_option_then_wish_then_default():
    wish = VoiceSpec(engine="gtts", name="en")
    assert parse_voice("espeak:en-gb", wish) == ("espeak", "en-gb")
    assert parse_voice("espeak", wish) == ("espeak", None)
    assert parse_voice(None, wish) == ("gtts", "en")
    assert parse_voice(None, VoiceSpec()) == ("auto", None)
    with open_engine("auto") as engine:
        assert engine.name == "espeak"


def test_unknown_engines_languages_and_names_are_told():
    with pytest.raises(UsageError, match="did you mean 'espeak'"):
        open_engine("espeek")
    with open_engine("espeak") as engine:
        with pytest.raises(SpeechError, match="does not speak 'xx'"):
            choose_voice(engine, None, "xx", 1)
        with pytest.raises(UsageError, match="did you mean 'en-us'"):
            choose_voice(engine, "en-uss", "en", 1)
