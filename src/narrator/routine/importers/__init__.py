"""Read routines from YAML, plain text, Markdown and Word documents, each as a tree of YAML nodes."""

import re
from pathlib import Path

from narrator.errors import Fault, Mark, RoutineError
from narrator.routine.source import MAX_BYTES, Source, decode_text, parse_source, read_bytes
from narrator.routine.translations import Translations

_YAML = re.compile(rb"^(?:steps|narrator_script)[ \t]*:", re.MULTILINE)
MARKDOWN = (".md", ".markdown")
WORD = ".docx"
TEXTS = (*MARKDOWN, ".txt", WORD)
"""Suffixes of files that are written as text."""
MAX_TEXT = 128 * 1024
"""Most bytes of a text: over two hours of speech."""
SUFFIXES = (".yaml", ".yml", *TEXTS)
"""Suffixes of all files that may contain a routine."""
TIMED = (".srt", ".vtt", ".csv")
"""Suffixes of files with timed text, which `importers.timed` reads."""


def is_text(path: Path) -> bool:
    """Return whether a routine is written as text, by the suffix of its file."""
    return path.suffix.lower() in TEXTS


def is_timed(path: Path) -> bool:
    """Return whether a file has timed text, by its suffix."""
    return path.suffix.lower() in TIMED


def read_source(path: Path, name: str | None = None, data: bytes | None = None) -> Source:
    """Read a routine or script file in any format; messages use `name` for it.

    If `data` is given, it is used instead of the file's content.

    Raises:
        RoutineError: it cannot be read or used.

    """
    name = name or str(path)
    most = _find_limit(path.suffix.lower())
    if data is None:
        data = read_bytes(path, name, most)
    elif len(data) > most:
        raise RoutineError(f"this is too large; at most {most // 1024} KiB are read", Mark(name, 1, 1))
    return make_source(data, path, name)


def _find_limit(suffix: str) -> int:
    """Return how many bytes a file may have."""
    if suffix == WORD:
        from narrator.routine.importers.docx import MAX_BYTES as MAX_WORD

        return MAX_WORD
    return MAX_TEXT if suffix in TEXTS else MAX_BYTES


def guess_suffix(data: bytes) -> str:
    """Return the suffix of a file with such bytes: a Word document, a routine or a script in YAML, or Markdown."""
    return WORD if data.startswith(b"PK") else ".yaml" if _YAML.search(data) else MARKDOWN[0]


def make_source(data: bytes, path: Path, name: str) -> Source:
    """Read the bytes of a file; their format is chosen by the suffix of its path."""
    translations, suffix = Translations(path, name), path.suffix.lower()
    if suffix not in TEXTS:
        return parse_source(decode_text(data, name), name, translations)
    from narrator.routine.importers.document import read_document

    notes: tuple[Fault, ...] = ()
    if suffix == WORD:
        from narrator.routine.importers.docx import convert_document

        text, notes = convert_document(data, name)
        if len(text) > MAX_TEXT:
            raise RoutineError(f"over {MAX_TEXT // 1024} KiB of text; make several documents", Mark(name, 1, 1))
    else:
        text = decode_text(data, name)
    return read_document(
        text,
        name,
        path.stem,
        translations,
        is_markdown=suffix != ".txt",
        takes_bare=suffix not in MARKDOWN,
        notes=notes,
    )
