"""A timeline as JSON, for programs. `format` is the version of the format; all times are whole milliseconds."""

import json
from typing import Any

from narrator.captions.content import Content
from narrator.captions.readings import Readings, Run
from narrator.script import Bell, Breath, Recording, Speech, list_speeches
from narrator.timeline import Change, Hold, Segment, Timeline

JSON_FORMAT = 1


def write(content: Content) -> str:
    """Return a timeline as JSON; `format` is the version of the format, and all times are whole milliseconds.

    With readings, each spoken cue has a key `spoken` with what the voice receives: for each text a list of plain
    text and of words with their phonemes in IPA.
    """
    timeline, readings = content.timeline, content.readings
    data = {
        "format": JSON_FORMAT,
        "title": content.heading.title,
        "language": content.heading.language,
        "voice": content.voice,
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
        case Recording(sound, text=text):
            return {"kind": "recording", "sound": sound, "text": text or None}
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
