import numpy as np
import pytest

from narrator.speech.tiny.checkpoint import CheckpointError
from narrator.speech.tiny.vits import Voice
from speech.tiny.fake import make_tensors

IDS = (np.array([0, 30, 0, 21, 0, 212, 0]), np.array([0, 7, 0, 9, 0, 7, 0]), np.array([0, 2, 0, 2, 0, 2, 0]))
FRAME = 512


@pytest.fixture(scope="module")
def voice():
    return Voice(make_tensors())


def speak(voice, **changes):
    return voice.speak(*IDS, **({"speed": 1.0, "noise": 0.3, "seed": 1, "lead": 0} | changes))


def test_samples_are_whole_frames_within_full_scale(voice):
    samples = speak(voice)
    assert samples.dtype == np.float32
    assert len(samples) % FRAME == 0
    assert len(samples) >= FRAME * len(IDS[0])
    assert 0 < np.abs(samples).max() <= 1


def test_the_seed_settles_the_samples(voice):
    assert np.array_equal(speak(voice), speak(voice))
    assert not np.array_equal(speak(voice), speak(voice, seed=2))
    assert np.array_equal(speak(voice, noise=0), speak(voice, noise=0, seed=2))


def test_a_slower_speed_takes_longer(voice):
    assert len(speak(voice, speed=0.5)) > 1.3 * len(speak(voice))


def test_a_lead_is_cut_off(voice):
    whole, cut = speak(voice), speak(voice, lead=2)
    assert 2 * FRAME <= len(whole) - len(cut) < len(whole)
    assert np.array_equal(whole[-len(cut) :], cut)


def test_a_missing_tensor_is_told_by_name():
    tensors = make_tensors()
    del tensors["dp.proj.bias"]
    with pytest.raises(CheckpointError, match=r"lacks the tensor dp\.proj\.bias"):
        Voice(tensors)
