"""How loud things are: every clip at one loudness, bells and beds at distances from it, and one gain for it all.

The gain belongs to the material, not to a track: to a routine's distinct clips and bells with full guidance. So it is
the same at every length, and what was made for one length serves another.
"""

import math
from collections.abc import Iterable, Iterator

from narrator.script import Bell, Breath, Cue, Speech, list_speeches
from narrator.sound.audio import get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.loudness import Loudness, integrate, measure_loudness
from narrator.speech import Clips
from narrator.units import Db, Lufs

SPEECH: Lufs = -16.0
"""What every clip is brought to before the gain; bells, tones and beds are told from it."""
CEILING: Db = -1.0
"""True peak that no decoded track exceeds, in dBTP."""
HEADROOM: Db = 24.0
"""Sounds are mixed this far down, since pydub's sums saturate; the encoder's input is made up again in float."""
_GAIN_STEP: Db = 0.25


def level_clip(loudness: Loudness) -> Db:
    """Gain that brings a clip to the loudness of all."""
    return 0.0 if loudness.integrated is None else SPEECH - loudness.integrated


def measure_gain(cues: Iterable[Cue], clips: Clips, target: Lufs) -> Db:
    """The gain, in steps of 0.25 dB, that brings the material to a loudness.

    Material without speech keeps the distances of its bells from speech that is not there.
    """
    blocks: list[Lufs] = []
    has_speech = False
    for cue in dict.fromkeys(_take_apart(cues)):
        match cue:
            case Speech(spoken=spoken):
                loudness = clips.get_loudness(spoken)
                level = level_clip(loudness)
                blocks += [block + level for block in loudness.blocks]
                has_speech = has_speech or bool(loudness.blocks)
            case Bell():
                stroke = strike_bell(cue.sound, cue.pitch, cue.length, cue.level)
                blocks += measure_loudness(get_samples(stroke)).blocks
    heard = integrate(blocks)
    wanted = target - (heard if has_speech and heard is not None else SPEECH)
    return math.floor(wanted / _GAIN_STEP + 0.5) * _GAIN_STEP


def _take_apart(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Breaths as their words, since their tones are too quiet to count; bells as their strokes."""
    for cue in cues:
        match cue:
            case Breath():
                yield from list_speeches(cue)
            case Bell():
                yield cue.stroke
            case _:
                yield cue
