"""Checks of a track's figures."""

import pytest

from narrator.sound.loudness import integrate
from narrator.verifying.checks import LOUDNESS, check_loudness

WORDS = [-20.0] * 40


@pytest.mark.parametrize(("loud", "bed"), [(40, -33.405), (100, -30.475), (500, -27.335)])
def test_a_bed_on_either_side_of_the_gate_is_not_a_fault(loud, bed):
    tracks = [[-16.0] * loud + [bed + change] * 200 for change in (-0.1, 0.1)]
    levels = [integrate(blocks) for blocks in tracks]
    assert abs(levels[0] - levels[1]) > 1
    for planned in tracks:
        for found in tracks:
            assert not check_loudness(planned, found).is_fault
    assert check_loudness(tracks[0], [level + 2 * LOUDNESS for level in tracks[0]]).is_fault


@pytest.mark.parametrize("change", [-3.0, -0.7, 0.7, 3.0])
def test_another_loudness_is_a_fault(change):
    for bed in (-80.0, -45.0, -22.0):
        planned = WORDS + [bed] * 100
        assert check_loudness(planned, [level + change for level in planned]).places == (f"{change:+.1f} dB",)
        assert not check_loudness(planned, [level + change / 10 for level in planned]).is_fault


def test_silence_is_not_sound():
    assert not check_loudness([], []).is_fault
    assert check_loudness(WORDS, []).places == ("silent instead of -20.0 LUFS",)
    assert check_loudness([], WORDS).is_fault
