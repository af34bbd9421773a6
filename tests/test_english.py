"""Comments, docstrings, messages and documents are free of some turns that readers stumble over."""

import io
import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[1]
TURNS = {
    r"anew": "again",
    r"(?:is|are) none(?! of)": "is not one, is not a valid ...",
    r"(?:is|are) no(?= (?!longer|more))": "is not a ...",
    r"(?:to|can|could|cannot) be had": "available",
    r"(?:is|are|be|been|was|were) told": "is reported",
    r"mend(?:s|ed|ing)?": "fix, correct",
    r"(?:held|holds?|holding) against": "compare with",
    r"as (?:it|they) stands?": "as written, unchanged",
    r"lies (?:at|beside|below|between|in|outside|under|within)": "is at, is in",
    r"stands (?:at|before|beside|between|here|in(?! for)|on|there|where|without)": "is at, is in",
    r"(?<=[,;:]\s)for (?:he|it|nobody|nothing|she|there|they)": "because",
    r"whatever (?:it|they) (?:is|are|may)": "any",
    r"so that (?:it|they|there) be": "so that it is",
    r"as (?:is|are|was|were) (?:a|an|one|the|what)": "like",
    r"in (?:its|their|his) stead": "instead",
    r"but for (?:a|an|its|one|that|the|their|those|what)": "except",
    r"tak(?:e|es|en|ing) (?:it|them|this|that|one) (?:out|away)": "remove",
    r"one (?:behind|beneath) (?:the other|another)": "one after the other",
    r"against (?:the )?speech": "relative to the speech",
    r"(?:is|are) to be (?:done|found|had|heard|made|said|seen|written)": "should be, can be",
    r"bef(?:a|e)ll(?:s|en)?": "happen to",
    r"without (?:a|its|their) partner": "unmatched",
}
"""Regular expressions of whole words, and what to write instead."""
_FINE = r"[Tt]here (?:is|are) no(?:ne)?"
_TURN = re.compile(
    rf"\b(?:{_FINE}|{'|'.join(f'({turn})' for turn in TURNS)})(?!\w)".replace(" ", r"\s+(?:#\s+)?"),
)
_PROSE = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def list_files():
    for folder in ("src/narrator", "tests", "benchmarks"):
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__))
    yield from (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def is_prose(text, start):
    """Return whether a place in Python source is in a comment or a string."""
    place = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start) - 1
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return any(token.type in _PROSE and token.start <= place < token.end for token in tokens)


def find_turns(text, *, is_python=True):
    """Yield the line number of each turn in a text, the turn, and what to write instead."""
    for found in _TURN.finditer(text):
        if found.lastindex and (not is_python or is_prose(text, found.start())):
            turn = " ".join(found.group().replace("#", " ").split())
            yield text.count("\n", 0, found.start()) + 1, turn, list(TURNS.values())[found.lastindex - 1]


def test_turns_are_found_in_comments_and_strings_alone():
    text = 'x = 1  # what is\n# none, and is no list\nif anew:\n    mend(f"{told} is told; there is no list")\n'
    assert [found[:2] for found in find_turns(text)] == [(1, "is none"), (2, "is no"), (4, "is told")]


def test_no_text_has_such_a_turn():
    faults = [
        f"{path.relative_to(ROOT)}:{line}: {turn!r}; write instead: {instead}"
        for path in list_files()
        for line, turn, instead in find_turns(path.read_text("utf-8"), is_python=path.suffix == ".py")
    ]
    assert not faults, "\n".join(["", *faults])
