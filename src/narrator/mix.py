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

from narrator.script import Bell, Breath, Cue, Script, Silence, Speech, list_speeches
from narrator.sound.audio import Samples, get_samples, make_segment, make_silence
from narrator.sound.bells import strike_bell
from narrator.sound.breath import PITCH, make_tone
from narrator.sound.loudness import Loudness, integrate, measure_loudness
from narrator.speech import Clips
from narrator.timeline import BELL_ROOM, Timeline
from narrator.units import (
    TICK,
    Db,
    Lufs,
    Ms,
    ceil_ticks,
    db_to_ratio,
    floor_ticks,
    ms_to_samples,
    ms_to_ticks,
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


PIECE: Ms = 800 * TICK
"""Longer islands are mixed and encoded in pieces of this length, so that memory stays small however long they are."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sentence, one stroke of a bell or a breath tone, from `start` ms of its island up to, not including, `end`."""

    start: Ms
    end: Ms
    cue: Cue


@dataclass(frozen=True, slots=True)
class Island:
    """A run of sound from `start` to `end`, both on ticks; at least one silent tick lies between two islands."""

    start: Ms
    end: Ms
    sounds: tuple[Sound, ...]
    is_cut: bool = False
    """The end of the track cuts a ring short."""

    @property
    def length(self) -> Ms:
        """Whole ticks, in ms."""
        return self.end - self.start

    def list_pieces(self) -> list[tuple[Ms, Ms]]:
        """Start and end of each piece within the island."""
        return [(start, min(start + PIECE, self.length)) for start in range(0, self.length, PIECE)]


def find_islands(timeline: Timeline, rings: Mapping[str, Ms]) -> list[Island]:
    """Gather what sounds together; `rings` tells how long each bell is heard after a stroke."""
    islands: list[Island] = []
    end_of_track = ticks_to_ms(floor_ticks(timeline.length))
    run: list[Sound] = []
    end: Ms = 0
    for sound in sorted(_list_sounds(timeline, rings), key=lambda sound: sound.start):
        if run and floor_ticks(sound.start) > ceil_ticks(end):
            islands.append(_make_island(run, end, end_of_track))
            run, end = [], 0
        run.append(sound)
        end = max(end, sound.end)
    if run:
        islands.append(_make_island(run, end, end_of_track))
    return islands


def _list_sounds(timeline: Timeline, rings: Mapping[str, Ms]) -> Iterator[Sound]:
    """Every single sound, by its time in the track: a bell's later strokes are sounds of their own."""
    for segment in timeline.segments:
        match segment.cue:
            case Speech() as speech:
                yield Sound(segment.start, segment.end, speech)
            case Bell(sound, times, every):
                for stroke in range(segment.start, segment.start + times * every, every):
                    if stroke < timeline.length:
                        yield Sound(stroke, stroke + rings[sound], Bell(sound))
            case Breath(phase, length, words):
                if phase in PITCH:
                    yield Sound(segment.start, segment.end, Breath(phase, length))
                for number, word in enumerate(words):
                    # A word is as long as its second, or as the rest of its phase.
                    start = segment.start + ticks_to_ms(ms_to_ticks(1000 * number))
                    yield Sound(start, max(segment.end, start + TICK), word)


def _make_island(run: list[Sound], end: Ms, end_of_track: Ms) -> Island:
    start = ticks_to_ms(floor_ticks(run[0].start))
    placed = tuple(Sound(sound.start - start, sound.end - start, sound.cue) for sound in run)
    return Island(start, min(ticks_to_ms(ceil_ticks(end)), end_of_track), placed, is_cut=end > end_of_track)


def mix_island(island: Island, clips: Clips, start: Ms = 0, end: Ms | None = None) -> AudioSegment:
    """Mix an island, or what lies from `start` to `end` in it and around it (ms, on ticks).

    The result is 48 kHz, 32-bit, stereo, `HEADROOM` down, before the material's gain.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    end = island.length if end is None else end
    audio = make_silence(end - start)
    for sound in island.sounds:
        if sound.start < end and sound.end > start:
            heard = _load_sound(sound.cue, clips)
            if sound.start < start:
                heard = heard[start - sound.start :]
            audio = audio.overlay(heard, position=max(sound.start - start, 0))
    return _fade_end(audio, island.length - start) if island.is_cut else audio


def _load_sound(cue: Cue, clips: Clips) -> AudioSegment:
    match cue:
        case Speech(spoken=spoken):
            return clips.load(spoken).audio.apply_gain(_level_clip(clips.get_loudness(spoken)) - HEADROOM)
        case Bell(sound):
            return _soften_bell(sound)
        case Breath(phase, length):
            return make_tone(phase, length).apply_gain(-HEADROOM)


@cache
def _soften_bell(sound: str) -> AudioSegment:
    return strike_bell(sound).apply_gain(-HEADROOM)


def _fade_end(audio: AudioSegment, end: Ms) -> AudioSegment:
    """Fade what the end of the track cuts short; `end` is where it does, in ms from the start of `audio`."""
    samples = get_samples(audio)
    along = (np.arange(1, len(samples) + 1) - ms_to_samples(end - _LAST_FADE)) / ms_to_samples(_LAST_FADE)
    samples *= (0.5 + 0.5 * np.cos(np.pi * np.clip(along, 0, 1))).astype(np.float32)[:, None]
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


def measure_gain(cues: Iterable[Cue], clips: Clips, closest: Ms = BELL_ROOM) -> Db:
    """The material's one gain, in steps of 0.25 dB: towards −16 LUFS, as far as the peaks allow.

    `closest` is how soon after a stroke speech may start, over what is left of the ring by then. Material without
    speech keeps the level its bells were made at, unless their peaks forbid it.
    """
    material = list(dict.fromkeys(_take_apart(cues)))
    blocks: list[Lufs] = []
    has_speech = False
    for cue in material:
        match cue:
            case Speech(spoken=spoken):
                loudness = clips.get_loudness(spoken)
                level = _level_clip(loudness)
                blocks += [block + level for block in loudness.blocks]
                has_speech = has_speech or bool(loudness.blocks)
            case Bell(sound):
                blocks += measure_loudness(get_samples(strike_bell(sound))).blocks
    heard = integrate(blocks)
    wanted = LOUDNESS - heard if has_speech and heard is not None else 0.0
    return min(_floor_gain(wanted), measure_room(material, clips, closest))


def measure_room(cues: Iterable[Cue], clips: Clips, closest: Ms = BELL_ROOM) -> Db:
    """The largest gain, in steps of 0.25 dB, at which no peak passes the ceiling; see `measure_gain`."""
    speech, bells, rings = [0.0], [0.0], [0.0]
    for cue in dict.fromkeys(_take_apart(cues)):
        match cue:
            case Speech(spoken=spoken):
                loudness = clips.get_loudness(spoken)
                speech.append(db_to_ratio(loudness.peak + _level_clip(loudness)))
            case Bell():
                struck, ring = _measure_strokes(cue, closest)
                bells.append(struck)
                rings.append(ring)
    highest = max(max(speech) + max(rings), max(bells) + max(rings), db_to_ratio(-120))
    return _floor_gain(CEILING - _CODEC_MARGIN - 20 * math.log10(highest))


def _floor_gain(gain: Db) -> Db:
    return math.floor(gain / _GAIN_STEP) * _GAIN_STEP


@cache
def _measure_strokes(bell: Bell, closest: Ms) -> tuple[float, float]:
    """Peak of a bell's strokes together, and of what is left of the last one after `closest` ms."""
    stroke = get_samples(strike_bell(bell.sound))
    every = ms_to_samples(bell.every)
    # No more strokes than ring at one time add to each other.
    count = min(bell.times, -(-len(stroke) // every) + 1)
    struck = np.zeros((len(stroke) + (count - 1) * every, 2), np.float32)
    for number in range(count):
        struck[number * every : number * every + len(stroke)] += stroke
    left = struck[(count - 1) * every + ms_to_samples(closest) :]
    return float(np.abs(struck).max()), float(np.abs(left).max(initial=0.0))


def _take_apart(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Breaths as their words; their tones are too quiet to count."""
    for cue in cues:
        yield from list_speeches(cue) if isinstance(cue, Breath) else (cue,)


def find_closest(script: Script) -> Ms:
    """How soon after a bell's stroke speech may start anywhere in a script."""
    plain = [item.what.every for item in script.steps if isinstance(item.what, Bell)]
    in_holds = any(
        isinstance(wording, Bell)
        for item in script.steps
        if isinstance(item.what, Silence)
        for cue in item.what.cues
        for wording in cue.wordings
    )
    return min([*plain, BELL_ROOM] if in_holds or not plain else plain)
