"""Parse the text of a subtitle or a table's cell: spoken words, bells, and parts that are left out."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from narrator.routine.text import InlinePause, Sentence, TextError, TextFault, split_text
from narrator.routine.text.durations import parse_pause
from narrator.sound.catalog import BELLS

MOST_STROKES = 108


@dataclass(frozen=True, slots=True)
class Strike:
    """A bell's name and its number of strokes."""

    bell: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A text that is not spoken: its kind, and the part to show."""

    kind: str
    snippet: str


Piece: TypeAlias = str | InlinePause | Strike
"""A sentence, a silence, or a bell."""

_BELLS = {
    word: bell
    for bell, words in {
        "bowl": "bell bells bowl bowls ding glocke glocken klangschale klangschalen campana campanas cuenco cuencos "
        "cloche cloches bol bols campanella ciotola sino sinos taça taças klok klankschaal",
        "chime": "chime chimes triangle carillon",
        "gong": "gong gongs",
        "tingsha": "tingsha tingshas cymbals",
        "woodblock": "woodblock",
    }.items()
    for word in words.split()
}
_NUMBERS = {
    "once": 1,
    "twice": 2,
    "two": 2,
    "three": 3,
    "zwei": 2,
    "drei": 3,
    "dos": 2,
    "tres": 3,
    "deux": 2,
    "trois": 3,
}
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|em|strong|font|ruby|lang|span|p)(?:[\s.][^<>\n]*)?/?>|<\d[\d:.]*>", re.IGNORECASE | re.ASCII
)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>\n]+)>", re.IGNORECASE)
_READING = re.compile(r"<rt(?:[\s.][^<>\n]*)?>([^<>]*)</rt>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^{}\n]*\}")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_BREAK = re.compile(r"\\N|<br\s*/?>", re.IGNORECASE)
_DASH = re.compile(r"(?m)^[ \t]*(?:[-–—‒]+[ \t]*(?=[^\W\d_\[(])|>>+[ \t]*)")
_MUSIC = re.compile(r"[♩♪♫♬]")
_BRACKET = re.compile(r"\[[^\[\]]*\]|［[^［］]*］|【[^【】]*】|(?m:^[ \t]*[(（][^()（）\n]{1,80}[)）][ \t.]*$)")


def read_spoken(text: str, language: str) -> tuple[list[Piece], list[Unsaid]]:
    """Split the text of a line into what is heard, in order, and what is not spoken.

    Markup of subtitles is removed silently. Lines are joined, except those of a dialogue.

    Raises:
        TextError: markup would be spoken: another tag, or an unmatched bracket or brace.

    """
    unsaid: list[Unsaid] = []
    plain = _strip(text, unsaid)
    pieces: list[Piece] = []
    faults: list[TextFault] = []
    done = 0
    running = ""
    for start, end, strike in _find_brackets(plain, language, unsaid):
        running += plain[done:start]
        done = end
        if strike:
            pieces += _split(running, language, faults)
            pieces.append(strike)
            running = ""
    pieces += _split(running + plain[done:], language, faults)
    if faults:
        raise TextError(faults)
    return pieces, unsaid


def _strip(text: str, unsaid: list[Unsaid]) -> str:
    """Return a text without markup."""
    text = html.unescape(text) if "&" in text else text
    if "<" in text:
        unsaid += (Unsaid("voice", found[1].strip()) for found in _VOICE.finditer(text))
        unsaid += (Unsaid("reading", found[1].strip()) for found in _READING.finditer(text) if found[1].strip())
        text = _TAG.sub("", _READING.sub("", text))
    text = _OVERRIDE.sub("", _BREAK.sub("\n", text).replace("\\h", " "))
    if _MUSIC.search(text):
        unsaid.append(Unsaid("music", next(line for line in text.split("\n") if _MUSIC.search(line)).strip()))
        text = _MUSIC.sub(" ", text)
    # Each answer in a dialogue begins a new sentence, like a list item.
    return _DASH.sub("- ", text)


def _find_brackets(text: str, language: str, unsaid: list[Unsaid]) -> Iterator[tuple[int, int, Strike | None]]:
    """Yield the places of brackets that are not spoken, and the bell that they stand for, if any."""
    for found in _BRACKET.finditer(text):
        written = found.group().strip(" \t.")
        inner = written[1:-1].strip()
        if parse_pause(inner, language, by_word=written[0] in "(（") is not None:
            continue
        strike = _read_bell(inner)
        if not strike:
            if _find_meant(written, language):
                continue
            unsaid.append(Unsaid("description", written))
        yield *found.span(), strike


def _find_meant(written: str, language: str) -> bool:
    """Return whether brackets are almost a pause, which is reported as a fault with its correction."""
    try:
        split_text(written, language)
    except TextError as error:
        return any(fault.instead is not None for fault in error.faults)
    return False


def _read_bell(inner: str) -> Strike | None:
    """Return the bell that `bell`, `3 bells`, `gong x2` or `bell rings` stands for; None if it is not one."""
    words = re.findall(r"[^\W\d_]+|\d{1,3}", inner.lower())
    names = [word for word in words if not word.isdigit()]
    bell = next((each for each in BELLS if each == inner.lower()), None)
    bell = bell or next((_BELLS[word] for word in names[:2] if word in _BELLS), None)
    if bell is None or len(names) > 3 or "music" in names:
        return None
    times = next(
        (int(word) if word.isdigit() else _NUMBERS[word] for word in words if word.isdigit() or word in _NUMBERS), 1
    )
    return Strike(bell, min(max(times, 1), MOST_STROKES))


def _split(running: str, language: str, faults: list[TextFault]) -> Iterator[str | InlinePause]:
    braces = dict.fromkeys(_BRACES.findall(running))
    faults += (TextFault(f"{each[:40]} would be spoken; write the words themselves", each) for each in braces)
    try:
        for piece in split_text(running, language):
            yield piece.text if isinstance(piece, Sentence) else piece
    except TextError as error:
        faults += error.faults
