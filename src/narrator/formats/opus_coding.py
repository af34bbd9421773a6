"""Encoding to and decoding from Opus packets of 20 ms, by libopus, as far as they can be joined with others.

Opus has two codecs. Where it changes between them, as it does in speech at low bit rates, packets of another encoding
cannot follow: joins clicked. The mode for low delay uses only one of them (CELT). With a few packets of what is
before, which are then dropped, an error where packets of two encodings meet is as small as elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet

from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE

PACKET = 960
"""Samples of a packet."""
DELAY = 120
"""Samples by which decoded sound is late: the encoder's delay in this mode (RFC 7845, pre-skip)."""
_OPTIONS = {"application": "lowdelay", "frame_duration": "20", "vbr": "on"}
_BLOCK = 50 * PACKET
"""Samples passed to the encoder at a time."""
_LAYOUTS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True)
class OpusCoding:
    """How a track is coded: the bit rate in kbit/s, which is an average, and the number of channels, 1 or 2."""

    bitrate: int
    channels: int


def encode(samples: Samples, coding: OpusCoding) -> list[bytes]:
    """Encode samples of shape (frames, 2) to packets, which start `DELAY` samples before them.

    There are as many packets as fit; the last `DELAY` samples are not in them.
    """
    layout = _LAYOUTS[coding.channels]
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, layout, "flt"
    encoder.bit_rate, encoder.time_base, encoder.options = coding.bitrate * 1000, Fraction(1, SAMPLE_RATE), _OPTIONS
    packets: list[bytes] = []
    for start in range(0, len(samples) // PACKET * PACKET, _BLOCK):
        block = samples[start : start + _BLOCK, : coding.channels]
        data = np.ascontiguousarray(block[: len(block) // PACKET * PACKET], np.float32).reshape(1, -1)
        frame = AudioFrame.from_ndarray(data, format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        packets += (bytes(packet) for packet in encoder.encode(frame))
    return packets


def decode(packets: Iterable[bytes], channels: int) -> Samples:
    """Decode packets to float32 of shape (samples, 2), including the first `DELAY`; mono is in both channels."""
    decoder: Any = av.CodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = SAMPLE_RATE, _LAYOUTS[channels]
    decoded = [frame.to_ndarray() for packet in packets for frame in decoder.decode(Packet(packet))]
    samples = np.concatenate(decoded, axis=1).T.astype(np.float32)
    return samples if channels == 2 else np.repeat(samples, 2, axis=1)
