"""Check a routine without speaking: its possible lengths, its figures at several lengths, and warnings."""

from collections.abc import Sequence
from dataclasses import dataclass

from narrator.cache import Cache
from narrator.covers import check_cover
from narrator.errors import Fault, UsageError, keep_notes
from narrator.mix.sources import measure_recordings, measure_rings, open_named_bed, open_recordings
from narrator.request import SessionRequest
from narrator.review.advice import find_unheard, review_growth
from narrator.review.figures import USUAL, Row, look_at_lengths
from narrator.routine.coverage import review_translations
from narrator.session import Draft, cast_draft, read_draft, review_rings
from narrator.speech.speak import find_lengths
from narrator.speech.text.reading import Reader
from narrator.speech.text.unspoken import find_unspoken
from narrator.timeline import Growth, Lengths, Range, measure_range
from narrator.timeline.arrangement import Pinned, place_growth
from narrator.units import LONGEST, Ms


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a file; lengths are estimates unless all of its clips are in the cache."""

    title: str
    range: Range
    length: Ms
    is_estimate: bool
    notes: tuple[Fault, ...]
    rows: tuple[Row, ...] = ()
    """Figures at several lengths; empty for a script."""
    advice: tuple[Fault, ...] = ()
    """Warnings about these lengths."""
    decided: tuple[str, ...] = ()
    """Sentences about what the file leaves open and narrator decided."""


def check_session(request: SessionRequest, cache: Cache, lengths: Sequence[Ms] | None = None) -> Checked:
    """Check a file without speaking: the lengths of clips that are not in the cache are estimated.

    A routine is checked at each of `lengths`; without them, at its own length and the usual ones.

    Raises:
        NarratorError: a stage found a fault.

    """
    draft = read_draft(request)
    with keep_notes(draft.arrangement.script.notes):
        measured, noted = _measure(draft, cache)
        open_named_bed(draft.arrangement.script.bed, cache)
        check_cover(draft.heading.cover, cache)
        growth = draft.arrangement.grow(measured)
        if growth is None:
            return _check_fixed(draft, measured, noted, lengths)
        return _check_growth(draft, growth, noted, lengths)


def _measure(draft: Draft, cache: Cache) -> tuple[Lengths, tuple[Fault, ...]]:
    """Return the lengths of all cues, and warnings about the texts and the voice."""
    script = draft.arrangement.script

    def find(reader: Reader) -> tuple[dict[str, Ms], bool, tuple[Fault, ...]]:
        unspoken = find_unspoken(script.list_marked_texts(), reader, script.heading.pronounce_marks)
        return *find_lengths(script.list_texts(), reader, cache), unspoken

    (clips, is_estimate, unspoken), failed = cast_draft(draft, find)
    notes = (*script.notes, *(review_translations(draft.routine) if draft.routine else ()))
    cues = list(draft.arrangement.list_cues())
    rings, recordings = measure_rings(cues), measure_recordings(open_recordings(cues, cache))
    return Lengths(clips, rings, recordings, is_estimate), (*failed, *notes, *unspoken, *review_rings(draft, rings))


def _check_fixed(draft: Draft, measured: Lengths, noted: tuple[Fault, ...], lengths: Sequence[Ms] | None) -> Checked:
    is_single = isinstance(draft.arrangement, Pinned)
    if lengths is not None and is_single:
        message = f"{draft.request.name} is a script, whose length is fixed; leave the lengths out"
        raise UsageError(message, options=("length",))
    natural = draft.arrangement.place(measured)
    longest = natural.length if is_single else LONGEST
    known = Range(natural.length, natural.length, longest, ((natural.length, longest),))
    # The shortest of the lengths can be met if any can.
    timeline = draft.arrangement.place(measured, min(lengths)) if lengths else natural
    notes = (*noted, *timeline.notes)
    title, length = draft.heading.title, timeline.length
    return Checked(title, known, length, measured.is_estimate, notes, decided=draft.decided)


def _check_growth(draft: Draft, growth: Growth, noted: tuple[Fault, ...], lengths: Sequence[Ms] | None) -> Checked:
    options = draft.request.options
    known = measure_range(growth, growth.lengths)
    timeline = place_growth(growth, options.length, nearest=options.nearest)
    asked = tuple(lengths or (*USUAL, timeline.length))
    if options.nearest:
        asked = tuple(known.find_nearest(length) for length in asked)
    rows, advice = look_at_lengths(growth, asked, explains=lengths is not None)
    unheard = find_unheard(growth)
    # A cue that never fits needs no second warning that it is left out at one length.
    places = {fault.mark for fault in unheard}
    odd = (note for note in (*review_growth(growth), *timeline.notes) if note.mark not in places)
    notes = tuple(dict.fromkeys([*noted, *unheard, *odd]))
    return Checked(
        draft.heading.title, known, timeline.length, growth.lengths.is_estimate, notes, tuple(rows), tuple(advice),
        draft.decided,
    )  # fmt: skip
