"""Write a timeline as a script file, to read, edit and render with unchanged times.

`format_script` and `timeline.pinned` are inverse: an unedited file renders to the same bytes as its routine.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from narrator.errors import UsageError
from narrator.routine.sounds import NONE
from narrator.script import Bed, Bell, Breath, Heading, Picture, Recording, Sketch, Speech
from narrator.timeline.pinned import FORMAT, KEY
from narrator.timeline.placed import BedLine, Segment, Timeline
from narrator.units import Db, format_clock, format_duration


def format_script(
    heading: Heading,
    voice: str,
    gain: Db,
    floor: Db | None,
    room: str,
    timeline: Timeline,
    file: str,
    folders: tuple[Path, ...] = (),
) -> str:
    """Return a timeline as a script file.

    `voice` is the one that it was measured with, as `engine:name`. `file` is the routine, whose name is left out of
    line references. `folders` are those to search for sound files, beginning with that of the script; without any,
    sound files are named by their full paths.

    Raises:
        UsageError: a sound file is not in or below any of the folders.

    """
    head: dict[str, Any] = {
        KEY: FORMAT,
        "title": heading.title,
        "language": heading.language,
        "voice": _voice_to_data(voice, heading.voice.pace),
        **({"pronounce": dict(heading.pronounce)} if heading.pronounce else {}),
        "tags": _tags_to_data(heading, folders),
        **({"sketch": _sketch_to_data(heading.cover)} if isinstance(heading.cover, Sketch) else {}),
        "seed": heading.seed,
        "gain": gain,
        "floor": NONE if floor is None else floor,
        "room": room,
        "length": format_duration(timeline.length),
        **({"bed": _bed_to_data(timeline.bed, folders)} if timeline.bed else {}),
    }
    lines = ["# A narration script: move a cue, change its words, delete it or add one, and render this file."]
    lines += [f"{key}: {_flow(value)}" for key, value in head.items()]
    if timeline.chapters:
        lines.append("sections:")
        for chapter in timeline.chapters:
            times = {"title": chapter.title, "at": format_clock(chapter.start), "to": format_clock(chapter.end)}
            lines.append(f"  - {_flow(times)}")
    lines.append("cues:" if timeline.segments else "cues: []")
    lines += [f"  - {_flow(_cue_to_data(segment, timeline, file, folders))}" for segment in timeline.segments]
    return "\n".join(lines) + "\n"


def _voice_to_data(voice: str, pace: float) -> dict[str, Any]:
    engine, _, name = voice.partition(":")
    return {"engine": engine, "name": name, "pace": pace}


def _tags_to_data(heading: Heading, folders: tuple[Path, ...]) -> dict[str, str]:
    tags: dict[str, str] = heading.tags.model_dump(exclude_none=True, exclude={"cover"})
    match heading.cover:
        case Picture(path):
            return {"cover": _name_file(path, "picture", folders)} | tags
        case None:
            return {"cover": NONE} | tags
    return tags


def _sketch_to_data(sketch: Sketch) -> dict[str, Any]:
    data = {"look": sketch.look, "arc": sketch.arc, "bells": [*sketch.bells], "sections": [*sketch.sections]}
    return {key: value for key, value in data.items() if value != []}


def _name_sound(sound: Bell | Bed | Recording, folders: tuple[Path, ...]) -> str:
    """Return a sound's name, or the path of its file; see `_name_file`."""
    return _name_file(sound.sound, "sound file", folders) if sound.digest else sound.sound


def _name_file(file: str, kind: str, folders: tuple[Path, ...]) -> str:
    """Return the path of a file relative to the first folder that contains it; without folders, its full path."""
    path = Path(file).resolve()
    for folder in folders:
        if path.is_relative_to(folder.resolve()):
            return path.relative_to(folder.resolve()).as_posix()
    if folders:
        raise UsageError(
            f"a script in {folders[0]} cannot name the {kind} {path}, which is not in or below that folder; write "
            f"the script to {path.parent}"
        )
    return str(path)


def _bell_to_data(bell: Bell, folders: tuple[Path, ...]) -> dict[str, Any]:
    data = {"sound": _name_sound(bell, folders), "times": bell.times}
    own = {
        "every": format_duration(bell.every) if bell.times > 1 else None,
        "pitch": bell.pitch,
        "length": None if bell.length is None else format_duration(bell.length),
        "level": bell.level,
        "mallet": bell.mallet,
    }
    return data | {key: value for key, value in own.items() if value is not None}


def _bed_to_data(line: BedLine, folders: tuple[Path, ...]) -> dict[str, Any]:
    bed = line.bed
    levels = [{"at": format_clock(at), "level": NONE if level is None else level} for at, level in line.levels]
    head = {"sound": _name_sound(bed, folders), "level": bed.level, "duck": bed.duck, "fade": format_duration(bed.fade)}
    return head | {"levels": levels}


def _cue_to_data(segment: Segment, timeline: Timeline, file: str, folders: tuple[Path, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {"at": format_clock(segment.start)}
    match segment.cue:
        case Speech(text):
            data["say"] = text
        case Breath(phase, _, words):
            data["breathe"] = phase
            texts = [word.text for word in words]
            data |= {"say": texts[0] if len(texts) == 1 else texts} if texts else {}
        case Recording(level=level, text=text) as recording:
            data["play"] = _name_sound(recording, folders)
            data |= {"level": level} if level else {}
            data |= {"text": text} if text else {}
        case Bell() as bell:
            data["bell"] = _bell_to_data(bell, folders)
    data["takes"] = format_duration(segment.end - segment.start)
    if segment.chapter is not None:
        data["section"] = timeline.chapters[segment.chapter].title
    if segment.side is not None:
        data["side"] = segment.side
    mark = segment.mark
    data["line"] = mark.line if mark.file == file else f"{os.path.relpath(mark.file, Path(file).parent)}:{mark.line}"
    return data


class _Dumper(yaml.SafeDumper):
    """Writes texts on one line, also those that have several."""


class _FastDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes the same five times as fast, but for characters such as emoji, which libyaml writes as numbers."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\n" in text else None)


for _kind in (_Dumper, _FastDumper):
    _kind.add_representer(str, _represent_text)


def _flow(value: Mapping[str, Any] | str | float) -> str:
    """Return a value as one line of YAML."""
    text = _dump(value, _FastDumper)
    if "\\U" in text:
        text = _dump(value, _Dumper)
    return text.removesuffix("\n").removesuffix("\n...")


def _dump(value: Any, kind: Any) -> str:
    text: str = yaml.dump(value, Dumper=kind, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**9)
    return text
