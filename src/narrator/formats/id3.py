"""ID3v2.3: the tags of a track and its chapters (id3.org: "ID3 tag version 2.3.0" and "Chapter Frame").

This is the version that every player reads. In it sizes of frames are plain numbers; only the size of the whole tag
has seven bits in each byte.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from narrator.captions.captions import Caption
from narrator.covers import Cover
from narrator.timeline import Chapter
from narrator.units import Ms

_FRAMES = {
    "title": b"TIT2",
    "artist": b"TPE1",
    "album": b"TALB",
    "track": b"TRCK",
    "genre": b"TCON",
    "copyright": b"TCOP",
    "language": b"TLAN",
    "date": b"TYER",
}
"""Frames by name of tag; any other tag is a TXXX frame, which holds the name."""
_HEAD, _HEAD_SIZE = b"ID3\3\0\0", 10
_SHIFTS = (21, 14, 7, 0)
"""Places of the bytes of a tag's size, of which each has seven bits."""
_LATIN, _UTF_16 = b"\0", b"\1"
_TOP_LEVEL, _ORDERED = 2, 1
_NOT_BY_BYTES = b"\xff" * 8
"""Value for the first and last byte of a chapter that means: use its times."""
MOST_CHAPTERS = 255
"""Most chapters in a table of contents, whose count is a byte."""
_LARGEST = 2**28 - 1
_FRONT = b"\3"
"""The kind of picture that players show for a track: the cover at the front."""
_IN_MS, _LYRICS = b"\2", b"\1"
_UNKNOWN = "und"
"""The code of ISO 639-2 for an undetermined language."""


def write_id3(
    tags: Mapping[str, str],
    chapters: Sequence[Chapter],
    length: Ms,
    captions: Sequence[Caption] = (),
    cover: Cover | None = None,
) -> bytes:
    """Write a tag: texts by name, the track's length, its chapters, at most `MOST_CHAPTERS`, its words, and its cover.

    Empty texts are left out. The table of contents has the title of the track. Words are written with
    times and without, because some players read only one of the two.

    Raises:
        ValueError: there are too many chapters, or the texts are too long for a tag (256 MB).

    """
    language = tags.get("language", _UNKNOWN)
    frames = [_write_tag(name, text, language) for name, text in tags.items() if text]
    frames.append(_write_text(b"TLEN", str(length)))
    if chapters:
        frames += _write_chapters(chapters, tags.get("title", ""))
    if captions:
        frames += _write_words(captions, language)
    if cover:
        frames.append(_write_frame(b"APIC", _LATIN + cover.mime.encode() + b"\0" + _FRONT + b"\0" + cover.data))
    body = b"".join(frames)
    if len(body) > _LARGEST:
        raise ValueError(f"a tag has {len(body)} bytes; it can have at most {_LARGEST}")
    return _HEAD + bytes(len(body) >> shift & 127 for shift in _SHIFTS) + body


def holds_text(file: IO[bytes], name: str, text: str) -> bool:
    """Return whether a file starts with a tag that has a text under a name, just as `write_id3` writes it.

    The file is then read up to the end of the tag.
    """
    head = file.read(_HEAD_SIZE)
    if not head.startswith(_HEAD):
        return False
    body = file.read(sum((byte & 127) << shift for byte, shift in zip(head[len(_HEAD) :], _SHIFTS, strict=False)))
    wanted = _write_tag(name, text, "")
    at = 0
    while at < len(body) and not body.startswith(wanted, at):
        at += len(_write_frame(b"TXXX", b"")) + int.from_bytes(body[at + 4 : at + 8])
    return at < len(body)


def _write_chapters(chapters: Sequence[Chapter], title: str) -> Iterator[bytes]:
    """Yield the table of contents, then each chapter."""
    if len(chapters) > MOST_CHAPTERS:
        raise ValueError(f"a tag can have at most {MOST_CHAPTERS} chapters, not {len(chapters)}")
    names = [b"ch%d\0" % number for number in range(len(chapters))]
    head = b"toc\0" + bytes([_TOP_LEVEL | _ORDERED, len(names)])
    yield _write_frame(b"CTOC", head + b"".join(names) + (_write_text(b"TIT2", title) if title else b""))
    for name, chapter in zip(names, chapters, strict=True):
        times = struct.pack(">II", chapter.start, chapter.end)
        yield _write_frame(b"CHAP", name + times + _NOT_BY_BYTES + _write_text(b"TIT2", chapter.title))


def _write_words(captions: Sequence[Caption], language: str) -> Iterator[bytes]:
    """Yield the words as plain text (USLT), and with the time of each line in ms (SYLT)."""
    text = "\n".join(caption.text for caption in captions)
    yield _write_long_text(b"USLT", text, language)
    encoding = _choose_encoding(text)
    end = _find_end(encoding)
    head = encoding + _write_code(language) + _IN_MS + _LYRICS + _encode("", encoding) + end
    # A text without a line break would be another syllable of the line before.
    lines = (
        _encode("\n" * (number > 0) + each.text, encoding) + end + struct.pack(">I", each.start)
        for number, each in enumerate(captions)
    )
    yield _write_frame(b"SYLT", head + b"".join(lines))


def _write_tag(name: str, text: str, language: str) -> bytes:
    if name == "comment":
        return _write_long_text(b"COMM", text, language)
    if name == "genre" and text.startswith("("):
        text = f"({text}"  # a bracket that starts a genre would be the number of another one
    if name in _FRAMES:
        return _write_text(_FRAMES[name], text)
    # Both texts of a TXXX frame have the same encoding.
    encoding = _choose_encoding(name + text)
    return _write_frame(b"TXXX", encoding + _encode(name, encoding) + _find_end(encoding) + _encode(text, encoding))


def _write_long_text(kind: bytes, text: str, language: str) -> bytes:
    """Return a text in a language, without a description: players show only such a comment."""
    encoding = _choose_encoding(text)
    head = encoding + _write_code(language) + _encode("", encoding) + _find_end(encoding)
    return _write_frame(kind, head + _encode(text, encoding))


def _write_code(language: str) -> bytes:
    return language.encode() if len(language) == 3 and language.isascii() else _UNKNOWN.encode()


def _find_end(encoding: bytes) -> bytes:
    """Return what ends a text that others follow."""
    return b"\0" if encoding == _LATIN else b"\0\0"


def _write_text(kind: bytes, text: str) -> bytes:
    encoding = _choose_encoding(text)
    return _write_frame(kind, encoding + _encode(text, encoding))


def _choose_encoding(text: str) -> bytes:
    """Return Latin-1 if it covers the text, else UTF-16: version 2.3 has no other."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return _UTF_16
    return _LATIN


def _encode(text: str, encoding: bytes) -> bytes:
    return text.encode("latin-1") if encoding == _LATIN else b"\xff\xfe" + text.encode("utf-16-le")


def _write_frame(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">IH", len(body), 0) + body
