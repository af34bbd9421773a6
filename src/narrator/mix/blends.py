"""Where in its loop a bed is under an island, and how it gets from one place of the loop to another between two.

Were the bed one sound from the start of a track to its end, a sentence would be heard over another bit of it at every
length. So the place that is heard under an island follows from what the island begins with, and the frames of the
island serve every length. A user's music keeps its time: a tune cannot go from bar to bar at will.
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
"""Height of a wave that is 5 dB or so from the highest and the lowest, and how far one may be from it."""


@dataclass(frozen=True, slots=True)
class Blend:
    """The bed going over, at a constant level, from one place of its loop to another within `length` ticks."""

    level: Db
    leaving: Ticks
    """Tick of the loop that is heard at its start."""
    arriving: Ticks
    """Tick of the loop that would be heard there, were it over."""
    length: Ticks
    is_alike: bool

    @property
    def ticks(self) -> Ticks:
        """How many ticks of the track are its own: one more, for the delay of an encoder."""
        return self.length + 1


def name_made_bed(line: BedLine | None) -> str:
    """Return the name of a bed that narrator makes itself; empty for a user's file, or none."""
    return "" if line is None or line.bed.digest else line.bed.sound


def find_room(sound: str) -> Ticks:
    """Return the fewest ticks from an island to the next; where there are fewer, they are one.

    A blend has a tick before it that belongs to the island, and one for its delay.
    """
    return BEDS[sound].blend + BEDS[sound].choice + 2 if sound else 1


def choose_phase(sound: str, start: Ms, cues: Iterable[Cue]) -> Ticks:
    """Return the tick of the bed's loop that is heard at the start of an island.

    Over narrator's own beds the island's first cue decides, not those after it: a hold within an island changes the
    cues behind it, but not what was before.
    """
    if not sound:
        return floor_ticks(start)
    phases = _list_phases(sound)
    return phases[int(make_key(next(iter(cues), None)), 16) % len(phases)]


@cache
def _list_phases(sound: str) -> Sequence[Ticks]:
    """Return the ticks of a bed's loop that an island may start at.

    Waves of middling height can be blended with any: they are the ones that come in the middle of a blend that ends
    where an island starts.
    """
    bed, heights = BEDS[sound], list_heights(sound)
    if heights is None:
        return range(bed.ticks)
    middling = np.flatnonzero(np.abs(heights - _MIDDLING) < _ABOUT)
    return [int(tick) for tick in (middling + bed.blend // 2 + 1) % bed.ticks]


def place_blend(sound: str, level: Db, leaving: Ticks, arriving: Ticks, ticks: Ticks) -> tuple[Ticks, Blend] | None:
    """Return the blend between two islands, and how many ticks after the first it starts.

    So many ticks are between them; `leaving` and `arriving` are those of the loop that the one island and the other
    have at the start of these. Where both are the same there is no blend; nor is there in a user's music.
    """
    if not sound or (leaving - arriving) % BEDS[sound].ticks == 0:
        return None
    bed = BEDS[sound]
    at = _find_meeting(sound, leaving, arriving, ticks - bed.blend)
    return at, Blend(level, (leaving + at) % bed.ticks, (arriving + at) % bed.ticks, bed.blend, bed.is_alike)


def _find_meeting(sound: str, leaving: Ticks, arriving: Ticks, places: Ticks) -> Ticks:
    """Return the first of so many places where the bed stands as high as it will, in the middle of a blend."""
    heights = list_heights(sound)
    if heights is None:
        return 0
    middle = np.arange(places) + BEDS[sound].blend // 2
    apart = np.take(heights, leaving + middle, mode="wrap") - np.take(heights, arriving + middle, mode="wrap")
    return int(np.abs(apart).argmin())
