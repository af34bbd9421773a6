"""Lossless compression of mono sound to a third of its bytes: FLAC, without a container."""

import json
from fractions import Fraction
from itertools import accumulate
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet
from numpy.typing import NDArray

from narrator.units import SAMPLE_RATE

Pcm = NDArray[np.int16]
_BLOCK = 4608
"""Samples in a block, as libFLAC's own encoder uses at 48 kHz."""


def pack_sound(pcm: Pcm) -> bytes:
    """Compress 16-bit samples of shape (frames,) at 48 kHz; inverse of `unpack_sound`."""
    coder: Any = av.CodecContext.create("flac", "w")
    coder.sample_rate, coder.layout, coder.format = SAMPLE_RATE, "mono", "s16"
    coder.time_base = Fraction(1, SAMPLE_RATE)
    packets: list[bytes] = []
    for start in range(0, len(pcm), _BLOCK):
        frame = AudioFrame.from_ndarray(pcm[None, start : start + _BLOCK], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        packets += map(bytes, coder.encode(frame))
    packets += map(bytes, coder.encode(None))
    head = {"stream": bytes(coder.extradata or b"").hex(), "sizes": [len(packet) for packet in packets]}
    return json.dumps(head).encode() + b"\n" + b"".join(packets)


def unpack_sound(data: bytes) -> Pcm:
    """Return the samples that were packed, shape (frames,)."""
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    coder: Any = av.CodecContext.create("flac", "r")
    coder.extradata = bytes.fromhex(head["stream"])
    parts = [np.zeros(0, np.int16)]
    for end, size in zip(accumulate(head["sizes"]), head["sizes"], strict=True):
        parts += [frame.to_ndarray()[0] for frame in coder.decode(Packet(body[end - size : end]))]
    return np.concatenate(parts)
