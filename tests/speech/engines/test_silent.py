import pytest

from narrator.speech.engine import Voice
from narrator.speech.engines.espeak import Espeak
from narrator.speech.engines.silent import Silent

TEXTS = [
    "Rest.",
    "Breathe in, and as you breathe out, let your pelvis draw slow, round circles.",
    "Breathe 4-7-8, 10 times.",
]


@pytest.mark.parametrize("text", TEXTS)
def test_silence_takes_longer_than_a_real_voice(text):
    with Espeak() as espeak, Silent() as silent:
        real = espeak.synthesize(text, Voice("espeak", "en-us", "en"))
        still = silent.synthesize(text, Voice("silent", "en", "en"))
    assert real.length < still.length < 2.5 * real.length
    assert not still.samples.any()


def test_length_is_proportional_to_the_text():
    with Silent() as silent:
        short, long = (silent.synthesize("rest " * n, Voice("silent", "en", "en")).length for n in (10, 100))
    assert long > 8 * short
