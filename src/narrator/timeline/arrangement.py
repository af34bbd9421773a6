"""What can be placed on a timeline: a script whose silences stretch, one whose times are fixed, and timed text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from narrator.errors import Fault, LengthError, Mark
from narrator.script import Bed, Cue, Heading, Script
from narrator.timeline.grow import Growth
from narrator.timeline.layout import lay_out, measure_range
from narrator.timeline.pinned import PinnedScript, place_script
from narrator.timeline.placed import Lengths, Timeline
from narrator.timeline.timed import TimedScript, place_timed
from narrator.units import Db, Lufs, Ms, format_duration


class Written(Protocol):
    """What scripts of both kinds say."""

    @property
    def heading(self) -> Heading:
        """What the session is called, and its voice."""

    @property
    def bed(self) -> Bed | None:
        """The ambience beneath everything."""

    @property
    def floor(self) -> Db | None:
        """Level of the room tone in dBFS; None for digital silence."""

    @property
    def loudness(self) -> Lufs:
        """Loudness that the session is brought to."""

    @property
    def notes(self) -> tuple[Fault, ...]:
        """What is odd about it."""

    def list_cues(self) -> Iterator[Cue]:
        """Yield every cue that may be heard, in order."""

    def list_texts(self) -> list[str]:
        """Return every distinct text that a voice is needed for, in order."""

    def list_marked_texts(self) -> Iterator[tuple[str, Mark]]:
        """Yield every text that a voice is needed for, and where it is written."""


class Arrangement(Protocol):
    """A script, and how it is placed."""

    @property
    def script(self) -> Written:
        """What is heard."""

    @property
    def gain(self) -> Db | None:
        """The gain of the session; None where it is to be measured."""

    def list_cues(self) -> Iterator[Cue]:
        """Yield every cue whose length counts for a timeline or for the gain."""

    def grow(self, lengths: Lengths) -> Growth | None:
        """Return how the script grows with the length of the track; None for one whose cues have times of their own."""

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:
        """Place every cue; at `length`, or at the length that the script has.

        Raises:
            RoutineError, LengthError: it cannot be placed so.

        """

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place all of the material at its own length: the gain of the session belongs to that.

        Raises:
            RoutineError: it cannot be placed.

        """


@dataclass(frozen=True)
class Elastic:
    """A script whose silences stretch."""

    script: Script
    gain: None = None

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues of the script, and those of the script with full guidance."""
        yield from self.script.list_cues()
        yield from self.script.material.list_cues()

    def grow(self, lengths: Lengths) -> Growth:
        """Return how the script grows with the length of the track."""
        return Growth(self.script, lengths)

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:
        """Place every cue at `length`; with `nearest`, at the length nearest to it that can be met."""
        return place_growth(self.grow(lengths), length, nearest=nearest)

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place the script with full guidance at its own length, at its natural one where that cannot be met."""
        try:
            return lay_out(self.script.material, lengths, self.script.length)
        except LengthError:
            return lay_out(self.script.material, lengths)


@dataclass(frozen=True)
class Pinned:
    """A script whose times are fixed."""

    script: PinnedScript

    @property
    def gain(self) -> Db | None:
        """The gain that the script gives."""
        return self.script.gain

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues of the script."""
        return self.script.list_cues()

    def grow(self, lengths: Lengths) -> None:  # noqa: ARG002 - it has a single length
        """Return None, because the script has a single length."""
        return

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:  # noqa: ARG002
        """Place every cue at its own time; nobody may ask for a length."""
        return place_script(self.script, lengths)

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place every cue at its own time."""
        return place_script(self.script, lengths)


@dataclass(frozen=True)
class Timed:
    """Timed text: its lines have their times, and silence may follow them."""

    script: TimedScript
    gain: None = None

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues of the script."""
        return self.script.list_cues()

    def grow(self, lengths: Lengths) -> None:  # noqa: ARG002 - nothing enters or leaves
        """Return None, because its lines have their times."""
        return

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:  # noqa: ARG002
        """Place every line at its time; what `length` adds is silence at the end."""
        return place_timed(self.script, lengths, length)

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place every line at its time."""
        return place_timed(self.script, lengths)


def place_growth(growth: Growth, length: Ms | None, *, nearest: bool = False) -> Timeline:
    """Place a script at a length, or else its own; with `nearest`, at the nearest one that can be met.

    Raises:
        RoutineError, LengthError: it cannot be placed so.

    """
    target = growth.script.length if length is None else length
    if target is None or not nearest:
        return lay_out(growth, growth.lengths, target)
    met = measure_range(growth, growth.lengths).find_nearest(target)
    timeline = lay_out(growth, growth.lengths, met)
    if met == target:
        return timeline
    note = f"{format_duration(target)} cannot be met; this is the nearest length that can: {format_duration(met)}"
    return replace(timeline, notes=(Fault(note, growth.script.mark), *timeline.notes))
