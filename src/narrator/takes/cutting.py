"""Cutting of takes: which sentence is where in a recording, which are doubtful or missing, and what else is heard."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.errors import UsageError
from narrator.sound.take import cut_parts, read_blocks
from narrator.takes.evidence import weigh_sound
from narrator.takes.features import RATE, Analysis, analyse
from narrator.takes.heard import Heard
from narrator.takes.hearing import Listener, find_listener
from narrator.takes.match import Match, Weights, match_segments
from narrator.takes.names import find_named
from narrator.takes.reference import speak_references
from narrator.takes.segments import Segment, find_segments
from narrator.takes.wording import LIKE, compare_words, find_nearer, fold_words, weigh_words
from narrator.units import Ms

Report: TypeAlias = Callable[[str, int], None]
"""A function that receives what is done with a take, and how many ms, or segments, are done."""
Wanted: TypeAlias = Mapping[int, str]
"""The sentences to find, by their numbers, in the order in which they are read."""

CERTAIN = 0.97
"""Probability from which a match is not doubtful."""
UNLIKELY = -3.0
"""Weight under which a match is doubtful, however improbable all others are: half a sentence, if the pause is long."""
_FEWEST = 8
"""Fewest certain sentences that show which part of a list is read, if it is less than half."""
_UNPLACED = "too few are heard to say which; name those that you read"


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence in a take, from `start` to `end` in ms; `why` is empty if it is certain."""

    number: int
    take: Path
    start: Ms
    end: Ms
    why: str = ""
    others: tuple[tuple[Ms, Ms], ...] = ()
    """Other parts of the take that it may be."""

    @property
    def state(self) -> str:
        """`good` or `doubtful`."""
        return "doubtful" if self.why else "good"


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of a take that is not used, and what it seems to be."""

    take: Path
    start: Ms
    end: Ms
    what: str


@dataclass(frozen=True)
class Cut:
    """What was found in some takes: one piece for each sentence, and what is left over."""

    pieces: dict[int, Piece]
    extras: tuple[Extra, ...]
    missing: tuple[int, ...]


def cut_takes(
    takes: Sequence[Path], wanted: Wanted, language: str, report: Report | None = None, *, recognises: bool = True
) -> Cut:
    """Find sentences in takes; of a sentence that is in several, the last good one is used.

    With `recognises`, a recogniser listens, too, if one is installed.

    A file that is named by the number or the words of a sentence is that sentence.

    Raises:
        UsageError: there is nothing to find.
        SoundError: a take cannot be read.

    """
    if not wanted:
        raise UsageError("there are no sentences to find; name a routine that says something")
    report = report or (lambda _what, _done: None)
    pieces: list[Piece] = []
    read: list[Path] = []
    heard: list[tuple[Analysis, list[Segment]]] = []
    for take in takes:
        analysis = analyse(_follow(take, report))
        segments = find_segments(analysis)
        if (number := find_named(take, analysis.length, wanted)) is not None:
            pieces.append(_take_whole(take, segments, analysis, number))
        else:
            read.append(take)
            heard.append((analysis, segments))
    found, extras = _match(read, heard, wanted, language, report, recognises=recognises)
    chosen: dict[int, Piece] = {}
    for piece in sorted(found + pieces, key=lambda piece: takes.index(piece.take)):
        before = chosen.get(piece.number)
        if before is None or before.why or not piece.why:
            chosen[piece.number] = piece
    return Cut(chosen, tuple(extras), tuple(number for number in wanted if number not in chosen))


def _follow(take: Path, report: Report) -> Iterator[NDArray[np.float32]]:
    """Yield the sound of a take at 16 kHz."""
    done = 0
    for block in read_blocks(take, RATE):
        done += len(block)
        report(f"reading {take.name}", done * 1000 // RATE)
        yield block


def _take_whole(take: Path, segments: Sequence[Segment], analysis: Analysis, number: int) -> Piece:
    if not segments:
        return Piece(number, take, 0, analysis.length, "nothing is heard in it")
    return Piece(number, take, segments[0].start, segments[-1].end)


def _match(
    takes: Sequence[Path],
    analyses: Sequence[tuple[Analysis, Sequence[Segment]]],
    wanted: Wanted,
    language: str,
    report: Report,
    *,
    recognises: bool,
) -> tuple[list[Piece], list[Extra]]:
    """Find sentences in takes that are read one after the other."""
    heard = Heard.of(analyses)
    if not heard.segments:
        return [], []
    numbers, sentences = list(wanted), list(wanted.values())
    evidence = weigh_sound(heard, sentences, speak_references(sentences, language))
    words = None
    if recognises and (listen := find_listener(language)):
        words = [
            text
            for take, (_, segments) in zip(takes, analyses, strict=True)
            for text in _listen(take, segments, listen, report)
        ]
        evidence = weigh_words(evidence, words, sentences)
    places = [take for take, (_, segments) in zip(takes, analyses, strict=True) for _ in segments]
    matches = match_segments(evidence)
    certain = sum(match.certainty >= CERTAIN for match in matches)
    is_placed = words is not None or certain >= min(_FEWEST, len(sentences) / 2)
    pieces = []
    for match in matches:
        start, end = heard.segments[match.first].start, heard.segments[match.last - 1].end
        why = _find_doubt(match, words, sentences) if is_placed else _UNPLACED
        pieces.append(Piece(numbers[match.sentence], places[match.first], start, end, why, _list_others(match, heard)))
    return pieces, _list_extras(places, heard, matches, evidence.extras)


def _listen(take: Path, segments: Sequence[Segment], listen: Listener, report: Report) -> list[str]:
    heard = []
    spans = [(max(segment.start - 100, 0), segment.end + 150) for segment in segments]
    for number, samples in enumerate(cut_parts(take, spans), 1):
        heard.append(listen(samples))
        report(f"listening to {take.name}", number)
    return heard


def _find_doubt(match: Match, words: Sequence[str] | None, sentences: Sequence[str]) -> str:
    """Return why a match is doubtful; empty if it is not."""
    if words is not None:
        said = " ".join(words[match.first : match.last]).strip()
        plain = [fold_words(text) for text in sentences]
        like = compare_words(fold_words(said), plain[match.sentence])
        if like < LIKE or find_nearer(fold_words(said), match.sentence, plain) is not None:
            return f"sounds like {said[:40]!r}" if said else "no words are recognised"
    if match.certainty < CERTAIN or match.weight < UNLIKELY:
        return "may be another sentence, or a part of it"
    return ""


def _list_others(match: Match, heard: Heard) -> tuple[tuple[Ms, Ms], ...]:
    """Return the segments around a match, one by one and joined with it."""
    segments = heard.segments
    first, last = heard.find_take(match.first)
    near = range(max(match.first - 2, first), min(match.last + 2, last))
    spans = [(segments[at].start, segments[at].end) for at in near]
    spans += [(segments[at].start, segments[at + 1].end) for at in near if at + 1 in near]
    own = segments[match.first].start, segments[match.last - 1].end
    return tuple(span for span in dict.fromkeys(spans) if span != own)


def _list_extras(takes: Sequence[Path], heard: Heard, matches: Sequence[Match], extras: Weights) -> list[Extra]:
    used = {at for match in matches for at in range(match.first, match.last)}
    found = []
    for at, segment in enumerate(heard.segments):
        if at not in used:
            after = next((match.sentence for match in matches if match.first > at), extras.shape[1] - 1)
            what = "said again" if extras[at, after] > 0 else "not a sentence"
            found.append(Extra(takes[at], segment.start, segment.end, what))
    return found
