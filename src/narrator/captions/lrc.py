"""LRC: lyrics with times, which players of music show beside a track. A time has hundredths of a second."""

from narrator.captions.captions import clean_text
from narrator.captions.content import Content
from narrator.units import Ms


def write(content: Content) -> str:
    """Write the head, with tags that are known to players, then a line for each caption.

    A line stays until the next one, as what it says does.
    """
    heading, length = content.heading, content.timeline.length // 1000
    tags = {
        "ti": heading.title,
        "ar": heading.tags.artist,
        "al": heading.tags.album,
        "la": heading.language,
        "length": f"{length // 60:02}:{length % 60:02}",
        "re": "narrator",
    }
    head = (f"[{name}:{clean_text(value)}]" for name, value in tags.items() if value)
    # A space keeps a line that begins with a bracket from being taken for another tag.
    lines = (f"[{_show_time(each.start)}]{' ' * each.text.startswith('[')}{each.text}" for each in content.captions)
    return "\n".join([*head, *lines, ""])


def _show_time(time: Ms) -> str:
    hundredths = (time + 5) // 10
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
