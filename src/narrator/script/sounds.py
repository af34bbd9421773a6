"""What can be heard: sentences, bells, breath tones, and the bed beneath them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from narrator.errors import Mark
from narrator.units import Db, Ms

EVERY: Ms = 4000
"""Time from one stroke of a bell to the next, where nothing else is written."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence, as written: what the voice is given for it is decided when it speaks."""

    text: str

    def cache_key(self) -> tuple[object, ...]:
        """Return what its sound depends on, beside the voice."""
        return "speech", self.text


@dataclass(frozen=True, slots=True)
class Bell:
    """A bell struck `times` times, `every` ms apart; what is None is the bell's own.

    `sound` is its name or a sound file, then with the `digest` of its bytes; `pitch` is in Hz, `length` the time until
    it has died away, `level` its loudest moment in dB against the speech.
    """

    sound: str
    times: int = 1
    every: Ms = EVERY
    pitch: float | None = None
    length: Ms | None = None
    level: Db | None = None
    digest: str = ""
    rest: Ms | None = None
    """Time from the last stroke to what follows."""
    mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where it is written: no part of what it is."""

    @property
    def stroke(self) -> "Bell":
        """The bell struck once."""
        return replace(self, times=1, every=EVERY, rest=None)

    def cache_key(self) -> tuple[object, ...]:
        """Return what its sound and its place depend on: of a file its bytes, wherever it is."""
        sound = self.digest or self.sound
        return "bell", sound, self.times, self.every, self.pitch, self.length, self.level, self.rest


@dataclass(frozen=True, slots=True)
class Breath:
    """One phase of a breath (`in`, `hold`, `out` or `pause`): a tone that spans it, and words, one a second."""

    phase: str
    length: Ms
    words: tuple[Speech, ...] = ()

    def cache_key(self) -> tuple[object, ...]:
        """Return what its sound depends on."""
        return "breath", self.phase, self.length, self.words


Cue: TypeAlias = Speech | Bell | Breath


@dataclass(frozen=True, slots=True)
class Bed:
    """Ambience beneath everything: a name or a sound file, with the `digest` of its bytes.

    `level` is in dB against the speech, `duck` how many dB it goes down under speech and bells, `fade` how long it
    takes to come and to go.
    """

    sound: str
    level: Db
    duck: Db
    fade: Ms
    digest: str = ""
    mark: Mark | None = field(default=None, compare=False, repr=False)


def list_texts(cues: Iterable[Cue]) -> list[str]:
    """Return the distinct texts that a voice is needed for, in order."""
    speeches = (speech for cue in cues for speech in list_speeches(cue))
    return list(dict.fromkeys(speech.text for speech in speeches))


def list_speeches(cue: Cue) -> tuple[Speech, ...]:
    """What is spoken in a cue."""
    match cue:
        case Speech():
            return (cue,)
        case Breath(words=words):
            return words
        case _:
            return ()
