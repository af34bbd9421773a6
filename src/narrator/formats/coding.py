"""Encoding to and decoding from MP3 frames that are independent: LAME at a constant bit rate, without bit reservoir."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet

from narrator.sound.audio import Samples
from narrator.units import SAMPLE_RATE, TICK_SAMPLES

BITRATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
"""Bit rates in kbit/s, by number of channels, that MP3 at 48 kHz allows and that suit speech."""
DELAY = 1105
"""Samples by which an MP3 is late: 576 of the encoder and 529 of every decoder."""
_LOWERED = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
_LOWERED_ELSEWHERE = 0.95
"""Factor by which LAME 3.100 scales its input at each bit rate (its presets.c); it is compensated here."""
_OPTIONS = {"reservoir": "0", "joint_stereo": "1"}
_BLOCK = 50 * TICK_SAMPLES
"""Samples passed to the encoder at a time."""
_LAYOUTS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True)
class Coding:
    """How a track is coded: the bit rate in kbit/s, and the number of channels, 1 or 2.

    Raises:
        ValueError: that number of channels cannot have that bit rate.

    """

    bitrate: int = 128
    channels: int = 2

    def __post_init__(self) -> None:
        if self.bitrate not in BITRATES.get(self.channels, ()):
            raise ValueError(f"{self.channels} channels cannot have {self.bitrate} kbit/s")

    @property
    def frame_size(self) -> int:
        """Bytes of a frame of 24 ms at a constant rate."""
        return 3 * self.bitrate


def find_coding(frame_size: int, channels: int) -> Coding | None:
    """Return how a track with frames of that many bytes is coded; None if narrator does not use that coding."""
    return Coding(frame_size // 3, channels) if frame_size // 3 in BITRATES.get(channels, ()) else None


def mix_down(samples: Samples, channels: int) -> Samples:
    """Return stereo samples as the track plays them: for one channel, both sides are the mean of the two."""
    return samples if channels == 2 else np.repeat(samples.mean(axis=1, keepdims=True), 2, axis=1)


def encode(samples: Samples, coding: Coding) -> list[bytes]:
    """Encode samples of shape (frames, 2) to the frames of an MP3, which starts `DELAY` samples before them."""
    encoder: Any = av.CodecContext.create("libmp3lame", "w")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, _LAYOUTS[coding.channels], "fltp"
    encoder.bit_rate, encoder.time_base = coding.bitrate * 1000, Fraction(1, SAMPLE_RATE)
    encoder.options = _OPTIONS
    lowered = np.float32(_LOWERED.get(coding.bitrate, _LOWERED_ELSEWHERE))
    packets: list[Any] = []
    for start in range(0, len(samples), _BLOCK):
        block = samples[start : start + _BLOCK]
        block = block if coding.channels == 2 else block.mean(axis=1, keepdims=True)
        planes = np.ascontiguousarray(block.T / lowered)
        frame = AudioFrame.from_ndarray(planes, format="fltp", layout=_LAYOUTS[coding.channels])
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        packets += encoder.encode(frame)
    return [bytes(packet) for packet in (*packets, *encoder.encode(None))]


def decode(frames: Iterable[bytes]) -> Samples:
    """Decode frames to float32 of shape (samples, 2), including the first `DELAY`; mono is in both channels."""
    decoder: Any = av.CodecContext.create("mp3float", "r")
    packets = (*(Packet(frame) for frame in frames), None)
    decoded = [frame.to_ndarray() for packet in packets for frame in decoder.decode(packet)]
    samples = np.concatenate(decoded, axis=1).T.astype(np.float32)
    return samples if samples.shape[1] == 2 else np.repeat(samples, 2, axis=1)


@cache
def encode_silence(coding: Coding) -> bytes:
    """Return the frame for silence."""
    return encode(np.zeros((8 * TICK_SAMPLES, 2), np.float32), coding)[4]


@cache
def find_encoder(coding: Coding) -> bytes:
    """Return the name and version that LAME writes into spare room in a frame: LAME3.100, or a newer one."""
    frame = encode_silence(coding)
    start = frame.index(b"LAME")
    return frame[start : start + 9]
