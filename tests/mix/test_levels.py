from dataclasses import replace

import pytest

from narrator.cache import Cache
from narrator.mix import Mixer, find_islands
from narrator.mix.backdrops import open_bed
from narrator.mix.levels import LOUDER, level_clip, measure_gain
from narrator.script import Bell, Breath, Speech
from narrator.sound.catalog import SPEECH
from narrator.sound.ebur128 import measure_loudness
from narrator.speech.engine import Voice
from narrator.speech.registry import open_engine
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader
from narrator.timeline import Lengths
from timelines import make_bed, make_timeline, mix_track, say

TEXTS = ["Breathe in.", "Hold.", "Let your shoulders be heavy, and soften your jaw."]


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    with open_engine("espeak") as engine:
        return speak(TEXTS, Reader(engine, Voice("espeak", "en-us", "en")), Cache(tmp_path_factory.mktemp("c")))


def test_every_clip_has_the_same_loudness(clips):
    for text in TEXTS:
        level = clips.get_level(text)
        assert level + level_clip(level) == SPEECH
        # A short word between silences measures lower, because the meter's window includes the silence.
        assert level - 6 < clips.get_loudness(text).integrated <= level + 0.1


def place(cues, clips, bed):
    """Place a cue every six seconds; what rings on at the end has as long again."""
    cued = [(6000 * number, cue) for number, cue in enumerate(cues)]
    timeline = make_timeline(*cued, length=6000 * (len(cues) + 1), bed=bed)
    lengths = Lengths(clips.lengths, {})
    segments = (
        replace(segment, end=segment.start + lengths.measure(segment.cue))
        if isinstance(segment.cue, Speech)
        else segment
        for segment in timeline.segments
    )
    return replace(timeline, segments=tuple(segments))


def measure(cues, clips, target=-16.0, bed=None):
    return measure_gain(place(cues, clips, bed), clips, target)


def hear(cues, clips, gain, bed=None):
    timeline = place(cues, clips, bed)
    layout = find_islands(timeline)
    mixer = Mixer(clips, gain, None, bed and open_bed(bed.sound, "", Cache()))
    return measure_loudness(mix_track(layout, mixer)).integrated


MATERIAL = {
    "speech alone": ([say(text) for text in TEXTS], None),
    "a sentence said often, and a loud bell": ([*[say(TEXTS[0])] * 6, Bell("bowl", 2, 3000, level=-4.0)], None),
    "words and breath": ([*[say(TEXTS[2])] * 4, *[Breath("in", 4008), Breath("out", 5016)] * 3], None),
    "a bed": ([say(TEXTS[2])] * 18, make_bed(level=-18.0)),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "target"), [*((name, -16.0) for name in MATERIAL), ("speech alone", -23.0)])
def test_a_session_has_the_requested_loudness(clips, name, target):
    cues, bed = MATERIAL[name]
    gain = measure(cues, clips, target, bed)
    assert gain * 4 == int(gain * 4)
    assert hear(cues, clips, gain, bed) == pytest.approx(target, abs=0.5)


def test_a_few_words_between_many_breath_tones_are_not_made_loud(clips):
    cues = [say(TEXTS[1]), *[Breath("in", 4008), Breath("out", 5016)] * 8]
    assert measure(cues, clips) == LOUDER
    assert measure(cues, clips, -20.0) == LOUDER - 4


def test_bells_alone_keep_their_distance_from_speech(clips):
    assert measure([Bell("bowl")], clips) == 0.0
    assert measure([Bell("bowl")], clips, -20.0) == -4.0
