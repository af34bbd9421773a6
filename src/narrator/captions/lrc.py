"""LRC: lyrics with times in hundredths of a second, for music players."""

from collections.abc import Iterable, Iterator

from narrator.captions.captions import Caption, clean_text
from narrator.captions.content import Content
from narrator.units import Ms


def write(content: Content) -> str:
    """Return the common tags, then a line for each caption.

    A line has no end: it stays until the next one, and what it asks for does so too.
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
    return "\n".join([*head, *write_lines(content.captions), ""])


def write_lines(captions: Iterable[Caption]) -> Iterator[str]:
    """Yield a line for each caption."""
    # Without the space, a line that starts with a bracket would be read as another tag.
    return (f"[{_show_time(each.start)}]{' ' * each.text.startswith('[')}{each.text}" for each in captions)


def _show_time(time: Ms) -> str:
    hundredths = (time + 5) // 10
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
