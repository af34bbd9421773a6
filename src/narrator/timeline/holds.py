"""Cues inside holds: where each goes, and what gives way when room is short."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

from narrator.errors import Fault
from narrator.routine.values import At
from narrator.script import Cue, HoldCue, Speech
from narrator.timeline.placed import Hold, Lengths, Segment, show_length
from narrator.units import Ms, floor_ticks, ticks_to_ms

CLEARANCE: Ms = 300
"""Silence that two cues inside a hold keep between them."""
_Candidate = tuple[tuple[int, Ms], Ms, HoldCue, tuple[Cue, ...], int]
"""Rank, start within the hold, cue, wordings, and a number that members of one countdown share."""


def place_in_hold(cues: Sequence[HoldCue], hold: Hold, lengths: Lengths) -> tuple[list[Segment], list[Fault]]:
    """Place the cues of a hold: those counted from its end first, then from its start, percentages, repeated ones.

    A cue fits when it ends inside the hold and keeps clear of its neighbours; of several wordings the first that fits
    is taken, and what fits in no wording is left out with a note. The numbers of a countdown may touch one another.
    """
    placed: list[tuple[Ms, Ms, int, Segment]] = []
    notes: list[Fault] = []
    length = hold.end - hold.start
    candidates = [
        candidate for family, cue in enumerate(cues) for candidate in _list_candidates(cue, length, lengths, family)
    ]
    for _, offset, cue, wordings, family in sorted(candidates, key=lambda candidate: candidate[0]):
        start = hold.start + ticks_to_ms(floor_ticks(max(offset, 0)))
        for wording in wordings:
            end = start + lengths.measure_in_hold(wording)
            if offset >= 0 and end <= hold.end and _is_clear(start, end, family, placed):
                segment = Segment(start, end, wording, cue.mark, hold.chapter, hold.side)
                insort(placed, (start, end, family, segment), key=_find_start)
                break
        else:
            what = wordings[-1]
            name = f"'{what.text}'" if isinstance(what, Speech) else f"the bell {getattr(what, 'sound', '')!r}"
            notes.append(Fault(f"{name} is left out: no room for it in a hold of {show_length(length)}", cue.mark))
    return [segment for *_, segment in placed], list(dict.fromkeys(notes))


def _find_start(place: tuple[Ms, Ms, int, Segment]) -> Ms:
    return place[0]


def _is_clear(start: Ms, end: Ms, family: int, placed: Sequence[tuple[Ms, Ms, int, Segment]]) -> bool:
    """Whether a cue keeps clear of its two neighbours among those placed, which stand in order."""
    index = bisect_left(placed, start, key=_find_start)
    for other_start, other_end, other_family, _ in placed[max(index - 1, 0) : index + 1]:
        clearance = 0 if family == other_family else CLEARANCE
        if end + clearance > other_start and other_end + clearance > start:
            return False
    return True


def _list_candidates(cue: HoldCue, length: Ms, lengths: Lengths, family: int) -> Iterator[_Candidate]:
    if cue.at is not None:
        offset = cue.at.resolve(length)
        kind = {At.WHOLE: 0, 0: 1}.get(cue.at.share, 2)
        yield (kind, offset), offset, cue, cue.wordings, family
    elif cue.every is not None:
        # Repeated cues are those that end within the hold: that there is no further one is no loss to be told.
        shortest = min(lengths.measure_in_hold(wording) for wording in cue.wordings)
        for offset in range(cue.every, length - shortest + 1, cue.every):
            yield (3, offset), offset, cue, cue.wordings, family
    for number, speech in enumerate(reversed(cue.countdown), 1):
        offset = length - 1000 * number
        yield (0, offset), offset, cue, (speech,), family
