"""A transcript: what is said, in paragraphs, without times."""

from collections.abc import Iterator

from rich.cells import cell_len

from narrator.captions.captions import clean_text
from narrator.captions.content import Content
from narrator.script import list_speeches
from narrator.timeline import Timeline
from narrator.units import Ms

_PARAGRAPH: Ms = 2500
"""The shortest silence that starts a new paragraph."""


def write(content: Content) -> str:
    """Return the title, and for each section its title and paragraphs."""
    return "\n\n".join([clean_text(content.heading.title), *_list_paragraphs(content.timeline)]) + "\n"


def _list_paragraphs(timeline: Timeline) -> Iterator[str]:
    chapter, silent_since = None, None
    paragraph = ""
    for segment in sorted(timeline.segments, key=lambda segment: segment.start):
        is_new = segment.chapter != chapter
        if (is_new or silent_since is None or segment.start - silent_since >= _PARAGRAPH) and paragraph:
            yield paragraph
            paragraph = ""
        if is_new and segment.chapter is not None:
            yield clean_text(timeline.chapters[segment.chapter].title)
        chapter = segment.chapter
        for speech in list_speeches(segment.cue):
            paragraph = _join(paragraph, clean_text(speech.text))
            silent_since = segment.end
    if paragraph:
        yield paragraph


def _join(before: str, after: str) -> str:
    """Append a text to a paragraph, with a space unless it is Chinese or Japanese."""
    if not before:
        return after
    is_wide = cell_len(before[-1]) == 2
    # Numbers of a countdown and words of a breath are not sentences.
    comma = ("、" if is_wide else ",") if before[-1].isalnum() else ""
    return f"{before}{comma}{'' if is_wide else ' '}{after}"
