import numpy as np
import pytest

from narrator.sound.catalog import ROOMS
from narrator.sound.room import add_room, make_response


def make_voice(frames):
    """Noise with most of its power between 200 and 1600 Hz, as in speech."""
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(frames))
    heard = np.fft.irfft(spectrum / (1 + (np.fft.rfftfreq(frames, 1 / 48_000) / 500) ** 2), frames)
    return (0.1 * heard / heard.std()).astype(np.float32)[:, None]


def measure(samples):
    return 10 * np.log10((samples.astype(np.float64) ** 2).mean())


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_decays_by_sixty_decibels_in_its_time_without_a_step(room):
    response, decay = make_response(room), ROOMS[room].decay
    assert len(response) == ROOMS[room].tail * 48
    left = np.cumsum((response[::-1] ** 2).sum(axis=1))[::-1]
    left = 10 * np.log10(np.maximum(left / left[0], 1e-12))
    fallen = [int(np.argmax(left < -level)) / 48 for level in (5, 25)]
    assert 3 * (fallen[1] - fallen[0]) == pytest.approx(decay, rel=0.2)
    # At its end it has faded to nothing.
    assert np.abs(response[-48:]).max() < 1e-3 * np.abs(response).max()


def test_a_hall_is_larger_than_a_room_by_its_decay_and_by_what_is_heard_late():
    late = {room: 10 * np.log10((make_response(room)[80 * 48 :] ** 2).sum()) for room in ROOMS}
    assert late["hall"] > late["small"] + 5
    assert ROOMS["hall"].decay >= 3 * ROOMS["small"].decay
    # Together it adds less, so that words remain clear.
    assert ROOMS["hall"].level < ROOMS["small"].level


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_adds_is_quiet_balanced_and_different_left_and_right(room):
    dry = make_voice(96_000)
    placed = add_room(dry, room)
    assert placed.shape == (96_000 + ROOMS[room].tail * 48, 2)
    added = placed.copy()
    added[:96_000] -= dry
    left, right = (measure(added[:96_000, channel]) - measure(dry) for channel in (0, 1))
    # A hall of a second is not full after two.
    assert left == pytest.approx(ROOMS[room].level, abs=2.5)
    assert left == pytest.approx(right, abs=0.7)
    assert abs(np.corrcoef(added.T)[0, 1]) < 0.4


@pytest.mark.parametrize("room", ROOMS)
def test_both_channels_together_are_as_loud_and_have_no_comb(room):
    dry = make_voice(96_000)
    placed = add_room(dry, room)[:96_000]
    assert measure(placed.mean(axis=1)) == pytest.approx(measure(placed), abs=0.1)
    together = make_response(room).mean(axis=1)
    power = np.abs(1 + np.fft.rfft(together, 96_000)) ** 2
    frequencies = np.fft.rfftfreq(96_000, 1 / 48_000)
    for middle in 1000 * 2.0 ** (np.arange(-9, 12) / 3):
        third = (frequencies >= middle * 2 ** (-1 / 6)) & (frequencies < middle * 2 ** (1 / 6))
        assert abs(10 * np.log10(power[third].mean())) < 0.5


def test_a_room_adds_to_the_dry_sound_and_leaves_it_as_it_is():
    dry = make_voice(50_000)
    loud, soft = (add_room(dry, "small", level) for level in (0.0, -20.0))
    padded = np.pad(dry, ((0, len(loud) - len(dry)), (0, 0)))
    assert np.abs((loud - padded) * 0.1 - (soft - padded)).max() < 1e-6
    # Before the first reflection there is only the dry sound.
    assert np.abs(loud[:100] - dry[:100]).max() < 1e-5


def test_the_blocks_of_the_convolution_are_not_heard():
    """Several blocks of stereo sound, and a response of several blocks, against a convolution by definition."""
    dry = np.concatenate([make_voice(40_000), make_voice(40_001)[:40_000][::-1]], axis=1)
    added = add_room(dry, "hall")
    added[:40_000] -= dry
    for channel in range(2):
        wanted = np.convolve(dry[:, channel], make_response("hall")[:, channel])
        # The last 48 ms are faded once more.
        assert np.abs(added[:-2400, channel] - wanted[: len(added) - 2400]).max() < 1e-5


def test_a_tail_that_is_cut_is_silent_at_its_end():
    dry = make_voice(24_000)
    cut = add_room(dry, "hall", 0.0, 700)
    assert cut.shape == (700 * 48, 2)
    assert np.abs(cut[-2:]).max() < 1e-6
    assert np.abs(np.diff(cut[24_100:, 0], 2)).max() < 1e-2
    assert np.abs(cut[:24_000] - add_room(dry, "hall")[:24_000]).max() == 0


def test_silence_stays_silent():
    assert not add_room(np.zeros((1152, 1), np.float32), "small").any()
