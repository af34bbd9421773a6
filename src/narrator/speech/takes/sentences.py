"""Sentences as they are compared: two that are said in the same way are equal."""

import re
import unicodedata

_QUOTES = re.compile("[\"“”„‟«»‹›「」『』*_]|(?<!\\w)['‘’‚‛]|['‘’‚‛](?!\\w)")
"""Quotation marks, and marks of emphasis; an apostrophe within a word is part of it."""
_APOSTROPHES = re.compile("[‘’‛]")
_DASHES = re.compile(r"\s*(?:[–—−]|--|\s-\s)\s*")
_ENDS = re.compile(r"^[\s¿¡]+|[\s.,;:!?…。、！？।؟।-]+$")


def fold_sentence(text: str) -> str:
    """Return a sentence without what is not heard of its writing.

    These are letter case, spaces, the kinds of quotation marks, apostrophes and dashes, and punctuation at its end.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _APOSTROPHES.sub("'", _QUOTES.sub("", plain))
    return " ".join(_ENDS.sub("", _DASHES.sub(" - ", plain)).split())
