"""Chapters as JSON for podcasts, in version 1.2 of the podcast namespace's format."""

import json

from narrator.captions.content import Content
from narrator.timeline import list_chapters


def write(content: Content) -> str:
    """Return the chapters, without gaps and with times in s; an empty list for a session without sections."""
    heading, timeline = content.heading, content.timeline
    chapters = list_chapters(timeline, heading.language, len(timeline.chapters) + 1)
    data = {
        "version": "1.2.0",
        "title": heading.title,
        **({"author": heading.tags.artist} if heading.tags.artist else {}),
        "chapters": [
            {"startTime": each.start / 1000, "endTime": each.end / 1000, "title": each.title} for each in chapters
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
