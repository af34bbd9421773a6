"""The context in which steps are unrolled: the language, narrator's own words, and the seed."""

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
from narrator.routine.words import Choose, SideNames, UntranslatedError, Words
from narrator.routine.written import Translated
from narrator.script.cues import Elastic, ElasticId, Window, round_length
from narrator.script.material import Counting
from narrator.script.sounds import EVERY, Bed, Bell, Recording, strike_in_manner
from narrator.units import TICK, Db, Ms

MAX_CHARACTERS = 2_000_000
"""Most characters of text in a routine: about forty hours of speech."""


@dataclass(frozen=True)
class Place:
    """The place in the routine where a step is unrolled: its path, its side, and the words for braces."""

    path: ElasticId
    id: str = ""
    """Like the path, but including sides; unique within a routine."""
    section: int | None = None
    side: str | None = None
    names: SideNames | None = None
    """Names under which texts may refer to that side."""
    titles: tuple[str, ...] = ()
    """Titles of the enclosing sections as written, innermost first."""
    later_side: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    units: tuple[ElasticId, ...] = ()
    yields: tuple[ElasticId, ...] = ()
    windows: tuple[Window, ...] = ()
    counting: Counting | None = None
    """The enclosing repeat, if its number of rounds is open and `{rounds}` is not known yet."""


def join_id(parent: str, part: object) -> str:
    """Return the id of a part of a place."""
    return f"{parent}/{part}" if parent else str(part)


class UnrollingError(NarratorError):
    """A step cannot be unrolled; the others still are, so that all faults are reported."""


class Context:
    """Makes the texts, bells and lengths of a script from authored steps, in one language."""

    def __init__(
        self, routine: model.Routine, guidance: Guidance, language: str, seed: int, wording: int | None = None
    ) -> None:
        self.own_language = routine.language
        self.lines = routine.lines
        self.guidance = guidance
        self.language = language
        self.seed = seed
        self._wording = wording
        self.notes: dict[Fault, None] = {}
        """Warnings about the texts written so far."""
        self._pieces: dict[str, list[Sentence | InlinePause]] = {}
        self.untranslated: set[Fault] = set()
        """Texts so far that have no translation."""
        self._breath = routine.breath
        self._sounds = routine.sounds
        self._manner = routine.manner
        self._characters = 0

    def is_brief(self, place: Place) -> bool:
        """Return whether a step says its brief words, if it has any."""
        return place.later_side or self.guidance == "brief"

    def make_bell(self, spec: BellSpec, mark: Mark) -> Bell:
        """Return the bell of a specification.

        Raises:
            UnrollingError: it is a sound file that cannot be read.

        """
        try:
            bell = make_bell(spec, mark, self._sounds)
        except RoutineError as error:
            raise UnrollingError.gather(error.faults) from None
        return strike_in_manner(bell, self._manner)

    def make_recording(self, step: model.Play, place: Place) -> Recording:
        """Return the recording of a step.

        Raises:
            UnrollingError: its file cannot be read, or its text cannot be written.

        """
        text = self.write_whole(step.text, place, step.find_mark("text")) if step.text else ""
        try:
            return make_recording(step.play, step.level, text, step.find_mark("play"), self._sounds)
        except RoutineError as error:
            raise UnrollingError.gather(error.faults) from None

    def settle(self, elastic: AuthoredElastic, breath: Ms | None, mark: Mark) -> Elastic:
        """Return the bounds on the nearest ticks; those of an elastic are at least one tick."""
        least, natural, most = (round_length(length) for length in self.resolve(elastic, breath, mark))
        if least == most:
            return Elastic(most, most, most)
        return Elastic(max(least, TICK), max(natural, TICK), max(most, TICK))

    def resolve(self, elastic: AuthoredElastic, breath: Ms | None, mark: Mark) -> tuple[Ms, Ms, Ms]:
        """Return the least, natural and longest length in ms.

        Raises:
            UnrollingError: they are not in order.

        """
        try:
            return elastic.resolve(breath or self._breath)
        except ValueError as error:
            raise UnrollingError(str(error), mark) from None

    def split(self, words: Words, place: Place, mark: Mark) -> list[Sentence | InlinePause]:
        """Split a text into sentences and pauses after filling in its braces, whose values may contain brackets."""
        try:
            text = self.write(words, place, mark)
            # Rounds and sides repeat the same texts.
            if text not in self._pieces:
                self._pieces[text] = split_text(text, self.language, self.lines)
            return self._pieces[text]
        except ValueError as error:
            raise UnrollingError(str(error), mark) from None

    def write_whole(self, words: Words, place: Place, mark: Mark) -> str:
        """Return a text that is spoken as one clip and therefore cannot contain pauses.

        Raises:
            UnrollingError: it contains a pause, or cannot be written.

        """
        pieces = self.split(words, place, mark)
        if any(isinstance(piece, InlinePause) for piece in pieces):
            raise UnrollingError("these words cannot contain a pause; remove it", mark)
        return " ".join(piece.text for piece in pieces if isinstance(piece, Sentence))

    def write(self, words: Words, place: Place, mark: Mark) -> str:
        """Return a text in the script's language, with its braces filled in."""
        try:
            text = words.pick(self.language, self.own_language, self._choose_at(place), place.names, place.titles)
        except UntranslatedError as error:
            self.untranslated.add(Fault(str(error), mark))
            raise UnrollingError(str(error), mark) from None
        except ValueError as error:
            raise UnrollingError(str(error), mark) from None
        return self.fill(text, place, mark)

    def write_title(self, title: Words, place: Place, mark: Mark) -> str:
        """Return a title in the script's language, or in one that it has, with its braces filled in."""
        return self.fill(title.pick_name(self.language, self.own_language, place.names, place.titles), place, mark)

    def fill(self, text: str, place: Place, mark: Mark) -> str:
        """Fill in the braces of a text; faults in a translation are reported at its place in the PO file."""
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
                    f"narrator has no ordinal in {self.language!r} for round {number}; write {{round}} instead",
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

    def _choose_at(self, place: Place) -> Choose:
        wording = self._wording
        if wording is not None:
            return lambda texts: texts[wording % len(texts)]
        # Most texts have a single wording, and random numbers take longer to set up than to draw.
        return lambda texts: texts[0] if len(texts) == 1 else self.draw(f"{place.path} {place.side}").choice(texts)

    def draw(self, what: str) -> random.Random:
        """Return the random numbers for one part of the routine; they depend only on it and on the seed."""
        return random.Random(f"{self.seed} {what}")  # noqa: S311 - nothing is secret here

    def need_phrases(self, mark: Mark, example: str) -> Phrases:
        """Return narrator's own words; `example` shows how an author writes them instead.

        Raises:
            UnrollingError: narrator has no words in this language.

        """
        phrases = find_phrases(self.language)
        if phrases is None:
            raise UnrollingError(
                f"narrator has its own words only in {', '.join(list_languages())}, not in {self.language!r}; write "
                f"them here: {example}",
                mark,
            )
        return phrases


def make_bell(spec: BellSpec, mark: Mark, sounds: tuple[Path, ...] = ()) -> Bell:
    """Return the bell of a specification; `find_sound` finds its file.

    Raises:
        RoutineError: it is a sound file that cannot be read.

    """
    sound, digest = find_sound(spec.sound, spec.find_mark("sound", mark), sounds)
    every = EVERY if spec.every is None else spec.every
    return Bell(sound, spec.times, every, spec.pitch, spec.length, spec.level, digest, spec.every, spec.mallet, mark)


def make_recording(sound: str, level: Db, text: str, mark: Mark, sounds: tuple[Path, ...] = ()) -> Recording:
    """Return a recording to play; `find_sound` finds its file, which is named at `mark`.

    Raises:
        RoutineError: the file cannot be read.

    """
    path, digest = find_sound(sound, mark, sounds)
    return Recording(path, level, text, digest, mark)


def make_bed(spec: BedSpec, mark: Mark, sounds: tuple[Path, ...] = ()) -> Bed:
    """Return the bed of a specification; `find_sound` finds its file.

    Raises:
        RoutineError: it is a sound file that cannot be read.

    """
    sound, digest = find_sound(spec.sound, spec.find_mark("sound", mark), sounds)
    return Bed(sound, spec.level, spec.duck, spec.fade, digest, mark)
