"""Find marks in a text: pauses in many notations, and markup that would be read aloud as nonsense."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from narrator.errors import Mark
from narrator.routine.text.durations import PAUSE, is_pause_word, parse_pause
from narrator.routine.text.mark_words import find_mark_words
from narrator.units import LONGEST, Ms


@dataclass(frozen=True, slots=True)
class InlinePause:
    """A silence written inside a text."""

    length: Ms


@dataclass(frozen=True, slots=True)
class TextFault:
    """A fault in a text, and the part at fault as written."""

    message: str
    snippet: str
    instead: str | None = None
    """The text to write instead of that part, if known."""

    def rewrite(self, mark: Mark) -> str | None:
        """Return the corrected line, or None if the correction is not known."""
        return None if self.instead is None else mark.rewrite(self.snippet, self.instead)


class TextError(ValueError):
    """A text cannot be spoken as written; has all faults found in it."""

    def __init__(self, faults: list[TextFault]) -> None:
        super().__init__(faults[0].message)
        self.faults = tuple(faults)


_ATTRIBUTE = r"\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|“[^”<>]*”|[^\s\"'<>=]+)"
_MARK = re.compile(
    r"(?P<comment><!--.*?-->)"
    rf"|(?P<tag></?[A-Za-z][\w:.-]*(?:{_ATTRIBUTE})*\s*/?>)"
    r"|(?P<angle><[^<>\n]{1,60}>)"
    r"|(?P<open_tag></?(?:break|speak|prosody|emphasis|phoneme|say-as|audio|voice|pause|silence)\b)"
    r"|(?P<say>\[\[\s*slnc\s+(?P<slnc>\d{1,9})\s*\]\])"
    r"|(?P<link>!?\[(?P<label>[^\[\]\n]+)\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\))"
    r"|(?P<square>\[[^\[\]]*\]|［[^［］]*］|【[^【】]*】)"
    r"|(?P<round>\([^()\[\]<>\n]{1,80}\)|（[^（）]{1,80}）)"
    r"|(?P<emphasis>(?P<stars>\*{1,3}|_{1,3})(?=[^\s*_])[^*_\n]{1,80}(?<!\s)(?P=stars))"
    r"|(?P<slash>(?<![^\s(*_])/\d[\d.]*\s?(?:h|m|min|s|secs?|ms)(?:\d+(?:s|secs?))?(?![\w/]))",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"<break\b(?P<attributes>[^<>]*?)/?>(?:\s*</break\s*>)?", re.IGNORECASE)
_TIME = re.compile(r"\btime\s*=\s*[\"'“]?\s*(?P<time>[^\"'”\s/>]+(?:\s*[a-z]+)?)\s*[\"'”]?", re.IGNORECASE)
_STRENGTHS = {"none": 0, "x-weak": 250, "weak": 500, "medium": 1000, "strong": 2000, "x-strong": 4000}
"""Lengths in ms for the strengths of a break in SSML 1.1; the standard does not define them."""
# Text directly after another mark also counts as set apart.
ALONE_BEFORE = re.compile(r"(?:^|[.!?…:;,—–।॥۔؟。！？\n>\])][\"'”’»)\]]*)\s*$")
_SURROUNDINGS = 100
"""Characters beside a mark that decide whether it is set apart."""
_WRAPPED = {"(": ")", "*": "*", "_": "_"}


def split_marks(text: str, language: str) -> list[str | InlinePause]:
    """Return a text as running text and pauses in order; between two adjacent pauses the text is empty.

    Raises:
        TextError: there is a tag, a word in brackets, or an unmatched bracket.

    """
    pieces: list[str | InlinePause] = []
    faults: list[TextFault] = []
    running = ""
    done = 0
    for start, end, what in find_marks(text, language):
        running += text[done:start]
        done = end
        match what:
            case TextFault():
                pieces.append(running)
                running = ""
                # The fault of a closing tag is already reported at its opening tag.
                if not any(
                    written.snippet.startswith(what.snippet.rstrip(">").replace("</", "<")) for written in faults
                ):
                    faults.append(what)
            case InlinePause():
                pieces += [running, what]
                running = ""
            case str():
                running += what
    pieces.append(running + text[done:])
    faults += [fault for piece in pieces if isinstance(piece, str) for fault in find_stray(piece)]
    if faults:
        raise TextError(faults)
    return pieces


def find_marks(
    text: str, language: str, readers: "Mapping[str, Reader] | None" = None
) -> Iterator[tuple[int, int, Any]]:
    """Yield each mark with its place: a pause, a fault, or the text to say instead.

    `readers` replace the readers of some kinds of marks; their results are yielded unchanged.
    """
    readers = {**READERS, **(readers or {})}
    place = done = 0
    while found := _MARK.search(text, place):
        what = _read_mark(found, language, readers)
        start, end = found.span()
        if what is None:
            place = start + 1
            continue
        if isinstance(what, InlinePause) and (closing := _BREAK.match(text, start)):
            end = closing.end()
        if not isinstance(what, TextFault | str):
            start, end = _unwrap(text, start, end)
        # What is around a mark may be what was around the one before it.
        yield max(start, done), end, what
        place = done = end


def _unwrap(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of a pause including the stars and parentheses that contain only it."""
    while start and end < len(text) and _WRAPPED.get(text[start - 1]) == text[end]:
        start, end = start - 1, end + 1
    return start, end


_What: TypeAlias = InlinePause | TextFault | str | None
"""The meaning of a mark: a pause, a fault, the text to say instead, or None if it is not a mark."""


def _read_mark(found: re.Match[str], language: str, readers: "Mapping[str, Reader]") -> Any:
    written = found.group()
    match found.lastgroup:
        case "comment":
            return TextFault("a comment would be spoken; write it after # on a line of YAML", written)
        case "open_tag":
            return TextFault(f"{written} is not closed; for a pause, write [2s]", written)
        case "say":
            return _make_pause(int(found.group("slnc")), written)
    return readers[found.lastgroup or ""](found, language)


def _read_angle(found: re.Match[str], language: str) -> _What:
    written = found.group()
    seconds = re.fullmatch(r"<#\s*([\d.]+)\s*#>", written)
    inner = f"{seconds[1]}s" if seconds else written.strip("</>")
    return _make_pause(parse_pause(inner, language, by_word=not seconds), written)


def _read_link(found: re.Match[str], language: str) -> _What:
    label: str = found.group("label")
    if re.search(r"[/.#:@]", found.group("target")):
        return label
    return _read_brackets(f"[{label}]", language)


def _read_round(found: re.Match[str], language: str) -> _What:
    return _make_pause(parse_pause(found.group()[1:-1], language, by_word=True), found.group())


def _read_slash(found: re.Match[str], language: str) -> _What:
    return _make_pause(parse_pause(found.group()[1:], language), found.group())


def _make_pause(length: Ms | None, written: str) -> InlinePause | TextFault | None:
    if length is None:
        return None
    if not 0 < length <= LONGEST:
        return TextFault(f"{_shorten(written)} is not a valid length of a pause; write one such as [3s]", written)
    return InlinePause(length)


# Tags -------------------------------------------------------------------------------------------------------------

_ADVICE = {
    "br": "start a new paragraph with an empty line, or write a pause as [1s]",
    "p": "separate paragraphs by an empty line",
    "s": "end the sentence with a full stop",
    "speak": "remove it",
    "prosody": "set 'pace' in 'voice' at the top of the routine",
    "voice": "set 'voice' at the top of the routine",
    "lang": "write a separate text for each language",
    "phoneme": "add the word to 'pronounce' at the top of the routine",
    "sub": "add the word to 'pronounce' at the top of the routine",
    "say-as": "write the words as they are spoken",
    "audio": "write the sound as a separate step",
    "img": "write what should be said",
    "li": "start the line of each item with '- '",
    "pause": "write it as [3s]",
    "silence": "write it as [3s]",
}
_EMPHASIS = frozenset(
    {"b", "strong", "i", "em", "u", "emphasis", "span", "font", "mark", "small", "big", "h1", "h2", "h3", "div", "code"}
)


def _read_tag(found: re.Match[str], language: str) -> _What:
    written = found.group()
    name = re.sub(r"[^\w:-].*", "", written.strip("</>"), flags=re.DOTALL).lower()
    if name == "break" and not written.startswith("</"):
        return _read_break(written)
    length = parse_pause(written.strip("</>"), language, by_word=True)
    if length is not None and not written.startswith("</"):
        return _make_pause(length, written)
    advice = _ADVICE.get(name) or ("remove it" if name in _EMPHASIS else "remove it; for a pause, write [2s]")
    instead = "[1s]" if name == "br" else "" if name in _EMPHASIS else None
    return TextFault(f"the tag {_shorten(written)} would be spoken; {advice}", written, instead)


def _read_break(written: str) -> InlinePause | TextFault:
    attributes = written[len("<break") :].rstrip("/>").strip()
    length = None if attributes else PAUSE
    if found := _TIME.search(attributes):
        length = parse_pause(found.group("time"), "en")
    elif found := re.search(r"\bstrength\s*=\s*[\"'“]?([\w-]+)", attributes, re.IGNORECASE):
        length = _STRENGTHS.get(found.group(1).lower())
    if pause := _make_pause(length, written):
        return pause
    return TextFault(f'{_shorten(written)} has no length; write <break time="2s"/>, or [2s]', written)


# Brackets ---------------------------------------------------------------------------------------------------------

_STEPS = {
    "- bell: bowl": "bell bells gong bowl chime ding ring tingsha glocke gong klangschale campana cuenco cloche bol "
    "campanello sino taça klok klankschaal",
    "- hold: 30s": "hold halten halte halt mantén mantener maintenir tiens tieni mantieni manter mantenha houd "
    "vasthouden",
    "- breathe: 4-6": "breathe breath breaths atmen respira respirer respire respirare respirar adem",
}


def _read_square(found: re.Match[str], language: str) -> _What:
    return _read_brackets(found.group(), language)


def _read_brackets(written: str, language: str) -> InlinePause | TextFault:
    inner = written[1:-1].strip()
    if pause := _make_pause(parse_pause(inner, language), written):
        return pause
    shown = _shorten(written)
    if inner.isdecimal():
        return TextFault(f"{shown} has no unit; write [{inner}s]", written, f"[{inner}s]")
    if re.search(r"\d\w*\s*\.\.\s*\d", inner):
        return TextFault(
            f"{shown} is not a single length; write an elastic pause as a step: '- pause: 3s..8s'", written
        )
    if corrected := _correct(inner, language):
        return TextFault(
            f"{shown} is not a pause; did you mean [{corrected}]? Or write [3s]", written, f"[{corrected}]"
        )
    first = inner.lower().split(maxsplit=1)[:1]
    for step, heads in _STEPS.items():
        if first and first[0].strip(":") in heads.split():
            return TextFault(f"{shown} is not a pause such as [3s]; write it as a separate step: '{step}'", written)
    if inner.lower() == "side":
        message, instead = f"for the name of the side, write {{{inner}}} instead of {shown}", f"{{{inner}}}"
    else:
        message, instead = f"{shown} is not a pause; write one as [3s], and other text without brackets", None
    return TextFault(message, written, instead)


def _correct(inner: str, language: str) -> str | None:
    """Return a mark with its one misspelt word corrected, if that makes it a pause; else None."""
    known = [word for each in find_mark_words(language) for word in (*each.pause, *each.seconds, *each.minutes)]
    for word in re.findall(r"[^\W\d_]{4,}", inner):
        for close in difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.75):
            corrected = inner.replace(word, close, 1)
            if parse_pause(corrected, language) is not None:
                return corrected
    return None


def _read_emphasis(found: re.Match[str], language: str) -> _What:
    """Return a pause for a word in stars that can only be one; a noun of the sentence is not."""
    written = found.group()
    inner = written.strip("*_ .")
    length = parse_pause(inner, language, by_word=True)
    if length is None or any(char.isdigit() for char in inner):
        return _make_pause(length, written)
    before, after = get_surroundings(found)
    last = re.findall(r"[^\W\d_']+$", before)
    if last and last[0].lower() in {word for each in find_mark_words(language) for word in each.nouns_after}:
        return None
    if ALONE_BEFORE.search(before) and not after[:1].islower():
        return _make_pause(length, written)
    if is_pause_word(inner, language) and (after[:1].isalnum() or not after):
        return TextFault(f"{written} may be a pause or a word; write [4s] for a pause, or remove the stars", written)
    return None


def get_surroundings(found: re.Match[str]) -> tuple[str, str]:
    """Return the text before a mark, after the mark before it, and the text behind it: as much as decides anything."""
    start = max(found.pos, found.start() - _SURROUNDINGS)
    before = ("x" if start > found.pos else "") + found.string[start : found.start()]
    after = found.string[found.end() : found.end() + _SURROUNDINGS]
    return before.rstrip(" *_("), after.lstrip(" *_)")


Reader: TypeAlias = Callable[[re.Match[str], str], Any]
"""Returns the meaning of a mark in a language; None if it is not a mark."""
READERS: dict[str, Reader] = {
    "tag": _read_tag,
    "angle": _read_angle,
    "link": _read_link,
    "square": _read_square,
    "round": _read_round,
    "emphasis": _read_emphasis,
    "slash": _read_slash,
}


def find_stray(text: str) -> Iterator[TextFault]:
    """Yield each unmatched square bracket."""
    for found in re.finditer(r"[\[\]［］【】]", text):
        start, end = max(0, found.start() - 12), found.end() + 12
        around = text[found.start() : end] if found.group() in "[［【" else text[start : found.end()]
        snippet = around.split("\n")[0 if found.group() in "[［【" else -1]
        yield TextFault("a square bracket is unmatched; for a pause, write [3s]", snippet)


def _shorten(written: str) -> str:
    flat = " ".join(written.split())
    return flat if len(flat) <= 60 else f"{flat[:56]}...{flat[-1]}"
