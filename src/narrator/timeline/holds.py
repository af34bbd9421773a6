"""Cues inside holds: where each goes, and what gives way when room is short."""

import random
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from narrator.errors import Fault
from narrator.routine.values import At
from narrator.script import Countdown, Cue, Drawn, ElasticId, Every, HoldCue, Speech, Spread
from narrator.timeline.placed import Hold, Lengths, Segment, show_length
from narrator.units import Ms, ceil_ticks, floor_ticks, ticks_to_ms

CLEARANCE: Ms = 300
"""Silence that two cues inside a hold keep between them."""


@dataclass
class HoldPlacer:
    """Places the cues of one hold after the other; texts that take turns go on from hold to hold."""

    lengths: Lengths
    said: Counter[ElasticId] = field(default_factory=Counter)
    """How many texts of each list that takes turns have been said."""

    def place(
        self, cues: Sequence[HoldCue], hold: Hold, taken: Sequence[tuple[Ms, Ms]] = ()
    ) -> tuple[list[Segment], list[Fault]]:
        """Place the cues of a hold: those counted from its end first, then from its start, percentages, all others.

        A cue fits when it ends inside the hold and keeps clear of its neighbours; of several wordings the first that
        fits is taken, and what fits in no wording is left out with a note. The numbers of a countdown may touch one
        another. What is not counted from the end waits until the words are over that are `taken` (start and end of
        each, in order).
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
    """Cues of one family may touch."""


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
                # Repeated cues are those that end within the hold: that there is no further one is no loss to report.
                shortest = min(lengths.measure_in_hold(wording) for wording in cue.cues)
                for number, offset in enumerate(range(interval, length - shortest + 1, interval)):
                    yield _Fixed(3, offset, cue, cue.cues, number, family)


def _measure_tail(cues: Sequence[HoldCue]) -> Ms:
    """How much of a hold's end is kept for the cues that are counted from it, in whole ticks."""
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
    """A hold while cues are put into it."""

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
        """What is left for cues that are not counted from the end."""
        return self.length - self.tail

    def add_fixed(self, place: _Fixed) -> None:
        for wording in place.wordings:
            if self._put(wording, place.offset, place.cue, place.number, place.family, waits=place.rank > 0):
                return
        self._note(place.cue, f"{_name(place.wordings[-1])} is left out")

    def add_spread(self, cue: HoldCue, apart: Ms) -> None:
        """Put in as many of the first texts as leave silences of `apart` around them, and make these equal."""
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
        """Put the next text of a list at each interval where its longest has room."""
        longest = max(self.lengths.measure_in_hold(each) for each in cue.cues)
        end = self.room - (CLEARANCE if self.tail else 0)
        for number, offset in enumerate(range(interval, end - longest + 1, interval)):
            self._put_turn(cue, offset, number, longest)

    def add_drawn(self, cue: HoldCue, drawn: Drawn) -> None:
        """Put cues at times by chance: so many as are drawn, or fit; chance shares what their silences leave over."""
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
        """Put a cue in at a time within the hold, if it keeps clear of the others; `room` is the least it needs."""
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
        """Whether a cue keeps clear of its two neighbours among those placed, and of words that are taken."""
        index = bisect_left(self.placed, start, key=_find_start)
        for other_start, other_end, other_family, _ in self.placed[max(index - 1, 0) : index + 1]:
            clearance = 0 if family == other_family >= 0 else CLEARANCE
            if end + clearance > other_start and other_end + clearance > start:
                return False
        return _find_free(start, end - start, self.taken) == start

    def _note(self, cue: HoldCue, what: str) -> None:
        if not cue.is_optional:
            self.notes.append(Fault(f"{what}: no room for it in a hold of {show_length(self.length)}", cue.mark))


def _find_start(place: tuple[Ms, Ms, int, Segment]) -> Ms:
    return place[0]


def _find_free(start: Ms, length: Ms, taken: Sequence[tuple[Ms, Ms]]) -> Ms:
    """Return the first time from `start` on when something of that length is clear of what is taken."""
    for index in range(max(bisect_left(taken, (start,)) - 1, 0), len(taken)):
        first, last = taken[index]
        if start + length + CLEARANCE <= first:
            break
        if last + CLEARANCE > start:
            start = ticks_to_ms(ceil_ticks(last + CLEARANCE))
    return start


def _name(cue: Cue) -> str:
    return f"'{cue.text}'" if isinstance(cue, Speech) else f"the bell {getattr(cue, 'sound', '')!r}"
