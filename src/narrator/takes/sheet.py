"""The sheet that a person reads sentences from, to record them: as text, and as a page in large letters."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from narrator.captions.captions import clean_text
from narrator.captions.page import escape, find_direction, find_words, write_page
from narrator.takes.sentences import Sentence

_STYLE = Path(__file__).parent / "sheet.css"
_COLUMNS = 76
"""Width of a line of text; a longer sentence is continued below."""


def write_text(sentences: Sequence[Sentence]) -> str:
    """Return the sheet as text: how to read, and below the titles of routines and sections the numbered sentences."""
    phrases, _ = find_words(sentences[0].language)
    lines = [_join_titles(sentences), "", *phrases.reading]
    width = len(str(sentences[-1].number)) + 2
    for title, section, group in _group(sentences):
        lines += ["", *([f"# {title}", ""] if title else []), *([f"## {section}", ""] if section else [])]
        for sentence in group:
            first = f"{sentence.number:>{width}}  "
            lines += textwrap.wrap(
                clean_text(sentence.text), _COLUMNS, initial_indent=first, subsequent_indent=" " * len(first),
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
    return "\n".join(lines) + "\n"


def write_html(sentences: Sequence[Sentence]) -> str:
    """Return the sheet as a page for screens, phones and paper."""
    title, language = _join_titles(sentences), sentences[0].language
    phrases, written_in = find_words(language)
    reading = "".join(f"<p>{escape(text)}</p>\n" for text in phrases.reading)
    body = "".join(
        (
            f"<h1>{escape(title)}</h1>\n",
            f'<div class="reading"{_mark(written_in, language)}>\n{reading}</div>\n',
            *(_write_group(*each, language) for each in _group(sentences)),
        )
    )
    return write_page(title, language, _STYLE.read_text("utf-8"), body)


def _write_group(title: str | None, section: str | None, group: Sequence[Sentence], language: str) -> str:
    mark = _mark(group[0].language, language)
    head = f"<h2{mark}>{escape(title)}</h2>\n" if title else ""
    head += f"<h3{mark}>{escape(section)}</h3>\n" if section else ""
    items = "".join(
        f'<li><span class="number">{each.number}</span> <p>{escape(each.text)}</p></li>\n' for each in group
    )
    return f'{head}<ol class="sentences"{mark}>\n{items}</ol>\n'


def _mark(language: str, around: str) -> str:
    """Return the attributes of an element in a language, if that around it is another."""
    return "" if language == around else f' lang="{escape(language)}" dir="{find_direction(language)}"'


def _group(sentences: Sequence[Sentence]) -> Iterator[tuple[str | None, str | None, list[Sentence]]]:
    """Yield the sentences of each section, with its title, and before the first one of a routine with that of it.

    A single routine is named at the top of the sheet.
    """
    is_one = len({(each.title, each.language) for each in sentences}) == 1
    before: tuple[str, str] | None = None
    for place, group in groupby(sentences, key=lambda each: (each.title, each.language, each.section)):
        title, language, section = place
        is_new = not is_one and (title, language) != before
        before = title, language
        yield (clean_text(title) if is_new else None), (clean_text(section) if section else None), list(group)


def _join_titles(sentences: Sequence[Sentence]) -> str:
    return ", ".join(dict.fromkeys(clean_text(each.title) for each in sentences))
