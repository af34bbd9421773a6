"""Levels: all clips at the same loudness, bells and beds relative to it, and one gain for everything.

The gain belongs to the material, not to a track: it is measured on the routine at its natural length with full
guidance. So it is the same at every length, and frames made for one length are valid for another.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise, repeat
from typing import TypeAlias

from narrator.cache import Cache, make_key
from narrator.mix.recordings import Recorded
from narrator.script import Bell, Breath, Cue, Recording, Speech, list_speeches
from narrator.sound.catalog import HARD, SPEECH, TONES
from narrator.sound.loudness import integrate
from narrator.speech.speak import Clips
from narrator.timeline import BedLine, Timeline
from narrator.units import Db, Lufs, Ms
from narrator.versions import find_version

Recordings: TypeAlias = Mapping[Recording, Recorded]
"""The opened recordings of a session."""
CEILING: Db = -1.0
"""Highest true peak of a decoded track, in dBTP."""
MIX_CEILING: Db = CEILING - 1.0
"""Highest true peak of a mix, in dBTP: decoded peaks were up to 0.85 dB higher, in loud sessions at 64 kbit/s."""
HEADROOM: Db = 24.0
"""Sounds are mixed at this much less, because pydub's sums saturate; the level is restored in float."""
LOUDER: Db = 3.0
"""Most that speech may exceed the loudness of its session. Tones or a bed that take most of the time keep the measured
loudness low, and a few words would otherwise become too loud."""
_GAIN_STEP: Db = 0.25
_SHELF = "index"
_FORMAT = 1
"""Version of the stored loudness; raise it with every change to how bells and tones sound."""


def level_clip(level: Lufs | None) -> Db:
    """Return the gain that brings a clip of this loudness to the common one."""
    return 0.0 if level is None else SPEECH - level


def level_recording(recording: Recording, recordings: Recordings) -> Db:
    """Return the gain of a recording: at its own level relative to the speech."""
    return recordings[recording].gain + recording.level


def measure_gain(timeline: Timeline, clips: Clips, target: Lufs, recordings: Recordings | None = None) -> Db:
    """Return the gain, in steps of 0.25 dB, that brings a timeline to a loudness, its speech at most `LOUDER` over it.

    Without speech or recordings, bells keep their level relative to speech of that loudness.

    """
    counts = Counter(part for segment in timeline.segments for part in _take_apart(segment.cue))
    blocks: list[Lufs] = []
    for cue, count in counts.items():
        blocks += _list_blocks(cue, clips, recordings or {}) * count
    if timeline.bed:
        blocks += _list_bed_blocks(timeline.bed, timeline.length)
    heard = integrate(blocks)
    has_speech = any(
        isinstance(cue, Recording) or (isinstance(cue, Speech) and clips.get_loudness(cue.text).blocks)
        for cue in counts
    )
    wanted = target - (heard if has_speech and heard is not None else SPEECH)
    return math.floor(min(wanted, target - SPEECH + LOUDER) / _GAIN_STEP + 0.5) * _GAIN_STEP


def measure_words(timeline: Timeline, clips: Clips, gain: Db) -> Lufs | None:
    """Return the loudness of all that is spoken in a track, by itself and before limiting; None where nothing is.

    A bell or a bed changes the loudness of the whole: this is how loud the voice is, whatever else is heard.
    """
    spoken = [speech for segment in timeline.segments for speech in list_speeches(segment.cue)]
    return integrate(block + gain for speech in spoken for block in _list_blocks(speech, clips, {}))


def _take_apart(cue: Cue) -> Iterator[Cue]:
    """Yield single sounds: the strokes of a bell, the tone and words of a breath."""
    match cue:
        case Breath(phase, length):
            yield from list_speeches(cue)
            yield Breath(phase, length)
        case Bell():
            yield from [cue.stroke] * cue.times
        case _:
            yield cue


def _list_blocks(cue: Cue, clips: Clips, recordings: Recordings) -> list[Lufs]:
    """Return the loudness of each 100 ms of a sound by itself."""
    match cue:
        case Speech(text):
            gain = level_clip(clips.get_level(text))
            return [block + gain for block in clips.get_loudness(text).blocks]
        case Bell():
            return _measure_made(cue, clips.cache)
        case Recording():
            gain = level_recording(cue, recordings)
            return [block + gain for block in recordings[cue].blocks]
        case Breath(phase, length) if phase in TONES:
            return _measure_made(Breath(phase, length), clips.cache)
        case _:
            return []


def _measure_made(sound: Bell | Breath, cache: Cache) -> list[Lufs]:
    """Return the loudness of each 100 ms of a bell or a tone, which is made once to be measured."""
    measured, _ = cache.get_or_make(
        _SHELF,
        make_key("loudness", _FORMAT, find_version("av"), sound),
        lambda: json.dumps(_measure(sound)).encode(),
        must_keep=False,
    )
    blocks: list[Lufs] = json.loads(measured)
    return blocks


def _measure(sound: Bell | Breath) -> tuple[Lufs, ...]:
    from narrator.sound.audio import get_samples
    from narrator.sound.bells import strike_bell
    from narrator.sound.breath import make_tone
    from narrator.sound.ebur128 import measure_loudness

    if isinstance(sound, Breath):
        made = make_tone(sound.phase, sound.length)
    else:
        made = strike_bell(sound.sound, sound.pitch, sound.length, sound.level, sound.digest, sound.mallet or HARD)
    return measure_loudness(get_samples(made)).blocks


def _list_bed_blocks(line: BedLine, length: Ms) -> Iterator[Lufs]:
    """Yield the loudness of each 100 ms of the bed, as if it were heard alone."""
    for (start, level), (end, _) in pairwise([*line.levels, (length, None)]):
        if level is not None:
            yield from repeat(SPEECH + level, (end - start) // 100)
