"""Vorbis comments: the tags of FLAC and Ogg files ("Ogg Vorbis I format specification: comment field").

Chapters are pairs of comments (wiki.xiph.org, "Chapter Extension"); words are there without times, as `LYRICS`, and
with them, as LRC.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence

from narrator.captions.captions import Caption
from narrator.captions.lrc import write_lines
from narrator.captions.times import show_time
from narrator.covers import Cover
from narrator.timeline import Chapter

MOST_CHAPTERS = 1000
"""Most chapters: their numbers have three digits."""
_FIELDS = {"track": "TRACKNUMBER"}
"""Fields by name of tag, where they have another name."""
_FRONT, _NO_PALETTE = 3, 0
"""The kind of picture that players show for a track; its number of colours, for a picture that lists none."""
_PLAIN, _TIMED = "LYRICS", "SYNCEDLYRICS"


def write_comments(
    vendor: str, tags: Mapping[str, str], chapters: Sequence[Chapter], captions: Sequence[Caption] = ()
) -> bytes:
    """Return a block of comments: texts by name, then chapters and words. Empty texts are left out.

    Raises:
        ValueError: there are too many chapters.

    """
    if len(chapters) > MOST_CHAPTERS:
        raise ValueError(f"comments can have at most {MOST_CHAPTERS} chapters, not {len(chapters)}")
    texts = [f"{_FIELDS.get(name, name.upper())}={text}" for name, text in tags.items() if text]
    texts += [*_list_chapters(chapters), *_list_words(captions)]
    return b"".join([_pack(vendor), struct.pack("<I", len(texts)), *map(_pack, texts)])


def write_picture(cover: Cover) -> bytes:
    """Return a cover as the block of a FLAC file (RFC 9639, section 8.8)."""
    shape = (cover.width, cover.height, cover.depth, _NO_PALETTE, len(cover.data))
    mime = cover.mime.encode()
    return struct.pack(">II", _FRONT, len(mime)) + mime + struct.pack(">I5I", 0, *shape) + cover.data


def _list_chapters(chapters: Sequence[Chapter]) -> Iterator[str]:
    for number, chapter in enumerate(chapters):
        yield f"CHAPTER{number:03}={show_time(chapter.start)}"
        yield f"CHAPTER{number:03}NAME={chapter.title}"


def _list_words(captions: Sequence[Caption]) -> Iterator[str]:
    if captions:
        yield f"{_PLAIN}=" + "\n".join(caption.text for caption in captions)
        yield f"{_TIMED}=" + "\n".join(write_lines(captions))


def _pack(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<I", len(data)) + data
