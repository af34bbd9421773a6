"""A timeline: what is heard, when; and the measured lengths it is made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from narrator.errors import Fault, Mark
from narrator.script import Bed, Bell, Breath, Cue, Speech
from narrator.units import TICK, Db, Ms, ceil_ticks, format_duration, ms_to_ticks, ticks_to_ms

BELL_ROOM: Ms = 1000
"""Room that the last stroke of a bell inside a hold needs before the next cue."""


_SHORTEST_RING: Ms = 500
_LONGEST_RING: Ms = 4000


def _limit_ring(ring: Ms) -> Ms:
    """How much of a last stroke is heard before what follows."""
    return min(max(ring, _SHORTEST_RING), _LONGEST_RING)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of everything rigid: clips by the text that is spoken, the ring of a bell (to −60 dB) by its stroke."""

    clips: Mapping[str, Ms]
    rings: Mapping[Bell, Ms]
    is_estimate: bool = False
    """Not every clip was measured, so that a word too long for its phase is only likely."""

    def measure(self, cue: Cue, *, is_last: bool = False) -> Ms:
        """Length of a cue's box.

        The last stroke of a bell takes what is written, else its own ring, from 0.5 s to 4 s; that of the last bell of
        a session takes its whole ring.
        """
        match cue:
            case Speech(text):
                return self.clips[text]
            case Breath(length=length):
                return ticks_to_ms(ceil_ticks(length))
            case Bell(_, times, every, rest=rest) as bell:
                ring = self.rings[bell.stroke]
                strokes = (times - 1) * every
                box = ticks_to_ms(ms_to_ticks(strokes + (_limit_ring(ring) if rest is None else rest)))
                return ticks_to_ms(ceil_ticks(max(box, strokes + ring))) if is_last else box

    def measure_in_hold(self, cue: Cue) -> Ms:
        """Room that a cue needs inside a hold, where a bell may ring on beneath what follows."""
        if isinstance(cue, Bell):
            return ticks_to_ms(ceil_ticks((cue.times - 1) * cue.every + BELL_ROOM))
        return self.measure(cue)


@dataclass(frozen=True, slots=True)
class Segment:
    """A cue placed: from `start` (on a tick) up to, not including, `end`."""

    start: Ms
    end: Ms
    cue: Cue
    mark: Mark
    chapter: int | None = None
    side: str | None = None
    id: str = ""
    """Where in the routine it is; the same at every length."""

    def __post_init__(self) -> None:
        if self.start < 0 or self.end <= self.start or self.start % TICK:
            raise ValueError(f"not a segment: {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold placed; the silence of a quiet one is meant."""

    start: Ms
    end: Ms
    mark: Mark
    chapter: int | None = None
    side: str | None = None
    is_quiet: bool = False
    """Whether its silence is meant."""
    id: str = ""
    section: str | None = None
    """Title of the section around it, the innermost."""

    @property
    def place(self) -> "StepPlace":
        """Where a listener would say it is."""
        return StepPlace(self.section, self.side)


class StepPlace(NamedTuple):
    """Where a listener would say that a step is: in which section, and on which side."""

    section: str | None
    side: str | None = None


def describe_places(places: Iterable[StepPlace]) -> str:
    """Write where a step is, in brackets: ` (Figure four, right and left)`; nothing for a step outside sections."""
    sides: dict[str, list[str]] = {}
    for place in places:
        if place.section is not None:
            sides.setdefault(place.section, []).append(place.side or "")
    named = {title: " and ".join(dict.fromkeys(each)) for title, each in sides.items()}
    shown = [f"{title}, {side}" if side else title for title, side in named.items()]
    return f" ({'; '.join(shown)})" if shown else ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """An outermost section placed."""

    title: str
    start: Ms
    end: Ms


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a section (an index into the script's) begins, or begins on another side."""

    start: Ms
    section: int | None
    side: str | None


@dataclass(frozen=True, slots=True)
class BedLine:
    """The bed, and its level from each time on, in dB against the speech; None where it is silent."""

    bed: Bed
    levels: tuple[tuple[Ms, Db | None], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A step, or a round of a repeat, that a track has more or less than the routine at its natural length."""

    kind: str
    """The key of the step: `say`, `section`, `repeat` and so on."""
    reason: Literal["optional", "extra", "round", "from", "until"]
    mark: Mark
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What a track is made of: how many of the units that may enter or leave, and by what factor silences stretch.

    `factor` is None where no silence can stretch.
    """

    units: int
    of: int
    factor: float | None
    left_out: tuple[Change, ...] = ()
    added: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """Everything that is heard and when; `length` is the track's. `notes` tell what had to give way."""

    length: Ms
    segments: tuple[Segment, ...]
    holds: tuple[Hold, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[Fault, ...] = ()
    turns: tuple["Turn", ...] = ()
    bed: BedLine | None = None
    made: Made | None = None
    """None for the timeline of a script file, which stands as it is."""


@dataclass(frozen=True, slots=True)
class Range:
    """Lengths that a script can take: shortest, natural and longest, and all of them as intervals.

    Both ends of an interval can be met. What is between two of them cannot, whatever is left out or added.
    """

    shortest: Ms
    natural: Ms
    longest: Ms
    spans: tuple[tuple[Ms, Ms], ...] = ()

    def find_nearest(self, length: Ms) -> Ms:
        """Return the length nearest to one that can be met, the shorter of two that are as near."""
        ends = (min(max(length, low), high) for low, high in self.spans)
        return min(ends, key=lambda end: (abs(end - length), end), default=length)


def show_length(length: Ms) -> str:
    """To a tenth of a second: the grid of ticks is not the author's business."""
    return format_duration((length + 50) // 100 * 100)
