"""What a reader of a track compares its parts with is coded block by block."""

import numpy as np

from narrator.cache import Cache
from narrator.formats.part_coder import PartCoder
from narrator.mix import Layout, Mixer
from narrator.mix.bed import BedCurve
from narrator.mix.parts import BLOCK, Stretch
from narrator.sound.loop import Loop
from narrator.speech.speak import Clips
from narrator.units import TICK_SAMPLES


def test_a_block_is_coded_once_however_many_stretches_of_it_there_are(tmp_path):
    coded = []

    def code(block, phase, _layout, _mixer):
        coded.append((block, phase))
        ramp = np.arange(block.ticks * TICK_SAMPLES, dtype=np.float32)
        return np.stack([ramp, ramp], axis=1)

    loop = Loop("loop", BLOCK + 100, lambda _piece: b"")
    mixer, layout = Mixer(Clips(Cache(tmp_path)), 0.0, None, loop), Layout(1000, (), BedCurve())
    coder = PartCoder(code)
    for start, ticks in [(0, 7), (7, 400), (BLOCK - 1, 1), (BLOCK + 3, 50), (0, BLOCK)]:
        heard = coder(Stretch(-20.0, start, ticks), 0, layout, mixer)
        assert len(heard) == ticks * TICK_SAMPLES
        assert heard[0, 0] == start % BLOCK * TICK_SAMPLES
    assert coded == [(Stretch(-20.0, 0, BLOCK), 0), (Stretch(-20.0, BLOCK, 100), 0)]


def test_a_block_in_another_phase_is_another_sound(tmp_path):
    coded = []

    def code(block, phase, _layout, _mixer):
        coded.append(phase)
        return np.zeros((block.ticks * TICK_SAMPLES, 2), np.float32)

    mixer = Mixer(Clips(Cache(tmp_path)), 0.0, None, Loop("loop", BLOCK, lambda _piece: b""))
    coder, layout = PartCoder(code, 8), Layout(1000, (), BedCurve())
    for at in (10, 18, 11, 3 + 80):
        coder(Stretch(-20.0, 5, 4), at, layout, mixer)
    # Where the block starts: five ticks before the stretch.
    assert coded == [5, 6]
