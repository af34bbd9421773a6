"""The sounds of a session besides its voice: measured and opened, with the place of a sound file in its faults."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from narrator.cache import Cache
from narrator.errors import Mark, SoundError
from narrator.mix.backdrops import open_bed
from narrator.mix.islands import measure_stroke
from narrator.mix.levels import Recordings
from narrator.mix.recordings import Recorded, open_recording
from narrator.script import Bed, Bell, Cue, Recording
from narrator.sound.loop import Loop
from narrator.units import Ms


def measure_rings(cues: Iterable[Cue]) -> dict[Bell, Ms]:
    """Return how long each bell is heard after a stroke.

    Raises:
        SoundError: the file of a bell is not a sound.

    """
    rings: dict[Bell, Ms] = {}
    for bell in dict.fromkeys(cue.stroke for cue in cues if isinstance(cue, Bell)):
        with _sound_placed(bell.mark):
            rings[bell] = measure_stroke(bell)
    return rings


def open_recordings(cues: Iterable[Cue], cache: Cache) -> Recordings:
    """Open the recordings that a session waits for.

    Raises:
        SoundError: one of their files is not a sound, silent, or too long.

    """
    opened: dict[Recording, Recorded] = {}
    for recording in dict.fromkeys(cue for cue in cues if isinstance(cue, Recording)):
        with _sound_placed(recording.mark):
            opened[recording] = open_recording(recording.sound, recording.digest, cache)
    return opened


def measure_recordings(recordings: Recordings) -> dict[Recording, Ms]:
    """Return the length of each recording."""
    return {recording: opened.length for recording, opened in recordings.items()}


def open_named_bed(bed: Bed | None, cache: Cache) -> Loop | None:
    """Return the bed of a session as a loop; None if it has none.

    Raises:
        SoundError: the file of the bed is not a sound.

    """
    if bed is None:
        return None
    with _sound_placed(bed.mark):
        return open_bed(bed.sound, bed.digest, cache)


@contextmanager
def _sound_placed(mark: Mark | None) -> Iterator[None]:
    """Add the place where a sound file is named to its faults."""
    try:
        yield
    except SoundError as error:
        raise SoundError(error.faults[0].message, mark) from None
