"""Encoding of blocks to frames that are kept."""

from array import array
from collections.abc import Sequence

import numpy as np

from narrator.formats.ceiling import keep_below_ceiling
from narrator.formats.coding import DELAY, Coding
from narrator.formats.crc16 import crc_rows, join_crcs
from narrator.formats.encoded import Encoded, find_surroundings
from narrator.formats.lame import decode, encode
from narrator.formats.part_coder import PartCoder
from narrator.mix import Layout, Mixer
from narrator.mix.mixing import mix_block
from narrator.mix.parts import Part
from narrator.sound.loudness import Loudness
from narrator.sound.samples import Samples
from narrator.units import TICK_SAMPLES, Ticks


def encode_block(block: Part, layout: Layout, mixer: Mixer, coding: Coding) -> Encoded:
    """Mix and encode a block.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    frames, _, loudness = encode_below_ceiling(block, layout, mixer, coding)
    return gather_frames(frames, loudness)


def gather_frames(frames: Sequence[bytes], loudness: Loudness) -> Encoded:
    """Join frames of the same size."""
    size = len(frames[0])
    data = b"".join(frames)
    crcs = [int(crc) for crc in crc_rows(np.frombuffer(data, np.uint8).reshape(-1, size))]
    for index in range(1, len(crcs)):
        crcs[index] = join_crcs(crcs[index - 1], crcs[index], size)
    return Encoded(data, array("H", crcs), loudness)


def encode_below_ceiling(
    block: Part, layout: Layout, mixer: Mixer, coding: Coding
) -> tuple[list[bytes], Samples, Loudness]:
    """Mix and encode a block so that it decodes to peaks under `CEILING`; see `keep_below_ceiling`.

    Return its frames, the sound that they decode to, and its loudness.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    around = find_surroundings(block, mixer)
    start = DELAY + around.before * TICK_SAMPLES

    def code(mixer: Mixer) -> tuple[list[bytes], Samples]:
        frames = encode(mix_block(block, layout, mixer, around), coding)
        return frames, decode(frames)[start : start + block.ticks * TICK_SAMPLES]

    frames, heard, loudness = keep_below_ceiling(mixer, code)
    return frames[around.before : around.before + block.ticks], heard, loudness


def make_coder(coding: Coding) -> PartCoder:
    """Return the coder of a coding."""

    def code(block: Part, _phase: Ticks, layout: Layout, mixer: Mixer) -> Samples:
        return encode_below_ceiling(block, layout, mixer, coding)[1]

    return PartCoder(code)
