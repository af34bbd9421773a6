"""Correct mappings and lists in brackets, such as `{at: half, say: Soften, and rest.}`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from narrator.routine.slips.kinds import Slip
from narrator.routine.slips.lines import KEYS, TEXTS, is_quoted, quote, read_line, requote, write_plainly

_CLOSING = {"{": "}", "[": "]"}
_NAMES = "|".join(sorted(KEYS, key=len, reverse=True))
_KEY = re.compile(rf"\s*(?P<key>{_NAMES}|[A-Za-z]{{2}})\s*:(?P<space>\s*)")
_QUOTED = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')\s*(?=[,}\]]|$)")
_MOST_DEEP = 8


def find_brackets(lines: Sequence[str], index: int) -> Iterator[Slip]:
    """Find a text that contains a comma, colon or bracket, a missing comma, or an unclosed bracket."""
    line = read_line(lines[index])
    place, text = line.at, lines[index][line.at :].rstrip()
    if not text.startswith(("{", "[")):
        return
    if mended := mend_brackets(text):
        column, message, new = mended
        yield Slip(index, place + column, message, (lines[index][:place] + new,))
    # A comment at the end of the line ends the text, too.
    if line.comment and (mended := mend_brackets(line.value)):
        column, message, new = mended
        yield Slip(index, place + column, message, (lines[index][:place] + new + line.comment,))


def mend_brackets(text: str) -> tuple[int, str, str] | None:
    """Return the column of the first fault in brackets, a message and the corrected text; None if there is none."""
    mender = _Mender(text)
    new = mender.read_value("", 0)
    if mender.rest.strip():
        return None
    return (*mender.found[0], new) if mender.found and new != text else None


@dataclass
class _Mender:
    """Parses text in brackets leniently, and records the corrections."""

    text: str
    place: int = 0
    found: list[tuple[int, str]] = field(default_factory=list)
    """Column and message of each fault."""

    @property
    def rest(self) -> str:
        return self.text[self.place :]

    def read_value(self, key: str, depth: int) -> str:
        """Return the value at this place, correctly written."""
        self._skip()
        start = self.place
        if self.rest[:1] in _CLOSING and depth < _MOST_DEEP:
            value = self._read_brackets(depth)
            self._skip()
            if not depth or not self.rest or self.rest[0] in ",}]":
                return value
            # `{side} knee` is a text that starts with a bracket.
            self.place = start
        if quoted := _QUOTED.match(self.text, self.place):
            self.place = quoted.end()
            return quoted[1]
        return self._read_text(key, start)

    def _read_brackets(self, depth: int) -> str:
        opening = self.rest[0]
        closing, start = _CLOSING[opening], self.place
        self.place += 1
        entries: list[str] = []
        while self.rest.strip():
            self._skip()
            if self.rest[0] == closing:
                self.place += 1
                return opening + ", ".join(entries) + closing
            entries.append(self._read_entry(depth) if opening == "{" else self.read_value("", depth + 1))
            self._skip()
            if self.rest[:1] == ",":
                self.place += 1
            elif self.rest and self.rest[0] not in "}]":
                self.found.append((self.place, "a comma is missing here; write one between two entries"))
            elif self.rest and self.rest[0] != closing:
                break
        self.found.append((start, f"the bracket {opening} that opens here is not closed; write {closing} at its end"))
        return opening + ", ".join(entries) + closing

    def _read_entry(self, depth: int) -> str:
        if found := _KEY.match(self.text, self.place):
            if not found["space"] and self.text[found.end() : found.end() + 1] not in {"", "}", "]", ","}:
                self.found.append((found.start("key"), f"write a space after the colon of {found['key']!r}"))
            self.place = found.end()
            return f"{found['key']}: {self.read_value(found['key'], depth + 1)}".rstrip()
        return self.read_value("", depth + 1)

    def _read_text(self, key: str, start: int) -> str:
        """Parse a text up to the next entry, and put it in quotes if necessary."""
        end = self._find_end(key)
        value = self.text[start:end].strip()
        self.place = end
        if not value or is_quoted(value):
            return value
        if value[0] in "\"'“":
            message = "only part of this text is in quotes; put all of it in quotes"
            self.found.append((start, message))
            is_whole = len(value) > 1 and value[-1] in "\"'”"
            is_open = value[0].replace("“", "”") not in value[1:]
            return requote(value) if is_whole or not is_open else quote(value[1:])
        new = write_plainly(value, in_brackets=True)
        if new != value:
            self.found.append((_find_trouble(value) + start, _describe_trouble(value)))
        return new

    def _find_end(self, key: str) -> int:
        """Return the end of a text: before the next entry, or before the enclosing closing bracket."""
        depth = 0
        for place in range(self.place, len(self.text)):
            char = self.text[place]
            if char in "{[":
                depth += 1
            elif char in "}]":
                depth -= 1
                if depth < 0:
                    return place
            elif depth:
                continue
            elif (char == "," and (not key or self._starts_entry(place + 1))) or (
                char == " " and key and key not in TEXTS and _KEY.match(self.text, place + 1)
            ):
                return place
        return len(self.text)

    def _starts_entry(self, place: int) -> bool:
        found = _KEY.match(self.text, place)
        return found is not None or not self.text[place:].strip(" }]")

    def _skip(self) -> None:
        while self.rest[:1].isspace():
            self.place += 1


def _find_trouble(value: str) -> int:
    found = re.search(r",|:(?=\s|$)|\s#|[\[\]{}]", value)
    return found.start() if found else 0


def _describe_trouble(value: str) -> str:
    found = re.search(r",|:(?=\s|$)|\s#|[\[\]{}]", value)
    match found.group() if found else "":
        case ",":
            return "a comma starts a new entry here; put the text in quotes"
        case ":":
            return "a colon cannot be in a text without quotes here; put the text in quotes"
        case "[" | "]" | "{" | "}":
            return "a bracket cannot be in a text without quotes here; put the text in quotes"
        case "":
            return f"a text cannot start with {value[0]} without quotes; put it in quotes"
    return "text after # is a comment; put the text in quotes"
