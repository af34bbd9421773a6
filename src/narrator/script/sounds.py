"""Everything that can be heard: sentences, bells, recordings, breath tones, and the bed under them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from narrator.errors import Mark
from narrator.routine.manner import choose_mallet, level_bell
from narrator.units import Db, Ms

EVERY: Ms = 4000
"""Default time between two strokes of a bell."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence as written; the text that the voice receives is derived when it speaks."""

    text: str

    def cache_key(self) -> tuple[object, ...]:
        """Return the key of the clip, without the voice."""
        return "speech", self.text


@dataclass(frozen=True, slots=True)
class Bell:
    """A bell struck `times` times, `every` ms apart; None stands for the bell's own value.

    `sound` is the bell's name, or a sound file with the `digest` of its bytes. `pitch` is in Hz, `length` is the time
    until the sound has died away, `level` that of its loudest moment in dB relative to the speech, and `mallet` is
    what it is struck with, a name in `MALLETS`.
    """

    sound: str
    times: int = 1
    every: Ms = EVERY
    pitch: float | None = None
    length: Ms | None = None
    level: Db | None = None
    digest: str = ""
    rest: Ms | None = None
    """Time between the last stroke and what follows."""
    mallet: str | None = None
    """None sounds as `hard` does, and has the same key."""
    mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where the bell is written; not compared."""

    @property
    def stroke(self) -> "Bell":
        """The bell struck once."""
        return replace(self, times=1, every=EVERY, rest=None)

    def cache_key(self) -> tuple[object, ...]:
        """Return the key of its sound and timing; for a file it has the bytes' digest instead of the path."""
        sound = self.digest or self.sound
        key = "bell", sound, self.times, self.every, self.pitch, self.length, self.level, self.rest
        return key if self.mallet in (None, "hard") else (*key, self.mallet)


def strike_in_manner(bell: Bell, manner: str | None) -> Bell:
    """Return a bell for which a manner has decided what is open: how loud it is, and what it is struck with."""
    level = level_bell(bell.sound, manner) if bell.level is None else bell.level
    return replace(bell, level=level, mallet=bell.mallet or choose_mallet(bell.sound, manner))


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound file that is played as a whole, with the `digest` of its bytes.

    `level` is that of its loudness in dB relative to the speech, and `text` what is said in it; empty if unknown.
    """

    sound: str
    level: Db = 0.0
    text: str = ""
    digest: str = ""
    mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where the file is named; not compared."""

    def cache_key(self) -> tuple[object, ...]:
        """Return the key of its sound."""
        return "recording", self.digest, self.level


@dataclass(frozen=True, slots=True)
class Breath:
    """One phase of a breath (`in`, `hold`, `out` or `pause`): a tone that spans it, and words, one a second."""

    phase: str
    length: Ms
    words: tuple[Speech, ...] = ()

    def cache_key(self) -> tuple[object, ...]:
        """Return the key of its sound."""
        return "breath", self.phase, self.length, self.words


Cue: TypeAlias = Speech | Bell | Recording | Breath


@dataclass(frozen=True, slots=True)
class Bed:
    """Ambience under the whole session: a bed's name, or a sound file with the `digest` of its bytes.

    `level` is in dB relative to the speech, `duck` the attenuation in dB under speech and bells, and `fade` the length
    of its fade-in and fade-out.
    """

    sound: str
    level: Db
    duck: Db
    fade: Ms
    digest: str = ""
    mark: Mark | None = field(default=None, compare=False, repr=False)


def list_texts(cues: Iterable[Cue]) -> list[str]:
    """Return the distinct texts to speak, in order."""
    speeches = (speech for cue in cues for speech in list_speeches(cue))
    return list(dict.fromkeys(speech.text for speech in speeches))


def list_speeches(cue: Cue) -> tuple[Speech, ...]:
    """Return the spoken texts of a cue."""
    match cue:
        case Speech():
            return (cue,)
        case Breath(words=words):
            return words
        case _:
            return ()
