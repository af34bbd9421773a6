"""The phase of a bed's loop under each island, and the blends from one phase to the next between islands.

If the bed played straight through, a sentence would be heard over another part of it at every length. So the phase
under an island depends on the island's first cue, and the island's frames are valid at every length. A user's music
plays straight through, because a tune cannot jump between bars.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from narrator.cache import make_key
from narrator.script import Cue
from narrator.sound.catalog import BEDS
from narrator.timeline import BedLine
from narrator.units import Db, Ms, Ticks, floor_ticks

_MIDDLING: Db = 1.0
"""Greatest distance of a middling level from the middle between the highest and the lowest."""
_CALM = 0.5
"""Greatest change of a calm level, as a share of the greatest change that the bed has."""
_STEP: Ticks = 8
"""About 200 ms, over which a change is measured."""
_MET: Db = 1.0
"""Greatest change in a quick blend, where a slow one is possible."""


@dataclass(frozen=True, slots=True)
class Blend:
    """A change of the bed, at a constant level, from one phase of its loop to another within `length` ticks."""

    level: Db
    leaving: Ticks
    """Tick of the loop that is heard at its start."""
    arriving: Ticks
    """Tick of the loop that would be heard there, were it over."""
    length: Ticks

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

    They are those for which a blend before the island has a middling and calm level in its middle, on both sides,
    because such a level can be blended with any other.
    """
    bed = BEDS[sound]
    if bed.is_even:
        return range(bed.ticks)
    import numpy as np

    from narrator.sound.beds import list_levels

    levels = list_levels(sound)
    changes = np.abs(np.roll(levels, -_STEP // 2, axis=0) - np.roll(levels, _STEP // 2, axis=0))
    is_good = (np.abs(levels) < _MIDDLING) & (changes < _CALM * changes.max(axis=0))
    middles = np.flatnonzero(is_good.all(axis=1))
    return [int(tick) for tick in (middles + bed.blends[-1] // 2 + 1) % bed.ticks]


def place_blend(sound: str, level: Db, leaving: Ticks, arriving: Ticks, ticks: Ticks) -> tuple[Ticks, Blend] | None:
    """Return the blend between two islands, and how many ticks after the first it starts.

    `ticks` is the distance between them; `leaving` and `arriving` are the ticks of the loop that the two islands
    have at its start. There is no blend if both are the same, or in a user's music.
    """
    if not sound or (leaving - arriving) % BEDS[sound].ticks == 0:
        return None
    bed = BEDS[sound]
    for length in bed.blends:
        at, change = _find_meeting(sound, leaving, arriving, ticks, length)
        if change <= _MET:
            break
    return at, Blend(level, (leaving + at) % bed.ticks, (arriving + at) % bed.ticks, length)


def _find_meeting(sound: str, leaving: Ticks, arriving: Ticks, ticks: Ticks, length: Ticks) -> tuple[Ticks, Db]:
    """Return where in the distance a blend of that length changes the level least, and by how much.

    That is from its start to its middle and on to its end, where it is half the one phase and half the other; and from
    the one phase to the other.
    """
    if BEDS[sound].is_even:
        return 0, 0.0
    import numpy as np

    from narrator.sound.beds import list_levels

    levels = list_levels(sound)
    middle, half = np.arange(ticks - length) + length // 2, max(length // 2, _STEP)
    before, leaves, arrives, after = (
        np.take(levels, phase + middle, axis=0, mode="wrap")
        for phase in (leaving - half, leaving, arriving, arriving + half)
    )
    both = (leaves + arrives) / 2
    changes = np.abs(np.stack([both - before, after - both, arrives - leaves])).max(axis=(0, 2))
    at = int(changes.argmin())
    return at, float(changes[at])
