"""Cues inside holds: their times, and which are left out if there is not enough room."""

import random
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from narrator.errors import Fault
from narrator.routine.values import At
from narrator.script import Countdown, Cue, Drawn, ElasticId, Every, HoldCue, Speech, Spread
from narrator.timeline.placed import Hold, Lengths, Segment
from narrator.units import Ms, ceil_ticks, floor_ticks, format_seconds, ticks_to_ms

CLEARANCE: Ms = 300
"""Least silence between two cues inside a hold."""


@dataclass
class HoldPlacer:
    """Places the cues of hold after hold; texts that take turns continue from one hold to the next."""

    lengths: Lengths
    said: Counter[ElasticId] = field(default_factory=Counter)
    """Number of texts said so far from each list that takes turns."""

    def place(
        self, cues: Sequence[HoldCue], hold: Hold, taken: Sequence[tuple[Ms, Ms]] = ()
    ) -> tuple[list[Segment], list[Fault]]:
        """Place the cues of a hold: those counted from its end first, then from its start, percentages, all others.

        A cue fits if it ends inside the hold and has enough silence on both sides. Of several wordings, the first that
        fits is used; if none fits, the cue is left out with a note. The numbers of a countdown may touch. `taken` has
        the start and end of words already placed, in order; cues not counted from the end wait until these are over.
        """
        filling = _Filling(hold, self.lengths, self.said, _measure_tail(cues), taken)
        for place in sorted(_list_fixed(cues, hold.end - hold.start, self.lengths), key=_find_rank):
            filling.add_fixed(place)
        for cue in cues:
            match cue.where:
                case Spread(apart):
                    filling.add_spread(cue, apart)
                case Every(interval) if cue.takes_turns:
                    filling.add_turns(cue, interval)
                case Drawn() as drawn:
                    filling.add_drawn(cue, drawn)
        return [segment for *_, segment in filling.placed], list(dict.fromkeys(filling.notes))


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A cue at a time within the hold that does not depend on other cues."""

    rank: int
    offset: Ms
    cue: HoldCue
    wordings: tuple[Cue, ...]
    number: int
    family: int
    """Index of the authored cue; segments of one family may touch."""


def _find_rank(place: _Fixed) -> tuple[int, Ms]:
    return place.rank, place.offset


def _list_fixed(cues: Sequence[HoldCue], length: Ms, lengths: Lengths) -> Iterator[_Fixed]:
    for family, cue in enumerate(cues):
        match cue.where:
            case At() as at:
                rank = {At.WHOLE: 0, 0: 1}.get(at.share, 2)
                yield _Fixed(rank, at.resolve(length), cue, cue.cues, 0, family)
            case Countdown():
                for number, speech in enumerate(cue.cues):
                    yield _Fixed(0, length - 1000 * (len(cue.cues) - number), cue, (speech,), number, family)
            case Every(interval) if not cue.takes_turns:
                # Only repetitions that end within the hold are listed, so that no note reports the next one as lost.
                shortest = min(lengths.measure_in_hold(wording) for wording in cue.cues)
                for number, offset in enumerate(range(interval, length - shortest + 1, interval)):
                    yield _Fixed(3, offset, cue, cue.cues, number, family)


def _measure_tail(cues: Sequence[HoldCue]) -> Ms:
    """Return the time at the end of a hold reserved for cues counted from it, in ms on whole ticks."""
    kept: Ms = 0
    for cue in cues:
        match cue.where:
            case At() as at if at.is_from_end:
                kept = max(kept, -at.offset)
            case Countdown():
                kept = max(kept, 1000 * len(cue.cues))
    return ticks_to_ms(ceil_ticks(kept))


@dataclass
class _Filling:
    """A hold in which cues are being placed."""

    hold: Hold
    lengths: Lengths
    said: Counter[ElasticId]
    tail: Ms
    taken: Sequence[tuple[Ms, Ms]]
    placed: list[tuple[Ms, Ms, int, Segment]] = field(default_factory=list)
    """Start, end, family and segment of each cue, in order."""
    notes: list[Fault] = field(default_factory=list)

    @property
    def length(self) -> Ms:
        return self.hold.end - self.hold.start

    @property
    def room(self) -> Ms:
        """Time available to cues that are not counted from the end."""
        return self.length - self.tail

    def add_fixed(self, place: _Fixed) -> None:
        for wording in place.wordings:
            if self._put(wording, place.offset, place.cue, place.number, place.family, waits=place.rank > 0):
                return
        self._note(place.cue, f"{_name(place.wordings[-1])} is left out")

    def add_spread(self, cue: HoldCue, apart: Ms) -> None:
        """Place as many of the first texts as fit with equal silences of at least `apart` around them."""
        apart = ticks_to_ms(ceil_ticks(apart))
        takes = [self.lengths.measure_in_hold(each) for each in cue.cues]
        count, said, left = 0, 0, 0
        for number, length in enumerate(takes, 1):
            said += length
            if self.room - said < apart * (number + 1):
                break
            count, left = number, self.room - said
        before = 0
        for number in range(count):
            offset = left * (number + 1) // (count + 1) + before
            before += takes[number]
            self._put(cue.cues[number], offset, cue, number)

    def add_turns(self, cue: HoldCue, interval: Ms) -> None:
        """Place the next text of a list at each interval that has room for the longest of them."""
        longest = max(self.lengths.measure_in_hold(each) for each in cue.cues)
        end = self.room - (CLEARANCE if self.tail else 0)
        for number, offset in enumerate(range(interval, end - longest + 1, interval)):
            self._put_turn(cue, offset, number, longest)

    def add_drawn(self, cue: HoldCue, drawn: Drawn) -> None:
        """Place a random number of cues, as far as they fit, and distribute the remaining time randomly around them."""
        longest = max(self.lengths.measure_in_hold(each) for each in cue.cues)
        chance = random.Random(drawn.seed)  # noqa: S311 - nothing is secret here
        wanted = chance.randint(drawn.least, drawn.most)
        draws = [chance.random() for _ in range(drawn.most)]
        apart = ticks_to_ms(ceil_ticks(drawn.apart))
        count = min(wanted, max((self.room - apart) // (longest + apart), 0))
        left = floor_ticks(self.room - count * longest - (count + 1) * apart)
        heard = 0
        for number, draw in enumerate(sorted(draws[:count])):
            offset = (number + 1) * apart + number * longest + ticks_to_ms(int(draw * left))
            heard += self._put_turn(cue, offset, number, longest)
        if heard < drawn.least:
            self._note(cue, f"only {heard} of {drawn.least} drawn cues are heard")

    def _put_turn(self, cue: HoldCue, offset: Ms, number: int, room: Ms) -> bool:
        turn = self.said[cue.name] if cue.takes_turns else 0
        found = self._put(cue.cues[turn % len(cue.cues)], offset, cue, number, room=room)
        self.said[cue.name] += found and cue.takes_turns
        return found

    def _put(
        self,
        cue: Cue,
        offset: Ms,
        source: HoldCue,
        number: int,
        family: int = -1,
        *,
        waits: bool = True,
        room: Ms = 0,
    ) -> bool:
        """Place a cue at an offset in the hold, if it is clear of the others; it needs at least `room`."""
        takes = self.lengths.measure_in_hold(cue)
        needed = max(takes, room)
        start = self.hold.start + ticks_to_ms(floor_ticks(max(offset, 0)))
        start = _find_free(start, needed, self.taken) if waits else start
        end = start + needed
        if offset < 0 or end > self.hold.end or not self._is_clear(start, end, family):
            return False
        id_ = f"{source.id}#{number}"
        segment = Segment(start, start + takes, cue, source.mark, self.hold.chapter, self.hold.side, id_)
        insort(self.placed, (start, end, family, segment), key=_find_start)
        return True

    def _is_clear(self, start: Ms, end: Ms, family: int) -> bool:
        """Return whether a cue is clear of its two placed neighbours and of words already placed."""
        index = bisect_left(self.placed, start, key=_find_start)
        for other_start, other_end, other_family, _ in self.placed[max(index - 1, 0) : index + 1]:
            clearance = 0 if family == other_family >= 0 else CLEARANCE
            if end + clearance > other_start and other_end + clearance > start:
                return False
        return _find_free(start, end - start, self.taken) == start

    def _note(self, cue: HoldCue, what: str) -> None:
        if not cue.is_optional:
            self.notes.append(Fault(f"{what}: no room for it in a hold of {format_seconds(self.length)}", cue.mark))


def _find_start(place: tuple[Ms, Ms, int, Segment]) -> Ms:
    return place[0]


def _find_free(start: Ms, length: Ms, taken: Sequence[tuple[Ms, Ms]]) -> Ms:
    """Return the first time from `start` at which something of that length is clear of what is taken."""
    for index in range(max(bisect_left(taken, (start,)) - 1, 0), len(taken)):
        first, last = taken[index]
        if start + length + CLEARANCE <= first:
            break
        if last + CLEARANCE > start:
            start = ticks_to_ms(ceil_ticks(last + CLEARANCE))
    return start


def _name(cue: Cue) -> str:
    return f"'{cue.text}'" if isinstance(cue, Speech) else f"the bell {getattr(cue, 'sound', '')!r}"
