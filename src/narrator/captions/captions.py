"""The list of timed lines that captions of every format are made from."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeAlias

from narrator.captions.lines import direct_line, split_text
from narrator.captions.within import Span, find_times
from narrator.script import Bell, Breath, Recording, Speech
from narrator.timeline import Timeline
from narrator.units import TICK, Ms, ms_to_ticks, ticks_to_ms

SHORTEST: Ms = 1200
"""How long a caption is shown at least, unless the next one starts earlier."""
BELL = "[bell]"
"""How a stroke of a bell is shown."""

Pauses: TypeAlias = Callable[[str], list[Span]]
"""Returns the pauses of the voice within a text."""

_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ufeff]+")


@dataclass(frozen=True, slots=True)
class Caption:
    """One line or two, shown from `start` up to, not including, `end`."""

    start: Ms
    end: Ms
    lines: tuple[str, ...]
    text: str
    """The lines as one line."""


@dataclass(frozen=True, slots=True)
class _Event:
    """Words that are said until `said` and can be shown until `shown`, or a bell."""

    start: Ms
    said: Ms
    shown: Ms
    text: str
    key: str = ""
    """The text as it was spoken, for its pauses."""


def list_captions(timeline: Timeline, language: str, pauses: Pauses, *, bells: bool = False) -> tuple[Caption, ...]:
    """Return the captions of a timeline, in order and without overlaps.

    Each starts with its sound. If a sentence takes several captions, the later ones start when the voice goes on after
    a pause; without a pause, their times are estimated from the number of letters.
    """
    events = sorted(_list_words(timeline), key=lambda event: event.start)
    if bells:
        events = _add_strokes(events, sorted(_list_strokes(timeline)))
    parts = [caption for event in events for caption in _split_event(event, language, pauses)]
    ends = [*(following.start for following in parts[1:]), timeline.length]
    return tuple(
        Caption(part.start, min(max(part.end, part.start + SHORTEST), end), part.lines, part.text)
        for part, end in zip(parts, ends, strict=False)
    )


@lru_cache(maxsize=4096)
def clean_text(text: str) -> str:
    """Return a text as one line, without control characters."""
    return _BLANK.sub(" ", text).strip()


def _list_words(timeline: Timeline) -> Iterator[_Event]:
    for segment in timeline.segments:
        match segment.cue:
            case Speech(text):
                yield from _make_event(segment.start, segment.end, segment.end, text)
            case Recording(text=text):
                # Where it pauses is not known: lines after the first are shown by their share of the letters.
                yield from (
                    replace(event, key="") for event in _make_event(segment.start, segment.end, segment.end, text)
                )
            case Breath(words=words):
                # One a second, as in the mix.
                starts = [segment.start + ticks_to_ms(ms_to_ticks(1000 * number)) for number in range(len(words))]
                for word, (start, end) in zip(words, pairwise([*starts, segment.end]), strict=True):
                    yield from _make_event(start, start + TICK, end, word.text)


def _make_event(start: Ms, said: Ms, shown: Ms, text: str) -> Iterator[_Event]:
    if cleaned := clean_text(text):
        yield _Event(start, said, max(shown, start + TICK), cleaned, text)


def _list_strokes(timeline: Timeline) -> Iterator[Ms]:
    for segment in timeline.segments:
        match segment.cue:
            case Bell(_, times, every):
                strokes = (segment.start + number * every for number in range(times))
                yield from (stroke for stroke in strokes if stroke < timeline.length)


def _add_strokes(events: Iterable[_Event], strokes: Iterable[Ms]) -> list[_Event]:
    """Add strokes of bells; a stroke during words is shown before the words."""
    waiting = list(dict.fromkeys(strokes))[::-1]
    added: list[_Event] = []
    for event in events:
        while waiting and waiting[-1] < event.start:
            added.append(_make_stroke(waiting.pop()))
        is_struck = bool(waiting) and waiting[-1] < event.said
        while waiting and waiting[-1] < event.said:
            waiting.pop()
        added.append(replace(event, text=f"{BELL} {event.text}") if is_struck else event)
    return [*added, *map(_make_stroke, waiting[::-1])]


def _make_stroke(start: Ms) -> _Event:
    return _Event(start, start, start, BELL)


def _split_event(event: _Event, language: str, pauses: Pauses) -> Iterator[Caption]:
    parts = _show_text(event.text, language)
    cuts = [part.start for part in parts[1:]]
    starts = [event.start]
    for time in (
        find_times(event.text, cuts, event.shown - event.start, pauses(event.key) if event.key else []) if cuts else ()
    ):
        starts.append(max(event.start + time, starts[-1] + 1))
    for part, start, end in zip(parts, starts, [*starts[1:], event.shown], strict=True):
        yield Caption(start, end, part.lines, part.text)


class _Part(NamedTuple):
    """A part of a text that is shown at once, and the character that it starts at."""

    start: int
    lines: tuple[str, ...]
    text: str


@lru_cache(maxsize=4096)
def _show_text(text: str, language: str) -> tuple[_Part, ...]:
    """Return the parts of a text as they are shown, at every length of a session."""
    parts = split_text(text, language)
    wholes = ["".join(lines) for lines in parts]
    return tuple(
        _Part(start, tuple(direct_line(line.strip(), text) for line in lines), direct_line(whole.strip(), text))
        for start, lines, whole in zip(accumulate(map(len, wholes), initial=0), parts, wholes, strict=False)
    )
