"""A script: everything that will be heard and waited for, in order.

All lengths in it are whole ticks: rigid silences and the bounds of elastics go to the nearest one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, TypeAlias

from narrator.errors import Fault, Mark
from narrator.routine.heading import Tags, VoiceSpec
from narrator.routine.sounds import LOUDNESS, BedLevel
from narrator.routine.values import At, Guidance
from narrator.script.sounds import Bed, Bell, Cue, Speech, list_speeches, list_texts
from narrator.units import Db, Lufs, Ms, ms_to_ticks, ticks_to_ms

LEAD: Ms = 500
"""Silence before the first cue."""


ElasticId: TypeAlias = tuple[object, ...]
"""Name of an elastic length; silences with one name are always equally long."""


@dataclass(frozen=True, slots=True)
class Elastic:
    """A length between `least` and `most`, `natural` when nothing asks otherwise; all in whole ticks, as ms."""

    least: Ms
    natural: Ms
    most: Ms


class Every(NamedTuple):
    """In a hold: again and again, first after one interval."""

    interval: Ms


class Countdown(NamedTuple):
    """In a hold: numbers that end with it, one a second."""


class Spread(NamedTuple):
    """In a hold: as many of the first texts as fit, with equal silences of at least `apart` around them."""

    apart: Ms


class Drawn(NamedTuple):
    """In a hold: from `least` to `most` cues by chance, with silences of at least `apart` around them."""

    least: int
    most: int
    apart: Ms
    seed: str


class HoldCue(NamedTuple):
    """A cue inside a hold: where in it, and what is heard.

    `cues` are the numbers of a countdown, the texts of a spread, or wordings, of which the first that fits is taken;
    if it `takes_turns` they are texts that follow one another, across all holds that have its `name`.
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
    """Nothing to hear, for a while; a hold is one to practise in and may have cues of its own."""

    length: Elastic
    elastic_id: ElasticId
    is_hold: bool = False
    cues: tuple[HoldCue, ...] = ()
    is_quiet: bool = False
    """Whether its silence is meant, so that nobody misses a word in it."""


class Phase(NamedTuple):
    """A phase of a breath: its length in the first round and in the last, and its words in voiced rounds.

    Of several words the second is said after a second, and so on.
    """

    name: str
    first: Ms
    last: Ms
    words: tuple[Speech, ...] = ()

    def measure(self, share: Fraction) -> Fraction:
        """Return its length in ms at a share of the way from the first round to the last."""
        return self.first + share * (self.last - self.first)

    def list_words(self, length: Fraction) -> tuple[Speech, ...]:
        """Return its words where it is so many ms long: one for each whole second, at least one."""
        return self.words[: max(int(length) // 1000, 1)]


class Voiced(NamedTuple):
    """Which rounds have words: so many at the start, then one in `every` so many; and words for the last round."""

    first: int
    every: int | None = None
    last: Speech | None = None

    def has_words(self, number: int) -> bool:
        """Whether a round, counted from 0, has words for its phases."""
        return number < self.first or bool(self.every and (number + 1 - self.first) % self.every == 0)


@dataclass(frozen=True, slots=True)
class BreathBlock:
    """Rounds of breath. Phases never stretch; the number of rounds does, between `least` and `most`.

    The lengths of phases go evenly from those of the first round to those of the last, however many rounds there are.
    """

    phases: tuple[Phase, ...]
    natural: Fraction
    least: int
    most: int
    voiced: Voiced
    elastic_id: ElasticId
    cues: tuple[HoldCue, ...] = ()
    """What is heard over the rounds, as in a hold."""

    @property
    def round(self) -> Ms:
        """Length of a round, in the mean of all."""
        return sum(phase.first + phase.last for phase in self.phases) // 2

    @staticmethod
    def find_share(number: int, rounds: int) -> Fraction:
        """How far on the way from the first round to the last a round is, counted from 0; a single one is half way."""
        return Fraction(number, rounds - 1) if rounds > 1 else Fraction(1, 2)

    def find_last_share(self) -> Fraction:
        """How far on the way a round with words can be, whatever the number of rounds."""
        if self.voiced.every or not self.voiced.first:
            return Fraction(1 if self.voiced.every else 0)
        counts = (self.least, min(max(self.least, 2), self.most))
        return max(self.find_share(min(self.voiced.first, count) - 1, count) for count in counts)

    def measure(self, rounds: int) -> Ms:
        """Length of that many rounds, to the nearest tick."""
        return round_length(rounds * self.round)


@dataclass(frozen=True, slots=True)
class Unit:
    """Material that enters and leaves as a whole: an optional or extra step, or a round of a repeat.

    All sides and rounds in which a step stands are one unit. Units of one kind enter by `number`, then in `order`;
    none enters before those that it is `within`.
    """

    name: ElasticId
    kind: str
    """The key of its step: `say`, `section`, `repeat` and so on."""
    mark: Mark
    order: ElasticId
    """Place of the step in the routine; sorts in the order of the file."""
    number: int = 1
    is_extra: bool = False
    """Whether it is out at natural length; so is whatever is within it."""
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
        """Return whether a track of that length has the step; None is natural length, which `since` does not admit."""
        if length is None:
            return not self.since
        return self.since <= length and (self.until is None or length < self.until)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a script: what, from which step, in which section (an index, innermost), on which side.

    It is heard while all its `units` are in and none is of those that it `yields` to, in tracks of a length that all
    its `windows` admit.
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
    """Where in the routine it is: path, sides, rounds and number; the same at every length."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it runs; `elastic_id` is shared by the runs of one authored section on each side."""

    title: str
    mark: Mark
    length: Ms | None
    parent: int | None
    elastic_id: ElasticId
    bed: BedLevel | None = None
    """The bed's level here, where it is another than around it."""
    units: tuple[ElasticId, ...] = ()
    """Units that it is, or is within."""
    id: str = ""
    """Where in the routine it is, sides and rounds included."""


@dataclass(frozen=True)
class Heading:
    """What a session is called, its language and voice, own respellings, and what players show beside it."""

    title: str
    language: str
    voice: VoiceSpec
    tags: Tags
    pronounce: Mapping[str, str] = field(default_factory=dict)
    voice_mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where the file says who speaks, else where it begins: no part of what a session is."""
    seed: int = 0
    """What has settled whatever was left to chance."""
    pronounce_marks: Mapping[str, Mark] = field(default_factory=dict, compare=False, repr=False)


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
    units: tuple[Unit, ...] = ()
    """What may enter and leave as the track grows and shrinks."""
    length_mark: Mark | None = field(default=None, compare=False, repr=False)
    """Where the file says how long the track is; None where it does not."""
    notes: tuple[Fault, ...] = field(default=(), compare=False, repr=False)
    """What is odd about its texts, and what of them nobody would hear: no part of what a session is."""

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

    def keep(self, indexes: Sequence[int]) -> "Script":
        """Return the script with some of its steps alone, by their indexes in order."""
        return self if len(indexes) == len(self.steps) else replace(self, steps=tuple(self.steps[i] for i in indexes))

    def list_texts(self) -> list[str]:
        """Every distinct text that a voice is needed for, in order, every wording of cues in holds included."""
        return list_texts((*self.list_cues(), *self.material.list_cues()))

    def list_marked_texts(self) -> Iterator[tuple[str, Mark]]:
        """Yield every text of `list_texts`, as often as it is said, and where it is written."""
        for mark, cue in (*_list_marked_cues(self.steps), *_list_marked_cues(self.material.steps)):
            for speech in list_speeches(cue):
                yield speech.text, mark

    def list_cues(self) -> Iterator[Cue]:
        """Every cue that may be heard, in order, every wording of those in holds included."""
        return (cue for _, cue in _list_marked_cues(self.steps))


def _list_marked_cues(items: Iterable[Item]) -> Iterator[tuple[Mark, Cue]]:
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
