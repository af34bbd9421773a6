"""Breath rounds: the time, tone and words of each phase, and the words for the last round."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from narrator.errors import Fault, Mark, RoutineError
from narrator.script import Breath, BreathBlock, Item, Script, Speech, list_speeches
from narrator.timeline.holds import CLEARANCE
from narrator.timeline.placed import Lengths, Segment
from narrator.units import TICK, Ms, Ticks, ms_to_ticks, ticks_to_ms


@dataclass(frozen=True, slots=True)
class _Part:
    """A phase of one round: the indexes of both, counted from 0, its times, and its words."""

    round: int
    number: int
    name: str
    start: Ms
    end: Ms
    words: tuple[Speech, ...]


def place_breaths(
    block: BreathBlock, item: Item, start: Ms, end: Ms, chapter: int | None, lengths: Lengths
) -> tuple[list[Segment], list[tuple[Ms, Ms]]]:
    """Place whole breath rounds from `start` to `end`; return the segments, and the start and end of words."""
    rounds = (end - start + TICK) // block.round
    segments: list[Segment] = []
    announced: Ms = 0
    last = block.voiced.last if rounds > 1 else None
    for part in _list_parts(block, rounds):
        at = start + part.start
        is_last = last is not None and part.round == rounds - 1
        if last and is_last and not part.number:
            announced = at + lengths.measure(last)
            segments.append(Segment(at, announced, last, item.mark, chapter, item.side, f"{item.id}/last"))
        length = part.end - part.start
        has_words = block.voiced.has_words(part.round) and (not is_last or at >= announced + CLEARANCE)
        words = part.words if has_words else ()
        if length and (part.name != "pause" or words):
            breath = Breath(part.name, length, words)
            id_ = f"{item.id}/round-{part.round + 1}/phase-{part.number}"
            segments.append(Segment(at, start + part.end, breath, item.mark, chapter, item.side, id_))
    spoken = [segment for segment in segments if list_speeches(segment.cue)]
    return segments, [(segment.start, measure_words(segment, lengths)) for segment in spoken]


def _list_parts(block: BreathBlock, rounds: int) -> Iterator[_Part]:
    """Yield every phase of every round; phases start at the rounded cumulative time."""
    now = Fraction(0)
    for number in range(rounds):
        share = block.find_share(number, rounds)
        for index, phase in enumerate(block.phases):
            length = phase.measure(share)
            start, now = now, now + length
            first, last = (ticks_to_ms(_round_ticks(time)) for time in (start, now))
            yield _Part(number, index, phase.name, first, last, phase.list_words(length))


def _round_ticks(time: Fraction) -> Ticks:
    """Return the nearest number of ticks, rounding half up."""
    return int((2 * time + TICK) // (2 * TICK))


def measure_words(segment: Segment, lengths: Lengths) -> Ms:
    """Return the time in ms at which the words of a segment end; the tone of a breath may continue."""
    match segment.cue:
        case Breath(words=words) if words:
            last = ticks_to_ms(ms_to_ticks(1000 * (len(words) - 1)))
            return segment.start + last + lengths.clips[words[-1].text]
        case _:
            return segment.end


def check_breath_words(script: Script, lengths: Lengths) -> None:
    """Refuse words that do not fit in their phase of a breath, or in their second of a count.

    Raises:
        RoutineError: with a fault for each of them.

    """
    faults: dict[Fault, None] = {}
    for item in script.steps:
        if isinstance(item.what, BreathBlock):
            faults |= dict.fromkeys(_list_faults(item.what, item.mark, lengths))
    if faults:
        raise RoutineError.gather(faults)


def _list_faults(block: BreathBlock, mark: Mark, lengths: Lengths) -> Iterator[Fault]:
    last, room = block.voiced.last, sum(phase.last for phase in block.phases)
    if last and not lengths.is_estimate and (takes := lengths.measure(last)) > room + TICK:
        text = f"{last.text!r} takes {takes / 1000:.2f}s, but the last round has {room / 1000:.2f}s; use fewer words"
        yield Fault(text, mark)
    for phase in block.phases:
        for share in (Fraction(0), block.find_last_share()):
            length = phase.measure(share)
            if length and phase.words:
                breath = Breath(phase.name, int(length), phase.list_words(length))
                yield from (Fault(message, mark) for message in check_words(breath, lengths))


def check_words(breath: Breath, lengths: Lengths) -> Iterator[str]:
    """Yield a message for each measured word that does not fit in its phase, or in its second of a count."""
    if lengths.is_estimate:
        return
    last = len(breath.words) - 1
    for number, word in enumerate(breath.words):
        room = breath.length - 1000 * number if number == last else 1000
        takes = lengths.clips[word.text]
        # A clip is padded to a whole tick; the phase may be shorter by up to one.
        if takes > room + TICK:
            where = f"the phase {breath.phase!r}" if not last else f"its second of the phase {breath.phase!r}"
            yield (
                f"{word.text!r} takes {takes / 1000:.2f}s, but {where} has {room / 1000:.2f}s; use a shorter word, a "
                "slower breath or a quicker pace"
            )
