from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.cache import Cache
from narrator.errors import Mark
from narrator.formats.m4.aac import FRAME, Coding, count_packets, decode, encode
from narrator.formats.m4.packets import PHASE_PACKETS, PHASES, PacketMaker, Packets, code_block, find_first, place_parts
from narrator.formats.part_coder import PartCoder
from narrator.mix import CEILING, BedCurve, Layout, Mixer, find_islands
from narrator.mix.backdrops import open_bed, open_floor
from narrator.mix.mixing import mix_part
from narrator.mix.parts import Piece, Stretch, Surroundings
from narrator.script import Bed, Bell
from narrator.sound.loop import Loop, pack_loop
from narrator.sound.loudness import Loudness
from narrator.speech.speak import Clips
from narrator.timeline import BedLine, Segment, Timeline
from narrator.units import TICK, TICK_SAMPLES
from narrator.verifying.likeness import find_clicks, find_unlike

AROUND = Surroundings(16, 4)


def make_timeline(length, strokes, bed=None):
    segments = tuple(Segment(start, start + 480, Bell("chime", length=1500), Mark("f", 1, 1)) for start in strokes)
    return Timeline(length, segments, (), (), bed)


def join(layout, mixer, coding):
    """Return the packets of a track, and the number of the first one of each part."""
    maker, packets, firsts = PacketMaker(layout, mixer, coding), [], []
    for placed in place_parts(layout, mixer):
        firsts.append(len(packets))
        packets += maker.make(placed).packets
        assert (firsts[-1], len(packets)) == (placed.first, placed.end)
    return packets, firsts


def measure_frames(samples):
    return (samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME * 2) ** 2).mean(axis=1)


@given(packets=st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=20).map(tuple))
def test_packets_that_were_packed_are_the_same(packets):
    whole = Packets(packets, Loudness((-20.0, -30.5), -3.0))
    assert Packets.unpack(whole.pack()) == whole


@given(start=st.integers(0, 10_000))
def test_an_island_has_the_packets_with_its_start_and_what_follows_it_none_with_its_end(start):
    piece, stretch = Piece(None, 0, 24), Stretch(None, 0, 5)
    at = start * TICK_SAMPLES
    first = find_first(piece, start)
    assert (first + 1) * FRAME > at >= first * FRAME
    # The island before ended a tick before the stretch starts.
    first = find_first(stretch, start)
    assert (first - 1) * FRAME >= at - TICK_SAMPLES > (first - 2) * FRAME
    assert find_first(piece, start) <= find_first(stretch, start) <= find_first(piece, start + 1)
    assert find_first(piece, start + PHASES) == find_first(piece, start) + PHASE_PACKETS


@pytest.mark.slow
@settings(max_examples=10)
@given(
    length=st.integers(1700, 6000),
    strokes=st.lists(st.integers(0, 60), min_size=1, max_size=3, unique=True),
    channels=st.sampled_from([1, 2]),
    has_floor=st.booleans(),
)
def test_joined_parts_are_complete_and_like_the_mix(tmp_path_factory, length, strokes, channels, has_floor):
    timeline = make_timeline(length, sorted(stroke * TICK for stroke in strokes))
    mixer = Mixer(Clips(Cache(tmp_path_factory.mktemp("cache"))), 0.0, open_floor(-75.0) if has_floor else None)
    layout, coding = find_islands(timeline), Coding(96, channels)
    packets, _ = join(layout, mixer, coding)
    assert len(packets) == count_packets(length)
    mixed = np.concatenate([mix_part(placed.part, layout, mixer, AROUND) for placed in place_parts(layout, mixer)])
    mixed = mixed[: 48 * length]
    mixed = mixed if channels == 2 else np.repeat(mixed.mean(axis=1, keepdims=True), 2, axis=1)
    heard = decode(packets, coding)[FRAME:][: 48 * length]
    assert len(heard) == 48 * length
    assert len(find_unlike(mixed, heard)) == len(find_clicks(mixed, heard)) == 0
    assert 20 * np.log10(np.abs(heard).max()) <= CEILING


def test_a_part_is_verified_as_it_is_coded_at_its_place(tmp_path):
    """Noise at a low bit rate is far from the mix, and in every phase it is another sound."""
    noise = np.random.default_rng(5).uniform(-0.3, 0.3, (40 * TICK_SAMPLES, 2)).astype(np.float32)
    mixer = Mixer(Clips(Cache(tmp_path)), 0.0, Loop("noise", 40, lambda _piece: pack_loop(noise)))
    layout, coding = Layout(2000, (), BedCurve()), Coding(64)
    packets, _ = join(layout, mixer, coding)
    heard = decode(packets, coding)[FRAME:]
    coder = PartCoder(partial(code_block, coding), PHASES)
    _, placed, *_ = place_parts(layout, mixer)
    middle = slice(2 * TICK_SAMPLES, 38 * TICK_SAMPLES)
    mixed = noise[middle]
    errors = {
        start: np.mean(
            (coder(placed.part, start, layout, mixer)[middle] - heard[placed.start * TICK_SAMPLES :][middle]) ** 2
        )
        for start in range(placed.start, placed.start + PHASES)
    }
    assert placed.start == 40
    assert errors[placed.start] < 0.05 * np.mean(mixed**2) < 0.2 * min(list(errors.values())[1:])


@pytest.mark.slow
@pytest.mark.parametrize(("bed", "coding"), [(None, Coding(64)), ("rain", Coding(96)), ("drone", Coding(64))], ids=str)
def test_joints_are_not_heard(tmp_path_factory, bed, coding):
    """Compare with one encoding of the whole mix: where parts meet, the error is as small as elsewhere."""
    cache = Cache(tmp_path_factory.getbasetemp() / "beds")
    loop = open_bed(bed, "", cache) if bed else None
    line = BedLine(Bed(bed, -20.0, 6.0, 1000), ((0, -20.0),)) if bed else None
    timeline = make_timeline(24_000, [504, 7992, 16_008], line)
    mixer = Mixer(Clips(cache), 0.0, open_floor(-60.0), loop)
    layout = find_islands(timeline)
    packets, firsts = join(layout, mixer, coding)
    mixed = np.concatenate([mix_part(placed.part, layout, mixer, AROUND) for placed in place_parts(layout, mixer)])
    errors = [
        measure_frames(decode(each, coding)[FRAME : FRAME + len(mixed)] - mixed[: (len(each) - 1) * FRAME])
        for each in (packets, encode(mixed, coding)[: len(packets)])
    ]
    # Two phases of the room tone, at -60 dBFS, meet in one frame.
    assert len(firsts) > 6
    allowed = 4 * np.maximum(errors[1], np.roll(errors[1], 1)) + 10 ** (-58 / 10)
    assert (errors[0] < allowed).all()
