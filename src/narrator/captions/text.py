"""A timeline to read: the screenplay for people, JSON for programs."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from narrator.script import Bell, Breath, Speech, list_speeches
from narrator.speech.runs import Run
from narrator.speech.text.reading import Reading
from narrator.timeline import Change, Hold, Segment, Timeline
from narrator.units import format_clock, format_duration

JSON_FORMAT = 1

Readings: TypeAlias = Callable[[str], Reading]
"""What a voice is given for a text."""


def format_text(title: str, voice: str, timeline: Timeline, readings: Readings | None = None) -> str:
    """Write a screenplay to read aloud from: a time for each line, holds between them.

    With `readings`, a second line shows what the voice is given for a sentence.
    """
    lines = [title, f"{format_duration(timeline.length)}, spoken by {voice}", ""]
    chapter: int | None = None
    things: list[Segment | Hold] = sorted([*timeline.segments, *timeline.holds], key=_order)
    for thing in things:
        if thing.chapter != chapter and thing.chapter is not None:
            found = timeline.chapters[thing.chapter]
            lines += ["", f"{found.title} ({_show(found.start)}, {_show_length(found.end - found.start)})"]
        chapter = thing.chapter
        lines.append(f"  {_show(thing.start):>9}  {_describe(thing)}")
        if readings is not None and isinstance(thing, Segment):
            lines += (f"{'':13}= {_show_reading(readings(speech.text))}" for speech in list_speeches(thing.cue))
    lines.append(f"  {_show(timeline.length):>9}  (end)")
    return "\n".join(lines) + "\n"


def _order(thing: Segment | Hold) -> tuple[int, bool]:
    return thing.start, isinstance(thing, Segment)


def _show(time: int) -> str:
    return format_clock(time)[:-2]


def _show_length(length: int) -> str:
    """To the nearest second: times to the millisecond are for programs."""
    return format_duration((length + 500) // 1000 * 1000)


def _show_reading(reading: Reading) -> str:
    return "".join(run if isinstance(run, str) else f"{run.word} /{run.ipa}/" for run in reading)


def _describe(thing: Segment | Hold) -> str:
    if isinstance(thing, Hold):
        side = f", {thing.side}" if thing.side else ""
        return f"(hold {_show_length(thing.end - thing.start)}{side})"
    match thing.cue:
        case Speech(text):
            return text
        case Bell(sound, times, every):
            again = f", {times} times, every {format_duration(every)}" if times > 1 else ""
            return f"[{sound}{again}]"
        case Breath(phase, length, words):
            said = f": {', '.join(word.text for word in words)}" if words else ""
            return f"[breath {phase}, {length / 1000:.1f} s{said}]"


def format_json(title: str, language: str, voice: str, timeline: Timeline, readings: Readings | None = None) -> str:
    """Write a timeline for programs; the form is versioned by `format`, and all times are whole ms.

    With `readings`, a cue also has what the voice is given, `spoken`: a list for each of its texts, of plain text and
    of words by their phonemes in IPA.
    """
    data = {
        "format": JSON_FORMAT,
        "title": title,
        "language": language,
        "voice": voice,
        "length_ms": timeline.length,
        "factor": timeline.made and timeline.made.factor,
        "left_out": [_change_to_data(change) for change in timeline.made.left_out] if timeline.made else [],
        "added": [_change_to_data(change) for change in timeline.made.added] if timeline.made else [],
        "sections": [
            {"title": chapter.title, "start_ms": chapter.start, "end_ms": chapter.end} for chapter in timeline.chapters
        ],
        "cues": [
            _segment_to_data(segment) | _readings_to_data(segment, readings) | _place_to_data(segment, timeline)
            for segment in timeline.segments
        ],
        "holds": [_place_to_data(hold, timeline) | {"quiet": hold.is_quiet} for hold in timeline.holds],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _change_to_data(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "reason": change.reason,
        "round": change.round,
        "file": change.mark.file,
        "line": change.mark.line,
    }


def _segment_to_data(segment: Segment) -> dict[str, Any]:
    match segment.cue:
        case Speech(text):
            return {"kind": "speech", "text": text}
        case Bell(sound, times, every):
            return {"kind": "bell", "sound": sound, "times": times, "every_ms": every}
        case Breath(phase, _, words):
            return {"kind": "breath", "sound": phase, "text": ", ".join(word.text for word in words) or None}


def _readings_to_data(segment: Segment, readings: Readings | None) -> dict[str, Any]:
    speeches = list_speeches(segment.cue)
    if readings is None or not speeches:
        return {}
    return {"spoken": [[_run_to_data(run) for run in readings(speech.text)] for speech in speeches]}


def _run_to_data(run: Run) -> dict[str, str]:
    return {"text": run} if isinstance(run, str) else {"word": run.word, "ipa": run.ipa}


def _place_to_data(thing: Segment | Hold, timeline: Timeline) -> dict[str, Any]:
    return {
        "id": thing.id,
        "start_ms": thing.start,
        "end_ms": thing.end,
        "section": None if thing.chapter is None else timeline.chapters[thing.chapter].title,
        "section_index": thing.chapter,
        "side": thing.side,
        "file": thing.mark.file,
        "line": thing.mark.line,
    }
