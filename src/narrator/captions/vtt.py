"""WebVTT, for web pages (w3.org/TR/webvtt1)."""

from narrator.captions.captions import Caption
from narrator.captions.content import Content
from narrator.captions.times import show_time

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def write(content: Content) -> str:
    """Return the captions; the header names their language, which players ignore and narrator reads."""
    head = f"WEBVTT\nLanguage: {content.heading.language}\n"
    return "\n".join([head, *(_write_cue(caption) for caption in content.captions)])


def _write_cue(caption: Caption) -> str:
    lines = (line.translate(_ESCAPES) for line in caption.lines)
    return "\n".join([f"{show_time(caption.start)} --> {show_time(caption.end)}", *lines, ""])
