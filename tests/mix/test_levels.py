import pytest

from narrator.cache import Cache
from narrator.mix.levels import SPEECH, level_clip, measure_gain
from narrator.script import Bell
from narrator.speech import speak
from narrator.speech.engine import Voice, open_engine
from timelines import say

TEXTS = ["Breathe in.", "Hold.", "Let your shoulders be heavy, and soften your jaw."]


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    with open_engine("espeak") as engine:
        return speak(TEXTS, Voice("espeak", "en-us", "en"), engine, Cache(tmp_path_factory.mktemp("c")))


def test_every_clip_comes_to_one_loudness(clips):
    for text in TEXTS:
        loudness = clips.get_loudness(text)
        assert loudness.integrated + level_clip(loudness) == pytest.approx(SPEECH)


@pytest.mark.parametrize("target", [-16.0, -23.0])
def test_speech_alone_comes_to_the_loudness_that_is_asked_for(clips, target):
    assert measure_gain(map(say, TEXTS), clips, target) == pytest.approx(target + 16, abs=0.5)


def test_the_gain_comes_in_steps_and_counts_nothing_twice(clips):
    cues = [*map(say, TEXTS), Bell("bowl", 3, 6000)]
    gain = measure_gain(cues, clips, -16.0)
    assert gain * 4 == int(gain * 4)
    assert gain == measure_gain([*cues, *cues, Bell("bowl")], clips, -16.0)


def test_bells_alone_keep_their_distance_from_speech(clips):
    assert measure_gain([Bell("bowl")], clips, -16.0) == 0.0
    assert measure_gain([Bell("bowl")], clips, -20.0) == -4.0
