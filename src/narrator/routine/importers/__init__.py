"""Files that a routine may be written in: YAML, plain text and Markdown, each read as the tree that YAML has."""

from pathlib import Path

from narrator.routine.source import MAX_BYTES, Source, decode_text, parse_source, read_bytes
from narrator.routine.translations import Translations

MARKDOWN = (".md", ".markdown")
TEXTS = (*MARKDOWN, ".txt")
"""Endings of files that are written as text."""
SUFFIXES = (".yaml", ".yml", *TEXTS)
"""Endings of all files that a routine may be in."""


def read_source(path: Path, name: str | None = None) -> Source:
    """Read a routine or script file in any format; messages use `name` for it.

    Raises:
        RoutineError: it cannot be read or used.

    """
    name = name or str(path)
    return make_source(read_bytes(path, name, MAX_BYTES), path, name)


def make_source(data: bytes, path: Path, name: str) -> Source:
    """Read the bytes of a file; what it is written in follows from the ending of its path."""
    text, translations = decode_text(data, name), Translations(path, name)
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        from narrator.routine.importers.document import read_document

        return read_document(text, name, translations, is_markdown=suffix in MARKDOWN)
    return parse_source(text, name, translations)
