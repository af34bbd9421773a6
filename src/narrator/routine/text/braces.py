"""Fill in names in braces."""

import re
from collections.abc import Mapping

from narrator.routine.nearest import find_nearest, suggest
from narrator.routine.text.durations import parse_pause
from narrator.units import format_duration

_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class BraceError(ValueError):
    """A name in braces is unknown; has the name that was probably meant."""

    def __init__(self, message: str, name: str, instead: str | None) -> None:
        super().__init__(message)
        self.written = f"{{{name}}}"
        self.instead = instead and f"{{{instead}}}"


def check_braces(text: str) -> None:
    """Refuse braces that can never be filled in.

    Raises:
        ValueError: a brace is unmatched.

    """
    for found in _BRACES.finditer(text):
        if found.group(1) is None:
            raise ValueError("a brace is unmatched; write names to fill in as {side}")


def fill_braces(text: str, words: Mapping[str, str]) -> str:
    """Replace names in braces by words; `{Side}` capitalises the word.

    Raises:
        ValueError: a name has no meaning here; the message suggests one that has.

    """

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in words:
            return words[name]
        if name[:1].isupper() and name.lower() in words:
            word = words[name.lower()]
            return word[:1].upper() + word[1:]
        if (length := parse_pause(name, "en")) is not None:
            raise ValueError(f"{{{name}}} has no meaning here; for a pause, write [{format_duration(length)}]")
        if not words:
            raise ValueError(f"{{{name}}} has no meaning here; {{side}} works only inside a section with 'sides'")
        raise BraceError(f"{{{name}}} has no meaning here; {suggest(name, words)}", name, find_nearest(name, words))

    return _BRACES.sub(fill, text)
