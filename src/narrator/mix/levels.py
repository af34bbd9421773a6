"""How loud things are: every clip at one loudness, bells and beds at distances from it, and one gain for it all.

The gain belongs to the material, not to a track: to a routine at its own length with full guidance. So it is the
same at every length, and what was made for one length serves another.
"""

import math
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, repeat

from narrator.script import Bell, Breath, Cue, Speech, list_speeches
from narrator.sound.audio import get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.breath import PITCH, make_tone
from narrator.sound.catalog import SPEECH
from narrator.sound.loudness import integrate, measure_loudness
from narrator.speech.speak import Clips
from narrator.timeline import BedLine, Timeline
from narrator.units import Db, Lufs, Ms

CEILING: Db = -1.0
"""True peak that no decoded track exceeds, in dBTP."""
MIX_CEILING: Db = CEILING - 1.0
"""And that no mix exceeds: decoded peaks came out up to 0.85 dB higher, in loud sessions at 64 kbit/s."""
HEADROOM: Db = 24.0
"""Sounds are mixed this far down, since pydub's sums saturate; the encoder's input is made up again in float."""
LOUDER: Db = 3.0
"""How far over the loudness of a session its speech may come. Where tones or a bed take most of the time they hold the
measured loudness down, and a few words would otherwise be made ever louder."""
_GAIN_STEP: Db = 0.25


def level_clip(level: Lufs | None) -> Db:
    """Gain that brings a clip of a loudness to that of all."""
    return 0.0 if level is None else SPEECH - level


def measure_gain(timeline: Timeline, clips: Clips, target: Lufs) -> Db:
    """The gain, in steps of 0.25 dB, that brings a timeline to a loudness, its speech to `LOUDER` over it at most.

    A timeline without speech keeps the distances of its bells from speech that is not there.
    """
    counts = Counter(part for segment in timeline.segments for part in _take_apart(segment.cue))
    blocks: list[Lufs] = []
    for cue, count in counts.items():
        blocks += _list_blocks(cue, clips) * count
    if timeline.bed:
        blocks += _list_bed_blocks(timeline.bed, timeline.length)
    heard = integrate(blocks)
    has_speech = any(isinstance(cue, Speech) and clips.get_loudness(cue.text).blocks for cue in counts)
    wanted = target - (heard if has_speech and heard is not None else SPEECH)
    return math.floor(min(wanted, target - SPEECH + LOUDER) / _GAIN_STEP + 0.5) * _GAIN_STEP


def _take_apart(cue: Cue) -> Iterator[Cue]:
    """Single sounds: a bell's strokes, a breath's tone and words."""
    match cue:
        case Breath(phase, length):
            yield from list_speeches(cue)
            yield Breath(phase, length)
        case Bell():
            yield from [cue.stroke] * cue.times
        case _:
            yield cue


def _list_blocks(cue: Cue, clips: Clips) -> list[Lufs]:
    """Loudness of each 100 ms of a sound by itself."""
    match cue:
        case Speech(text):
            gain = level_clip(clips.get_level(text))
            return [block + gain for block in clips.get_loudness(text).blocks]
        case Bell():
            return list(_measure_bell(cue))
        case Breath(phase, length) if phase in PITCH:
            return list(_measure_tone(phase, length))
        case _:
            return []


@lru_cache(maxsize=64)
def _measure_bell(bell: Bell) -> tuple[Lufs, ...]:
    stroke = strike_bell(bell.sound, bell.pitch, bell.length, bell.level, bell.digest)
    return measure_loudness(get_samples(stroke)).blocks


@lru_cache(maxsize=64)
def _measure_tone(phase: str, length: Ms) -> tuple[Lufs, ...]:
    return measure_loudness(get_samples(make_tone(phase, length))).blocks


def _list_bed_blocks(line: BedLine, length: Ms) -> Iterator[Lufs]:
    """What the bed adds by itself, were it heard alone all the time."""
    for (start, level), (end, _) in pairwise([*line.levels, (length, None)]):
        if level is not None:
            yield from repeat(SPEECH + level, (end - start) // 100)
