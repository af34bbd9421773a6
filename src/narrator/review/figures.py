"""Figures of a routine at several lengths, and warnings about them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from narrator.errors import Fault, LengthError, Mark
from narrator.script import Breath, Recording, Speech
from narrator.timeline import Growth, Hold, StepPlace, Timeline, describe_places, find_jumps, lay_out
from narrator.units import Ms, format_duration, format_seconds

USUAL: tuple[Ms, ...] = (300_000, 600_000, 1_200_000, 1_800_000)
"""Lengths at which a routine is checked, in addition to its own."""
SHORTEST_POSE: Ms = 25_000
"""Shortest useful pose. A pose is a hold that is not quiet."""
LONGEST_WORDLESS: Ms = 90_000
"""Longest time without a word or a breath tone, outside quiet holds, before a listener wonders whether it continues."""
FACTORS = (0.6, 1.7)
"""Smallest and largest factor at which silences still serve their purpose."""
SMALLEST_JUMP = 0.6
"""Material that enters the track at once should leave silences at least this share of their length."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A routine at one length; times in ms, None if there is no such hold or silence.

    `units` is how many of the `of` units that may enter and leave are in the track. Silences are stretched by
    `factor`. The holds are poses.
    """

    length: Ms
    units: int
    of: int
    factor: float | None
    shortest_hold: Ms | None
    longest_hold: Ms | None
    wordless: Ms
    """Longest stretch without a word or a breath tone, outside quiet holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """A length at which a routine is checked; if it cannot be met, there are no figures, but a refusal."""

    length: Ms
    figures: Figures | None
    refusal: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time without a word, and the line that it belongs to."""

    start: Ms
    end: Ms
    mark: Mark | None

    @property
    def length(self) -> Ms:
        """Its length."""
        return self.end - self.start


def look_at_lengths(growth: Growth, lengths: Iterable[Ms], *, explains: bool = True) -> tuple[list[Row], list[Fault]]:
    """Return a row for each length in ascending order, and distinct warnings in the order of the file.

    Unless `explains` is set, rows have no refusals, which take time to compute.

    Raises:
        RoutineError: the layout failed.

    """
    rows: list[Row] = []
    laid_out: list[Timeline] = []
    for length in sorted(set(lengths)):
        if not explains and growth.choose(length) is None:
            rows.append(Row(length, None))
            continue
        try:
            timeline = lay_out(growth, growth.lengths, length)
        except LengthError as error:
            rows.append(Row(length, None, error.faults))
        else:
            laid_out.append(timeline)
            rows.append(Row(length, measure_figures(timeline)))
    warnings = [*_warn_of_short_poses(laid_out), *_warn_of_factors(growth, laid_out), *_warn_of_jumps(growth)]
    # With bells only, no words are expected.
    warnings += _warn_of_silence(laid_out) if growth.script.guidance != "bells" else ()
    return rows, sorted(dict.fromkeys(warnings), key=_get_line)


def measure_figures(timeline: Timeline) -> Figures:
    """Return the figures of a timeline."""
    poses = [hold.end - hold.start for hold in _list_poses(timeline)]
    made = timeline.made
    return Figures(
        timeline.length,
        made.units if made else 0,
        made.of if made else 0,
        made.factor if made else None,
        min(poses, default=None),
        max(poses, default=None),
        max((stretch.length for stretch in list_wordless(timeline)), default=0),
    )


def list_wordless(timeline: Timeline) -> Iterator[Stretch]:
    """Yield the stretches of a track without a word or a breath tone; a quiet hold ends one and does not count."""
    filled = [(s.start, s.end) for s in timeline.segments if isinstance(s.cue, Speech | Breath | Recording)]
    filled += [(hold.start, hold.end) for hold in timeline.holds if hold.is_quiet]
    now: Ms = 0
    for start, end in (*sorted(filled), (timeline.length, timeline.length)):
        if start > now:
            yield Stretch(now, start, _find_mark(timeline, now, start))
        now = max(now, end)


def _find_mark(timeline: Timeline, start: Ms, end: Ms) -> Mark | None:
    """Return the line of the longest hold in a stretch, else that of the cue before its end or after it."""
    inside = [hold for hold in timeline.holds if start <= hold.start and hold.end <= end]
    if inside:
        return max(inside, key=_measure_hold).mark
    before = bisect_left(timeline.segments, end, key=lambda segment: segment.start)
    near = timeline.segments[max(before - 1, 0) :][:1]
    return near[0].mark if near else None


def _measure_hold(hold: Hold) -> Ms:
    return hold.end - hold.start


def _list_poses(timeline: Timeline) -> list[Hold]:
    return [hold for hold in timeline.holds if not hold.is_quiet]


def _get_line(fault: Fault) -> tuple[str, int, int]:
    return (fault.mark.file, fault.mark.line, fault.mark.column) if fault.mark else ("", 0, 0)


def _warn_of_short_poses(timelines: Sequence[Timeline]) -> Iterator[Fault]:
    short: dict[Mark, dict[Ms, Ms]] = {}
    places: dict[Mark, list[StepPlace]] = {}
    for timeline in timelines:
        for hold in _list_poses(timeline):
            if _measure_hold(hold) < SHORTEST_POSE:
                places.setdefault(hold.mark, []).append(hold.place)
                found = short.setdefault(hold.mark, {})
                found[timeline.length] = min(found.get(timeline.length, SHORTEST_POSE), _measure_hold(hold))
    for mark, at in short.items():
        yield Fault(
            f"this hold{describe_places(places[mark])} takes {_format_by_length(at)}; a pose needs at least "
            f"{format_duration(SHORTEST_POSE)}; raise its range, or make other steps 'optional'",
            mark,
        )


def _warn_of_silence(timelines: Sequence[Timeline]) -> Iterator[Fault]:
    wordless: dict[Mark | None, dict[Ms, Ms]] = {}
    for timeline in timelines:
        for stretch in list_wordless(timeline):
            if stretch.length > LONGEST_WORDLESS:
                found = wordless.setdefault(stretch.mark, {})
                found[timeline.length] = max(found.get(timeline.length, 0), stretch.length)
    for mark, at in wordless.items():
        yield Fault(
            f"nothing is said here for {_format_by_length(at)}, over {format_duration(LONGEST_WORDLESS)}; "
            "add a cue or 'extra' steps, or write 'quiet: true' if this is intended",
            mark,
        )


def _warn_of_factors(growth: Growth, timelines: Sequence[Timeline]) -> Iterator[Fault]:
    least, most = FACTORS
    found = [(timeline.made.factor, timeline.length) for timeline in timelines if timeline.made]
    factors = [(factor, length) for factor, length in found if factor is not None and not least <= factor <= most]
    for is_long, verb, remedy in (
        (False, "shrunk", "make steps 'optional'"),
        (True, "stretched", "add steps with 'extra', or more rounds"),
    ):
        shown = [f"x {factor:.2f} in {format_seconds(length)}" for factor, length in factors if (factor > 1) is is_long]
        if shown:
            message = f"silences are {verb} to {', '.join(shown)}, outside x {least} to {most}; {remedy}"
            yield Fault(message, growth.script.mark)


def _format_by_length(at: dict[Ms, Ms]) -> str:
    return ", ".join(
        f"{format_duration(value // 1000 * 1000)} in {format_seconds(length)}" for length, value in at.items()
    )


def _warn_of_jumps(growth: Growth) -> Iterator[Fault]:
    for jump in find_jumps(growth, SMALLEST_JUMP):
        what = "this step" if jump.unit.round is None else f"round {jump.unit.round} of this repeat"
        yield Fault(
            f"when {what} enters, at {format_duration(jump.length // 1000 * 1000)}, silences shrink to "
            f"x {jump.ratio:.2f} of their length; make it shorter, or split it into steps that enter one by one",
            jump.unit.mark,
        )
