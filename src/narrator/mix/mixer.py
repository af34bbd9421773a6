"""What all of a session's sound is mixed with."""

from dataclasses import dataclass, field

from narrator.mix.levels import MIX_CEILING, Recordings
from narrator.sound.loop import Loop
from narrator.speech.speak import Clips
from narrator.units import Db


@dataclass(frozen=True)
class Mixer:
    """The clips, recordings, gain and loops that all of a session's sound is mixed with; None for no loop."""

    clips: Clips
    gain: Db
    floor: Loop | None = None
    bed: Loop | None = None
    recordings: Recordings = field(default_factory=dict)
    ceiling: Db = MIX_CEILING
    """True peak of the mix, in dBTP."""
