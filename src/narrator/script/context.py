"""What holds for every step that is unrolled: the language, narrator's own words, respellings, the seed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from narrator.errors import Fault, Mark, NarratorError, RoutineError
from narrator.routine import model
from narrator.routine.coverage import describe_fuzzy
from narrator.routine.phrases import Phrases, find_phrases, list_languages
from narrator.routine.sounds import BedSpec, BellSpec, find_sound
from narrator.routine.text import BraceError, InlinePause, Sentence, check_braces, fill_braces, split_text
from narrator.routine.values import Elastic as AuthoredElastic
from narrator.routine.values import Guidance
from narrator.routine.words import SideNames, UntranslatedError, Words
from narrator.routine.written import Translated
from narrator.script.cues import Elastic, ElasticId, Window, round_length
from narrator.script.material import Counting
from narrator.script.sounds import EVERY, Bed, Bell
from narrator.units import TICK, Ms

MAX_CHARACTERS = 2_000_000
"""Characters of text that a routine may come to: some forty hours of speech."""


@dataclass(frozen=True)
class Place:
    """Where in the routine a step is unrolled: its path, the side it is on, and the words for braces."""

    path: ElasticId
    id: str = ""
    """As the path, but with sides: no two places of a routine share it."""
    section: int | None = None
    side: str | None = None
    names: SideNames | None = None
    """What texts may call that side."""
    titles: tuple[str, ...] = ()
    """Titles of the sections around it as written, innermost first."""
    later_side: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    units: tuple[ElasticId, ...] = ()
    yields: tuple[ElasticId, ...] = ()
    windows: tuple[Window, ...] = ()
    counting: Counting | None = None
    """The repeat around it, where its number of rounds is open and `{rounds}` not yet settled."""


def join_id(parent: str, part: object) -> str:
    """Return the id of something within a place."""
    return f"{parent}/{part}" if parent else str(part)


class UnrollingError(NarratorError):
    """A step that cannot be unrolled: the others still can, so that all faults are told."""


class Context:
    """Turns what steps say into words, bells and lengths of a script, in one language."""

    def __init__(self, routine: model.Routine, guidance: Guidance, language: str, seed: int) -> None:
        self.own_language = routine.language
        self.lines = routine.lines
        self.guidance = guidance
        self.language = language
        self.seed = seed
        self.notes: dict[Fault, None] = {}
        """What is odd about the texts written so far."""
        self._pieces: dict[str, list[Sentence | InlinePause]] = {}
        self.untranslated: set[Fault] = set()
        """Texts so far that there is no translation of."""
        self._breath = routine.breath
        self._sounds = routine.sounds
        self._characters = 0

    def is_brief(self, place: Place) -> bool:
        """Whether a step says its brief words, where it has some."""
        return place.later_side or self.guidance == "brief"

    def make_bell(self, spec: BellSpec, mark: Mark) -> Bell:
        """Return the bell that is written so.

        Raises:
            UnrollingError: it is a sound file that cannot be read.

        """
        try:
            return make_bell(spec, mark, self._sounds)
        except RoutineError as error:
            raise UnrollingError.gather(error.faults) from None

    def settle(self, elastic: AuthoredElastic, breath: Ms | None, mark: Mark) -> Elastic:
        """Bounds on the nearest tick; at least one tick each, so that a share of them exists."""
        least, natural, most = (round_length(length) for length in self.resolve(elastic, breath, mark))
        if least == most:
            return Elastic(most, most, most)
        return Elastic(max(least, TICK), max(natural, TICK), max(most, TICK))

    def resolve(self, elastic: AuthoredElastic, breath: Ms | None, mark: Mark) -> tuple[Ms, Ms, Ms]:
        """Least, natural and most in ms.

        Raises:
            UnrollingError: they are out of order.

        """
        try:
            return elastic.resolve(breath or self._breath)
        except ValueError as error:
            raise UnrollingError(str(error), mark) from None

    def split(self, words: Words, place: Place, mark: Mark) -> list[Sentence | InlinePause]:
        """Take a text apart, after its braces are filled in: what is filled in may hold brackets of its own."""
        try:
            text = self.write(words, place, mark)
            # Rounds and sides say the same again.
            if text not in self._pieces:
                self._pieces[text] = split_text(text, self.language, self.lines)
            return self._pieces[text]
        except ValueError as error:
            raise UnrollingError(str(error), mark) from None

    def write_whole(self, words: Words, place: Place, mark: Mark) -> str:
        """A text that is one clip, and so has no pauses in it."""
        pieces = self.split(words, place, mark)
        if any(isinstance(piece, InlinePause) for piece in pieces):
            raise UnrollingError("there is no room for a pause in these words; take it out", mark)
        return " ".join(piece.text for piece in pieces if isinstance(piece, Sentence))

    def write(self, words: Words, place: Place, mark: Mark) -> str:
        """A text in the script's language, its braces filled in."""
        try:
            chance = self.draw(f"{place.path} {place.side}")
            text = words.pick(self.language, self.own_language, chance, place.names, place.titles)
        except UntranslatedError as error:
            self.untranslated.add(Fault(str(error), mark))
            raise UnrollingError(str(error), mark) from None
        except ValueError as error:
            raise UnrollingError(str(error), mark) from None
        return self.fill(text, place, mark)

    def write_title(self, title: Words, place: Place, mark: Mark) -> str:
        """A title in the script's language, or in the one that it has, its braces filled in."""
        return self.fill(title.pick_name(self.language, self.own_language, place.names, place.titles), place, mark)

    def fill(self, text: str, place: Place, mark: Mark) -> str:
        """Fill in the braces of a text; what is wrong with one of a PO file is reported there."""
        if isinstance(text, Translated):
            mark = text.entries[0].mark
            self.notes |= dict.fromkeys(describe_fuzzy(entry) for entry in text.entries if entry.is_fuzzy)
        try:
            check_braces(text)
            filled = fill_braces(text, place.words)
        except ValueError as error:
            if "{nth}" in text.lower() and "round" in place.words and "nth" not in place.words:
                number = place.words["round"]
                raise UnrollingError(
                    f"narrator has no word in {self.language!r} for which round number {number} is; write {{round}}",
                    mark,
                ) from None
            fix = (
                error.instead and mark.rewrite(error.written, error.instead) if isinstance(error, BraceError) else None
            )
            raise UnrollingError(str(error), mark, fix=fix) from None
        self._characters += len(filled)
        if self._characters > MAX_CHARACTERS:
            raise RoutineError(f"over {MAX_CHARACTERS:,} characters of text; make several routines", mark)
        return str(filled)

    def draw(self, what: str) -> random.Random:
        """Chance for one thing of the routine: with the same seed the same."""
        return random.Random(f"{self.seed} {what}")  # noqa: S311 - nothing is secret here

    def need_phrases(self, mark: Mark, example: str) -> Phrases:
        """Narrator's own words; `example` is how an author writes them instead, in the step at that place.

        Raises:
            UnrollingError: it has none in this language.

        """
        phrases = find_phrases(self.language)
        if phrases is None:
            raise UnrollingError(
                f"narrator has no words of its own in {self.language!r}, only in {', '.join(list_languages())}; write "
                f"them here: {example}",
                mark,
            )
        return phrases


def make_bell(spec: BellSpec, mark: Mark, sounds: tuple[Path, ...] = ()) -> Bell:
    """Return the bell that is written so at a place; its file is looked for as `find_sound` does.

    Raises:
        RoutineError: it is a sound file that cannot be read.

    """
    sound, digest = find_sound(spec.sound, spec.find_mark("sound", mark), sounds)
    every = EVERY if spec.every is None else spec.every
    return Bell(sound, spec.times, every, spec.pitch, spec.length, spec.level, digest, spec.every, mark)


def make_bed(spec: BedSpec, mark: Mark, sounds: tuple[Path, ...] = ()) -> Bed:
    """Return the bed that is written so at a place; its file is looked for as `find_sound` does.

    Raises:
        RoutineError: it is a sound file that cannot be read.

    """
    sound, digest = find_sound(spec.sound, spec.find_mark("sound", mark), sounds)
    return Bed(sound, spec.level, spec.duck, spec.fade, digest, mark)
