"""Explain steps that are plain text: `hold 30s`, `say:Hi`, `gong`."""

import re

from narrator.routine.slips.lengths import read_loosely, read_range
from narrator.routine.slips.lines import STEPS, write_plainly
from narrator.routine.slips.sounds import read_bell
from narrator.routine.slips.values import Meant, read_number
from narrator.sound.catalog import BELLS


def explain_step(text: str) -> Meant:
    """Return the probable meaning of a step that is plain text, correctly written."""
    if not text or text.lower() in STEPS:
        return _complete(text.lower())
    found = re.match(r"([A-Za-z]+)\s*[:：=;]\s*(?=\S)", text)
    if found and found[1].lower() in STEPS:
        kind, rest = found[1].lower(), text[found.end() :]
        return _make(f"after {kind!r} write a colon and a space", kind, _read_value(kind, rest) or rest)
    first, _, rest = text.partition(" ")
    kind = first.lower()
    value = _read_value(kind, re.sub(r"^[\s=-]*>\s*", "", rest.strip(" -"))) if kind in STEPS else None
    if value and (first == kind or kind != "say"):
        return _make(f"a colon is missing after {kind!r}", kind, value)
    if length := read_range(text) or read_loosely(text):
        return _make("a step starts with its kind", "hold", length)
    bell = read_bell(text, read_number) if len(text.split()) <= 3 else None
    if bell and any(name in text.lower() for name in (*BELLS, "bell")):
        return _make("a step starts with its kind", "bell", bell)
    return _make("a step starts with its kind", "say", text)


_VALUES = {"hold": "hold: 1m", "pause": "pause: 5s", "bell": "bell: bowl", "breathe": "{breathe: 4-6, rounds: 6}"}
"""Complete steps for kinds that need nothing more."""
_WANTED = {
    "say": "what is said: '- say: Sit down.'",
    "section": "its title, and below it 'steps:' with its steps: '- section: Warm up'",
    "repeat": "how often, and below it 'steps:' with its steps: '- repeat: 3'",
    "play": "the name of a sound file: '- play: intro.wav'",
    "include": "the name of a file: '- include: parts/arrive.yaml'",
}


def _complete(kind: str) -> Meant:
    """Return what is missing from a step that is only the name of its kind, or empty."""
    if not kind:
        return Meant("there is no step after this dash; remove the dash, or write a step, such as '- hold: 1m'", None)
    if step := _VALUES.get(kind):
        return Meant(f"{kind!r} needs a colon and a value; write '- {step}'", step)
    return Meant(f"{kind!r} needs a colon and {_WANTED[kind]}", None)


def explain_empty(kind: str) -> Meant:
    """Return what is missing from a step whose kind has no value."""
    if step := _VALUES.get(kind):
        value = step.strip("{}").partition(": ")[2].partition(",")[0]
        return Meant(f"there is nothing after {kind!r}; write a value, such as '{kind}: {value}'", value)
    return Meant(f"there is nothing after {kind!r}; write {_WANTED[kind]}", None)


def _make(message: str, kind: str, value: str) -> Meant:
    written = value if kind != "say" and value.startswith("{") else write_plainly(value)
    step = f"{kind}: {written}"
    return Meant(f"{message}; write '- {step if len(step) <= 60 else step[:57] + '...'}'", step)


def _read_value(kind: str, rest: str) -> str | None:
    """Return the value of a step in narrator's notation from the text after its kind; None if it does not fit."""
    match kind:
        case "hold" | "pause":
            return read_range(rest) or read_loosely(rest) or (f"{rest}s" if rest.isdigit() else None)
        case "bell":
            return read_bell(rest, read_number) if rest else "bowl"
        case "repeat":
            number = read_number(rest)
            return None if number is None else str(number)
        case "breathe":
            return rest if re.match(r"[\d.]+-[\d.]+|box|relaxing|coherent|diaphragmatic", rest) else None
    return rest or None
