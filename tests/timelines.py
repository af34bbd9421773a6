"""Timelines made by hand, for the stages behind them."""

import numpy as np

from narrator.errors import Mark
from narrator.formats.encoded import find_surroundings
from narrator.formats.mp3_frames import count_frames
from narrator.mix.mixing import mix_part
from narrator.mix.parts import list_parts
from narrator.script import Bed, Breath, Speech
from narrator.timeline import BedLine, Segment, Timeline

MARK = Mark("f", 1, 1)


def say(text):
    return Speech(text)


def make_timeline(*cues, length=60_000, takes=480, bed=None, levels=None):
    """Cues by their times, each `takes` ms long, but for breaths; with a bed at constant level, or at its `levels` from times on."""
    segments = tuple(
        Segment(start, start + (cue.length if isinstance(cue, Breath) else takes), cue, MARK) for start, cue in cues
    )
    line = bed and BedLine(bed, tuple(levels or [(0, bed.level)]))
    return Timeline(length, segments, (), (), bed=line)


def make_bed(sound="drone", level=-22.0, duck=8.0, fade=2400, digest=""):
    return Bed(sound, level, duck, fade, digest)


def mix_track(layout, mixer):
    """Return the mixed sound of a whole track; shape (frames, 2)."""
    parts = list_parts(layout, mixer, count_frames(layout.length))
    mixed = [mix_part(part, layout, mixer, find_surroundings(part, mixer)) for part in parts]
    return np.concatenate(mixed)[: layout.length * 48]
