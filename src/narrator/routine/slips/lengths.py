"""Parse lengths of time in other notations: `30 Sek.`, `half a minute`, `1,5m`, `30s to 2m`."""

import re

from narrator.routine.text.durations import parse_pause
from narrator.units import format_duration, parse_duration

_SPOKEN = ("en", "de", "es", "fr", "it", "pt", "nl")
_RANGE = re.compile(r"\s*(?:\.{2,}|…|[-–—−~]|\b(?:to|till|and|or|bis|up to|until|à|hasta)\b)\s*", re.IGNORECASE)
_AROUND = re.compile(
    r"^(?:about|around|approx\.?|ca\.?|circa|for|at least|at most|max\.?|min\.|roughly|between|[~≈])\s*"
    r"|\s*(?:each|long|max|or so|\.|,)$",
    re.IGNORECASE,
)


def read_loosely(text: str) -> str | None:
    """Return a length of time in narrator's notation; None if the text is not a length, or only a number."""
    plain = _AROUND.sub("", text.strip().strip("\"'()[]")).strip()
    plain = re.sub(r"(?<=\d),(?=\d)", ".", plain)
    plain = re.sub(r"(\d+)\s*[′']\s*(?:(\d+)\s*[″\"])?", lambda found: f"{found[1]}m{found[2] or 0}s", plain)
    plain = re.sub(r"(\d+)\s*[″\"]$", r"\1s", plain)
    if half := re.fullmatch(r"(?:half an?|1/2|½)\s*(hour|minute|min|h|m)\w*", plain, re.IGNORECASE):
        return "30m" if half[1].lower().startswith("h") else "30s"
    if breaths := re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:breaths?|breathes|cycles of breath)\.?", plain, re.IGNORECASE):
        return f"{breaths[1]} breaths"
    if not plain or re.fullmatch(r"-.*|[\d.]+", plain):
        return None
    length = _parse(plain)
    if length is None:
        length = next((found for code in _SPOKEN if (found := parse_pause(plain, code)) is not None), None)
    return format_duration(length) if length else None


def is_length(text: str) -> bool:
    """Return whether a text is a length of time in narrator's notation."""
    return _parse(text.removeprefix("-")) is not None


def _parse(text: str) -> int | None:
    try:
        return parse_duration(text)
    except ValueError:
        return None


def read_range(text: str) -> str | None:
    """Return a range of lengths in narrator's notation; None if the text is not a range."""
    parts = _RANGE.split(re.sub(r"^between\s+", "", text.strip(), flags=re.IGNORECASE))
    if len(parts) != 2 or not all(parts):
        return None
    low, high = parts
    if re.fullmatch(r"[\d.,]+", low) and (unit := re.search(r"[^\d.,\s].*$", high)):
        low += " " + unit.group()
    ends = read_loosely(low), read_loosely(high)
    return None if None in ends else f"{ends[0]}..{ends[1]}"
