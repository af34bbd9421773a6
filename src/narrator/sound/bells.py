"""Bells: modal synthesis, or a recording of the user's, as one stroke that can fall at any time and rings to its end.

A struck body is a sum of modes, each a decaying sine; `narrator.sound.catalog` has those of each bell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from narrator.sound.audio import AudioSegment, Samples, make_segment
from narrator.sound.catalog import BELLS, PITCHES, SPEECH, Partial
from narrator.sound.fade import fade_out
from narrator.sound.loudness import measure_loudness
from narrator.sound.recording import is_recording, load_recording, measure_recording
from narrator.units import (
    SAMPLE_RATE,
    Db,
    Ms,
    ceil_ticks,
    db_to_ratio,
    ms_to_samples,
    ticks_to_ms,
)

RECORDING_LEVEL: Db = -7.0
"""A recording's level against speech, unless it is given."""
_FLOOR: Db = -60.0
_PEAK: Db = -1.0
"""No stroke is made louder than this, in dBTP, whatever level is asked for."""
_HIGHEST = 20_000.0
"""Hz; no mode above it is made."""
_SECOND = 0.5
"""Strength of the second mode of a pair against the first: the beat never empties."""
_SPREAD = 0.35
"""Radians that the second mode of a pair is turned in either channel: some width, no hole in mono."""
_RELEASE: Ms = 100
"""The fade where the ring is cut at −60 dB."""
_LOUDEST = 2 * SAMPLE_RATE
"""Every bell is loudest within its first two seconds, in samples."""
_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class _Tuned:
    """A bell as it is struck: partials in place, and how much slower than their own their decays and rises are."""

    pitch: float
    bend: float
    """Its pitch over the bell's own."""
    stretch: float
    ring: Ms
    """Until it has fallen by 60 dB, in whole ticks."""
    partials: tuple[Partial, ...]


def measure_ring(sound: str, pitch: float | None = None, length: Ms | None = None, digest: str = "") -> Ms:
    """Time from a stroke until the bell has fallen by 60 dB, in whole ticks; of a recording, how long it is.

    Takes no synthesis, but a recording is decoded. Arguments and errors are those of `strike_bell`.
    """
    if is_recording(sound):
        _refuse_pitch(sound, pitch)
        return measure_recording(sound, length, digest)
    return _tune(sound, pitch, length).ring


def strike_bell(
    sound: str, pitch: float | None = None, length: Ms | None = None, level: Db | None = None, digest: str = ""
) -> AudioSegment:
    """One stroke, from attack to −60 dB, as 32-bit stereo.

    Args:
        sound: a name in `BELLS`, or the path of a recording.
        pitch: of its lowest partial, in Hz, within `PITCHES`; the bell's own unless given.
        length: time to −60 dB, to which all decays are scaled; a recording is cut there.
        level: loudest 400 ms against speech of −16 LUFS (BS.1770-4 momentary loudness, silence on either side
            included, which for a tick or a woodblock makes it a measure of its energy); the bell's own unless given.
            A level that would bring the true peak over −1 dBTP is lowered to what does not.
        digest: of a recording's bytes; whatever there is unless given.

    Raises:
        ValueError: the pitch is out of bounds, or given for a recording.
        SoundError: the recording cannot be read, has another digest, or is silent.

    """
    if is_recording(sound):
        _refuse_pitch(sound, pitch)
        samples, own = load_recording(sound, length, digest), RECORDING_LEVEL
        measured = measure_loudness(samples)
    else:
        samples, own = _ring(_tune(sound, pitch, length)), BELLS[sound].level
        measured = measure_loudness(samples[:_LOUDEST])
    wanted = SPEECH + (own if level is None else level)
    # Only what is below −70 LUFS has no loudness: then there is none to bring to a level.
    gain = 0.0 if measured.momentary is None else min(wanted - measured.momentary, _PEAK - measured.peak)
    return make_segment(samples * np.float32(db_to_ratio(gain)))


def _refuse_pitch(sound: str, pitch: float | None) -> None:
    if pitch is not None:
        raise ValueError(f"{sound} is a recording, whose pitch cannot be set; leave 'pitch' out")


def _tune(sound: str, pitch: float | None, length: Ms | None) -> _Tuned:
    bell = BELLS[sound]
    low, high = PITCHES
    if pitch is not None and not low <= pitch <= high:
        raise ValueError(f"a bell's pitch lies between {low:g} and {high:g} Hz, not at {pitch:g}")
    pitch = pitch or bell.pitch
    bend = pitch / bell.pitch
    partials = tuple(partial for partial in bell.partials if partial.ratio * pitch < _HIGHEST)
    # A partial that starts below the strongest one is down to the floor that much sooner.
    own = max(partial.decay * (partial.level - _FLOOR) / -_FLOOR for partial in partials)
    # With one loss factor for the metal, times to decay go as 1/f; bells of a kind are found to differ less than
    # that, since small ones are made thicker: the square root is a choice.
    stretch = bend**-0.5 if length is None else length / (1000 * own)
    ring = ticks_to_ms(ceil_ticks(round(1000 * own * stretch) if length is None else length))
    return _Tuned(pitch, bend, stretch, ring, partials)


def _ring(bell: _Tuned) -> Samples:
    """Sum a bell's modes, at no particular level; samples of shape (frames, 2)."""
    rates: list[complex] = []
    weights: list[tuple[complex, complex]] = []
    for number, partial in enumerate(bell.partials):
        pair, beat = db_to_ratio(partial.level), partial.beat * bell.bend
        turn = _SPREAD if number % 2 else -_SPREAD
        modes = [(0.0, pair, pair)]
        if beat:
            pair /= 1 + _SECOND
            modes = [(0.0, pair, pair)]
            modes.append((beat, _SECOND * pair * np.exp(1j * turn), _SECOND * pair * np.exp(-1j * turn)))
        decay = np.log(1000) / (partial.decay * bell.stretch)
        rise = 1000 / min(partial.rise, bell.ring / 20)
        for split, left, right in modes:
            rate = complex(-decay, 2 * np.pi * (bell.pitch * partial.ratio + split))
            # A swell of (1 − e^(−t/rise))² is two more modes of the same frequency that die sooner. It starts flat,
            # so the mallet lands without a click.
            for die, share in ((0.0, 1.0), (rise, -2.0), (2 * rise, 1.0)):
                rates.append(rate - die)
                weights.append((share * left, share * right))
    samples = _sum_modes(np.array(rates), np.array(weights), ms_to_samples(bell.ring))
    release = min(len(samples) // 4, ms_to_samples(_RELEASE))
    fade_out(samples, release)
    return samples


def _sum_modes(rates: NDArray[np.complex128], weights: NDArray[np.complex128], frames: int) -> Samples:
    """Sum the imaginary parts of weight × e^(rate × t) for two channels; weights of shape (modes, 2).

    e^(rate × t) is taken apart into a coarse step and a fine one, so the sum is a product of two small matrices. It
    is summed by einsum, not by BLAS, whose order of summation (and so the last bit) is its own affair.
    """
    coarse = np.exp(np.outer(np.arange(-(-frames // _BLOCK)) * (_BLOCK / SAMPLE_RATE), rates))
    fine = np.exp(np.outer(rates, np.arange(_BLOCK) / SAMPLE_RATE))
    fine_parts = np.concatenate([fine.imag, fine.real]).astype(np.float32)
    samples = np.empty((frames, 2), np.float32)
    for channel in range(2):
        turned = coarse * weights[:, channel]
        parts = np.concatenate([turned.real, turned.imag], axis=1).astype(np.float32)
        samples[:, channel] = np.einsum("ik,kj->ij", parts, fine_parts).reshape(-1)[:frames]
    return samples
