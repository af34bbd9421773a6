"""The numbered sentences that a person reads aloud, so that a recorded voice can speak some routines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from narrator.script import Saying, list_sayings, list_speeches
from narrator.session import Draft
from narrator.speech.takes.sentences import fold_sentence
from narrator.timeline.arrangement import Pinned
from narrator.timeline.pinned import PinnedScript


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to read: what a recorded voice needs as one clip."""

    number: int
    """From 1, in reading order; the same whenever the same routines are listed in the same order."""
    text: str
    """As the author wrote it."""
    language: str
    title: str
    """Of the routine that says it first."""
    section: str | None
    """Title of the innermost section that says it first; None outside sections."""


def list_sentences(drafts: Iterable[Draft]) -> tuple[Sentence, ...]:
    """Return the sentences of some routines in reading order, each once.

    They are all that tracks of any length, guidance and seed may say. Two texts in one language that a recorded voice
    does not distinguish (see `fold_sentence`) are one sentence, which is written as it is first.

    Raises:
        RoutineError: some steps cannot be unrolled.

    """
    listed: dict[tuple[str, str], Sentence] = {}
    for draft in drafts:
        heading = draft.heading
        for saying in _list_sayings(draft):
            known = heading.language, fold_sentence(saying.text)
            sentence = Sentence(len(listed) + 1, saying.text, heading.language, heading.title, saying.section)
            listed.setdefault(known, sentence)
    return tuple(listed.values())


def _list_sayings(draft: Draft) -> Iterable[Saying]:
    if draft.routine is not None:
        return list_sayings(draft.routine, draft.request.options.language)
    if isinstance(draft.arrangement, Pinned):
        return _list_pinned(draft.arrangement.script)
    return (Saying(text, mark) for text, mark in draft.arrangement.script.list_marked_texts())


def _list_pinned(script: PinnedScript) -> Iterator[Saying]:
    chapters = [section.chapter for section in script.sections]
    for cue in sorted(script.cues, key=lambda cue: cue.start):
        section = next((each.title for each in chapters if each.start <= cue.start < each.end), None)
        yield from (Saying(speech.text, cue.words_mark, section) for speech in list_speeches(cue.cue))
