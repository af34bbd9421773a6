"""Characters that steer a terminal, or mislead a reader's eye: refused in files, escaped in messages."""

import re
import unicodedata

_BIDI = "\u202a-\u202e\u2066-\u2069"
"""Turn the direction of what follows: a text is then shown in another order than it has."""
_CONTROLS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}]")
"""All of C0 but tab and line feed, all of C1, and what turns the direction of writing."""


def find_control(text: str) -> tuple[int, str] | None:
    """Return where the first character is that has no place in a text, and its name, such as U+001B; None for none."""
    found = _CONTROLS.search(text)
    return (found.start(), f"U+{ord(found.group()):04X}") if found else None


def describe_control(name: str) -> str:
    """Say that a character, by its name, cannot be in a text."""
    return f"the character {name} steers a terminal and is not text; take it out"


def escape_controls(text: str) -> str:
    """Write such characters as Python does in a string, and leave all others as they are."""
    return _CONTROLS.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def measure_width(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide characters take two, combining marks none."""
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def escape_in_json(text: str) -> str:
    """Write such characters in the strings of a JSON text as JSON does."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
