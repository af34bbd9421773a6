"""Mixing of islands, or parts of them, and of the background between them, at the final level."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from narrator.mix.bed import BedCurve
from narrator.mix.blends import Blend
from narrator.mix.islands import Island
from narrator.mix.levels import HEADROOM, MIX_CEILING, Recordings, level_clip, level_recording
from narrator.script import Bell, Breath, Cue, Recording, Speech
from narrator.sound.audio import AudioSegment, Samples, get_samples, make_segment, make_silence
from narrator.sound.bells import strike_bell
from narrator.sound.breath import make_tone
from narrator.sound.fade import cross_fade, ease
from narrator.sound.limiter import limit_peaks
from narrator.sound.loop import Loop
from narrator.speech.speak import Clips
from narrator.units import TICK_SAMPLES, Db, Ms, Ticks, db_to_ratio, floor_ticks, ms_to_samples

_LAST_FADE: Ms = 500
"""Fade of a ring that the end of the track cuts short."""


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


def mix_island(island: Island, curve: BedCurve, mixer: Mixer, start: Ms = 0, end: Ms | None = None) -> Samples:
    """Mix an island, or the part from `start` to `end` in it or around it (ms, on ticks).

    The result is float32 of shape (frames, 2), as the encoder gets it. The bed has the level that it has in
    the track. Its phase is the island's, and the floor starts with the island, so that an island sounds the same at any
    place in a track.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    end = island.length if end is None else end
    samples = get_samples(_overlay(island, mixer, start, end))
    samples *= np.float32(db_to_ratio(HEADROOM + mixer.gain))
    first = floor_ticks(start)
    _add_loops(samples, curve.cut(island.start + start, island.start + end), island.phase + first, first, mixer)
    return limit_peaks(samples, mixer.ceiling)


def mix_background(level: Db | None, start: Ms, end: Ms, mixer: Mixer) -> Samples:
    """Mix the background alone, with the bed at a constant level, from `start` to `end` of its loop."""
    return limit_peaks(_read_background(level, floor_ticks(start), floor_ticks(end - start), mixer), mixer.ceiling)


def mix_blend(blend: Blend, before: Ticks, after: Ticks, mixer: Mixer) -> Samples:
    """Mix a blend, and that many ticks before its start and after its end."""
    ticks = before + blend.ticks + after
    leaving, samples = (
        _read_background(blend.level, phase - before, ticks, mixer) for phase in (blend.leaving, blend.arriving)
    )
    start, end = before * TICK_SAMPLES, (before + blend.length) * TICK_SAMPLES
    samples[:start] = leaving[:start]
    cross_fade(samples[start:end], leaving[start:end], is_alike=blend.is_alike)
    return limit_peaks(samples, mixer.ceiling)


def _read_background(level: Db | None, start: Ticks, ticks: Ticks, mixer: Mixer) -> Samples:
    samples = np.zeros((ticks * TICK_SAMPLES, 2), np.float32)
    _add_loops(samples, BedCurve(level), start, start, mixer)
    return samples


def _add_loops(samples: Samples, curve: BedCurve, bed_start: Ticks, floor_start: Ticks, mixer: Mixer) -> None:
    """Add the bed and the floor to samples, reading the loops from these ticks."""
    ticks = floor_ticks(samples.shape[0] // ms_to_samples(1))
    if mixer.bed and (curve.level is not None or curve.ramps):
        bed = mixer.bed.read(bed_start, ticks)
        bed *= curve.draw(samples.shape[0] // ms_to_samples(1))
        bed *= np.float32(db_to_ratio(mixer.gain))
        samples += bed
    if mixer.floor:
        samples += mixer.floor.read(floor_start, ticks)


def _overlay(island: Island, mixer: Mixer, start: Ms, end: Ms) -> AudioSegment:
    """Overlay the sounds of an island, `HEADROOM` lower and before the gain."""
    audio = make_silence(end - start)
    for sound in island.sounds:
        if sound.start < end and sound.end > start:
            first, last = max(start - sound.start, 0), min(end, sound.end) - sound.start
            heard = _load_sound(sound.cue, mixer, first, last)
            audio = audio.overlay(heard, position=max(sound.start - start, 0))
    return _fade_end(audio, island.length - start) if island.is_cut else audio


def _load_sound(cue: Cue, mixer: Mixer, start: Ms, end: Ms) -> AudioSegment:
    """Return a sound from `start` to `end`, both on ticks; only a recording is too long to be loaded as a whole."""
    if isinstance(cue, Recording):
        samples = mixer.recordings[cue].read(floor_ticks(start), floor_ticks(end))
        return make_segment(samples).apply_gain(level_recording(cue, mixer.recordings) - HEADROOM)
    whole = _load_whole(cue, mixer.clips)
    return whole[start:] if start else whole


def _load_whole(cue: Speech | Bell | Breath, clips: Clips) -> AudioSegment:
    match cue:
        case Speech(text):
            return clips.load(text).audio.apply_gain(level_clip(clips.get_level(text)) - HEADROOM)
        case Bell():
            return _soften_bell(cue)
        case Breath(phase, length):
            return make_tone(phase, length).apply_gain(-HEADROOM)


@lru_cache(maxsize=8)
def _soften_bell(bell: Bell) -> AudioSegment:
    return strike_bell(bell.sound, bell.pitch, bell.length, bell.level, bell.digest).apply_gain(-HEADROOM)


def _fade_end(audio: AudioSegment, end: Ms) -> AudioSegment:
    """Fade out what the end of the track cuts short; `end` is that end, in ms from the start of `audio`."""
    samples = get_samples(audio)
    along = (np.arange(1, len(samples) + 1) - ms_to_samples(end - _LAST_FADE)) / ms_to_samples(_LAST_FADE)
    samples *= (1 - ease(along)).astype(np.float32)[:, None]
    return make_segment(samples)
