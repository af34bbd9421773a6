"""A timeline as a screenplay to read aloud from."""

from pathlib import PurePath

from narrator.captions.content import Content
from narrator.captions.readings import Reading
from narrator.script import Bell, Breath, Recording, Speech, list_speeches
from narrator.timeline import Hold, Segment
from narrator.units import format_clock, format_duration, format_seconds


def write(content: Content) -> str:
    """Return a screenplay to read aloud from: one line with its time for each cue and each hold.

    With readings, a second line shows what the voice receives for a sentence.
    """
    timeline, readings = content.timeline, content.readings
    lines = [content.heading.title, f"{format_seconds(timeline.length)}, spoken by {content.voice}", ""]
    chapter: int | None = None
    things: list[Segment | Hold] = sorted([*timeline.segments, *timeline.holds], key=_order)
    for thing in things:
        if thing.chapter != chapter and thing.chapter is not None:
            found = timeline.chapters[thing.chapter]
            lines += ["", f"{found.title} ({_show(found.start)}, {format_seconds(found.end - found.start)})"]
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


def _show_reading(reading: Reading) -> str:
    return "".join(run if isinstance(run, str) else f"{run.word} /{run.ipa}/" for run in reading)


def _describe(thing: Segment | Hold) -> str:
    if isinstance(thing, Hold):
        side = f", {thing.side}" if thing.side else ""
        return f"(hold {format_seconds(thing.end - thing.start)}{side})"
    match thing.cue:
        case Speech(text):
            return text
        case Bell(sound, times, every):
            again = f", {times} times, every {format_duration(every)}" if times > 1 else ""
            return f"[{sound}{again}]"
        case Recording(sound, text=text):
            name = PurePath(sound).name
            return f"[{name}: {text}]" if text else f"[{name}]"
        case Breath(phase, length, words):
            said = f": {', '.join(word.text for word in words)}" if words else ""
            return f"[breath {phase}, {length / 1000:.1f} s{said}]"
