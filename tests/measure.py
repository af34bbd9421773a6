"""Measurements of finished files, and a list of processes that are left running."""

import contextlib
import shutil
import subprocess
from pathlib import Path

import av
import numpy as np

from narrator.units import SAMPLES_PER_MS


def decode(path) -> np.ndarray:
    """Return the samples of a file, shape (frames, channels), float32."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.audio
        parts = [
            part.T if frame.format.is_planar else part.reshape(-1, stream.channels)
            for frame in container.decode(stream)
            for part in [frame.to_ndarray()]
        ]
    whole = np.concatenate(parts)
    return (whole / 32_768 if whole.dtype == np.int16 else whole).astype(np.float32)


def count_with_ffmpeg(path) -> int | None:
    """Return the number of samples per channel as ffmpeg counts them; None without ffmpeg."""
    if not shutil.which("ffmpeg"):
        return None
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"]
    return len(subprocess.run(command, capture_output=True, check=True).stdout) // 4


def find_onset(samples: np.ndarray, start_ms: int, after_ms: int = 0) -> float | None:
    """Time in ms at which something begins near a cue's start; None where nothing does.

    That is the first 2 ms whose peak is over -50 dBFS and, where something still sounds, 6 dB over the quietest of the
    10 ms before. Looks from 48 ms before the start, but not before `after_ms`, to 400 ms after it.
    """
    frame = 2 * SAMPLES_PER_MS
    first = max(start_ms - 48, after_ms, 0) // 2
    begin = max(first - 5, 0)
    level = np.abs(samples[begin * frame : (start_ms + 400) * SAMPLES_PER_MS]).max(axis=1)
    peaks = level[: len(level) // frame * frame].reshape(-1, frame).max(axis=1)
    for number in range(first - begin, len(peaks)):
        still = peaks[max(number - 5, 0) : number].min(initial=1.0) if number else 0.0
        if peaks[number] > max(10 ** (-50 / 20), 2 * still):
            return 2.0 * (begin + number)
    return None


def list_processes(folder) -> list[bytes]:
    """Command lines of the processes whose environment names a folder, whatever session they are in; Linux only."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes())
    return found
