from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.formats.m4.aac import BITRATES, FRAME, Coding, count_packets, decode, encode
from narrator.sound.samples import mix_down
from narrator.units import LONGEST


@given(length=st.integers(1, LONGEST))
def test_the_packets_of_a_track_reach_its_end_and_not_a_frame_further(length):
    heard = (count_packets(length) - 1) * FRAME
    assert 0 <= heard - 48 * length < FRAME


@pytest.mark.parametrize("channels", [1, 2])
def test_the_configuration_is_that_of_the_encoder(channels):
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, {1: "mono", 2: "stereo"}[channels], "fltp"
    encoder.time_base = Fraction(1, 48_000)
    encoder.open()
    assert bytes(encoder.extradata) == Coding(96, channels).config


@pytest.mark.parametrize(
    "coding", [Coding(32, 1), Coding(64, 1), Coding(64, 2), Coding(96, 2), Coding(320, 2)], ids=str
)
def test_sound_is_late_by_a_packet_and_otherwise_as_it_was(coding):
    time = np.arange(40 * FRAME + 100) / 48_000
    sides = np.stack([0.4 * np.sin(440 * 2 * np.pi * time), 0.2 * np.sin(650 * 2 * np.pi * time)], axis=1)
    packets = encode(sides.astype(np.float32), coding)
    heard = decode(packets, coding)[FRAME:]
    assert len(packets) == 42
    assert len(heard) == 41 * FRAME
    wanted = mix_down(sides, coding.channels)
    middle = slice(4 * FRAME, 36 * FRAME)
    assert np.abs(heard[middle] - wanted[middle]).max() < 0.01


def test_every_bit_rate_can_be_encoded():
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, (48_000, 2)).astype(np.float32)
    for channels, rates in BITRATES.items():
        for rate in rates:
            size = 8 * sum(map(len, encode(noise, Coding(rate, channels)))) / 1000
            assert size == pytest.approx(rate, rel=0.15), (channels, rate)
