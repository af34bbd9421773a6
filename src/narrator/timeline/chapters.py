"""The sections of a track as chapters without gaps between them."""

from dataclasses import replace
from itertools import pairwise

from narrator.routine.phrases import find_phrases
from narrator.timeline.placed import Chapter, Timeline


def list_chapters(timeline: Timeline, language: str, most: int) -> list[Chapter]:
    """Return the chapters of a track, which follow one another from its start to its end; none without sections.

    Cues before the first section become a chapter, named in the language, or in English if narrator has no words in
    it. Time between two sections belongs to the first of them. If there are more than `most` chapters, neighbours are
    joined in groups, each with the title of its first.
    """
    if not timeline.chapters:
        return []
    first = timeline.chapters[0]
    starts = [*(segment.start for segment in timeline.segments), *(hold.start for hold in timeline.holds)]
    if min(starts, default=first.start) < first.start:
        phrases = find_phrases(language) or find_phrases("en")
        chapters = [Chapter(phrases.introduction if phrases else "", 0, first.start), *timeline.chapters]
    else:
        chapters = [replace(first, start=0), *timeline.chapters[1:]]
    closed = [Chapter(one.title, one.start, following.start) for one, following in pairwise(chapters)]
    return _join([*closed, replace(chapters[-1], end=timeline.length)], -(-len(chapters) // most))


def _join(chapters: list[Chapter], count: int) -> list[Chapter]:
    groups = (chapters[start : start + count] for start in range(0, len(chapters), count))
    return [Chapter(group[0].title, group[0].start, group[-1].end) for group in groups]
