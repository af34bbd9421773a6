"""Recognise files of other tools."""

import re

_START = "write the texts as steps of a routine, such as '- say: Breathe in.'"
_FORMS: tuple[tuple[str, str], ...] = (
    (r"WEBVTT", "subtitles in WebVTT"),
    (r"\d+\s*\n\d+:\d\d:\d\d[,.]\d+ --> ", "subtitles in SubRip (SRT)"),
    (r"(?:\[[a-z]+:[^\]\n]*\]\s*\n)*\[\d+:\d\d(?:[.:]\d+)?\]", "lyrics with times (LRC)"),
    (r"\[Script Info\]", "subtitles in SubStation Alpha"),
    (r"(?:<\?xml[^>]*>\s*)?<speak\b", "SSML"),
    (r"(?:<!DOCTYPE html|<html\b)", "a page in HTML"),
    (r"<\?xml|<\w+[^>]*>", "XML"),
    (r"\{\\rtf", "a text in RTF"),
    (r"\{\s*\"|\[\s*[{\"\[]", "JSON"),
    (r"#EXTM3U", "a list of tracks (M3U)"),
    (r"\s*\[[\w.]+\]\s*\n\s*\w+\s*=", "a configuration in TOML or INI"),
    (r"(?:\w+\s*=\s*[\"\d\[].*\n)+", "a configuration in TOML or INI"),
    (r"[\w-]+(?:[,;][\w -]+)+\n[^\n]*[,;]", "a table (CSV)"),
    (r"[^\n\t:]*\t[^\n]*\n[^\n\t]*\t", "a table (TSV)"),
)
_TIMED = {"subtitles in WebVTT": ".vtt", "subtitles in SubRip (SRT)": ".srt", "a table (CSV)": ".csv"}
"""Suffixes of formats whose lines may have times."""
_SOUND = (
    "this is a sound file, not a routine; name the routine that it was made from, or the sound in a step of a routine, "
    "such as '- bell: mine.wav'"
)
_PICTURE = "this is a picture, not a routine; name it in a routine, such as 'cover: mine.jpg'"
_BYTES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe", "this is text in UTF-16; save the file as UTF-8"),
    (b"\xfe\xff", "this is text in UTF-16; save the file as UTF-8"),
    (b"PK\x03\x04", "this is a document or archive (such as .docx), not text; save it as plain text in UTF-8"),
    (b"\xd0\xcf\x11\xe0", "this is a document of an office program, not text; save it as plain text in UTF-8"),
    (b"%PDF", "this is a PDF, not text; copy its text into a routine"),
    (b"ID3", "this is an MP3; name the routine that it was made from"),
    (b"\xff\xfb", "this is an MP3; name the routine that it was made from"),
    *((start, _SOUND) for start in (b"RIFF", b"RF64", b"OggS", b"fLaC", b"FORM")),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
)


def name_foreign(text: str) -> str | None:
    """Return a message if a text is in another tool's format; None if it may be a routine."""
    head = text.lstrip("\ufeff \t\r\n")[:4000].replace("\r\n", "\n")
    for pattern, what in _FORMS:
        if re.match(pattern, head):
            timed = f"give it the suffix {_TIMED[what]} if its lines have times, or " if what in _TIMED else ""
            return f"this file is {what}, not a routine; {timed}{_START}"
    return None


def name_bytes(raw: bytes) -> str | None:
    """Return a message that names the format of a file that is not UTF-8; None if it is unknown."""
    if raw[4:8] == b"ftyp":
        return _SOUND
    return next((message for start, message in _BYTES if raw.startswith(start)), None)
