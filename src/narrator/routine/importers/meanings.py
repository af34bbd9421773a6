"""Parse the words in a mark: pauses, holds, bells, breath rounds, and settings of a block."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from narrator.routine.breath import PATTERNS
from narrator.routine.importers.holds import make_hold, read_hold
from narrator.routine.importers.lengths import read_number, read_silence
from narrator.routine.importers.parts import Meaning, Note, Setting, Step, Value, drop_fillers
from narrator.routine.importers.words import find_words
from narrator.routine.nearest import find_nearest, suggest
from narrator.routine.text.durations import parse_pause
from narrator.routine.text.mark_words import find_mark_words
from narrator.routine.text.marks import InlinePause, TextFault
from narrator.sound.catalog import BEDS, BELLS
from narrator.units import LONGEST


def read_mark(inner: str, at: int, language: str) -> Meaning | None:
    """Return the meaning of the words in a mark at a place of the text; None if they have none."""
    if (length := parse_pause(inner, language)) is not None:
        if 0 < length <= LONGEST:
            return InlinePause(length)
        return TextFault(f"[{inner}] is not a valid length of a pause; write [3s]", inner)
    counted = re.match(r"\s*(\d{1,3})\s*[x×]?\s*(?=[^\W\d_])", inner)
    pattern, kinds = find_heads(language)
    head = pattern.match(inner, counted.end() if counted else 0)
    kind = kinds[head[1].lower()] if head else ""
    if head and kind == "bell":
        rest = inner[head.end() :]
        return _read_bell(inner, head[1].lower(), counted[1] if counted else "", at, language, rest)
    if counted or not head:
        # The length may come first: "1 min hold", "5 breaths".
        return _read_length_first(inner, at, language)
    return _READERS[kind](Value(inner[head.end() :], at + head.end(), at + len(inner)), language)


def _read_rank(key: str, value: Value, language: str) -> Setting | None:
    rank = read_number(value.text, language) if value.text.strip() else "true"
    return Setting(key, value._replace(text=rank)) if rank else None


def _read_pause(value: Value, language: str) -> Step | None:
    """Parse the text after `pause` if it is more than a length: a range, or a number of breaths."""
    asked = drop_fillers(value, language)
    silence = read_silence(asked.text, language)
    return Step({"pause": asked._replace(text=silence)}, ".." in silence) if silence else None


@cache
def find_heads(language: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return the pattern of the first words of marks, and their kinds."""
    kinds: dict[str, str] = {}
    for words in find_words(language):
        by_kind = {
            "hold": words.hold, "bell": words.bells, "breathe": words.breathe, "bed": words.bed,
            "extra": words.extra, "optional": words.optional, "note": words.note,
        }  # fmt: skip
        for kind, known in by_kind.items():
            kinds |= {word: kind for word in known if word not in kinds}
    for mark_words in find_mark_words(language):
        kinds |= {word: "pause" for word in mark_words.pause if word not in kinds}
    ordered = "|".join(re.escape(word) for word in sorted(kinds, key=len, reverse=True))
    return re.compile(rf"\s*({ordered})(?![^\W\d_])", re.IGNORECASE), kinds


def _read_length_first(inner: str, at: int, language: str) -> Meaning | None:
    """Parse a mark that begins with its length: `5 breaths`, or `1 min hold: halfway`."""
    for found in re.finditer(r"[^\W\d_]+", inner):
        if any(found.group().lower() in words.hold for words in find_words(language)):
            length = read_silence(inner[: found.start()], language)
            if length is None or inner[found.end() :].strip()[:1] not in {"", ":"}:
                return None
            hold = Value(length, at, at + found.start())
            return make_hold(hold, Value(inner[found.end() :], at + found.end(), at + len(inner)), language)
    length = None if inner.strip().isdecimal() else read_silence(inner, language)
    return Step({"pause": Value(length, at, at + len(inner))}, ".." in length) if length else None


# Bells, breath and beds -------------------------------------------------------------------------------------------


def _read_bell(inner: str, head: str, times: str, at: int, language: str, rest: str = "") -> Step | TextFault | None:
    known = {word: bell for words in reversed(find_words(language)) for word, bell in words.bells.items()}
    sound = known[head]
    value = Value(sound, at, at + len(inner))
    words = drop_fillers(Value(rest if not times else "", 0, 0), language).text.lower()
    if found := re.search(r"(?:^|\s)[x×]?\s*(\d{1,3})\s*(?:[x×]|[^\W\d_]+)?$", words):
        times, words = found[1], words[: found.start()].strip()
    if not times and words and (number := read_number(words.removesuffix(" times"), language)):
        times, words = number, ""
    if words:
        if words not in known and words not in BELLS and not Path(words).suffix:
            near = suggest(words, BELLS)
            return TextFault(f"there is no bell {words!r}; {near}", inner, None)
        sound = known.get(words, words)
        value = value._replace(text=sound if not Path(words).suffix else rest.strip(" :"))
    if not times:
        return Step({"bell": value})
    if sound == "bowl":
        return Step({"bell": value._replace(text=times)})
    return Step({"bell": {"sound": value, "times": value._replace(text=times)}})


_PATTERN = rf"(?:{'|'.join(PATTERNS)}|\d+(?:\.\d+)?(?:\s?[-–]\s?\d+(?:\.\d+)?){{1,3}})"


def _read_breathe(value: Value, language: str) -> Step | TextFault | None:
    """Parse the text after `breathe`: a rhythm, and a time or a number of rounds."""
    asked = drop_fillers(value, language)
    found = re.match(rf"({_PATTERN}(?:\s*\.\.\s*{_PATTERN})?)(?![\d-])", asked.text, re.IGNORECASE)
    if not found:
        return None
    rhythm = re.sub(r"\s?[-–]\s?", "-", found[1].lower())
    data: dict[str, Any] = {"breathe": Value(rhythm, asked.start, asked.start + found.end())}
    rest = drop_fillers(Value(asked.text[found.end() :], asked.start + found.end(), asked.end), language)
    counted = re.fullmatch(r"[x×]?\s*(\w+)\s*([x×]|[^\W\d_]+)?", rest.text)
    kinds = {word for words in find_words(language) for word in words.rounds | words.breaths}
    if counted and (counted[2] or "").lower() in kinds | {"×"} and (number := read_number(counted[1], language)):
        return Step(data | {"rounds": rest._replace(text=number)})
    length = read_silence(rest.text, language)
    if length is None or "breaths" in length:
        message = f"this has no length; write, for example, [breathe {rhythm} 1m], or 6 rounds"
        written = value.text.strip()
        return TextFault(message, written, f"{rhythm} 1m")
    return Step(data | {"for": rest._replace(text=length)}, is_elastic=True)


_NO_BED = frozenset(
    {"none", "off", "aus", "keine", "keins", "ninguno", "sin", "aucun", "sans", "nessuno", "nenhum", "sem"}
)


def _read_bed(value: Value, language: str) -> Setting | TextFault | None:
    asked = drop_fillers(value, language)
    if asked.text.lower() in _NO_BED:
        return Setting("bed", asked._replace(text="none"))
    if asked.text.lower() in BEDS or Path(asked.text).suffix or re.fullmatch(r"-?\d{1,2}", asked.text):
        start = value.end - len(value.text.lstrip()) if re.match(r"\s*-\d", value.text) else asked.start
        text = value.text.strip() if re.match(r"\s*-\d", value.text) else asked.text
        return Setting("bed", Value(text if Path(text).suffix else text.lower(), start, asked.end))
    if not asked.text:
        return None
    near = find_nearest(asked.text, BEDS)
    return TextFault(f"there is no bed {asked.text!r}; {suggest(asked.text, BEDS)}", asked.text, near)


_READERS: Mapping[str, Callable[[Value, str], Meaning | None]] = {
    "hold": read_hold,
    "pause": _read_pause,
    "breathe": _read_breathe,
    "bed": _read_bed,
    "extra": partial(_read_rank, "extra"),
    "optional": partial(_read_rank, "optional"),
    "note": lambda _value, _language: Note(),
}


@lru_cache(maxsize=256)
def mend(inner: str, language: str) -> str | None:
    """Return a mark with its one misspelt word corrected, if that makes it valid; else None."""
    known = [word for word in find_heads(language)[1] if " " not in word]
    units = [word for each in find_mark_words(language) for word in (*each.seconds, *each.minutes) if len(word) > 2]
    for word in re.findall(r"[^\W\d_]{3,}", inner)[:8]:
        if (close := find_nearest(word, [*known, *units])) and close != word.lower():
            mended = inner.replace(word, close, 1).strip()
            meaning = read_mark(mended, 0, language)
            if meaning is not None and not isinstance(meaning, TextFault | Note):
                return mended
    return None
