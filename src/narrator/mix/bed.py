"""The bed's level over time: the levels of the sections, the fades, and the ducking under speech."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from narrator.timeline import BedLine
from narrator.units import TICK, Db, Ms, floor_ticks, ms_to_ticks, ticks_to_ms

ATTACK: Ms = ticks_to_ms(ms_to_ticks(300))
"""Time that the bed takes to fall before speech; all times here are whole ticks."""
RELEASE: Ms = ticks_to_ms(ms_to_ticks(1200))
"""Time that it takes to rise again after speech."""
_REST: Ms = 4000
"""The bed stays down between two sounds that are closer than this: rising for only a moment sounds like pumping."""
_TURN: Ms = ticks_to_ms(ms_to_ticks(4000))
"""Time that it takes to move from one section's level to the next."""
_LEAST_TURN: Ms = ticks_to_ms(ms_to_ticks(480))
"""A level that would last less than this is skipped: it would be heard as a jolt."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """A change of level from `start` to `end` ms; levels are in dB relative to the speech, None for silence."""

    start: Ms
    end: Ms
    before: Db | None
    after: Db | None


@dataclass(frozen=True, slots=True)
class Duck:
    """A lowering by `depth` dB from `start` to `end` ms; the bed falls before and rises again after."""

    start: Ms
    end: Ms
    depth: Db

    @property
    def span(self) -> tuple[Ms, Ms]:
        """Times at which it starts to fall and at which it is back."""
        return self.start - ATTACK, self.end + RELEASE


@dataclass(frozen=True, slots=True)
class BedCurve:
    """The bed's level: `level` at first, changed by ramps and lowered by ducks. Neither ramps nor ducks overlap."""

    level: Db | None = None
    ramps: tuple[Ramp, ...] = ()
    ducks: tuple[Duck, ...] = ()

    def cache_key(self) -> tuple[object, ...]:
        """Return everything that the level depends on."""
        ramps = [(ramp.start, ramp.end, ramp.before, ramp.after) for ramp in self.ramps]
        return self.level, ramps, [(duck.start, duck.end, duck.depth) for duck in self.ducks]

    def list_spans(self) -> Iterator[tuple[Ms, Ms]]:
        """Yield the spans of time in which the level is not constant: ramps, and both sides of a duck."""
        yield from ((ramp.start, ramp.end) for ramp in self.ramps)
        for duck in self.ducks:
            yield duck.span[0], duck.start
            yield duck.end, duck.span[1]

    def find_level(self, time: Ms) -> Db | None:
        """Return the level at a time at which it is constant."""
        level = self._find_turn(time)
        if level is None:
            return None
        return level - next((duck.depth for duck in self.ducks if duck.start <= time < duck.end), 0.0)

    def _find_turn(self, time: Ms) -> Db | None:
        """Return the level at a time between ramps, ducks left out."""
        return next((ramp.after for ramp in reversed(self.ramps) if ramp.end <= time), self.level)

    def cut(self, start: Ms, end: Ms) -> "BedCurve":
        """Return the part from `start` to `end`, its times counted from `start`.

        A duck that is down before or after it is down from its start or to its end: the level is the same.
        """
        return BedCurve(
            self._find_turn(start),
            tuple(
                Ramp(ramp.start - start, ramp.end - start, ramp.before, ramp.after)
                for ramp in self.ramps
                if ramp.start < end and ramp.end > start
            ),
            tuple(
                Duck(max(duck.start, start) - start, min(duck.end, end) - start, duck.depth)
                for duck in self.ducks
                if duck.span[0] < end and duck.span[1] > start
            ),
        )


def draw_curve(line: BedLine, length: Ms, spans: Iterable[tuple[Ms, Ms]]) -> BedCurve:
    """Return the curve of a track of `length` ms (whole ticks), ducked in the given spans, which are in order."""
    return BedCurve(None, tuple(_list_ramps(line, length)), tuple(_list_ducks(spans, line.bed.duck)))


def _list_ramps(line: BedLine, length: Ms) -> Iterator[Ramp]:
    """Yield the fade-in, the changes between sections, and the fade-out; each ends before the next begins."""
    fade = ticks_to_ms(floor_ticks(min(line.bed.fade, length // 2)))
    turns = [(min(max(time - time % TICK, fade * bool(time)), length - fade), level) for time, level in line.levels]
    turns.append((length - fade, None))
    level: Db | None = None
    for number, ((start, wanted), (until, _)) in enumerate(pairwise([*turns, (length, None)])):
        is_fade = number in {0, len(turns) - 1}
        end = min(start + (fade if is_fade else _TURN), until)
        if end - start >= (TICK if is_fade else _LEAST_TURN) and wanted != level:
            yield Ramp(start, end, level, wanted)
            level = wanted


def _list_ducks(spans: Iterable[tuple[Ms, Ms]], depth: Db) -> Iterator[Duck]:
    if not depth:
        return
    start = end = None
    for first, last in spans:
        if start is None or end is None:
            start, end = first, last
        elif first - end <= ATTACK + RELEASE + _REST:
            end = max(end, last)
        else:
            yield Duck(start, end, depth)
            start, end = first, last
    if start is not None and end is not None:
        yield Duck(start, end, depth)
