"""A drawing of a session over time, as SVG: sections, words, holds, breath rounds and bells."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from rich.cells import cell_len

from narrator.captions.outline import Part, Rest, Rounds
from narrator.captions.page import escape, show_clock, show_length
from narrator.routine.phrases import Labels
from narrator.script import Bell, Recording, Speech
from narrator.timeline import Timeline
from narrator.units import Ms

Span: TypeAlias = tuple[Ms, Ms]

_MINUTE: Ms = 60_000
_ROW: Ms = 20 * _MINUTE
"""Longest session that is drawn in one row."""
_SHORTEST_ROW: Ms = 3 * _MINUTE
"""Shortest part of a session that has a row of its own."""
_MOST_ROWS = 4
_STEPS: tuple[Ms, ...] = (
    *(1000 * seconds for seconds in (1, 2, 5, 10, 15, 30)),
    *(_MINUTE * minutes for minutes in (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360)),
)
"""Distances of marks on the axis."""
_WIDE, _NARROW = 660, 340
"""Width of the drawing in px on paper or a large screen, and on a phone."""
_COLUMN = 7
"""Width of a letter in px."""
_TOP, _LANE, _AXIS, _HEIGHT = 24, 40, 78, 92
"""Where in a row, in px, the lane begins, how high it is, where the times are, and the height of a row."""
_BASE = _TOP + _LANE
_FINE = 1200
"""How many of the smallest things that are drawn by themselves fit in a row."""
_FINEST_WAVE = 150
"""How many breaths fit in a row as waves."""


def draw_timeline(timeline: Timeline, parts: Sequence[Part], title: str, labels: Labels) -> str:
    """Return the drawing, which takes the whole width. Its text keeps its size: positions across are percentages."""
    row = _find_row(timeline.length, [part for part in parts if part.title is not None])
    rows = max(-(-timeline.length // row), 1)
    drawn = "".join(
        f'<svg y="{number * _HEIGHT}" height="{_HEIGHT}" width="100%">\n'
        f"{_draw_row(timeline, parts, number * row, row)}</svg>\n"
        for number in range(rows)
    )
    return (
        f'<svg class="timeline" role="img" aria-labelledby="timeline-title timeline-text" height="{rows * _HEIGHT}" '
        'xmlns="http://www.w3.org/2000/svg">\n'
        f'<title id="timeline-title">{escape(title)}, {show_length(timeline.length)}</title>\n'
        f'<desc id="timeline-text">{escape(_describe(timeline, parts, labels))}</desc>\n{drawn}</svg>\n'
    )


def _describe(timeline: Timeline, parts: Sequence[Part], labels: Labels) -> str:
    """Return the drawing in words: how many things of each kind there are, and when the sections begin."""
    steps = [step for part in parts for step in part.steps]
    holds = [step.end - step.start for step in steps if isinstance(step, Rest)]
    breaths = [step.end - step.start for step in steps if isinstance(step, Rounds)]
    cues = [segment.cue for segment in timeline.segments]
    said, bells = (sum(isinstance(cue, kind) for cue in cues) for kind in (Speech, Bell))
    counts = [f"{labels.words}: {said}"] if said else []
    counts += [f"{labels.hold}: {len(holds)} ({show_length(sum(holds))})"] if holds else []
    counts += [f"{labels.breath}: {len(breaths)} ({show_length(sum(breaths))})"] if breaths else []
    counts += [f"{labels.bell}: {bells}"] if bells else []
    titles = [f"{show_clock(part.start)} {part.title}" for part in parts if part.title is not None]
    return "; ".join([*counts, *titles])


def _find_row(length: Ms, parts: Sequence[Part]) -> Ms:
    """Return the time that a row spans: the longest one with which most titles have room, or with which most have."""
    least = min(max(-(-length // _ROW), 1), _MOST_ROWS)
    most = max(min(length // _SHORTEST_ROW, _MOST_ROWS), least)
    spans = [_divide(length, rows) for rows in range(least, most + 1)]
    good = (span for span in spans if 3 * _count_shown(parts, span) >= 2 * len(parts))
    return next(good, None) or max(spans, key=lambda span: _count_shown(parts, span))


def _count_shown(parts: Iterable[Part], row: Ms) -> int:
    return sum(_fit(f"0 {part.title}", part.end - part.start, row) is not None for part in parts)


def _divide(length: Ms, rows: int) -> Ms:
    """Return the time that each of some rows spans: whole steps of the axis, except in a single row."""
    if rows == 1:
        return max(length, 1000)
    step = next((step for step in _STEPS if 12 * step * rows >= length), _STEPS[-1])
    return -(-length // (rows * step)) * step


def _draw_row(timeline: Timeline, parts: Sequence[Part], start: Ms, row: Ms) -> str:
    end = start + row
    steps = [step for part in parts for step in part.steps if isinstance(step, Rest | Rounds)]
    said = [(each.start, each.end) for each in timeline.segments if isinstance(each.cue, Speech | Recording)]
    holds = [(step.start, step.end) for step in steps if isinstance(step, Rest)]
    until = min(timeline.length, end)
    drawn = [
        f'<line class="edge" x1="0" x2="{_share(until - start, row)}" y1="{_BASE}" y2="{_BASE}"/>',
        *_draw_titles(parts, start, until, row),
        *_draw_axis(start, until, row),
        f'<svg y="{_TOP}" height="{_LANE}" width="100%" viewBox="0 0 {row // 100} {_LANE}" preserveAspectRatio="none">',
        _draw_spans("hold", holds, start, row, 0, _LANE),
        _draw_breaths([step for step in steps if isinstance(step, Rounds)], start, row),
        _draw_spans("words", said, start, row, 9, 10),
        "</svg>",
        *_draw_lengths(steps, start, row),
        *_draw_bells(timeline, start, row),
    ]
    return "".join(f"{line}\n" for line in drawn if line)


def _share(time: Ms, row: Ms) -> str:
    """Return a time as a share of the width."""
    return f"{100 * time / row:.2f}%"


def _fit(text: str, span: Ms, row: Ms) -> str | None:
    """Return the class of a text in a span of time: none, `wide` if a phone has no room for it, None if no page has."""
    needed = _COLUMN * cell_len(text) + 8
    if needed <= _NARROW * span / row:
        return ""
    return " wide" if needed <= _WIDE * span / row else None


def _draw_titles(parts: Sequence[Part], start: Ms, end: Ms, row: Ms) -> Iterator[str]:
    """Yield a rule at the start of each section, and its number with its title, where there is room for them."""
    numbered = ((number, part) for number, part in enumerate(parts, 1) if part.title is not None)
    for number, part in numbered:
        first, last = max(part.start, start), min(part.end, end)
        if first >= last:
            continue
        x = _share(first - start, row)
        if first == part.start:
            yield f'<line class="rule" x1="{x}" x2="{x}" y1="2" y2="{_BASE}"/>'
        whole = f"{number} {part.title}"
        shown, fit = whole, _fit(whole, last - first, row)
        if fit is None:
            shown, fit = str(number), _fit(str(number), last - first, row)
        elif fit:
            # A phone shows the number alone.
            yield f'<text class="title narrow" x="{x}" dx="4" y="14">{number}</text>'
        if fit is not None:
            yield f'<text class="title{fit}" x="{x}" dx="4" y="14">{escape(shown)}</text>'


def _draw_axis(start: Ms, end: Ms, row: Ms) -> Iterator[str]:
    step = next((step for step in _STEPS if row <= 10 * step), _STEPS[-1])
    first = -(-start // step) * step
    for number, time in enumerate(range(first, end + 1, step)):
        x = _share(time - start, row)
        place = " end" if time - start > row * 0.97 else " middle" if time > start else ""
        wide = " wide" if number % 2 else ""
        yield f'<line class="edge{wide}" x1="{x}" x2="{x}" y1="{_BASE}" y2="{_BASE + 4}"/>'
        yield f'<text class="tick{place}{wide}" x="{x}" y="{_AXIS}">{show_clock(time)}</text>'


def _draw_spans(name: str, spans: Iterable[Span], start: Ms, row: Ms, y: int, height: int) -> str:
    """Return a path with a rectangle for each span; those that are too near to be distinguished are one."""
    path = "".join(
        f"M{first} {y}h{max(last - first, 1)}v{height}h-{max(last - first, 1)}z"
        for first, last in _join(spans, start, row)
    )
    return f'<path class="{name}" d="{path}"/>' if path else ""


def _join(spans: Iterable[Span], start: Ms, row: Ms) -> Iterator[Span]:
    """Yield the spans within a row, from its start and in tenths of a second, the unit of its lane."""
    before: Span | None = None
    for first, last in spans:
        inside = max(first - start, 0), min(last - start, row)
        if inside[0] >= inside[1]:
            continue
        if before and (inside[0] - before[1]) * _FINE <= row and (inside[1] - inside[0]) * _FINE <= 8 * row:
            before = before[0], max(inside[1], before[1])
            continue
        if before:
            yield before[0] // 100, before[1] // 100
        before = inside
    if before:
        yield before[0] // 100, before[1] // 100


def _draw_breaths(blocks: Iterable[Rounds], start: Ms, row: Ms) -> str:
    """Return a wave that rises as one breathes in and falls as one breathes out, for each block of rounds."""
    path = ""
    for block in blocks:
        if block.start >= start + row or block.end <= start:
            continue
        if (block.end - block.start) * _FINEST_WAVE < block.count * row:
            first, last = (block.start - start) // 100, (block.end - start) // 100
            path += f"M{first} 14H{last}V{_LANE}H{first}z"
        else:
            path += _draw_wave(block, start)
    return f'<path class="breath" d="{path}"/>' if path else ""


def _draw_wave(block: Rounds, start: Ms) -> str:
    low, high = _LANE - 4, 6
    path, time = f"M{(block.start - start) // 100} {_LANE}V{low}", block.start - start
    for number in range(block.count):
        share = number / (block.count - 1) if block.count > 1 else 0
        for at, (phase, length) in enumerate(block.first):
            last = block.last[at][1] if at < len(block.last) else length
            time += round(length + share * (last - length))
            level = {"in": high, "out": low}.get(phase)
            path += f"L{time // 100} {level}" if level else f"H{time // 100}"
    return f"{path}V{_LANE}z"


def _draw_lengths(steps: Iterable[Rest | Rounds], start: Ms, row: Ms) -> Iterator[str]:
    for step in steps:
        shown = show_length(step.end - step.start)
        fit = _fit(shown, step.end - step.start, row)
        if fit is not None and start <= step.start and step.end <= start + row:
            middle = _share((step.start + step.end) // 2 - start, row)
            over = " over" if isinstance(step, Rounds) else ""
            yield f'<text class="middle{over}{fit}" x="{middle}" y="{_TOP + 33}">{shown}</text>'


def _draw_bells(timeline: Timeline, start: Ms, row: Ms) -> Iterator[str]:
    before: Ms | None = None
    for segment in timeline.segments:
        if not isinstance(segment.cue, Bell):
            continue
        for number in range(segment.cue.times):
            time = segment.start + number * segment.cue.every - start
            if 0 <= time < row and (before is None or abs(time - before) * 200 >= row):
                before = time
                yield f'<circle class="bells" cx="{_share(time, row)}" cy="{_TOP + 14}" r="4"/>'
