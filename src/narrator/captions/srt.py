"""SubRip (SRT), for video players."""

import re

from narrator.captions.captions import Caption
from narrator.captions.content import Content
from narrator.captions.times import show_time

_TAG = re.compile(r"<(?=[A-Za-z/])")


def write(content: Content) -> str:
    """Return the captions with their numbers."""
    return "\n".join(_write_cue(number, caption) for number, caption in enumerate(content.captions, 1))


def _write_cue(number: int, caption: Caption) -> str:
    times = f"{show_time(caption.start, ',')} --> {show_time(caption.end, ',')}"
    return "\n".join([str(number), times, *map(_write_line, caption.lines), ""])


def _write_line(line: str) -> str:
    """Replace what players would read as markup or as times; SubRip has no escapes."""
    return _TAG.sub("‹", line.replace("-->", "→"))
