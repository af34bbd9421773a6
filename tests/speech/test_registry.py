"""The choice of the engine."""

import pytest

from narrator.errors import SpeechError, UsageError
from narrator.routine.heading import VoiceSpec
from narrator.speech import registry
from narrator.speech.engines.silent import Silent
from narrator.speech.registry import check_engine, choose_voice, open_engine, open_voice, split_voice


class Natural(Silent):
    name = "natural"

    def voices(self, language):
        return ["anna", "bert"] if language.startswith("en") else []


@pytest.fixture
def natural(monkeypatch):
    """Make an engine with a natural English voice; `missing` is what must be done before it can be opened."""

    class Installation:
        missing = None

    installation = Installation()

    class Installed(Natural):
        def __init__(self):
            if installation.missing:
                raise SpeechError(installation.missing)

    monkeypatch.setitem(registry.BUILT_IN, "natural", lambda: Installed)
    monkeypatch.setattr(registry, "_NATURAL", ("natural",))
    return installation


def choose(asked, wish=None, language="en"):
    engine, voice = open_voice(asked, wish or VoiceSpec(), language)
    engine.close()
    return str(voice)


def test_a_voice_is_an_engine_and_a_name():
    assert split_voice("espeak:en-gb") == ("espeak", "en-gb")
    assert split_voice(" espeak ") == ("espeak", None)


def test_auto_takes_the_wish_then_a_natural_voice_then_espeak(natural):
    wish = VoiceSpec(engine="silent")
    assert choose(None, wish) == choose("auto", wish) == "silent:en"
    assert choose(None) == choose("auto") == "natural:anna"
    assert choose(None, language="de") == "espeak:de"
    assert choose(None, VoiceSpec(name="bert")) == "natural:bert"
    assert choose(None, VoiceSpec(name="en-gb")) == "espeak:en-gb"
    natural.missing = "it is not installed"
    assert choose(None) == "espeak:en-us"


def test_auto_never_goes_to_the_network_by_itself(monkeypatch, tmp_path):
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    class Refusing(Silent):
        def __init__(self):
            raise AssertionError

    online = {name: lambda: Refusing for name, load in registry.BUILT_IN.items() if not load().is_offline}
    assert set(online) == {"gtts", "openai"}
    monkeypatch.setattr(registry, "BUILT_IN", registry.BUILT_IN | online)
    # gtts has voices for all of these, espeak for all but the last.
    assert [choose(None, language=language) for language in ("en", "de", "sw")] == [
        "hibari:heart",
        "espeak:de",
        "espeak:sw",
    ]
    assert choose("auto", VoiceSpec(name="de"), "de") == "espeak:de"
    with pytest.raises(SpeechError, match="'espeak' does not speak 'jw'; 'narrator voices' lists"):
        choose(None, language="jw")
    # Only a routine that wishes for it gets there.
    with pytest.raises(AssertionError):
        choose(None, VoiceSpec(engine="gtts"))


def test_a_requested_voice_is_never_replaced(natural):
    natural.missing = "it is not installed"
    assert choose("espeak", VoiceSpec(engine="silent", name="en", pace=0.8)) == "espeak:en-us"
    with pytest.raises(SpeechError, match="not installed"):
        choose("natural")
    with pytest.raises(SpeechError, match="not installed"):
        choose(None, VoiceSpec(engine="natural"))


def test_the_routines_pace_is_used_with_every_voice():
    assert open_voice("silent", VoiceSpec(pace=0.8), "en")[1].pace == 0.8


def test_a_voice_of_two_speeds_has_two_paces():
    with open_engine("gtts") as engine:
        paces = [choose_voice(engine, None, "en", pace).pace for pace in (1.5, 1, 0.95, 0.9, 0.7, 0.6)]
    assert paces == [1, 1, 1, 1, 0.7, 0.7]


def test_unknown_engines_languages_and_names_are_reported():
    with pytest.raises(UsageError, match="did you mean 'espeak'"):
        open_engine("espeek")
    with pytest.raises(UsageError, match="did you mean 'espeak'"):
        check_engine("espeek:en")
    with pytest.raises(UsageError, match="there is no engine 'tiny'; known are: auto, hibari"):
        check_engine("tiny")
    check_engine("espeak:whatever")
    check_engine("auto")
    with open_engine("espeak") as engine:
        with pytest.raises(SpeechError, match="does not speak 'xx'"):
            choose_voice(engine, None, "xx", 1)
        with pytest.raises(UsageError, match="did you mean 'en-us'"):
            choose_voice(engine, "en-uss", "en", 1)
