"""Reading of long recordings, block by block: a take may have hours, and only a part of it is in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from narrator.errors import SoundError
from narrator.paths import open_regular
from narrator.sound.opened import DAMAGE, BadSoundError, decode_frames, open_sound
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, Ms, ms_to_samples

LONGEST: Ms = 6 * 60 * 60_000
"""Longest take that is read."""
_LOUDEST = 1e5


def read_blocks(path: Path, rate: int = SAMPLE_RATE) -> Iterator[NDArray[np.float32]]:
    """Decode a sound file to mono at a rate, and yield it in blocks of shape (frames,), each of a moment.

    Samples that are not numbers are read as silence.

    Raises:
        SoundError: the file cannot be read, is not audio, is damaged, or is too long.

    """
    with _report(path), open_regular(path) as file, open_sound(file) as container:
        frames = decode_frames(container, LONGEST // 1000 * 48_000 * 2)
        resampler: AudioResampler | None = None
        for frame in frames:
            frame.pts = None
            resampler = resampler or AudioResampler(format="fltp", layout="mono", rate=rate)
            for part in resampler.resample(frame):
                yield _clean(part.to_ndarray()[0])
        if resampler:
            for part in resampler.resample(None):
                yield _clean(part.to_ndarray()[0])


def _clean(block: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(np.nan_to_num(block), -_LOUDEST, _LOUDEST).astype(np.float32)


@contextmanager
def _report(path: Path) -> Iterator[None]:
    try:
        yield
    except BadSoundError as error:
        raise SoundError(f"{path} {error}; choose another file") from error
    except DAMAGE as error:
        raise SoundError(f"{path} is not audio, or is damaged; choose another file") from error
    except OSError as error:
        raise SoundError(f"cannot read {path}: {error.strerror or error}; choose another file") from error


def cut_parts(path: Path, spans: "list[tuple[Ms, Ms]]") -> Iterator[Samples]:
    """Yield the parts of a file between two times, in that order, at 48 kHz, shape (frames, 1).

    The spans are in the order of their starts, and may overlap. The file is read once.

    Raises:
        SoundError: as `read_blocks`.

    """
    waiting = list(spans)
    kept: list[NDArray[np.float32]] = []
    start = at = 0
    """Samples: where what is kept begins, and what has been read."""
    for block in read_blocks(path):
        kept.append(block)
        at += len(block)
        while waiting and ms_to_samples(waiting[0][1]) <= at:
            sound = np.concatenate(kept)
            kept = [sound]
            first, last = waiting.pop(0)
            yield sound[max(ms_to_samples(first) - start, 0) : ms_to_samples(last) - start, None]
        if not waiting:
            return
        needed = ms_to_samples(waiting[0][0])
        while kept and start + len(kept[0]) <= needed:
            start += len(kept.pop(0))
    sound = np.concatenate(kept) if kept else np.zeros(0, np.float32)
    for first, last in waiting:
        yield sound[max(ms_to_samples(first) - start, 0) : max(ms_to_samples(last) - start, 0), None]
