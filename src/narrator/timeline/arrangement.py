"""The kinds of script that can be placed on a timeline: with elastic silences, with fixed times, or timed text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from narrator.errors import Fault, LengthError, Mark
from narrator.script import Bed, Cue, Heading, Script
from narrator.timeline.grow import Growth
from narrator.timeline.layout import lay_out, measure_range
from narrator.timeline.pinned import PinnedScript, place_script
from narrator.timeline.placed import Lengths, Timeline
from narrator.units import Db, Lufs, Ms, format_duration

if TYPE_CHECKING:
    from narrator.timeline.timed import TimedScript


class Written(Protocol):
    """What scripts of both kinds have in common."""

    @property
    def heading(self) -> Heading:
        """Title, language, voice and tags of the session."""

    @property
    def bed(self) -> Bed | None:
        """Ambience under the whole session."""

    @property
    def floor(self) -> Db | None:
        """Level of the room tone in dBFS; None for digital silence."""

    @property
    def room(self) -> str:
        """Name of the room that its sounds are heard in, or `none`."""

    @property
    def loudness(self) -> Lufs:
        """Loudness of the session."""

    @property
    def notes(self) -> tuple[Fault, ...]:
        """Warnings about the script."""

    def list_cues(self) -> Iterator[Cue]:
        """Yield every cue that may be heard, in order."""

    def list_texts(self) -> list[str]:
        """Return the distinct texts to speak, in order."""

    def list_marked_texts(self) -> Iterator[tuple[str, Mark]]:
        """Yield every text to speak and the place where it is written."""


class Arrangement(Protocol):
    """A script and the way to place it."""

    @property
    def script(self) -> Written:
        """The script itself."""

    @property
    def gain(self) -> Db | None:
        """Gain of the session; None if it has to be measured."""

    def list_cues(self) -> Iterator[Cue]:
        """Yield every cue whose length is needed for a timeline or for the gain."""

    def grow(self, lengths: Lengths) -> Growth | None:
        """Return how the script grows with the length of the track; None for cues with fixed times."""

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:
        """Place every cue in a track of `length` ms, or of the script's own length.

        Raises:
            RoutineError, LengthError: it cannot be placed.

        """

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place the whole material at its own length; this determines the gain of the session.

        Raises:
            RoutineError: it cannot be placed.

        """


@dataclass(frozen=True)
class Elastic:
    """A script with elastic silences."""

    script: Script
    gain: None = None

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues of the script and those of the script with full guidance."""
        yield from self.script.list_cues()
        yield from self.script.material.list_cues()

    def grow(self, lengths: Lengths) -> Growth:
        """Return how the script grows with the length of the track."""
        return Growth(self.script, lengths)

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:
        """Place every cue in a track of `length` ms; with `nearest`, of the nearest possible length."""
        return place_growth(self.grow(lengths), length, nearest=nearest)

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place the script with full guidance at its own length, or at its natural length if that is impossible."""
        try:
            return lay_out(self.script.material, lengths, self.script.length)
        except LengthError:
            return lay_out(self.script.material, lengths)


@dataclass(frozen=True)
class Pinned:
    """A script with fixed times."""

    script: PinnedScript

    @property
    def gain(self) -> Db | None:
        """The gain given in the script."""
        return self.script.gain

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues of the script."""
        return self.script.list_cues()

    def grow(self, lengths: Lengths) -> None:  # noqa: ARG002 - the length is fixed
        """Return None, because the length is fixed."""
        return

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:  # noqa: ARG002
        """Place every cue at its own time; the length is fixed."""
        return place_script(self.script, lengths)

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place every cue at its own time."""
        return place_script(self.script, lengths)


@dataclass(frozen=True)
class Timed:
    """Timed text, whose lines have fixed times; silence may follow them."""

    script: "TimedScript"
    gain: None = None

    def list_cues(self) -> Iterator[Cue]:
        """Yield the cues of the script."""
        return self.script.list_cues()

    def grow(self, lengths: Lengths) -> None:  # noqa: ARG002 - nothing enters or leaves
        """Return None, because the times are fixed."""
        return

    def place(self, lengths: Lengths, length: Ms | None = None, *, nearest: bool = False) -> Timeline:  # noqa: ARG002
        """Place every line at its time; a longer `length` adds silence at the end."""
        from narrator.timeline.timed import place_timed

        return place_timed(self.script, lengths, length)

    def place_whole(self, lengths: Lengths) -> Timeline:
        """Place every line at its time."""
        return self.place(lengths)


def place_growth(growth: Growth, length: Ms | None, *, nearest: bool = False) -> Timeline:
    """Place a script at `length`, or at its own length; with `nearest`, at the nearest possible length.

    Raises:
        RoutineError, LengthError: it cannot be placed.

    """
    target = growth.script.length if length is None else length
    if target is None or not nearest:
        return lay_out(growth, growth.lengths, target)
    possible = measure_range(growth, growth.lengths)
    met = possible.find_nearest(target)
    timeline = lay_out(growth, growth.lengths, met)
    if met == target:
        return timeline
    used = possible.format_nearest(target)
    note = f"a length of {format_duration(target)} is not possible; the nearest, {used}, is used instead"
    return replace(timeline, notes=(Fault(note, growth.script.mark), *timeline.notes))
