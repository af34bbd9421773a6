"""Pages in HTML that need no script and no other file: the frame around their contents, and times and texts in them."""

import html
import re
from pathlib import Path

from narrator.captions.captions import clean_text
from narrator.languages import runs_right_to_left
from narrator.routine.phrases import Phrases, find_phrases
from narrator.units import Ms

_STYLE = Path(__file__).parent / "page.css"
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Characters that an XML document cannot have, besides control characters."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_page(title: str, language: str, style: str, body: str) -> str:
    """Return a page; `body` and `style` are markup, and the title is text."""
    style = f"{_STYLE.read_text('utf-8')}{style}"
    return (
        "<!doctype html>\n"
        f'<html lang="{escape(language)}" dir="{find_direction(language)}">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="generator" content="narrator">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{style}</style>\n"
        "</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def find_direction(language: str) -> str:
    """Return the direction of a language, as HTML names it."""
    return "rtl" if runs_right_to_left(language) else "ltr"


def escape(text: str) -> str:
    """Return a text on one line, escaped for the contents and the attributes of HTML and of SVG in it."""
    return html.escape(_NOT_XML.sub("\ufffd", clean_text(text)))


def show_clock(time: Ms) -> str:
    """Return the second of a time, as `1:05` or `1:02:03`."""
    minutes, seconds = divmod(time // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def show_length(length: Ms) -> str:
    """Return a length to the nearest second, as `1:05`."""
    return show_clock(length + 500)


def write_time(time: Ms) -> str:
    """Return a time as an element."""
    return f'<time datetime="PT{time // 1000}S">{show_clock(time)}</time>'


def find_words(language: str) -> tuple[Phrases, str]:
    """Return narrator's words in a language, and the language they are in: English if it has none in that one."""
    phrases, english = find_phrases(language), find_phrases("en")
    if phrases:
        return phrases, language
    if english is None:
        raise AssertionError("narrator has words in English")
    return english, "en"
