"""What every form is written from."""

from dataclasses import dataclass
from functools import cached_property

from narrator.captions.captions import Caption, Pauses, list_captions
from narrator.captions.readings import Readings
from narrator.script import Heading
from narrator.timeline import Timeline


def find_no_pauses(_text: str) -> list[tuple[int, int]]:
    """Say of a voice that is not known that it never pauses."""
    return []


@dataclass(frozen=True)
class Content:
    """A session to write: its heading, who speaks, and its timeline.

    With `readings`, forms that can show it have what the voice is given for each text. `pauses` says where it pauses
    within one; with `has_bells`, captions show strokes of bells.
    """

    heading: Heading
    voice: str
    timeline: Timeline
    readings: Readings | None = None
    pauses: Pauses = find_no_pauses
    has_bells: bool = False

    @cached_property
    def captions(self) -> tuple[Caption, ...]:
        """Its timed lines, in order."""
        return list_captions(self.timeline, self.heading.language, self.pauses, bells=self.has_bells)
