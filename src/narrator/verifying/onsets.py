"""Onsets: each cue of a track is searched for in the file, and its time compared with the plan."""

import numpy as np
from numpy.typing import NDArray

from narrator.script import Breath, Cue
from narrator.sound.catalog import TONES
from narrator.sound.samples import Samples
from narrator.timeline import Segment, Timeline
from narrator.units import SAMPLES_PER_MS, Ms, format_clock, ms_to_samples
from narrator.verifying.checks import Check

ONSET: Ms = 24
"""Allowed difference between a cue's time and the plan."""
_NOTHING = 1e-5
"""A cue whose samples never exceed this is silent, as with the voice `silent`."""
_SEARCH: Ms = 200
"""Distance within which a cue that is not at its time is searched for."""
_MASKED = 0.02
"""Error power, as a share of the cue's power, up to which the mix alone is enough to find the cue."""
_HEARD: Ms = 800
"""Length of the part of a cue that is compared."""


class Onsets:
    """Finds each cue in the file, and how late or early it is, as parts of the file and of the mix are added.

    Both are given without their background.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._segments = [segment for segment in timeline.segments if not _is_silent(segment.cue)]
        self._next = 0
        self._start: Ms = 0
        self._mixed: Samples = np.zeros((0, 2), np.float32)
        self._heard: Samples = np.zeros((0, 2), np.float32)
        self._masked: dict[Ms, bool] = {}
        """Cues with sound, by start: whether the encoder may hide them."""
        self._worst: Ms = 0
        self._wrong: list[str] = []

    def are_masked(self, start: Ms, mixed: Samples, error: Samples) -> bool:
        """Return whether a cue in a part that starts at `start` may be hidden by the encoding of its surroundings.

        Examples are a quiet bell in rain, or a sentence without sound after which a bell's ring dies away.
        """
        is_masked = False
        for segment in self._segments[self._next :]:
            first = ms_to_samples(segment.start - start)
            if first >= len(mixed):
                break
            window = slice(max(first, 0), max(first + ms_to_samples(_HEARD), 0))
            if np.abs(mixed[window]).max(initial=0.0) > _NOTHING:
                power, lost = (float((samples[window] ** 2).sum()) for samples in (mixed, error))
                self._masked[segment.start] = self._masked.get(segment.start, False) or lost > _MASKED * power
            # The rest of it is compared in the same way.
            is_masked = is_masked or self._masked.get(segment.start, False)
        return is_masked

    def add(self, mixed: Samples, heard: Samples) -> None:
        """Add the next part of both."""
        self._mixed, self._heard = np.concatenate([self._mixed, mixed]), np.concatenate([self._heard, heard])
        self._look(is_end=False)
        # Nothing before the next cue and its surroundings is needed any more.
        wanted = self._segments[self._next].start if self._next < len(self._segments) else None
        first = self._start + len(self._mixed) // SAMPLES_PER_MS if wanted is None else wanted
        drop = min(max(first - _SEARCH - self._start, 0), len(self._mixed) // SAMPLES_PER_MS)
        self._mixed, self._heard = (each[ms_to_samples(drop) :] for each in (self._mixed, self._heard))
        self._start += drop

    def check(self) -> Check:
        """Return the result, after the last part."""
        self._look(is_end=True)
        count = len(self._segments)
        found = f"{count - len(self._wrong)}, at most {self._worst} ms off"
        return Check("onsets", f"{count} within {ONSET} ms", found, tuple(self._wrong))

    def _look(self, *, is_end: bool) -> None:
        have = self._start + len(self._mixed) // SAMPLES_PER_MS
        while self._next < len(self._segments):
            segment = self._segments[self._next]
            if not is_end and have < segment.start + _HEARD + 2 * _SEARCH:
                return
            self._judge(segment)
            self._next += 1

    def _judge(self, segment: Segment) -> None:
        start = ms_to_samples(max(segment.start - self._start, 0))
        wanted = self._mixed[start : start + ms_to_samples(_HEARD)].mean(axis=1)
        if segment.start not in self._masked:
            return
        reach = ms_to_samples(_SEARCH)
        around = np.pad(self._heard.mean(axis=1), reach)[start : start + len(wanted) + 2 * reach]
        place = f"{format_clock(segment.start)} (line {segment.mark.line})"
        shift, likeness = _find_shift(wanted, around)
        if likeness < 0.5:
            self._wrong.append(f"{place}: not heard")
        elif abs(shift) > ONSET:
            self._wrong.append(f"{place}: {abs(shift)} ms {'late' if shift > 0 else 'early'}")
        else:
            self._worst = max(self._worst, abs(shift))


def _is_silent(cue: Cue) -> bool:
    return isinstance(cue, Breath) and cue.phase not in TONES and not cue.words


def _find_shift(wanted: NDArray[np.float32], around: NDArray[np.float32]) -> tuple[Ms, float]:
    """Return how many ms late a sound is in its surroundings, and its similarity there (1 for equal)."""
    if not len(wanted) or len(around) < len(wanted):
        return 0, 0.0
    size = 1 << (len(around) + len(wanted) - 1).bit_length()
    crossed = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(wanted, size)), size)
    crossed = crossed[: len(around) - len(wanted) + 1]
    energy = np.concatenate([[0.0], np.cumsum(around.astype(np.float64) ** 2)])
    power = energy[len(wanted) :] - energy[: len(crossed)]
    likeness = crossed / np.sqrt(np.maximum(power, 1e-9) * max(float((wanted.astype(np.float64) ** 2).sum()), 1e-9))
    best = int(likeness.argmax())
    # A steady tone matches in many places: it is where it should be if it matches as well there.
    middle = len(crossed) // 2
    best = middle if likeness[middle] > likeness[best] - 0.02 else best
    return round((best - middle) / SAMPLES_PER_MS), float(likeness[best])
