"""Read routines from YAML, plain text and Markdown, each as a tree of YAML nodes."""

import re
from pathlib import Path

from narrator.errors import Mark, RoutineError
from narrator.routine.source import MAX_BYTES, Source, decode_text, parse_source, read_bytes
from narrator.routine.translations import Translations

_YAML = re.compile(rb"^(?:steps|narrator_script)[ \t]*:", re.MULTILINE)
MARKDOWN = (".md", ".markdown")
TEXTS = (*MARKDOWN, ".txt")
"""Suffixes of plain text files."""
MAX_TEXT = 128 * 1024
"""Most bytes of a text: over two hours of speech."""
SUFFIXES = (".yaml", ".yml", *TEXTS)
"""Suffixes of all files that may contain a routine."""


def is_text(path: Path) -> bool:
    """Return whether a routine is written as text, by the suffix of its file."""
    return path.suffix.lower() in TEXTS


def read_source(path: Path, name: str | None = None, data: bytes | None = None) -> Source:
    """Read a routine or script file in any format; messages use `name` for it.

    If `data` is given, it is used instead of the file's content.

    Raises:
        RoutineError: it cannot be read or used.

    """
    name = name or str(path)
    most = MAX_TEXT if is_text(path) else MAX_BYTES
    if data is None:
        data = read_bytes(path, name, most)
    elif len(data) > most:
        raise RoutineError(f"this is too large; at most {most // 1024} KiB are read", Mark(name, 1, 1))
    return make_source(data, path, name)


def guess_suffix(data: bytes) -> str:
    """Return the ending of a file with such bytes: that of YAML where it has the steps of a routine, or a script."""
    return ".yaml" if _YAML.search(data) else MARKDOWN[0]


def make_source(data: bytes, path: Path, name: str) -> Source:
    """Read the bytes of a file; what it is written in follows from the ending of its path."""
    text, translations = decode_text(data, name), Translations(path, name)
    if is_text(path):
        from narrator.routine.importers.document import read_document

        return read_document(text, name, path.stem, translations, is_markdown=path.suffix.lower() in MARKDOWN)
    return parse_source(text, name, translations)
