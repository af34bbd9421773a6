"""Clips: an utterance as audio, trimmed, faded and padded, so that it can be placed on any tick."""

import json
from dataclasses import asdict, dataclass

import numpy as np

from narrator.sound.audio import AudioSegment, make_segment
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.fade import fade_in, fade_out
from narrator.sound.lossless import pack_sound, unpack_sound
from narrator.sound.loudness import Loudness
from narrator.sound.polish import polish_voice
from narrator.sound.samples import Samples
from narrator.speech.clip_head import read_head
from narrator.units import SAMPLE_RATE, SAMPLES_PER_MS, TICK_SAMPLES, Db, Lufs, Ms, db_to_ratio, samples_to_ms

TRIM_START: Db = -40.0
TRIM_END: Db = -48.0
"""Levels relative to the clip's peak; everything before the first and after the last sample above them is cut off.

A natural voice draws breath up to 80 ms before its first sound, which is not heard yet. Its end decays softly.
"""
FADE: Ms = 5
"""Raised-cosine fade at both ends; this much is kept around the trimmed sound."""

_PCM_SCALE = 2.0**15


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance: mono samples at 48 kHz, shape (frames, 1), frames in whole ticks, and its loudness."""

    text: str
    samples: Samples
    loudness: Loudness
    """Loudness between two silences."""
    level: Lufs | None
    """Loudness as if it continued, so that a short word counts as much as a long one; None for silence."""

    @property
    def length(self) -> Ms:
        """Length in ms, whole ticks."""
        return samples_to_ms(len(self.samples))

    @property
    def audio(self) -> AudioSegment:
        """The clip as a 32-bit stereo segment."""
        return make_segment(np.repeat(self.samples, 2, axis=1))

    def pack(self) -> bytes:
        """Return the bytes to store: a line of JSON with everything but the samples, then the samples at 16 bits."""
        known = {"text": self.text, "length": self.length, "loudness": asdict(self.loudness), "level": self.level}
        pcm = np.rint(self.samples[:, 0] * (_PCM_SCALE - 1)).astype(np.int16)
        return json.dumps(known, ensure_ascii=False).encode() + b"\n" + pack_sound(pcm)

    @classmethod
    def unpack(cls, data: bytes) -> "Clip":
        """Read the bytes that `pack` returned; the samples have 16 bits."""
        head, packed = read_head(data), data[data.index(b"\n") + 1 :]
        samples = (unpack_sound(packed)[:, None] / (_PCM_SCALE - 1)).astype(np.float32)
        return cls(head.text, samples, head.loudness, head.level)


def make_clip(text: str, samples: Samples) -> Clip:
    """Trim, polish, fade, pad and measure the output of an engine: mono at 48 kHz, shape (frames, 1), any level.

    Sound that is silent throughout is only padded.
    """
    trimmed = polish_voice(_trim(samples))
    _fade(trimmed)
    peak = float(np.abs(trimmed).max(initial=0.0))
    if peak > 1.0:
        trimmed = (trimmed / np.float32(peak)).astype(np.float32)
    padded = np.pad(trimmed, ((0, -len(trimmed) % TICK_SAMPLES or TICK_SAMPLES * (not len(trimmed))), (0, 0)))
    loudness = measure_loudness(np.repeat(padded, 2, axis=1))
    return Clip(text, padded, loudness, _measure_level(padded, len(trimmed), loudness))


def make_silent_clip(text: str) -> Clip:
    """Make the shortest possible clip, for a text without anything to say."""
    return make_clip(text, np.zeros((TICK_SAMPLES, 1), np.float32))


def _trim(samples: Samples) -> Samples:
    level = np.abs(samples[:, 0])
    peak = level.max(initial=0.0)
    if not peak:
        return samples.copy()
    first = np.flatnonzero(level > peak * db_to_ratio(TRIM_START))[0]
    last = np.flatnonzero(level > peak * db_to_ratio(TRIM_END))[-1]
    fade = FADE * SAMPLES_PER_MS
    kept = samples[max(first - fade, 0) : last + 1 + fade].copy()
    _fade(kept)
    return kept


def _fade(samples: Samples) -> None:
    """Fade both ends, in place: filters ring on where a sound is cut."""
    fade_in(samples, FADE * SAMPLES_PER_MS)
    fade_out(samples, FADE * SAMPLES_PER_MS)


def _measure_level(samples: Samples, sounding: int, loudness: Loudness) -> Lufs | None:
    """Return the loudness of a clip by itself; one shorter than a second is repeated to fill the meter's window."""
    if sounding >= SAMPLE_RATE or not sounding:
        return loudness.integrated
    tiled = np.tile(samples[:sounding], (-(-SAMPLE_RATE // sounding), 1))
    return measure_loudness(np.repeat(tiled, 2, axis=1)).integrated
