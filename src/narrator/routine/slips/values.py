"""Explain values of the wrong form by their probable meaning."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from narrator.routine.slips.lengths import is_length, read_loosely, read_range
from narrator.routine.slips.lines import quote, write_plainly
from narrator.routine.slips.sounds import read_bed, read_bell
from narrator.routine.sounds import NONE


class Meant(NamedTuple):
    """A message about a value and what to write instead; None for its present message, or for no correction."""

    message: str | None
    instead: str | None


Reader: TypeAlias = Callable[[str, str], Meant | None]
"""Returns the meaning of a key's value given as text."""

_YES = {"yes", "y", "on", "ja", "si", "sí", "oui", "sim", "true", "always"}
_NO = {"no", "n", "off", "nein", "non", "não", "false", "never"}
_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_LONGEST = 200
"""Most characters of a value that is examined; longer values have another meaning and would take time to match."""
_COUNTED = "x|×|times|rounds?|strokes?|hits|repetitions|seconds?|s"
_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "spanish": "es", "español": "es", "french": "fr", "français":
    "fr", "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl", "nederlands":
    "nl", "hindi": "hi", "japanese": "ja", "swedish": "sv", "norwegian": "no", "danish": "da", "polish": "pl",
    "russian": "ru", "chinese": "zh", "turkish": "tr", "greek": "el", "finnish": "fi", "czech": "cs", "korean":
    "ko", "arabic": "ar",
}  # fmt: skip


def explain_value(path: list[Any], written: Any) -> Meant | None:
    """Return the probable meaning of a value at a path of keys and indexes; None if it is unknown."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    is_entry = bool(path) and isinstance(path[-1], int)
    if isinstance(written, str):
        if len(written) > _LONGEST:
            return None
        readers = _ENTRIES if is_entry else _READERS
        found = (reader(key, written.strip()) for reader in readers.get(key, ()))
        return next((meant for meant in found if meant and meant.instead != written), None)
    return _read_shape(key, written) if not is_entry else None


# Lengths and places ----------------------------------------------------------------------------------------------


def _read_length(key: str, text: str) -> Meant | None:
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Meant(None, f"{text}{'m' if key == 'length' else 's'}")
    if found := read_range(text):
        return Meant(f"{key!r} is one length, not a range; write one such as {found.partition('..')[0]}", None)
    return _say_length(text)


def _read_elastic(_key: str, text: str) -> Meant | None:
    low, dots, high = text.partition("..")
    if dots and not (low.strip() and high.strip()):
        return Meant("a range needs both of its ends, such as 20s..2m", None)
    if is_length(low) and is_length(high):
        return Meant(None, f"{high.strip()}..{low.strip()}")
    if " and " in text and (length := read_loosely(text.replace(" and ", " "))):
        return Meant(f"a length of time is written {length}, not {text!r}", length)
    if found := read_range(text):
        return Meant(f"a range is written with two dots: {found}", found)
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Meant(None, f"{text}s")
    return _say_length(text)


def _say_length(text: str) -> Meant | None:
    if is_length(text):
        return None
    found = read_loosely(text)
    return Meant(f"a length of time is written {found}, not {text!r}", found) if found and found != text else None


def _read_at(_key: str, text: str) -> Meant | None:
    small = re.sub(r"^the\s+", "", text.lower())
    for pattern, meant in _PLACES:
        if found := re.fullmatch(pattern, small):
            return Meant(*meant(*found.groups()))
    before = re.fullmatch(
        r"-\s*(.*)|(.*?)\s*(?:before|from|to)\s*(?:the\s+)?end|(.*?)\s*(?:left|remaining|to go)", small
    )
    if before and (length := read_loosely(next(part for part in before.groups() if part is not None))):
        return Meant(f"a time before the end of a hold is written -{length}", f"-{length}")
    if length := read_loosely(re.sub(r"^(?:after|at|from)\s+|\s+in$", "", small)):
        return Meant(f"a time in a hold is written {length}", length)
    return None


def _say_share(percent: float) -> tuple[str, str]:
    return f"a share of a hold is written with %: {percent:g}%", f"{percent:g}%"


def _say_unit(number: str) -> tuple[str, str]:
    message = f"{number!r} has no unit; write {number}% for a share of the hold, or {number}s for a time in it"
    return message, f"{number}%" if int(number) < 100 else f"{number}s"


_PLACES: tuple[tuple[str, Callable[..., tuple[str, str | None]]], ...] = (
    (
        r"(?:every|each)\s+(.*)",
        lambda time: (f"how often is a key of its own: write every: {time} in place of 'at'", None),
    ),
    (r"0?[.,](\d{1,4})", lambda digits: _say_share(float(f"0.{digits}") * 100)),
    (r"(\d{1,2})/(\d{1,2})", lambda part, whole: _say_share(round(100 * int(part) / max(int(whole), 1)))),
    (r"(\d{1,2})\s*(?:percent|per cent|pct)", lambda percent: _say_share(int(percent))),
    (r"(\d{1,5})", _say_unit),
    (r"-\s*(\d{1,5})", lambda number: (f"'-{number}' has no unit; write -{number}s", f"-{number}s")),
    (r"middle|halfway|half[ -]way|mid|center|centre|midpoint", lambda: ("half way is written half", "half")),
    (r"start|beginning|begin|first", lambda: ("the start of a hold is written 0s", "0s")),
    (r"end|last|finish", lambda: ("a time before the end of a hold is written such as -10s", "-10s")),
)
"""Positions in a hold in other notations, each with a message and what to write instead."""


# Numbers and words -----------------------------------------------------------------------------------------------


def _read_bool(key: str, text: str) -> Meant | None:
    if text.lower() in _YES | _NO:
        right = "true" if text.lower() in _YES else "false"
        return Meant(f"{key!r} is true or false; write {right}, not {text!r}", right)
    return None


def _read_whole(key: str, text: str) -> Meant | None:
    number = read_number(text)
    return None if number is None else Meant(f"{key!r} is a whole number; write {number}, not {text!r}", str(number))


def _read_count(key: str, text: str) -> Meant | None:
    found = re.fullmatch(r"(?:between\s+)?(\w+)\s*(?:-|–|—|to|and|or|\.{3}|…)\s*(\w+)(?:\s*\w+)?", text, re.IGNORECASE)
    if found and None not in (ends := (read_number(found[1]), read_number(found[2]))):
        return Meant(f"a range is written with two dots: {ends[0]}..{ends[1]}", f"{ends[0]}..{ends[1]}")
    return _read_whole(key, text)


def read_number(text: str) -> int | None:
    """Return the whole number of a text such as `3x`, `three times` or `twice`; None if it is not one."""
    small = text.lower().strip(" .")
    if small in {"once", "twice", "thrice"}:
        return ("once", "twice", "thrice").index(small) + 1
    found = re.fullmatch(rf"(?:x\s*)?(\d{{1,4}}|{'|'.join(_NUMBERS)})\s*(?:{_COUNTED})?", small)
    if not found:
        return None
    return int(found[1]) if found[1].isdigit() else _NUMBERS.index(found[1])


def _read_decimal(key: str, text: str) -> Meant | None:
    if key == "pace" and (found := re.fullmatch(r"(\d+)\s*%", text)):
        return Meant(f"'pace' is a number; write {int(found[1]) / 100:g}", f"{int(found[1]) / 100:g}")
    if key == "pace" and text.lower() in {"slow", "slowly", "slower", "calm"}:
        return Meant("'pace' is a number: 1 is the voice's own, less is slower; write 0.9", "0.9")
    if key == "pace" and text.lower() in {"fast", "faster", "quick"}:
        return Meant("'pace' is a number: 1 is the voice's own, more is faster; write 1.1", "1.1")
    found = re.fullmatch(r"([-−–+]?)\s*(\d+(?:[.,]\d+)?)\s*(?:x|dB|dBFS|LUFS|Hz)?", text, re.IGNORECASE)
    if found:
        number = ("-" if found[1] in {"-", "−", "–"} else "") + found[2].replace(",", ".")
        return Meant(f"{key!r} is a number; write {number}, not {text!r}", number) if number != text else None
    return None


def _read_language(_key: str, text: str) -> Meant | None:
    code = _LANGUAGES.get(text.lower()) or (
        text.replace("_", "-") if re.fullmatch(r"[A-Za-z]{2,3}_\w+", text) else None
    )
    return Meant(f"a language is written as its code: {code}", code) if code else None


def _read_sides(_key: str, text: str) -> Meant | None:
    if text.lower() in {"both", "each", "2", "two", "true", "yes", "left and right", "right and left"}:
        return Meant("'sides' is a list of names: [right, left]", "[right, left]")
    if text.lower() in {"right", "left"}:
        return Meant(None, "[right, left]")
    names = [name.strip() for name in re.split(r",|/|&|;|\band\b|\bthen\b", text) if name.strip()]
    instead = "[" + ", ".join(write_plainly(name, in_brackets=True) for name in names) + "]"
    return Meant(f"'sides' is a list of names: {instead}", instead)


def _read_breath(_key: str, text: str) -> Meant | None:
    small = text.lower()
    if found := re.search(r"\b(box|relaxing|coherent|diaphragmatic)\b", small):
        return Meant(f"this breath is written {found[1]}", found[1])
    if ".." in small or re.search(r"[^\d\s.,:/x×sinouthldpauebrfc\-–—]", small):
        return None
    numbers = re.findall(r"\d+(?:\.\d+)?", small)
    if 2 <= len(numbers) <= 4:
        pattern = "-".join(numbers)
        return (
            Meant(f"a breath is written with hyphens between its seconds: {pattern}", pattern)
            if pattern != text
            else None
        )
    return None


def _read_seed(_key: str, text: str) -> Meant | None:
    return Meant(None, "today") if text.lower() in {"daily", "date", "random", "now", "auto", "new"} else None


def _read_track(_key: str, text: str) -> Meant | None:
    number = r"0*([1-9]\d{0,3})"
    found = re.fullmatch(rf"(?:track|no[.]?|#)?\s*{number}(?:\s*(?:/|of|-)\s*{number})?", text, re.IGNORECASE)
    meant = "/".join(filter(None, found.groups())) if found else text
    return Meant(f"'track' is a number in the album; write {meant}", meant) if meant != text else None


def _read_cover(_key: str, text: str) -> Meant | None:
    return Meant("a track without a cover is written: cover: none", NONE) if text.lower() in _NO else None


def _read_list(key: str, text: str) -> Meant | None:
    if not text:
        return None
    instead = f"[{write_plainly(text, in_brackets=True)}]"
    return Meant(f"{key!r} is a list; write {instead}", instead)


def _read_cues(_key: str, text: str) -> Meant | None:
    if not text:
        return None
    instead = f"{{at: half, say: {write_plainly(text, in_brackets=True)}}}"
    return Meant(f"a cue needs a position and a text: {instead}", f"[{instead}]")


def _read_cue(_key: str, text: str) -> Meant | None:
    instead = f"{{at: half, say: {write_plainly(text, in_brackets=True)}}}"
    return Meant(f"a cue needs a position and a text: {instead}", instead)


def _read_empty(_key: str, text: str) -> Meant | None:
    return Meant("there is nothing after this key; write the text after it", None) if not text else None


# Mappings and lists ----------------------------------------------------------------------------------------------


def _read_shape(key: str, written: Any) -> Meant | None:
    """Return the meaning of a list or mapping in brackets in place of a single value."""
    if isinstance(written, Mapping) and len(written) == 1:
        ((name, value),) = written.items()
        if value == "" and key in {"say", "brief", "title", "description", "section"}:
            return Meant("a text that starts with { is read as a mapping; put it in quotes", quote(f"{{{name}}}"))
        if value == "" and key in _SINGLE:
            return Meant(f"{key!r} needs no brackets here", name)
    if isinstance(written, list) and all(isinstance(each, str) for each in written):
        return _read_strings(key, written)
    return None


def _read_strings(key: str, written: list[str]) -> Meant | None:
    """Return the meaning of a list of texts in place of a single value."""
    if key in {"hold", "pause", "for", "repeat"} and len(written) == 2:
        return Meant(f"a range is written with two dots: {'..'.join(written)}", "..".join(written))
    if key in {"title", "description", "section", "say", "brief"} and len(written) == 1:
        return Meant("a text that starts with [ is read as a list; put it in quotes", quote(f"[{written[0]}]"))
    if len(written) == 1 and key in _SINGLE:
        return Meant(f"{key!r} needs no brackets here", written[0])
    if written and key in _TAGS:
        line = write_plainly(", ".join(written), in_brackets=True)
        return Meant(f"{key!r} is one line of text, not a list; write {line}", line)
    return None


def _read_bell(_key: str, text: str) -> Meant | None:
    instead = read_bell(text, read_number)
    if not instead or instead == text:
        return None
    if instead.startswith("{"):
        return Meant(f"a bell and its strokes are written {instead}", instead)
    return Meant(f"there is no bell {text!r}; did you mean {instead!r}?", instead)


def _read_bed(_key: str, text: str) -> Meant | None:
    instead = read_bed(text)
    if not instead or instead == text:
        return None
    if instead.startswith("{"):
        return Meant(f"a bed and its level are written {instead}", instead)
    return Meant(f"there is no bed {text!r}; did you mean {instead!r}?", instead)


_SINGLE = frozenset(
    ("hold", "pause", "for", "length", "bell", "bed", "at", "every", "countdown", "breathe", "language", "gap",
     "breath", "times", "rounds", "repeat", "pace", "seed", "apart", "from", "until")
)  # fmt: skip
"""Keys whose value is never alone in brackets."""

_TAGS = frozenset(("artist", "album", "comment", "copyright", "genre", "year", "track", "cover"))
_LENGTHS = (
    "length", "breath", "gap", "every", "apart", "from", "until", "fade", "natural", "min", "max", "in", "out",
    "to", "takes",
)  # fmt: skip
_READERS: dict[str, tuple[Reader, ...]] = {
    **dict.fromkeys(_LENGTHS, (_read_length,)),
    **dict.fromkeys(("hold", "pause", "for"), (_read_elastic,)),
    **dict.fromkeys(("quiet", "optional", "extra", "last"), (_read_bool,)),
    **dict.fromkeys(("times", "rounds", "countdown", "voiced", "first", "year"), (_read_whole,)),
    **dict.fromkeys(("repeat", "random"), (_read_count,)),
    **dict.fromkeys(("pace", "level", "duck", "pitch", "loudness", "floor", "gain"), (_read_decimal,)),
    **dict.fromkeys(("spread", "each"), (_read_list,)),
    "count": (_read_bool,),
    "at": (_read_at,),
    "language": (_read_language,),
    "sides": (_read_sides,),
    "breathe": (_read_breath,),
    "bell": (_read_bell,),
    "sound": (_read_bell, _read_bed),
    "bed": (_read_decimal, _read_bed),
    "seed": (_read_seed,),
    "track": (_read_track,),
    "cover": (_read_cover,),
    "cues": (_read_cues,),
}
_ENTRIES: dict[str, tuple[Reader, ...]] = {"cues": (_read_cue,)}
"""Readers of the entries of a list, by the list's key."""
