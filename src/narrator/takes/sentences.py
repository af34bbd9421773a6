"""The numbered sentences that a person reads aloud, so that a recorded voice can speak some routines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from narrator.script import Heading, Saying, list_sayings, list_speeches
from narrator.session import Draft
from narrator.speech.engine import Voice
from narrator.speech.engines.silent import Silent
from narrator.speech.text.reading import Reader, write_plain
from narrator.speech.text.unspoken import find_unspoken
from narrator.timeline.arrangement import Pinned
from narrator.timeline.pinned import PinnedScript


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to read: what narrator asks a voice for as one clip."""

    number: int
    """From 1, in reading order; the same whenever the same routines are listed in the same order."""
    text: str
    """As the author wrote it."""
    language: str
    title: str
    """Of the routine that says it first."""
    section: str | None
    """Title of the innermost section that says it first; None outside sections."""
    given: tuple[str, ...]
    """What a voice without phonemes receives for it; several if routines pronounce or write it differently."""


def list_sentences(drafts: Iterable[Draft]) -> tuple[Sentence, ...]:
    """Return the sentences of some routines in reading order, each once.

    They are all that a track of any length, guidance and seed may say. Two texts for which a voice in one language
    receives the same are one sentence, which is written as it is first.

    Raises:
        RoutineError: some steps cannot be unrolled.
        UnspeakableError: a text would be silent.

    """
    listing = _Listing()
    for draft in drafts:
        sayings = list(_list_sayings(draft))
        reader = _open_reader(draft.heading)
        find_unspoken(((saying.text, saying.mark) for saying in sayings), reader, {})
        for saying in sayings:
            listing.add(saying, draft.heading, write_plain(reader.read(saying.text)))
    return tuple(listing.sentences)


class _Listing:
    """A list of sentences under construction. Those that it has are found by what is written, and by what is given."""

    def __init__(self) -> None:
        self.sentences: list[Sentence] = []
        self._by_text: dict[tuple[str, str], int] = {}
        self._by_given: dict[tuple[str, str], int] = {}

    def add(self, saying: Saying, heading: Heading, given: str) -> None:
        """Add a sentence unless the list has it; a voice is given `given` for it."""
        language = heading.language
        place = self._by_text.get((language, saying.text), self._by_given.get((language, given)))
        if place is None:
            place = len(self.sentences)
            self.sentences.append(Sentence(place + 1, saying.text, language, heading.title, saying.section, (given,)))
        known = self.sentences[place]
        if given not in known.given:
            self.sentences[place] = replace(known, given=(*known.given, given))
        self._by_text.setdefault((language, saying.text), place)
        self._by_given.setdefault((language, given), place)


def _list_sayings(draft: Draft) -> Iterable[Saying]:
    if draft.routine is not None:
        return list_sayings(draft.routine, draft.request.options.language)
    script = draft.arrangement.script
    if isinstance(draft.arrangement, Pinned):
        return _list_pinned(draft.arrangement.script)
    return (Saying(text, mark) for text, mark in script.list_marked_texts())


def _list_pinned(script: PinnedScript) -> Iterator[Saying]:
    chapters = [section.chapter for section in script.sections]
    for cue in sorted(script.cues, key=lambda cue: cue.start):
        section = next((each.title for each in chapters if each.start <= cue.start < each.end), None)
        yield from (Saying(speech.text, cue.words_mark, section) for speech in list_speeches(cue.cue))


def _open_reader(heading: Heading) -> Reader:
    """Return a reader for a voice that receives only words, whose pronunciations are therefore respelt."""
    voice = Voice(Silent.name, heading.language, heading.language)
    return Reader(Silent(), voice, heading.pronounce)
