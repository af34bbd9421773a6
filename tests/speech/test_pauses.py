import numpy as np

from narrator.speech.clip import make_clip
from narrator.speech.pauses import find_pauses


def make_sound(*spans, level=0.3):
    """Tone and silence by turns, in ms."""
    time = np.arange(48 * sum(spans)) / 48_000
    tone = level * np.sin(2 * np.pi * 220 * time)
    is_heard = np.repeat([number % 2 == 0 for number in range(len(spans))], [48 * span for span in spans])
    return make_clip("x", (tone * is_heard).astype(np.float32)[:, None])


def test_pauses_are_where_a_voice_is_silent_for_long_enough():
    found = find_pauses(make_sound(600, 40, 500, 200, 400, 100, 300))
    assert len(found) == 2
    for (start, end), (wanted, until) in zip(found, [(1140, 1340), (1740, 1840)], strict=True):
        assert abs(start - wanted) <= 8
        assert abs(end - until) <= 8


def test_how_loud_a_clip_is_makes_no_difference():
    assert find_pauses(make_sound(500, 200, 500, level=0.001)) == find_pauses(make_sound(500, 200, 500))


def test_silence_has_no_pauses():
    assert find_pauses(make_clip("x", np.zeros((4800, 1), np.float32))) == []
