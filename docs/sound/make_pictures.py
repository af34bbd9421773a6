"""Draws the pictures of this folder anew: spectrogram and level of each bell, a breath round and a ducked passage.

It takes the extra `docs` (matplotlib). Run it from the top of the project: `python docs/sound/make_pictures.py`.
"""

import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from narrator.cache import Cache
from narrator.mix import find_islands, mix_background, mix_island
from narrator.request import SessionOptions, SessionRequest
from narrator.session import make_session
from narrator.sound.audio import Samples, get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.breath import make_tone
from narrator.sound.catalog import BELLS
from narrator.units import SAMPLE_RATE, ms_to_samples

FOLDER = Path(__file__).parent
_WINDOW = 8192
_LOWEST, _HIGHEST = 50.0, 20_000.0
_DEPTH = 90
"""Decibels from the brightest spot of a picture to its black."""


def draw_sound(samples: Samples, title: str, path: Path) -> None:
    """Write a PNG of sound of shape (frames, 2): its spectrogram, and below it the peak of each 10 ms in dBFS."""
    mpl.use("Agg")
    seconds = len(samples) / SAMPLE_RATE
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(8, 4.2), dpi=80, sharex=True, height_ratios=(3, 1), layout="constrained"
    )
    edges = np.geomspace(_LOWEST, _HIGHEST, 261)
    shown = _measure_power(samples.mean(axis=1), edges)
    above.pcolormesh(np.linspace(0, seconds, 501), edges, shown, cmap="magma", vmin=-_DEPTH, vmax=0)
    above.set(yscale="log", ylabel="Hz", title=title)
    below.plot(*_measure_level(samples), linewidth=0.8)
    below.set(ylabel="dBFS", xlabel="s", xlim=(0, seconds), ylim=(-95, 0))
    below.grid(alpha=0.3)
    figure.savefig(path)
    plt.close(figure)


def _measure_power(sound: Samples, edges: Samples) -> Samples:
    """Power of mono sound in dB against the strongest, shape (bands, 500): short transforms by time.

    A band between two of `edges` (Hz) shows its strongest bin, so that no partial falls between two rows.
    """
    window = min(_WINDOW, 2 ** int(np.log2(len(sound) / 4)))
    padded = np.pad(sound, window // 2)
    starts = np.linspace(0, len(sound) - 1, 500).astype(int)
    pieces = np.stack([padded[start : start + window] for start in starts]) * np.blackman(window)
    power = np.abs(np.fft.rfft(pieces, 2 * _WINDOW, axis=1))
    bins = np.ceil(edges * (2 * _WINDOW / SAMPLE_RATE)).astype(int)
    bands = np.maximum.reduceat(power, bins, axis=1)[:, :-1].T
    return 20 * np.log10(bands / bands.max() + 1e-9)


def _measure_level(samples: Samples) -> tuple[Samples, Samples]:
    """Time in seconds, and the peak of each 10 ms in dBFS."""
    step = SAMPLE_RATE // 100
    peaks = np.abs(samples[: len(samples) // step * step]).max(axis=1).reshape(-1, step).max(axis=1)
    return np.arange(len(peaks)) / 100, 20 * np.log10(np.maximum(peaks, 1e-6))


ROUTINE = """
title: Rain
length: 24s
bed: {sound: rain, level: -18, duck: 8, fade: 3s}
steps:
  - pause: 5s
  - say: Let your shoulders be heavy.
  - say: Soften your jaw.
  - pause: 5s
  - bell: {sound: chime, length: 3s}
  - hold: 1s..20s
"""


def mix_ducked() -> Samples:
    """A passage as it is mixed for a track, shape (frames, 2): speech and a bell over a bed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rain.yaml"
        path.write_text(ROUTINE, "utf-8")
        session = make_session(SessionRequest(path, path.name, SessionOptions(voice="espeak")), Cache(Path(folder)))
        mixer, layout = session.open_mixer(), find_islands(session.timeline)
        whole = np.zeros((ms_to_samples(session.timeline.length), 2), np.float32)
        at = 0
        for island in (*layout.islands, None):
            start = island.start if island else session.timeline.length
            if start > at:
                background = mix_background(layout.curve.find_level(at), at, start, mixer)
                whole[ms_to_samples(at) : ms_to_samples(start)] = background
            if island:
                mixed = mix_island(island, layout.curve, mixer)
                whole[ms_to_samples(island.start) : ms_to_samples(island.end)] = mixed
                at = island.end
        return whole


def main() -> None:
    """Write every picture."""
    for name in BELLS:
        samples = get_samples(strike_bell(name))
        draw_sound(
            np.pad(samples, ((max(len(samples) // 20, 2400), 0), (0, 0))), f"bell: {name}", FOLDER / f"bell-{name}.png"
        )
    tones = [get_samples(make_tone(phase, 4008)) for phase in ("in", "hold", "out")]
    draw_sound(np.concatenate(tones), "breath: in, hold, out, four seconds each", FOLDER / "breath.png")
    draw_sound(mix_ducked(), "rain, ducked by 8 dB under two sentences and a chime", FOLDER / "ducked.png")


if __name__ == "__main__":
    main()
