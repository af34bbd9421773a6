"""Encoding to and decoding from MP3 frames that are independent: LAME at a constant bit rate, without bit reservoir."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet

from narrator.formats.coding import Coding
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, TICK_SAMPLES

_LOWERED = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
_LOWERED_ELSEWHERE = 0.95
"""Factor by which LAME 3.100 scales its input at each bit rate (its presets.c); it is compensated here."""
_OPTIONS = {"reservoir": "0", "joint_stereo": "1"}
_BLOCK = 50 * TICK_SAMPLES
"""Samples passed to the encoder at a time."""
_LAYOUTS = {1: "mono", 2: "stereo"}


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


def encode_silence(coding: Coding) -> bytes:
    """Return the frame for silence."""
    return encode(np.zeros((8 * TICK_SAMPLES, 2), np.float32), coding)[4]
