"""`Timeline` + clips to islands: unbroken runs of sound, each mixed by itself. Silence is never held in memory.

Levels: every clip is brought to one loudness, bells lie at stated distances below it, and one gain for the whole
material (its clips and bells, not the track) brings it towards −16 LUFS. That gain is the same at every length.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from pydub import AudioSegment

from narrator.script import Bell, Cue, Script, Silence, Speech
from narrator.sound.audio import Samples, get_samples, make_segment, make_silence
from narrator.sound.bells import strike_bell
from narrator.sound.loudness import Loudness, integrate, measure_loudness
from narrator.speech import Clips
from narrator.timeline import BELL_ROOM, Timeline
from narrator.units import (
    SAMPLES_PER_MS,
    Db,
    Lufs,
    Ms,
    ceil_ticks,
    db_to_ratio,
    floor_ticks,
    ticks_to_ms,
)

LOUDNESS: Lufs = -16.0
"""What the material is brought towards: the usual loudness of spoken tracks (AES TD1008)."""
CEILING: Db = -1.0
"""True peak that no track exceeds, in dBTP."""
HEADROOM: Db = 24.0
"""Islands are mixed this far down, since pydub's sums saturate; the encoder's input is made up again in float."""
_CODEC_MARGIN: Db = 0.5
"""How much higher than the mix a peak may come out of an MP3 decoder; 0.1 to 0.3 dB were seen at 128 kbit/s."""
_GAIN_STEP: Db = 0.25
_LAST_FADE: Ms = 500
"""Fade of a ring that the end of the track cuts short."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sentence, or one stroke of a bell, starting `offset` ms into its island."""

    offset: Ms
    cue: Cue


@dataclass(frozen=True, slots=True)
class Island:
    """A run of sound from `start` to `end`, both on ticks; at least one silent tick lies between two islands."""

    start: Ms
    end: Ms
    sounds: tuple[Sound, ...]
    is_cut: bool = False
    """The end of the track cuts a ring short."""


def find_islands(timeline: Timeline, rings: Mapping[str, Ms]) -> list[Island]:
    """Gather what sounds together; `rings` tells how long each bell is heard after a stroke."""
    islands: list[Island] = []
    end_of_track = ticks_to_ms(floor_ticks(timeline.length))
    sounds: list[tuple[Ms, Cue]] = []
    start = end = 0
    for stroke, cue, stop in sorted(_list_strokes(timeline, rings), key=lambda sound: sound[0]):
        if sounds and floor_ticks(stroke) > ceil_ticks(end):
            islands.append(_make_island(start, end, sounds, end_of_track))
            sounds, end = [], 0
        start = start if sounds else ticks_to_ms(floor_ticks(stroke))
        sounds.append((stroke, cue))
        end = max(end, stop)
    if sounds:
        islands.append(_make_island(start, end, sounds, end_of_track))
    return islands


def _list_strokes(timeline: Timeline, rings: Mapping[str, Ms]) -> Iterator[tuple[Ms, Cue, Ms]]:
    """Start, cue and end of every single sound; a bell's later strokes are sounds of their own."""
    for segment in timeline.segments:
        match segment.cue:
            case Speech() as speech:
                yield segment.start, speech, segment.end
            case Bell(sound, times, every):
                for number in range(times):
                    stroke = segment.start + number * every
                    if stroke < timeline.length:
                        yield stroke, Bell(sound), stroke + rings[sound]


def _make_island(start: Ms, end: Ms, sounds: list[tuple[Ms, Cue]], end_of_track: Ms) -> Island:
    stop = ticks_to_ms(ceil_ticks(end))
    placed = tuple(Sound(at - start, cue) for at, cue in sounds)
    return Island(start, min(stop, end_of_track), placed, is_cut=end > end_of_track)


def mix_island(island: Island, clips: Clips) -> AudioSegment:
    """Mix an island: 48 kHz, 32-bit, stereo, `HEADROOM` down, before the material's gain.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    audio = make_silence(island.end - island.start)
    for sound in island.sounds:
        audio = audio.overlay(_load_sound(sound.cue, clips), position=sound.offset)
    return _fade_end(audio) if island.is_cut else audio


def _load_sound(cue: Cue, clips: Clips) -> AudioSegment:
    match cue:
        case Speech(text):
            return clips.load(text).audio.apply_gain(_level_clip(clips.get_loudness(text)) - HEADROOM)
        case Bell(sound):
            return _soften_bell(sound)


@cache
def _soften_bell(sound: str) -> AudioSegment:
    return strike_bell(sound).apply_gain(-HEADROOM)


def _fade_end(audio: AudioSegment) -> AudioSegment:
    samples = get_samples(audio)
    count = min(_LAST_FADE * SAMPLES_PER_MS, len(samples))
    fade = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, count + 1) / count)
    samples[-count:] *= fade.astype(np.float32)[:, None]
    return make_segment(samples)


def make_up(audio: AudioSegment, gain: Db) -> Samples:
    """Samples of a mixed island at their final level, in float: shape (frames, 2)."""
    samples = get_samples(audio)
    samples *= np.float32(db_to_ratio(HEADROOM + gain))
    return samples


def _level_clip(loudness: Loudness) -> Db:
    """Gain that brings a clip to the common loudness, or as near as its peak allows."""
    if loudness.integrated is None:
        return 0.0
    return min(LOUDNESS - loudness.integrated, CEILING - _CODEC_MARGIN - loudness.peak)


def measure_gain(script_cues: Iterable[Cue], clips: Clips, closest: Ms = BELL_ROOM) -> Db:
    """The material's one gain, in steps of 0.25 dB: towards −16 LUFS, as far as the peaks allow.

    `closest` is how soon after a stroke speech may start, over what is left of the ring by then. Material without
    speech keeps the level its bells were made at.
    """
    blocks: list[Lufs] = []
    peaks: list[float] = []
    rings: list[float] = [0.0]
    for cue in dict.fromkeys(script_cues):
        match cue:
            case Speech(text):
                loudness = clips.get_loudness(text)
                level = _level_clip(loudness)
                blocks += [block + level for block in loudness.blocks]
                peaks.append(db_to_ratio(loudness.peak + level))
            case Bell(sound):
                samples = get_samples(strike_bell(sound))
                blocks += measure_loudness(samples).blocks
                rings.append(float(np.abs(samples[closest * SAMPLES_PER_MS :]).max(initial=0.0)))
    heard = integrate(blocks)
    if heard is None or max(peaks, default=0.0) < db_to_ratio(-100):
        return 0.0
    room = CEILING - _CODEC_MARGIN - 20 * math.log10(max(peaks) + max(rings))
    return math.floor(min(LOUDNESS - heard, room) / _GAIN_STEP) * _GAIN_STEP


def find_closest(script: Script) -> Ms:
    """How soon after a bell's stroke speech may start anywhere in a script."""
    plain = [item.what.every for item in script.items if isinstance(item.what, Bell)]
    in_holds = any(
        isinstance(wording, Bell)
        for item in script.items
        if isinstance(item.what, Silence)
        for cue in item.what.cues
        for wording in cue.wordings
    )
    return min([*plain, BELL_ROOM] if in_holds or not plain else plain)
