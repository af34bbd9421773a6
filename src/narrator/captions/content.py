"""The input of every format."""

from dataclasses import dataclass
from functools import cached_property

from narrator.captions.captions import Caption, Pauses, list_captions
from narrator.captions.readings import Readings
from narrator.script import Heading
from narrator.timeline import Timeline


def find_no_pauses(_text: str) -> list[tuple[int, int]]:
    """Return no pauses, for a voice that is not known."""
    return []


@dataclass(frozen=True)
class Content:
    """A session to write: its heading, who speaks, and its timeline.

    With `readings`, formats that can show it have what the voice receives for each text. `pauses` returns where the
    voice pauses within a text; with `has_bells`, captions show strokes of bells.
    """

    heading: Heading
    voice: str
    timeline: Timeline
    readings: Readings | None = None
    pauses: Pauses = find_no_pauses
    has_bells: bool = False

    @cached_property
    def captions(self) -> tuple[Caption, ...]:
        """The timed lines, in order."""
        return list_captions(self.timeline, self.heading.language, self.pauses, bells=self.has_bells)
