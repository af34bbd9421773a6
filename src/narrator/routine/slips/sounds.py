"""Parse bells and beds in words: `gong 3 times`, `3x gong`, `rain at -20 dB`."""

import difflib
import re
from collections.abc import Callable, Iterable

from narrator.sound.catalog import BEDS, BELLS, NONE

_BELLS = {
    "low bowl": "bowl-low", "deep bowl": "bowl-low", "singing bowl": "bowl", "tibetan bowl": "bowl", "bell": "bowl",
    "bells": "bowl", "ding": "chime", "wood block": "woodblock", "true": "bowl", "yes": "bowl", "on": "bowl",
    "default": "bowl",
}  # fmt: skip
_BEDS = {
    "waves": "ocean", "sea": "ocean", "water": "ocean", "noise": "brown", "brown noise": "brown", "white noise":
    "brown", "pink noise": "brown", "true": "drone", "yes": "drone", "on": "drone", "music": "drone", "pad":
    "drone", "om": "drone", "false": NONE, "no": NONE, "off": NONE, "null": NONE, "~": NONE, "silence": NONE,
}  # fmt: skip
_COUNT = re.compile(
    r"\bx\s*\d+|\b\d+\s*(?:x|×|times|strokes?|hits)?|\b(?:once|twice|thrice|two|three|four|five|six)\b(?:\s+times)?"
)


def read_bell(text: str, read_number: Callable[[str], int | None]) -> str | None:
    """Return a bell in narrator's notation; None if the text does not name one."""
    small = text.lower().strip(" .")
    found = _COUNT.search(small)
    times = read_number(found.group()) if found else None
    rest = (small[: found.start()] + small[found.end() :]) if found else small
    name = _find_name(rest, BELLS, _BELLS)
    if name is None:
        return None
    return name if times in {None, 1} else f"{{sound: {name}, times: {times}}}"


def read_bed(text: str) -> str | None:
    """Return a bed in narrator's notation; None if the text does not name one."""
    small = text.lower().strip(" .")
    found = re.search(r"[-−–]?\s*\d+(?:\.\d+)?\s*(?:db)?", small)
    rest = (small[: found.start()] + small[found.end() :]) if found else small
    name = _find_name(rest, BEDS, _BEDS)
    if name is None:
        return None
    if not found:
        return name
    number = re.sub(r"[^\d.]", "", found.group())
    return f"{{sound: {name}, level: -{number}}}"


def _find_name(text: str, names: Iterable[str], others: dict[str, str]) -> str | None:
    words = re.sub(r"\b(?:a|the|at|of|with|sounds?|strike|ring|level|volume)\b|[,;:()]", " ", text)
    words = " ".join(words.split())
    for known in sorted([*names, *others], key=len, reverse=True):
        if re.search(rf"(?<![\w-]){re.escape(known)}s?(?![\w-])", words):
            return others.get(known, known)
    close = difflib.get_close_matches(words, list(names), n=1, cutoff=0.6)
    return close[0] if close else None
