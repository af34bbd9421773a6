"""How long bells ring, for which none has to be struck."""

from dataclasses import dataclass
from pathlib import PurePath

from narrator.sound.catalog import BELLS, PITCHES, Partial
from narrator.units import Db, Ms, ceil_ticks, ticks_to_ms

FLOOR: Db = -60.0
"""Level relative to a stroke's start at which its ring ends."""
LONGEST: Ms = 60_000
"""Longest time that a recording of a bell is heard."""
_HIGHEST = 20_000.0
"""Highest frequency of a mode, in Hz; higher ones are left out."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A bell with its pitch and length applied: its partials, and the factor by which their times are stretched."""

    pitch: float
    bend: float
    """The pitch as a multiple of the bell's own."""
    stretch: float
    ring: Ms
    """Time until it has fallen by 60 dB, in whole ticks."""
    partials: tuple[Partial, ...]


def measure_ring(sound: str, pitch: float | None = None, length: Ms | None = None, digest: str = "") -> Ms:
    """Return the time from a stroke until the bell has fallen by 60 dB, in whole ticks; for a recording, its length.

    Nothing is synthesised, but a recording is decoded. The arguments and errors are those of `bells.strike_bell`.
    """
    if is_recording(sound):
        refuse_pitch(sound, pitch)
        from narrator.sound.recording import measure_recording

        return measure_recording(sound, length, digest)
    return tune(sound, pitch, length).ring


def is_recording(sound: str) -> bool:
    """Return whether a bell's name is that of a file: it has a suffix."""
    return bool(PurePath(sound).suffix)


def refuse_pitch(sound: str, pitch: float | None) -> None:
    """Refuse a pitch for a recording, with a ValueError."""
    if pitch is not None:
        raise ValueError(f"{sound} is a recording, and its pitch cannot be set; leave 'pitch' out")


def tune(sound: str, pitch: float | None, length: Ms | None) -> Tuned:
    """Return a bell of `BELLS` with a pitch and a length; see `bells.strike_bell`."""
    bell = BELLS[sound]
    low, high = PITCHES
    if pitch is not None and not low <= pitch <= high:
        raise ValueError(f"a bell's pitch is between {low:g} and {high:g} Hz, not {pitch:g}")
    pitch = pitch or bell.pitch
    bend = pitch / bell.pitch
    partials = tuple(partial for partial in bell.partials if partial.ratio * pitch < _HIGHEST)
    # A partial that starts below the strongest one reaches the floor that much sooner.
    own = max(partial.decay * (partial.level - FLOOR) / -FLOOR for partial in partials)
    # With one loss factor for the metal, decay times are proportional to 1/f. Bells of one kind differ less than that,
    # because small ones are made thicker: the square root is a choice.
    stretch = bend**-0.5 if length is None else length / (1000 * own)
    ring = ticks_to_ms(ceil_ticks(round(1000 * own * stretch) if length is None else length))
    return Tuned(pitch, bend, stretch, ring, partials)
