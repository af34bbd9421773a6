"""Encoding to and decoding from packets of AAC-LC, by libavcodec's own encoder.

There is a packet for every 1,024 samples, which holds twice as many: packet `n` of a track holds those from 1,024
(`n` - 1) up to 1,024 (`n` + 1). Only where two packets overlap can samples be decoded, so packet `n` completes those
before 1,024 `n`, and the first one completes nothing.
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
from narrator.units import SAMPLE_RATE, Ms, ms_to_samples

FRAME = 1024
"""Samples of a packet."""
BITRATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256),
    2: (64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
"""Bit rates in kbit/s, by number of channels: those of MP3, up to what AAC-LC allows for a channel."""
DEFAULT_BITRATES = {1: 64, 2: 96}
"""The lowest rates at which nothing is cut off up to 15 kHz."""
_OPTIONS = {"aac_coder": "fast", "aac_pns": "0", "aac_is": "0"}
"""The coder takes half the time of the usual one and is closer to the mix. Noise and the sides are coded as they are,
not made up by the decoder, so that a file can be compared with its mix."""
_BLOCK = 50 * FRAME
"""Samples passed to the encoder at a time."""
_LAYOUTS = {1: "mono", 2: "stereo"}
_LOW_COMPLEXITY, _48_KHZ = 2, 3
_NO_REPLICATION = bytes.fromhex("56e500")
"""Says that high frequencies are not made from low ones."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a track is coded: the bit rate in kbit/s, and the number of channels, 1 or 2."""

    bitrate: int = 96
    channels: int = 2

    @property
    def config(self) -> bytes:
        """What a decoder needs to know (AudioSpecificConfig of ISO/IEC 14496-3)."""
        return (_LOW_COMPLEXITY << 11 | _48_KHZ << 7 | self.channels << 3).to_bytes(2) + _NO_REPLICATION


def count_packets(length: Ms) -> int:
    """Return the number of packets of a track."""
    return -(-ms_to_samples(length) // FRAME) + 1


def encode(samples: Samples, coding: Coding) -> list[bytes]:
    """Encode samples of shape (frames, 2) to packets; the first ends where they start."""
    encoder: Any = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, _LAYOUTS[coding.channels], "fltp"
    encoder.bit_rate, encoder.time_base = 1000 * coding.bitrate, Fraction(1, SAMPLE_RATE)
    encoder.options = _OPTIONS
    packets: list[Any] = []
    for start in range(0, len(samples), _BLOCK):
        block = samples[start : start + _BLOCK]
        block = block if coding.channels == 2 else block.mean(axis=1, keepdims=True)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout=_LAYOUTS[coding.channels])
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        packets += encoder.encode(frame)
    return [bytes(packet) for packet in (*packets, *encoder.encode(None))]


def decode(packets: Iterable[bytes], coding: Coding) -> Samples:
    """Decode packets to float32 of shape (samples, 2), including the first 1,024; mono is in both channels."""
    decoder: Any = av.CodecContext.create("aac", "r")
    decoder.extradata = coding.config
    decoded = [frame.to_ndarray() for packet in (*map(Packet, packets), None) for frame in decoder.decode(packet)]
    samples = np.concatenate(decoded, axis=1).T.astype(np.float32)
    return samples if samples.shape[1] == 2 else np.repeat(samples, 2, axis=1)
