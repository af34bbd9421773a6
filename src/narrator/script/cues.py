"""The script: all cues and silences in order.

All lengths in it are whole ticks: rigid silences and the bounds of elastics are rounded to the nearest one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, TypeAlias

from narrator.errors import Fault, Mark
from narrator.routine.heading import Tags, VoiceSpec
from narrator.routine.sounds import LOUDNESS, ROOM, BedLevel
from narrator.routine.values import At, Guidance
from narrator.script.cover import Cover
from narrator.script.sounds import Bed, Bell, Cue, Recording, Speech, list_speeches, list_texts
from narrator.units import Db, Lufs, Ms, ms_to_ticks, ticks_to_ms

LEAD: Ms = 500
"""Silence before the first cue."""


ElasticId: TypeAlias = tuple[object, ...]
"""Name of an elastic length; silences with the same name are always equally long."""


@dataclass(frozen=True, slots=True)
class Elastic:
    """A length between `least` and `most`, `natural` by default; all in ms on whole ticks."""

    least: Ms
    natural: Ms
    most: Ms


class Every(NamedTuple):
    """Repeatedly in a hold, first after one interval."""

    interval: Ms


class Countdown(NamedTuple):
    """Numbers, one a second, that end with the hold."""


class Spread(NamedTuple):
    """As many of the first texts as fit in a hold, with equal silences of at least `apart` around them."""

    apart: Ms


class Drawn(NamedTuple):
    """From `least` to `most` cues at random in a hold, with silences of at least `apart` around them."""

    least: int
    most: int
    apart: Ms
    seed: str


class HoldCue(NamedTuple):
    """A cue inside a hold and its position.

    `cues` are the numbers of a countdown, the texts of a spread, or wordings, of which the first that fits is used. If
    it `takes_turns`, they are texts that follow one another in all holds with its `name`.
    """

    mark: Mark
    where: At | Every | Countdown | Spread | Drawn
    cues: tuple[Cue, ...]
    takes_turns: bool = False
    is_optional: bool = False
    name: ElasticId = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence; a hold is a silence to practise in and may contain cues."""

    length: Elastic
    elastic_id: ElasticId
    is_hold: bool = False
    cues: tuple[HoldCue, ...] = ()
    is_quiet: bool = False
    """Whether its silence is intended, so that no words are missing in it."""


class Phase(NamedTuple):
    """A phase of a breath: its lengths in the first and last round, and its words in voiced rounds.

    Several words are said one a second.
    """

    name: str
    first: Ms
    last: Ms
    words: tuple[Speech, ...] = ()

    def measure(self, share: Fraction) -> Fraction:
        """Return the length in ms at a share of the way from the first round to the last."""
        return self.first + share * (self.last - self.first)

    def list_words(self, length: Fraction) -> tuple[Speech, ...]:
        """Return the words for a length in ms: one for each whole second, at least one."""
        return self.words[: max(int(length) // 1000, 1)]


class Voiced(NamedTuple):
    """Which rounds have words: the `first` ones, then one in `every`; and the words for the last round."""

    first: int
    every: int | None = None
    last: Speech | None = None

    def has_words(self, number: int) -> bool:
        """Return whether a round, counted from 0, has words for its phases."""
        return number < self.first or bool(self.every and (number + 1 - self.first) % self.every == 0)


@dataclass(frozen=True, slots=True)
class BreathBlock:
    """Breath rounds. Phases never stretch; the number of rounds varies between `least` and `most`.

    The lengths of phases change linearly from the first round to the last, for any number of rounds.
    """

    phases: tuple[Phase, ...]
    natural: Fraction
    least: int
    most: int
    voiced: Voiced
    elastic_id: ElasticId
    cues: tuple[HoldCue, ...] = ()
    """Cues over the rounds, as in a hold."""

    @property
    def round(self) -> Ms:
        """Mean length of a round."""
        return sum(phase.first + phase.last for phase in self.phases) // 2

    @staticmethod
    def find_share(number: int, rounds: int) -> Fraction:
        """Return the position of a round, counted from 0, between the first (0) and the last (1); 1/2 if alone."""
        return Fraction(number, rounds - 1) if rounds > 1 else Fraction(1, 2)

    def find_last_share(self) -> Fraction:
        """Return the last position of a round with words, for any number of rounds."""
        if self.voiced.every or not self.voiced.first:
            return Fraction(1 if self.voiced.every else 0)
        counts = (self.least, min(max(self.least, 2), self.most))
        return max(self.find_share(min(self.voiced.first, count) - 1, count) for count in counts)

    def measure(self, rounds: int) -> Ms:
        """Return the length of that many rounds, on the nearest tick."""
        return round_length(rounds * self.round)


@dataclass(frozen=True, slots=True)
class Unit:
    """Material that enters and leaves as a whole: an optional or extra step, or a round of a repeat.

    A step is one unit in all of its sides and rounds. Units of one kind enter by `number`, then in `order`; none enters
    before those that it is `within`.
    """

    name: ElasticId
    kind: str
    """The key of its step: `say`, `section`, `repeat` and so on."""
    mark: Mark
    order: ElasticId
    """Place of the step in the routine; sorts in the order of the file."""
    number: int = 1
    is_extra: bool = False
    """Whether it is left out at natural length, with everything within it."""
    within: tuple[ElasticId, ...] = ()
    round: int | None = None
    """Which round of a repeat it is."""


@dataclass(frozen=True, slots=True)
class Window:
    """Track lengths at which a step is heard: from `since` up to, not including, `until`."""

    kind: str
    """The key of its step."""
    step: Mark
    mark: Mark
    """Where the length is written."""
    since: Ms = 0
    until: Ms | None = None

    def admits(self, length: Ms | None) -> bool:
        """Return whether a track of that length has the step; None is natural length, at which `since` excludes it."""
        if length is None:
            return not self.since
        return self.since <= length and (self.until is None or length < self.until)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a script, with the place of its step, its innermost section (an index) and its side.

    It is in a track if all its `units` are in, if none that it `yields` to is, and if all its `windows` admit the
    length.
    """

    what: Cue | Silence | BreathBlock
    mark: Mark
    section: int | None = None
    side: str | None = None
    ends_paragraph: bool = False
    units: tuple[ElasticId, ...] = ()
    yields: tuple[ElasticId, ...] = ()
    windows: tuple[Window, ...] = ()
    id: str = ""
    """Where in the routine the item is: path, sides, rounds and number; the same at every length."""


@dataclass(frozen=True, slots=True)
class Section:
    """One run of a section; the runs of one authored section on each side share an `elastic_id`."""

    title: str
    mark: Mark
    length: Ms | None
    parent: int | None
    elastic_id: ElasticId
    bed: BedLevel | None = None
    """The bed's level here, if it differs from that around it."""
    units: tuple[ElasticId, ...] = ()
    """The section's own units and those that it is within."""
    id: str = ""
    """Where in the routine the section is, including sides and rounds."""


@dataclass(frozen=True)
class Heading:
    """Title, language, voice, pronunciations, tags and cover of a session."""

    title: str
    language: str
    voice: VoiceSpec
    tags: Tags
    pronounce: Mapping[str, str] = field(default_factory=dict)
    voice_mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where the file names the voice, else where the file begins; not compared."""
    seed: int = 0
    """Seed of random choices."""
    pronounce_marks: Mapping[str, Mark] = field(default_factory=dict, compare=False, repr=False)
    cover: Cover | None = None
    """The picture of its tracks; None for none."""


@dataclass(frozen=True)
class Script:
    """All cues and silences in order, with the lengths of silences still open."""

    heading: Heading
    guidance: Guidance
    length: Ms | None
    gap: Ms
    steps: tuple[Item, ...]
    """Items without the gaps between sentences."""
    sections: tuple[Section, ...]
    mark: Mark
    bed: Bed | None = None
    floor: Db | None = None
    """Level of the room tone in dBFS; None for digital silence."""
    room: str = ROOM
    """Name of the room, or `none`."""
    manner: str | None = None
    """Name of its manner."""
    loudness: Lufs = LOUDNESS
    full: "Script | None" = None
    """The script with full guidance, if this one has less."""
    units: tuple[Unit, ...] = ()
    """Material that may enter and leave as the track grows and shrinks."""
    length_mark: Mark | None = field(default=None, compare=False, repr=False)
    """Place of the length in the file; None if the file has none."""
    notes: tuple[Fault, ...] = field(default=(), compare=False, repr=False)
    """Warnings about its texts, and about texts that nobody would hear; not compared."""

    @property
    def material(self) -> "Script":
        """The script with full guidance, which determines the levels of a session whatever its guidance."""
        if self.guidance == "bells":
            return replace(self, guidance="full")
        return self.full or self

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All boxes and elastics, in order."""
        lead = Item(Silence(make_rigid(LEAD), ("lead",)), self.mark)
        return (lead, *_add_gaps(self.steps, self.gap))

    def keep(self, indexes: Sequence[int]) -> "Script":
        """Return the script with only the steps of some indexes, which are in order."""
        return self if len(indexes) == len(self.steps) else replace(self, steps=tuple(self.steps[i] for i in indexes))

    def list_texts(self) -> list[str]:
        """Return the distinct texts to speak, in order, including every wording of cues in holds."""
        return list_texts((*self.list_cues(), *self.material.list_cues()))

    def list_marked_texts(self) -> Iterator[tuple[str, Mark]]:
        """Yield each occurrence of the texts to speak, and the place where it is written."""
        for mark, cue in (*list_marked_cues(self.steps), *list_marked_cues(self.material.steps)):
            for speech in list_speeches(cue):
                yield speech.text, mark

    def list_cues(self) -> Iterator[Cue]:
        """Yield every cue that may be heard, in order, including every wording of cues in holds."""
        return (cue for _, cue in list_marked_cues(self.steps))


def list_marked_cues(items: Iterable[Item]) -> Iterator[tuple[Mark, Cue]]:
    """Yield every cue of some items that may be heard, including every wording of cues in holds, and its place."""
    for item in items:
        match item.what:
            case Silence(cues=cues):
                for cue in cues:
                    yield from ((cue.mark, heard) for heard in cue.cues)
            case BreathBlock(phases=phases, voiced=voiced, cues=cues):
                for phase in phases:
                    yield from ((item.mark, word) for word in phase.words)
                if voiced.last:
                    yield item.mark, voiced.last
                for cue in cues:
                    yield from ((cue.mark, heard) for heard in cue.cues)
            case heard:
                yield item.mark, heard


def round_length(length: Ms) -> Ms:
    """Return a length in ms on the nearest tick."""
    return ticks_to_ms(ms_to_ticks(length))


def make_rigid(length: Ms) -> Elastic:
    """Return a length that neither stretches nor shrinks, on the nearest tick."""
    ticks = round_length(length)
    return Elastic(ticks, ticks, ticks)


def needs_gap(item: Item, following: Item | None) -> bool:
    """Return whether there is a gap after an item: after words and recordings that no silence or bell follows."""
    return isinstance(item.what, Speech | Recording) and (
        following is None or not isinstance(following.what, Silence | Bell)
    )


def _add_gaps(items: Sequence[Item], gap: Ms) -> Iterator[Item]:
    for item, following in zip(items, [*items[1:], None], strict=False):
        yield item
        if needs_gap(item, following):
            length = make_rigid(2 * gap if item.ends_paragraph else gap)
            yield replace(item, what=Silence(length, ("gap",)), ends_paragraph=False)
