"""The timeline: placed cues and holds, and the measured lengths that they are made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from narrator.errors import Fault, Mark
from narrator.script import Bed, Bell, Breath, Cue, Recording, Speech
from narrator.units import TICK, Db, Ms, ceil_ticks, format_duration, format_range, ms_to_ticks, ticks_to_ms

BELL_ROOM: Ms = 1000
"""Time between the last stroke of a bell inside a hold and the next cue."""


_SHORTEST_RING: Ms = 500
LONGEST_RING: Ms = 4000
"""Longest time between a last stroke and what follows, unless the author gives one."""


def _limit_ring(ring: Ms) -> Ms:
    """Return the time between a last stroke and what follows."""
    return min(max(ring, _SHORTEST_RING), LONGEST_RING)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of all rigid material: clips by text, the ring of a bell (to -60 dB) by stroke, recordings."""

    clips: Mapping[str, Ms]
    rings: Mapping[Bell, Ms]
    recordings: Mapping[Recording, Ms] = field(default_factory=dict)
    is_estimate: bool = False
    """Whether some clips were estimated, so that a word too long for its phase is not certain."""

    def measure(self, cue: Cue, *, is_last: bool = False) -> Ms:
        """Return the length of a cue's box.

        The last stroke of a bell takes the time written for it, else its ring, clamped to 0.5 s to 4 s. The last bell
        of a session takes its whole ring.
        """
        match cue:
            case Speech(text):
                return self.clips[text]
            case Recording():
                return self.recordings[cue]
            case Breath(length=length):
                return ticks_to_ms(ceil_ticks(length))
            case Bell(_, times, every, rest=rest) as bell:
                ring = self.rings[bell.stroke]
                strokes = (times - 1) * every
                box = ticks_to_ms(ms_to_ticks(strokes + (_limit_ring(ring) if rest is None else rest)))
                return ticks_to_ms(ceil_ticks(max(box, strokes + ring))) if is_last else box

    def measure_in_hold(self, cue: Cue) -> Ms:
        """Return the time that a cue needs inside a hold, where a bell may ring under what follows."""
        if isinstance(cue, Bell):
            return ticks_to_ms(ceil_ticks((cue.times - 1) * cue.every + BELL_ROOM))
        return self.measure(cue)


@dataclass(frozen=True, slots=True)
class Segment:
    """A placed cue: from `start` (on a tick) up to, not including, `end`."""

    start: Ms
    end: Ms
    cue: Cue
    mark: Mark
    chapter: int | None = None
    side: str | None = None
    id: str = ""
    """Where in the routine the cue is; the same at every length."""
    section: str | None = None
    """Title of the innermost section around it."""

    def __post_init__(self) -> None:
        if self.start < 0 or self.end <= self.start or self.start % TICK:
            raise ValueError(f"not a segment: {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class Hold:
    """A placed hold."""

    start: Ms
    end: Ms
    mark: Mark
    chapter: int | None = None
    side: str | None = None
    is_quiet: bool = False
    """Whether its silence is intended, so that no words are missing in it."""
    id: str = ""
    section: str | None = None
    """Title of the innermost section around it."""

    @property
    def place(self) -> "StepPlace":
        """The section and side in which a listener hears it."""
        return StepPlace(self.section, self.side)


class StepPlace(NamedTuple):
    """The section and side in which a listener hears a step."""

    section: str | None
    side: str | None = None


def describe_places(places: Iterable[StepPlace]) -> str:
    """Return the places of a step in brackets, as ` (Figure four, right and left)`; empty outside sections."""
    sides: dict[str, list[str]] = {}
    for place in places:
        if place.section is not None:
            sides.setdefault(place.section, []).append(place.side or "")
    named = {title: " and ".join(dict.fromkeys(each)) for title, each in sides.items()}
    shown = [f"{title}, {side}" if side else title for title, side in named.items()]
    return f" ({'; '.join(shown)})" if shown else ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A placed outermost section."""

    title: str
    start: Ms
    end: Ms


@dataclass(frozen=True, slots=True)
class Turn:
    """The time at which a section (an index into the script's) begins, or begins on another side."""

    start: Ms
    section: int | None
    side: str | None


@dataclass(frozen=True, slots=True)
class BedLine:
    """The bed and its level from each time on, in dB relative to the speech; None for silence."""

    bed: Bed
    levels: tuple[tuple[Ms, Db | None], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A step, or a round of a repeat, that a track has or lacks compared with the routine at natural length."""

    kind: str
    """The key of the step: `say`, `section`, `repeat` and so on."""
    reason: Literal["optional", "extra", "round", "from", "until"]
    mark: Mark
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The material of a track: how many `of` the optional units it has, and the factor of its silences.

    `factor` is None if no silence can stretch.
    """

    units: int
    of: int
    factor: float | None
    left_out: tuple[Change, ...] = ()
    added: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """All placed cues and holds of a track of `length` ms. `notes` report what was left out."""

    length: Ms
    segments: tuple[Segment, ...]
    holds: tuple[Hold, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[Fault, ...] = ()
    turns: tuple["Turn", ...] = ()
    bed: BedLine | None = None
    made: Made | None = None
    """None for the timeline of a script file, whose material is fixed."""


@dataclass(frozen=True, slots=True)
class Range:
    """Possible lengths of a script: shortest, natural and longest, and all of them as intervals.

    Both ends of an interval are possible lengths. Lengths between two intervals are not.
    """

    shortest: Ms
    natural: Ms
    longest: Ms
    spans: tuple[tuple[Ms, Ms], ...] = ()

    def find_nearest(self, length: Ms) -> Ms:
        """Return the possible length nearest to a length; of two equally near, the shorter."""
        ends = (min(max(length, low), high) for low, high in self.spans)
        return min(ends, key=lambda end: (abs(end - length), end), default=length)

    def format_ends(self) -> tuple[str, str]:
        """Return the shortest and the longest length as text, in whole seconds if such lengths are possible."""
        spans = self.spans or ((self.shortest, self.longest),)
        return format_range(*spans[0])[0], format_range(*spans[-1])[1]

    def format_nearest(self, length: Ms) -> str:
        """Return the possible length nearest to a length as text, in whole seconds if such a length is possible."""
        nearest = self.find_nearest(length)
        span = next((span for span in self.spans if span[0] <= nearest <= span[1]), (nearest, nearest))
        if nearest == length:
            return format_duration(length)
        return format_range(*span)[nearest < length]


def show_length(length: Ms) -> str:
    """Return a length to a tenth of a second, which hides the grid of ticks from authors."""
    return format_duration((length + 50) // 100 * 100)
