"""A script: everything that will be heard and waited for, in order.

All lengths in it are whole ticks: rigid silences and the bounds of elastics go to the nearest one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

from narrator.errors import Mark
from narrator.routine import model
from narrator.routine.sounds import LOUDNESS, BedLevel
from narrator.routine.values import At
from narrator.units import Db, Lufs, Ms, ms_to_ticks, ticks_to_ms

LEAD: Ms = 500
"""Silence before the first cue."""

Guidance: TypeAlias = Literal["full", "brief", "bells"]
Unknown: TypeAlias = tuple[object, ...]
"""Name of an elastic length; silences with one name are always equally long."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence: `text` as written, `spoken` as the voice gets it."""

    text: str
    spoken: str

    def cache_key(self) -> tuple[object, ...]:
        """Return what its sound depends on, beside the voice."""
        return "speech", self.spoken


@dataclass(frozen=True, slots=True)
class Bell:
    """A bell struck `times` times, `every` ms apart; what is None is the bell's own.

    `sound` is its name or a sound file, then with the `digest` of its bytes; `pitch` is in Hz, `length` the time until
    it has died away, `level` its loudest moment in dB against the speech.
    """

    sound: str
    times: int = 1
    every: Ms = 4000
    pitch: float | None = None
    length: Ms | None = None
    level: Db | None = None
    digest: str = ""
    mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where it is written: no part of what it is."""

    @property
    def stroke(self) -> "Bell":
        """The bell struck once."""
        return replace(self, times=1, every=4000)

    def cache_key(self) -> tuple[object, ...]:
        """Return what its sound depends on: of a file its bytes, wherever it is."""
        return "bell", self.digest or self.sound, self.times, self.every, self.pitch, self.length, self.level


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
    """Distinct texts that a voice is needed for, as it gets them, in order."""
    speeches = (speech for cue in cues for speech in list_speeches(cue))
    return list(dict.fromkeys(speech.spoken for speech in speeches))


def list_speeches(cue: Cue) -> tuple[Speech, ...]:
    """What is spoken in a cue."""
    match cue:
        case Speech():
            return (cue,)
        case Breath(words=words):
            return words
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Elastic:
    """A length between `least` and `most`, `natural` when nothing asks otherwise; all in whole ticks, as ms."""

    least: Ms
    natural: Ms
    most: Ms


class HoldCue(NamedTuple):
    """A cue inside a hold: where in it, and its wordings, the first that fits being used.

    One of `at`, `every` (again and again) and `countdown` (numbers that end with the hold, one a second) says where.
    """

    mark: Mark
    wordings: tuple[Cue, ...] = ()
    at: At | None = None
    every: Ms | None = None
    countdown: tuple[Speech, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing to hear, for a while; a hold is one to practise in and may have cues of its own."""

    length: Elastic
    unknown: Unknown
    is_hold: bool = False
    cues: tuple[HoldCue, ...] = ()


class Phase(NamedTuple):
    """A phase of a breath, and its words in voiced rounds."""

    name: str
    length: Ms
    words: tuple[Speech, ...]


@dataclass(frozen=True, slots=True)
class BreathBlock:
    """Rounds of breath. Phases never stretch; their number does, between `least` and `most`."""

    phases: tuple[Phase, ...]
    natural: Fraction
    least: int
    most: int
    voiced: int
    unknown: Unknown

    @property
    def round(self) -> Ms:
        """Length of one round."""
        return sum(phase.length for phase in self.phases)

    def measure(self, rounds: int) -> Ms:
        """Length of that many rounds, to the nearest tick."""
        return round_length(rounds * self.round)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a script: what, from which step, in which section (an index, innermost), on which side.

    `options` names the optional steps that it goes with.
    """

    what: Cue | Silence | BreathBlock
    mark: Mark
    section: int | None = None
    side: str | None = None
    ends_paragraph: bool = False
    options: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it runs; `unknown` is shared by the runs of one authored section on each side."""

    title: str
    mark: Mark
    length: Ms | None
    parent: int | None
    unknown: Unknown
    bed: BedLevel | None = None
    """The bed's level here, where it is another than around it."""


@dataclass(frozen=True)
class Heading:
    """What a session is called, its language and voice, own respellings, and what players show beside it."""

    title: str
    language: str
    voice: model.VoiceSpec
    tags: model.Tags
    pronounce: Mapping[str, str] = field(default_factory=dict)
    voice_mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where the file says who speaks, else where it begins: no part of what a session is."""


@dataclass(frozen=True)
class Script:
    """Everything that will be heard and waited for, in order, with lengths of silence still open."""

    heading: Heading
    guidance: Guidance
    length: Ms | None
    gap: Ms
    steps: tuple[Item, ...]
    """Without the silences that follow from what stands beside what."""
    sections: tuple[Section, ...]
    mark: Mark
    bed: Bed | None = None
    floor: Db | None = None
    """Level of the room tone in dBFS; None for digital silence."""
    loudness: Lufs = LOUDNESS
    full: "Script | None" = None
    """The script with full guidance, where this one has less."""

    @property
    def material(self) -> "Script":
        """The script with full guidance: what the levels of a session are settled by, whatever of it is heard."""
        if self.guidance == "bells":
            return replace(self, guidance="full")
        return self.full or self

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every box and elastic, in order."""
        lead = Item(Silence(make_rigid(LEAD), ("lead",)), self.mark)
        return (lead, *_add_gaps(self.steps, self.gap))

    @cached_property
    def options(self) -> tuple[tuple[Unknown, Mark], ...]:
        """Optional steps that may be left out, in the order they stand in."""
        found: dict[Unknown, Mark] = {}
        for item in self.steps:
            for name in item.options:
                found.setdefault(name, item.mark)
        return tuple(found.items())

    def leave_out(self, names: Collection[Unknown]) -> "Script":
        """The script without some of its optional steps."""
        if not names:
            return self
        unwanted = frozenset(names)
        kept = tuple(item for item in self.steps if unwanted.isdisjoint(item.options))
        return replace(self, steps=kept)

    def list_texts(self) -> list[str]:
        """Every distinct text that a voice is needed for, in order, every wording of cues in holds included."""
        return list_texts((*self.list_cues(), *self.material.list_cues()))

    def list_cues(self) -> Iterator[Cue]:
        """Every cue that may be heard, in order, every wording of those in holds included."""
        return _list_cues(self.steps)


def _list_cues(items: Iterable[Item]) -> Iterator[Cue]:
    for item in items:
        match item.what:
            case Silence(cues=cues):
                for cue in cues:
                    yield from (*cue.wordings, *cue.countdown)
            case BreathBlock(phases=phases, voiced=voiced):
                for phase in phases if voiced else ():
                    yield from phase.words
            case cue:
                yield cue


def round_length(length: Ms) -> Ms:
    """The nearest whole ticks, in ms."""
    return ticks_to_ms(ms_to_ticks(length))


def make_rigid(length: Ms) -> Elastic:
    """A length that neither stretches nor shrinks, in whole ticks."""
    ticks = round_length(length)
    return Elastic(ticks, ticks, ticks)


def needs_gap(item: Item, following: Item | None) -> bool:
    """Whether a gap stands between two items: after each sentence that no silence or bell follows."""
    return isinstance(item.what, Speech) and (following is None or not isinstance(following.what, Silence | Bell))


def _add_gaps(items: Sequence[Item], gap: Ms) -> Iterator[Item]:
    for item, following in zip(items, [*items[1:], None], strict=False):
        yield item
        if needs_gap(item, following):
            length = make_rigid(2 * gap if item.ends_paragraph else gap)
            yield replace(item, what=Silence(length, ("gap",)), ends_paragraph=False)
