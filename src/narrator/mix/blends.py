"""The phase of a bed's loop under each island, and the blends from one phase to the next between islands.

If the bed played straight through, a sentence would be heard over another part of it at every length. So the phase
under an island depends on the island's first cue, and the island's frames are valid at every length. A user's music
plays straight through, because a tune cannot jump between bars.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from narrator.cache import make_key
from narrator.script import Cue
from narrator.sound.beds import list_heights
from narrator.sound.catalog import BEDS
from narrator.timeline import BedLine
from narrator.units import Db, Ms, Ticks, floor_ticks

_MIDDLING, _ABOUT = 0.35, 0.1
"""Medium height of a wave, about 5 dB from the highest and the lowest, and the allowed distance from it."""

_MET = 0.06
"""Waves whose heights differ by no more can be blended quickly: by a decibel or less."""


@dataclass(frozen=True, slots=True)
class Blend:
    """A change of the bed, at a constant level, from one phase of its loop to another within `length` ticks."""

    level: Db
    leaving: Ticks
    """Tick of the loop that is heard at its start."""
    arriving: Ticks
    """Tick of the loop that would be heard there, were it over."""
    length: Ticks
    is_alike: bool

    @property
    def ticks(self) -> Ticks:
        """Number of ticks in the track, with one more for the delay of an encoder."""
        return self.length + 1


def name_made_bed(line: BedLine | None) -> str:
    """Return the name of a built-in bed; empty for a user's file, or no bed."""
    return "" if line is None or line.bed.digest else line.bed.sound


def find_room(sound: str) -> Ticks:
    """Return the fewest ticks between two islands; islands that are closer are joined.

    A blend has a tick before it that belongs to the island, and one for its delay.
    """
    return BEDS[sound].blends[-1] + BEDS[sound].choice + 2 if sound else 1


def choose_phase(sound: str, start: Ms, cues: Iterable[Cue]) -> Ticks:
    """Return the tick of the bed's loop at the start of an island.

    For built-in beds it depends only on the island's first cue, because a hold within an island can change the cues
    after it.
    """
    if not sound:
        return floor_ticks(start)
    phases = _list_phases(sound)
    return phases[int(make_key(next(iter(cues), None)), 16) % len(phases)]


@cache
def _list_phases(sound: str) -> Sequence[Ticks]:
    """Return the ticks of a bed's loop at which an island may start.

    They are those for which a blend before the island has a wave of medium height in its middle, because such a wave
    can be blended with any other.
    """
    bed, heights = BEDS[sound], list_heights(sound)
    if heights is None:
        return range(bed.ticks)
    middling = np.flatnonzero(np.abs(heights - _MIDDLING) < _ABOUT)
    return [int(tick) for tick in (middling + bed.blends[-1] // 2 + 1) % bed.ticks]


def place_blend(sound: str, level: Db, leaving: Ticks, arriving: Ticks, ticks: Ticks) -> tuple[Ticks, Blend] | None:
    """Return the blend between two islands, and how many ticks after the first it starts.

    `ticks` is the distance between them; `leaving` and `arriving` are the ticks of the loop that the two islands
    have at its start. There is no blend if both are the same, or in a user's music.
    """
    if not sound or (leaving - arriving) % BEDS[sound].ticks == 0:
        return None
    bed = BEDS[sound]
    for length in bed.blends:
        at, apart = _find_meeting(sound, leaving, arriving, ticks, length)
        if apart <= _MET:
            break
    return at, Blend(level, (leaving + at) % bed.ticks, (arriving + at) % bed.ticks, length, bed.is_alike)


def _find_meeting(sound: str, leaving: Ticks, arriving: Ticks, ticks: Ticks, length: Ticks) -> tuple[Ticks, float]:
    """Return where in the distance both phases are closest in height in the middle of a blend, and how far apart."""
    heights = list_heights(sound)
    if heights is None:
        return 0, 0.0
    middle = np.arange(ticks - length) + length // 2
    apart = np.take(heights, leaving + middle, mode="wrap") - np.take(heights, arriving + middle, mode="wrap")
    at = int(np.abs(apart).argmin())
    return at, float(abs(apart[at]))
