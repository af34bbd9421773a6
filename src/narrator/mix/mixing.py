"""Mixing of islands, or parts of them, and of the background between them, at the final level."""

import threading
from dataclasses import replace
from functools import lru_cache

import numpy as np

from narrator.mix.bed import BedCurve
from narrator.mix.bed_levels import draw_levels
from narrator.mix.blends import Blend
from narrator.mix.islands import Island, Layout, Sound
from narrator.mix.levels import HEADROOM, level_clip, level_recording
from narrator.mix.mixer import Mixer
from narrator.mix.parts import Part, Piece, Surroundings, find_block
from narrator.script import Bell, Breath, Recording, Speech
from narrator.sound.audio import AudioSegment, get_samples, make_segment, make_silence
from narrator.sound.bells import strike_bell
from narrator.sound.breath import make_tone
from narrator.sound.catalog import HARD, NONE
from narrator.sound.fade import fade_evenly, fade_out
from narrator.sound.limiter import limit_peaks
from narrator.sound.room import add_room
from narrator.sound.samples import Samples
from narrator.units import TICK, TICK_SAMPLES, Db, Ms, Ticks, db_to_ratio, floor_ticks, ms_to_samples, ticks_to_ms

_LAST_FADE: Ms = 500
"""Fade of a ring that the end of the track cuts short."""
_BELL_SHARE: Db = -6.0
"""What the room adds to bells, relative to what it adds to speech: they ring long enough by themselves."""
_TONE_SHARE: Db = -3.0
"""The same for breath tones."""
_MAKING = threading.Lock()
"""Held while a stroke, a tone or the room tone may be made: each takes tens of megabytes, once, as a track starts.

Otherwise several threads would make them at the same time, or the same one twice.
"""


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
    fade_evenly(samples[start:end], leaving[start:end])
    return limit_peaks(samples, mixer.ceiling)


def mix_block(block: Part, layout: Layout, mixer: Mixer, around: Surroundings) -> Samples:
    """Mix a block that `find_block` returned, and its surroundings; float32 of shape (frames, 2).

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    if isinstance(block, Piece):
        first, last = block.start - around.before * TICK, block.end + around.after * TICK
        return mix_island(block.island, layout.curve, mixer, first, last)
    if isinstance(block, Blend):
        return mix_blend(block, around.before, around.after, mixer)
    first, last = block.start - around.before, block.start + block.ticks + around.after
    return mix_background(block.level, ticks_to_ms(first), ticks_to_ms(last), mixer)


def mix_part(part: Part, layout: Layout, mixer: Mixer, around: Surroundings) -> Samples:
    """Mix a part; float32 of shape (ticks * 1,152, 2).

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    block, inside = find_block(part, mixer)
    start = (around.before + inside) * TICK_SAMPLES
    return mix_block(block, layout, mixer, around)[start : start + part.ticks * TICK_SAMPLES]


def mix_part_background(part: Part, layout: Layout, mixer: Mixer, around: Surroundings) -> Samples:
    """Mix a part as if no cue were in it; see `mix_part`."""
    if isinstance(part, Piece):
        part = replace(part, island=replace(part.island, sounds=()))
    return mix_part(part, layout, mixer, around)


def _read_background(level: Db | None, start: Ticks, ticks: Ticks, mixer: Mixer) -> Samples:
    samples = np.zeros((ticks * TICK_SAMPLES, 2), np.float32)
    _add_loops(samples, BedCurve(level), start, start, mixer)
    return samples


def _add_loops(samples: Samples, curve: BedCurve, bed_start: Ticks, floor_start: Ticks, mixer: Mixer) -> None:
    """Add the bed and the floor to samples, reading the loops from these ticks."""
    ticks = floor_ticks(samples.shape[0] // ms_to_samples(1))
    if mixer.bed and (curve.level is not None or curve.ramps):
        bed = mixer.bed.read(bed_start, ticks)
        bed *= draw_levels(curve, samples.shape[0] // ms_to_samples(1))
        bed *= np.float32(db_to_ratio(mixer.gain))
        samples += bed
    if mixer.floor:
        with _MAKING:
            samples += mixer.floor.read(floor_start, ticks)


def _overlay(island: Island, mixer: Mixer, start: Ms, end: Ms) -> AudioSegment:
    """Overlay the sounds of an island, `HEADROOM` lower and before the gain."""
    audio = make_silence(end - start)
    for sound in island.sounds:
        if sound.start < end and sound.end > start:
            first, last = max(start - sound.start, 0), min(end, sound.end) - sound.start
            left = island.length - sound.start if island.is_cut else None
            heard = _load_sound(sound, mixer, first, last, left)
            audio = audio.overlay(heard, position=max(sound.start - start, 0))
    return audio


def _load_sound(sound: Sound, mixer: Mixer, start: Ms, end: Ms, left: Ms | None) -> AudioSegment:
    """Return a sound in its room from `start` to `end`, both on ticks, with what the end of the track cuts faded.

    `left` is the time that is left of the track when it starts, if the track ends in its island.
    """
    cue = sound.cue
    if isinstance(cue, Recording):
        # It is too long to be loaded as a whole, and has the room that it was recorded in.
        samples = mixer.recordings[cue].read(floor_ticks(start), floor_ticks(end))
        return make_segment(samples).apply_gain(level_recording(cue, mixer.recordings) - HEADROOM)
    if isinstance(cue, Speech):
        clip = mixer.clips.load(cue.text)
        gain = level_clip(mixer.clips.get_level(cue.text)) - HEADROOM
        whole = make_segment(_place(clip.samples, gain, sound.room, 0.0, left))
    else:
        with _MAKING:
            whole = _place_tone(cue, sound.room, left)
    return whole[start:] if start else whole


@lru_cache(maxsize=24)
def _place_tone(cue: Bell | Breath, room: str, left: Ms | None) -> AudioSegment:
    """Return a stroke of a bell, or a breath tone, in a room."""
    if isinstance(cue, Bell):
        stroke = strike_bell(cue.sound, cue.pitch, cue.length, cue.level, cue.digest, cue.mallet or HARD)
        return make_segment(_place(get_samples(stroke), -HEADROOM, room, _BELL_SHARE, left))
    return make_segment(_place(get_samples(make_tone(cue.phase, cue.length)), -HEADROOM, room, _TONE_SHARE, left))


def _place(samples: Samples, gain: Db, room: str, share: Db, left: Ms | None) -> Samples:
    """Return a sound with a gain in a room, in two channels; if only `left` ms are left, it is faded out in them."""
    dry = samples * np.float32(db_to_ratio(gain))
    if room != NONE:
        placed = add_room(dry, room, share, left)
    else:
        placed = np.repeat(dry, 3 - dry.shape[1], axis=1)[: left and ms_to_samples(left)]
    if left is not None and len(dry) > ms_to_samples(left):
        fade_out(placed, ms_to_samples(_LAST_FADE))
    return placed
