"""Authored text taken apart: sentences, paragraphs, pauses written `[3s]`, and words in braces to be filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from narrator.routine.nearest import suggest
from narrator.units import LONGEST, Ms, parse_duration

_PAUSE = re.compile(r"\[([^\[\]]*)\]")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
_ABBREVIATIONS = "a.m|p.m|e.g|i.e|etc|vs|approx|no|dr|mr|mrs|ms|st|z.b|bzw|ca|nr|usw|sr|sra|ud|uds|p. ej"
# A sentence ends at . ! ? or … (with closing quotes) before a space, unless an abbreviation or one letter came before
# and the next word is small; scripts without spaces have full stops of their own.
_SENTENCE_END = re.compile(r"(?<=[.!?…])([\"'»”’)]*)\s+|(?<=[。！？])\s*")
_ABBREVIATED = re.compile(rf"(?:^|[\s(])(?:{_ABBREVIATIONS.replace('.', '[.]')}|[a-z])[.]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One breath of speech; `ends_paragraph` asks for a longer gap after it."""

    text: str
    ends_paragraph: bool = False


@dataclass(frozen=True, slots=True)
class InlinePause:
    """A silence written inside a text."""

    length: Ms


def split_text(text: str) -> list[Sentence | InlinePause]:
    """Take a text apart into sentences and pauses, in order.

    Raises:
        ValueError: square brackets hold no length of time, or have no partner.

    """
    pieces: list[Sentence | InlinePause] = []
    paragraphs = _PARAGRAPH.split(text.strip())
    for index, paragraph in enumerate(paragraphs):
        for number, part in enumerate(_PAUSE.split(paragraph)):
            if number % 2:
                pieces.append(InlinePause(_parse_inline(part)))
                continue
            if "[" in part or "]" in part:
                raise ValueError("a square bracket without its partner; a pause is written [3s]")
            pieces.extend(Sentence(sentence) for sentence in _split_sentences(part))
        if index < len(paragraphs) - 1 and pieces and isinstance(pieces[-1], Sentence):
            pieces[-1] = Sentence(pieces[-1].text, ends_paragraph=True)
    return pieces


def _parse_inline(text: str) -> Ms:
    try:
        length = parse_duration(text)
    except ValueError:
        raise ValueError(f"[{text[:40]}] is not a pause; write one as [3s], and other text without brackets") from None
    if not 0 < length <= LONGEST:
        raise ValueError(f"[{text}] is no length for a pause; write one such as [3s]")
    return length


def _split_sentences(text: str) -> list[str]:
    sentences: list[str] = []
    start = 0
    flat = " ".join(text.split())
    for end in _SENTENCE_END.finditer(flat):
        head = flat[start : end.start()]
        following = flat[end.end() : end.end() + 1]
        if _ABBREVIATED.search(head[-12:]) and not following.isupper():
            continue
        sentences.append(head + (end.group(1) or ""))
        start = end.end()
    sentences.append(flat[start:])
    return [sentence for sentence in sentences if any(char.isalnum() for char in sentence)]


def check_braces(text: str) -> None:
    """Refuse braces that can never be filled in.

    Raises:
        ValueError: a brace without its partner.

    """
    for found in _BRACES.finditer(text):
        if found.group(1) is None:
            raise ValueError("a brace without its partner; words to fill in are written {side}")


def fill_braces(text: str, words: Mapping[str, str]) -> str:
    """Put words for the names in braces; `{Side}` asks for a capital letter.

    Raises:
        ValueError: a name that is not to be had here; the message says which are.

    """

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in words:
            return words[name]
        if name[:1].isupper() and name.lower() in words:
            word = words[name.lower()]
            return word[:1].upper() + word[1:]
        if not words:
            raise ValueError(f"{{{name}}} has no meaning here; {{side}} is for steps inside a section with 'sides'")
        raise ValueError(f"{{{name}}} has no meaning here; {suggest(name, words)}")

    return _BRACES.sub(fill, text)
