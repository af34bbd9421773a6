"""Split lines of YAML into their parts, and put texts in quotes."""

import re
from dataclasses import dataclass

KEYS = frozenset(
    ("album", "apart", "artist", "at", "bed", "bell", "between", "breath", "breathe", "brief", "comment", "copyright",
     "count", "countdown", "cover", "cues", "description", "duck", "each", "engine", "equal", "every", "extra", "fade",
     "first", "floor", "for", "from", "gap", "genre", "hold", "id", "in", "include", "language", "last", "length",
     "level", "lines", "loudness", "mallet", "manner", "max", "min", "name", "natural", "optional", "out", "pace",
     "parameters", "pause", "pitch", "play", "pronounce", "quiet", "random", "repeat", "room", "rounds", "say",
     "section", "seed", "sides", "sound", "spread", "steps", "tags", "text", "times", "title", "track",
     "until", "voice", "voiced", "with", "words", "year")
)  # fmt: skip
"""All keys of the language."""
STEPS = ("say", "pause", "hold", "bell", "play", "breathe", "section", "repeat", "include")
"""Keys for the kind of a step."""
TEXTS = frozenset(["title", "description", "section", "say", "brief", "between", "in", "out", "last", "text"])
"""Keys whose value is a text."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_QUOTED_KEY = r"\"[^\"]*\"|'[^']*'"
_HEAD = re.compile(
    rf"(?P<indent>[ \t]*)(?P<dashes>(?:-[ \t]+)*)"
    rf"(?:(?P<key>{_QUOTED_KEY}|[^\s:#'\"{{}}\[\],&*!|>%@`-][^:#{{}}\[\],]*?)[ \t]*:(?=[ \t]|$)[ \t]*)?"
)
_COMMENT = re.compile(r"[ \t]{2,}#.*$|(?:^|[ \t])#(?:[ \t].*)?$")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: `  - say: Rest.  # note` has the indent 2, the key `say`, and its value at 9."""

    text: str
    indent: int
    start: int
    """Column of the key, or of the value if there is none, counted from 0."""
    key: str | None
    at: int
    value: str
    comment: str
    """The comment, with the space before it."""

    @property
    def has_dash(self) -> bool:
        """Whether the line begins an entry of a list."""
        return self.text[self.indent : self.indent + 1] == "-" and self.start > self.indent

    @property
    def is_blank(self) -> bool:
        """Whether the line is empty or only a comment."""
        return self.key is None and not self.value and not self.has_dash

    def put(self, value: str) -> str:
        """Return the line with another value."""
        return self.text[: self.at] + value + self.comment


def split_lines(text: str) -> list[str]:
    """Return the lines of a file as YAML counts them."""
    return _BREAK.split(text)


def read_line(text: str) -> Line:
    """Split a line into its parts."""
    head = _HEAD.match(text)
    assert head is not None  # noqa: S101 - every part of it may be empty
    rest = text[head.end() :]
    quoted = _QUOTED.match(rest)
    found = _COMMENT.search(rest, quoted.end() if quoted else 0)
    value = (rest[: found.start()] if found else rest).rstrip()
    return Line(
        text,
        len(head["indent"]),
        head.start("key") if head["key"] else head.end(),
        head["key"],
        head.end(),
        value,
        rest[len(value) :] if found else "",
    )


def quote(text: str) -> str:
    """Return a text in double quotes, or in single ones if it contains double quotes or a backslash."""
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'


def is_quoted(text: str) -> bool:
    """Return whether a value is a single quoted text from its beginning to its end."""
    return _QUOTED.fullmatch(text) is not None


def needs_quotes(text: str) -> bool:
    """Return whether YAML would read a text differently without quotes."""
    return (
        not text
        or text[0] in "[]{},\"'&*!|>%@`#"
        or text[:2] in {"- ", "? ", "-", "?", ": "}
        or re.search(r":(?:\s|$)|\s#", text) is not None
        or text != text.strip()
    )


def write_plainly(text: str, *, in_brackets: bool = False) -> str:
    """Return a text as a value, in quotes if necessary; inside brackets, commas also need them."""
    return quote(text) if needs_quotes(text) or (in_brackets and re.search(r"[,\[\]{}]", text)) else text


def requote(value: str) -> str:
    """Return a value as one quoted text, replacing any quotes around it."""
    for opening, closing in (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("„", "“"), ("«", "»")):
        if len(value) > 1 and value[0] == opening and value[-1] == closing:
            inner = value[1:-1]
            # `"Breathe" and "go"` begins and ends with quotes, but is not a single quoted text.
            if not re.search(r"^[^\"]*\"\s[^\"]*\s\"", inner):
                return quote(inner.replace("''", "'") if opening == "'" else inner)
    return quote(value)
