"""Split running text into sentences, in any script, and cut long ones."""

import re
from collections.abc import Iterator
from itertools import pairwise

from narrator.languages import find_base
from narrator.routine.text.breaths import (
    AFTER_CLAUSE,
    AFTER_SENTENCE,
    BEFORE_JOINING,
    BETWEEN_WORDS,
    WITHIN_WORD,
    choose_cuts,
    count_words,
    has_words,
)
from narrator.routine.text.habits import Habits, find_habits

LONGEST = 60
"""Most words of a sentence, about 20 s; a longer one is cut."""

_CLOSING = "\"'”’»›)\\]」』）】〉》"
_OWN_STOPS = "।॥۔؟。！？｡︒។៕။༎።፧፨։᠃᠉"
"""Full stops of scripts other than Latin, Greek and Cyrillic; they end a sentence even without a space after them."""
_OWN_END = re.compile(rf"(?:(?<=[{_OWN_STOPS}])[{_CLOSING}]*(?![{_OWN_STOPS}])|(?<=…)[{_CLOSING}]*\s|(?<=\.\.\.)\s)\s*")
_UNSTOPPED = frozenset({"th", "lo", "km"})
"""Languages with a space instead of a full stop between sentences."""
_LOUD_END = re.compile(rf"[!?][{_CLOSING}]*\s+")
_NUMBER_START = re.compile(rf"[^\W\d_]{{2}}\.[{_CLOSING}]*\s+(?=\d)")
_LIST_END = re.compile(r"(?i:\b(?:etc|usw|usf|ecc|enz|[ap]\.m))\.\s+(?=[¿¡\"“„«(]*[^\W\d_a-zà-öø-ÿ])")
"""Abbreviations that often end a sentence before a capital letter."""
_SAID = re.compile(r"[.!?…]\s*[\"'”’»“]$")
_QUOTES = re.compile(r"[\"“”„«»‹›()<>]|(?<=[.!?…])[’']")
_SMALL_START = re.compile(r"(?<=[.!?…])(\s+[¿¡]?)([^\W\d_])")
_LONGEST_ABBREVIATION = 3
"""Most letters of an abbreviation (before a full stop and a small letter) in languages without a table."""
_OPENING = "\"'“„«‹(¿¡"


def split_sentences(text: str, language: str) -> list[str]:
    """Return the sentences of a running text in order, without those that have neither letter nor digit.

    A sentence over `LONGEST` words, or about 20 s, is cut at a clause if possible, else between words.
    """
    flat = " ".join(text.split())
    ends = [0, *_find_ends(flat, language), len(flat)]
    sentences = (flat[start:end].strip() for start, end in pairwise(ends))
    return [piece for sentence in sentences if has_words(sentence) for piece in cut_sentence(sentence)]


def _find_ends(text: str, language: str) -> Iterator[int]:
    """Yield the places between two sentences."""
    habits = find_habits(language)
    start = 0
    for end in _list_candidates(text, language):
        if start < end < len(text) and not _belongs(text[start:end].rstrip(), text[end:], habits):
            yield end
            start = end


def _list_candidates(text: str, language: str) -> list[int]:
    base = find_base(language)
    ends = {found.end() for found in _OWN_END.finditer(text)}
    if base in _UNSTOPPED:
        return sorted(ends | {found.end() for found in _LOUD_END.finditer(text)})
    if not any(stop in text for stop in ".!?;\u037e"):
        return sorted(ends)
    if find_habits(language):
        ends |= {found.end() for pattern in (_NUMBER_START, _LIST_END) for found in pattern.finditer(text)}
    from sentencex import segment

    # Sentences inside quotes and brackets, and sentences that start with a small letter, would not be found: quotes
    # become spaces and such letters capitals, which keeps all places.
    plain = _SMALL_START.sub(_raise_letter, text)
    plain = _QUOTES.sub(" ", plain)
    end = 0
    for sentence in segment(base, plain):
        end += len(sentence)
        ends.add(_step_back(text, end))
    return sorted(ends)


def _raise_letter(found: re.Match[str]) -> str:
    letter = found.group(2).upper()
    return found.group(1) + (letter if len(letter) == 1 else found.group(2))


def _step_back(text: str, end: int) -> int:
    """Return the place before the opening quotes and brackets of the sentence at `end`."""
    while end and text[end - 1] in _OPENING and (end == 1 or text[end - 2] in f" {_OPENING}"):
        end -= 1
    return end


def _belongs(head: str, tail: str, habits: Habits | None) -> bool:
    """Return whether a sentence continues after a full stop, by the habits of a language."""
    words = head.split()[-4:]
    if head[-1:] != "." or head[-2:-1] == "." or not words:
        return tail[:1].islower() and _SAID.search(head) is not None
    last = words[-1][:-1].lstrip(_OPENING)
    following = tail.split(maxsplit=3)
    first = following[0].lstrip(_OPENING) if following else ""
    if _is_initial(last, words[:-1], first):
        return True
    if habits is None:
        return first[:1].islower() and len(last) <= _LONGEST_ABBREVIATION
    unit = _find_unit(last, words[:-1])
    if unit in habits.after_numbers:
        return _goes_on(first, following[1:], habits)
    if last.isdecimal():
        return bool(habits.ordinals) and _is_ordinal(words[:-1], first, habits)
    forms = {" ".join([*(word.lstrip(_OPENING) for word in words[-count:-1]), last]).lower() for count in (1, 2, 3)}
    return bool(
        forms & habits.before
        or (forms & habits.before_numbers and unit is None and first[:1].isdigit())
        or (forms & habits.open and first[:1].islower())
    )


def _is_initial(last: str, before: list[str], first: str) -> bool:
    """Return whether a letter with a full stop is an initial, or part of an abbreviation of several letters."""
    if len(last) != 1 or not last.isalpha():
        return False
    is_followed = re.fullmatch(r"[^\W\d_]{1,2}\.[,;:)]?", first) is not None
    if last.islower():
        return is_followed or (first[:1].islower() and not (before and before[-1][-1:].isdigit()))
    is_preceded = bool(before) and re.fullmatch(r"\W?[^\W\d_]\.", before[-1]) is not None
    return first[:1].isupper() and (is_followed or is_preceded or not before)


def _find_unit(last: str, before: list[str]) -> str | None:
    """Return the word after a number in lower case, or None if there is no number."""
    if found := re.fullmatch(r"\d+(?:[.,]\d+)?-?([^\W\d_]+)", last):
        return found.group(1).lower()
    return last.lower() if before and before[-1][-1:].isdigit() else None


def _goes_on(first: str, further: list[str], habits: Habits) -> bool:
    """Return whether a sentence continues after a unit."""
    if first[:1].isdigit():
        unit = _find_unit(first.rstrip(".,"), []) or (further[0].rstrip(".,").lower() if further else "")
        return unit in habits.after_numbers
    if habits.starters and first[:1].isupper():
        return first.rstrip(".,;:!?").lower() not in habits.starters
    return not first[:1].isupper()


def _is_ordinal(before: list[str], first: str, habits: Habits) -> bool:
    noun = first.rstrip(".,;:!?)").lower()
    previous = before[-1].lstrip(_OPENING).lower() if before else ""
    if first[:1].islower():
        return previous in habits.ordinals or noun in habits.ordinals
    if not first[:1].isupper() or noun in habits.starters or previous in habits.months:
        return False
    return not before or previous in habits.ordinals or noun in habits.months


# Long sentences ---------------------------------------------------------------------------------------------------

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
# Compiled when they are first used, which is for long sentences only: wide ranges take milliseconds.
_WORD = rf"[^\s{_WIDE}]+[、，；：]*\s*|[{_WIDE}][、，；：。！？」』）]*\s*|\s+"
_WIDE_CHAR = rf"[{_WIDE}]"
_SENTENCE_STOP = re.compile(rf"[.!?…{_OWN_STOPS}][{_CLOSING}]*\s*$")
_CLAUSE_STOP = re.compile(rf"(?:[,;:،؛、，；：၊།፣፤፥]|--)[{_CLOSING}]*\s*$|^[–—-]+\s*$|[–—]\s*$")
_JOINING = frozenset(
    word
    for words in (
        "and or but so then while as until before after where when that with which because if to",
        "und oder aber dann während bis bevor nachdem wenn dass weil damit",
        "y o pero luego mientras hasta antes después cuando que porque donde",
        "et ou mais puis pendant jusqu'à avant après quand parce où",
        "e ma poi mentre finché prima dopo quando che perché dove",
        "mas depois enquanto até quando onde",
        "en of maar dan terwijl tot voordat nadat als dat omdat",
        "और या लेकिन फिर जब",
    )
    for word in words.split()
)
"""Conjunctions, before which a reader may take a breath."""
_LONG_WORD = 100
"""Most letters of a word; a longer run of letters is cut by its length."""


def cut_sentence(sentence: str) -> list[str]:
    """Return a sentence in pieces of at most `LONGEST` words, or about 20 s."""
    # A character counts for at most one word, so a text this short need not be counted.
    if len(sentence) <= LONGEST:
        return [sentence]
    words = [part for word in re.findall(_WORD, sentence) for part in _cut_word(word)]
    weights = [_weigh(word) for word in words]
    if sum(weights) <= LONGEST:
        return [sentence]
    cuts = choose_cuts(weights, lambda place: _rate_cut(words[place - 1], words[place]), LONGEST)
    pieces = ("".join(words[start:end]).strip() for start, end in pairwise([0, *cuts]))
    return [piece for piece in pieces if has_words(piece)]


def _cut_word(word: str) -> list[str]:
    if len(word) <= _LONG_WORD:
        return [word]
    # Keep vowel signs and other combining marks with their letter.
    return re.findall(rf".{{1,{_LONG_WORD}}}(?![\u0300-\u036f\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc])|.+", word)


def _weigh(word: str) -> float:
    """Return the length of a word in thirds of a second: 15 letters or 6 wide characters take one second."""
    wide = len(re.findall(_WIDE_CHAR, word))
    return max(count_words(word) if not wide else 0, 0.5 * wide + 0.2 * (len(word.strip()) - wide))


def _rate_cut(word: str, following: str) -> float:
    """Return the cost of a cut between two words."""
    if _SENTENCE_STOP.search(word):
        return AFTER_SENTENCE
    if _CLAUSE_STOP.search(word):
        return AFTER_CLAUSE
    if not word[-1].isspace() and not re.match(_WIDE_CHAR, word):
        return WITHIN_WORD
    return BEFORE_JOINING if following.strip().lower() in _JOINING else BETWEEN_WORDS
