"""Sound files that are struck as bells, and are longer than a bell."""

import wave

import numpy as np
import pytest

from asking import make_request
from narrator.cache import Cache
from narrator.review.checking import check_session
from narrator.session import make_session
from narrator.units import SAMPLE_RATE


def warn(write, tmp_path, steps, seconds=9.0):
    samples = np.sin(np.arange(int(seconds * SAMPLE_RATE)) / 20) * 9000
    with wave.open(str(tmp_path / "gong.wav"), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    path = write(f"title: T\nvoice: silent\nsteps:\n{steps}")
    request = make_request(path, str(path))
    notes = make_session(request, Cache()).notes
    assert set(notes) <= set(check_session(request, Cache()).notes)
    return [(note.mark.line, note.message, note.fix) for note in notes]


HEARD = (
    "gong.wav is heard for 9s, but what follows comes after 4s; to wait for all of it, write 'play: gong.wav'; to let it "
    "ring on, add 'every: 4s'"
)


def test_a_file_that_goes_on_under_what_follows_is_reported_once(write, tmp_path):
    steps = "  - bell: gong.wav  # mine\n  - say: Rest.\n  - bell: gong.wav\n"
    assert warn(write, tmp_path, steps) == [(4, HEARD, "  - play: gong.wav  # mine")]
    long = "  - bell: {sound: gong.wav, times: 2}\n  - say: Rest.\n"
    assert warn(write, tmp_path, long) == [(4, HEARD, None)]


def test_a_file_that_is_cut_is_reported(write, tmp_path):
    message = "gong.wav is cut after 1m, the most that a bell may ring; to hear all of it, write 'play: gong.wav'"
    steps = "  - say: Rest.\n  - bell: gong.wav\n"
    assert warn(write, tmp_path, steps, 70) == [(5, message, "  - play: gong.wav")]


@pytest.mark.parametrize(
    "bell", ["{sound: gong.wav, every: 5s}", "{sound: gong.wav, length: 6s}", "bowl", "{sound: gong.wav, every: 9s}"]
)
def test_an_author_who_chose_is_not_warned(write, tmp_path, bell):
    assert warn(write, tmp_path, f"  - bell: {bell}\n  - say: Rest.\n") == []


def test_the_last_bell_and_a_short_file_are_not_reported(write, tmp_path):
    assert warn(write, tmp_path, "  - say: Rest.\n  - bell: gong.wav\n") == []
    assert warn(write, tmp_path, "  - bell: gong.wav\n  - say: Rest.\n", 3) == []
