"""Where a voice pauses within a sentence."""

from typing import TYPE_CHECKING

from narrator.units import SAMPLES_PER_MS, Db, Ms, db_to_ratio

if TYPE_CHECKING:
    from narrator.speech.clip import Clip

_QUIET: Db = -36.0
"""Level below which a voice is silent, compared with the peak of the clip."""
_FRAME: Ms = 4
_SHORTEST: Ms = 60
"""The silence before some consonants is shorter than this."""


def find_pauses(clip: "Clip") -> list[tuple[Ms, Ms]]:
    """Return the start and end of each pause within a clip, in ms; none for a silent clip."""
    import numpy as np

    size = _FRAME * SAMPLES_PER_MS
    level = np.abs(clip.samples[: len(clip.samples) // size * size, 0]).reshape(-1, size).max(axis=1)
    heard = np.flatnonzero(level > level.max(initial=0.0) * db_to_ratio(_QUIET))
    gaps = np.flatnonzero(np.diff(heard) * _FRAME > _SHORTEST)
    return [(int(heard[at] + 1) * _FRAME, int(heard[at + 1]) * _FRAME) for at in gaps]
