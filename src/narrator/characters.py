"""Characters that control a terminal, or mislead the reader: refused in files, escaped in messages."""

import re
import unicodedata

_BIDI = "\u202a-\u202e\u2066-\u2069"
"""Characters that change the direction of the text after them, so that it is displayed in another order."""
_CONTROLS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}]")
"""All of C0 except tab and line feed, all of C1, and characters that change the direction of writing."""


def find_control(text: str) -> tuple[int, str] | None:
    """Return the position of the first control character in a text, and its name, such as U+001B; None for none."""
    found = _CONTROLS.search(text)
    return (found.start(), f"U+{ord(found.group()):04X}") if found else None


def describe_control(name: str) -> str:
    """Return a message that a character, given by name, cannot be in a text."""
    return f"the character {name} controls a terminal and is not text; remove it"


def escape_controls(text: str) -> str:
    """Escape control characters as Python does in a string, and leave all others unchanged."""
    return _CONTROLS.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def measure_width(text: str) -> int:
    """Return the width of a text in columns of a terminal: wide characters take two, combining marks none."""
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def escape_in_json(text: str) -> str:
    """Escape control characters in the strings of a JSON text, as JSON does."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
