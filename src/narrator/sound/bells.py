"""Bells: one stroke, by modal synthesis or from a user's recording, that can start at any time and rings to its end.

A struck body is a sum of modes, each a decaying sine; `narrator.sound.catalog` lists the modes of each bell.
"""

import numpy as np
from numpy.typing import NDArray

from narrator.sound.audio import AudioSegment, make_segment
from narrator.sound.catalog import BELLS, HARD, MALLETS, RECORDING_LEVEL, SPEECH
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.fade import fade_out
from narrator.sound.recording import load_recording
from narrator.sound.rings import Tuned, is_recording, refuse_pitch, tune
from narrator.sound.samples import Samples
from narrator.units import (
    SAMPLE_RATE,
    Db,
    Ms,
    db_to_ratio,
    ms_to_samples,
)

_PEAK: Db = -1.0
"""Highest true peak of a stroke, in dBTP, at any level."""
_SECOND = 0.5
"""Strength of the second mode of a pair relative to the first; below 1, so that the beat never falls silent."""
_SPREAD = 0.35
"""Phase of the second mode of a pair in each channel, in radians: wide, but without a gap in mono."""
_RELEASE: Ms = 100
"""Fade where the ring is cut at −60 dB."""
_LOUDEST = 2 * SAMPLE_RATE
"""Time in samples within which every bell is at its loudest: two seconds."""
_BLOCK = 1000


def strike_bell(
    sound: str,
    pitch: float | None = None,
    length: Ms | None = None,
    level: Db | None = None,
    digest: str = "",
    mallet: str = HARD,
) -> AudioSegment:
    """Make one stroke, from attack to −60 dB, as 32-bit stereo.

    Args:
        sound: a name in `BELLS`, or the path of a recording.
        pitch: the pitch of its lowest partial, in Hz, within `PITCHES`; by default the bell's own.
        length: the time to −60 dB, to which all decays are scaled; a recording is cut there.
        level: the loudest 400 ms relative to speech of −16 LUFS (BS.1770-4 momentary loudness, including silence on
            either side, which for a tick or a woodblock makes it a measure of its energy); by default the bell's own.
            A level that would bring the true peak over −1 dBTP is lowered until it does not.
        digest: the digest of a recording's bytes; by default any bytes are accepted.
        mallet: a name in `MALLETS`; a recording remains as it is.

    Raises:
        ValueError: the pitch is out of range, or given for a recording.
        SoundError: the recording cannot be read, has another digest, or is silent.

    """
    if is_recording(sound):
        refuse_pitch(sound, pitch)
        samples, own = load_recording(sound, length, digest), RECORDING_LEVEL
        measured = measure_loudness(samples)
    else:
        samples, own = _ring(tune(sound, pitch, length), MALLETS[mallet]), BELLS[sound].level
        measured = measure_loudness(samples[:_LOUDEST])
    wanted = SPEECH + (own if level is None else level)
    # Only sound below −70 LUFS has no loudness; it is left as it is.
    gain = 0.0 if measured.momentary is None else min(wanted - measured.momentary, _PEAK - measured.peak)
    return make_segment(samples * np.float32(db_to_ratio(gain)))


def _ring(bell: Tuned, contact: float) -> Samples:
    """Sum a bell's modes after a push of `contact` ms, at no particular level; samples of shape (frames, 2)."""
    rates: list[complex] = []
    weights: list[tuple[complex, complex]] = []
    for number, partial in enumerate(bell.partials):
        pair, beat = db_to_ratio(partial.level), partial.beat * bell.bend
        # The spectrum of half a period of a sine falls like this, apart from its zeros, which no hand hits twice.
        pair /= 1 + (2 * bell.pitch * partial.ratio * contact / 1000) ** 2
        turn = _SPREAD if number % 2 else -_SPREAD
        modes = [(0.0, pair, pair)]
        if beat:
            pair /= 1 + _SECOND
            modes = [(0.0, pair, pair)]
            modes.append((beat, _SECOND * pair * np.exp(1j * turn), _SECOND * pair * np.exp(-1j * turn)))
        decay = np.log(1000) / (partial.decay * bell.stretch)
        rise = 1000 / min(max(partial.rise, contact), bell.ring / 20)
        for split, left, right in modes:
            rate = complex(-decay, 2 * np.pi * (bell.pitch * partial.ratio + split))
            # A swell of (1 − e^(−t/rise))² adds two modes of the same frequency that decay sooner. It starts flat, so
            # the strike has no click.
            for die, share in ((0.0, 1.0), (rise, -2.0), (2 * rise, 1.0)):
                rates.append(rate - die)
                weights.append((share * left, share * right))
    samples = _sum_modes(np.array(rates), np.array(weights), ms_to_samples(bell.ring))
    release = min(len(samples) // 4, ms_to_samples(_RELEASE))
    fade_out(samples, release)
    return samples


def _sum_modes(rates: NDArray[np.complex128], weights: NDArray[np.complex128], frames: int) -> Samples:
    """Sum the imaginary parts of weight × e^(rate × t) for two channels; weights of shape (modes, 2).

    e^(rate × t) is split into a coarse and a fine step, so the sum is a product of two small matrices. It is computed
    by einsum because the order of summation in BLAS, and so the last bit, can differ between machines.
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
