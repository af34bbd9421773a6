"""Draws the pictures of this folder: bells, a breath round, a ducked passage, blends of beds, and a sentence in rooms.

It takes the extra `docs` (matplotlib). Run it from the top of the project: `python docs/sound/make_pictures.py`.
"""

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from narrator.cache import Cache
from narrator.formats.encoded import find_surroundings
from narrator.formats.mp3_frames import count_frames
from narrator.mix import Mixer, find_islands
from narrator.mix.backdrops import open_bed
from narrator.mix.blends import choose_phase, place_blend
from narrator.mix.mixing import mix_blend, mix_part
from narrator.mix.parts import list_parts
from narrator.request import SessionOptions, SessionRequest
from narrator.script import Speech
from narrator.session import make_session
from narrator.sound.audio import get_samples
from narrator.sound.bells import strike_bell
from narrator.sound.breath import make_tone
from narrator.sound.catalog import BEDS, BELLS, ROOMS, SOFT
from narrator.sound.polish import polish_voice
from narrator.sound.room import add_room
from narrator.sound.samples import Samples
from narrator.speech import clip
from narrator.speech.engine import Voice
from narrator.speech.registry import open_engine
from narrator.speech.speak import Clips
from narrator.units import SAMPLE_RATE, Ticks, ms_to_samples, ms_to_ticks, ticks_to_ms

FOLDER = Path(__file__).parent
_WINDOW = 8192
_LOWEST, _HIGHEST = 50.0, 20_000.0
_DEPTH = 90
"""Decibels from the brightest spot of a picture to its black."""
_COLOURS = 64


def draw_sound(samples: Samples, title: str, path: Path) -> None:
    """Write a PNG of sound of shape (frames, 2): its spectrogram, and below it the peak of each 10 ms in dBFS."""
    _draw(samples, title, path, _measure_peaks(samples), (-95, 0))


def _draw(
    samples: Samples,
    title: str,
    path: Path,
    level: tuple[Samples, Samples],
    span: tuple[float, float],
    marks: Iterable[float] = (),
) -> None:
    """Write a picture with a level (times in seconds, dBFS) within a span of dBFS, and lines at some times."""
    mpl.use("Agg")
    seconds = len(samples) / SAMPLE_RATE
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(8, 4.2), dpi=80, sharex=True, height_ratios=(3, 1), layout="constrained"
    )
    edges = np.geomspace(_LOWEST, _HIGHEST, 261)
    shown = _measure_power(samples.mean(axis=1), edges)
    above.pcolormesh(np.linspace(0, seconds, 501), edges, shown, cmap="magma", vmin=-_DEPTH, vmax=0)
    above.set(yscale="log", ylabel="Hz", title=title)
    below.plot(*level, linewidth=0.8)
    below.set(ylabel="dBFS", xlabel="s", xlim=(0, seconds), ylim=span)
    below.grid(alpha=0.3)
    for mark in marks:
        below.axvline(mark, color="tab:red", linewidth=0.8)
    _save(figure, path)


def _measure_power(sound: Samples, edges: Samples, longest: int = _WINDOW) -> Samples:
    """Power of mono sound in dB against the strongest, shape (bands, 500): short transforms by time.

    A band between two of `edges` (Hz) shows its strongest bin, so that no partial falls between two rows.
    """
    window = min(longest, 2 ** int(np.log2(len(sound) / 4)))
    padded = np.pad(sound, window // 2)
    starts = np.linspace(0, len(sound) - 1, 500).astype(int)
    pieces = np.stack([padded[start : start + window] for start in starts]) * np.blackman(window)
    power = np.abs(np.fft.rfft(pieces, 2 * _WINDOW, axis=1))
    bins = np.ceil(edges * (2 * _WINDOW / SAMPLE_RATE)).astype(int)
    bands = np.maximum.reduceat(power, bins, axis=1)[:, :-1].T
    return 20 * np.log10(bands / bands.max() + 1e-9)


def _measure_peaks(samples: Samples) -> tuple[Samples, Samples]:
    """Return times in seconds, and the peak of each 10 ms in dBFS."""
    step = SAMPLE_RATE // 100
    peaks = np.abs(samples[: len(samples) // step * step]).max(axis=1).reshape(-1, step).max(axis=1)
    return np.arange(len(peaks)) / 100, 20 * np.log10(np.maximum(peaks, 1e-6))


def _measure_level(samples: Samples) -> tuple[Samples, Samples]:
    """Return times in seconds, and the level of the 200 ms around each, both sides together, in dBFS."""
    step, window = SAMPLE_RATE // 100, 20
    power = (samples[: len(samples) // step * step] ** 2).reshape(-1, 2 * step).mean(axis=1)
    smooth = np.convolve(power, np.ones(window) / window, "valid")
    return (np.arange(len(smooth)) + window / 2) / 100, 10 * np.log10(smooth)


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
    """Return a passage as mixed for a track, shape (frames, 2): speech and a bell over a bed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rain.yaml"
        path.write_text(ROUTINE, "utf-8")
        session = make_session(SessionRequest(path, path.name, SessionOptions(voice="espeak")), Cache(Path(folder)))
        mixer, layout = session.open_mixer(), find_islands(session.timeline, session.room)
        parts = list_parts(layout, mixer, count_frames(layout.length))
        mixed = [mix_part(part, layout, mixer, find_surroundings(part, mixer)) for part in parts]
        return np.concatenate(mixed)[: ms_to_samples(layout.length)]


def draw_blend(sound: str, around: Ticks = 84) -> None:
    """Draw the bed between two islands that are four seconds apart, as it is blended from one phase to the other."""
    gap = ms_to_ticks(4000)
    phases = [choose_phase(sound, 0, [Speech(text)]) for text in ("Breathe in.", "Breathe out.")]
    placed = place_blend(sound, -18.0, phases[0], phases[1] - gap, gap)
    if placed is None:
        raise ValueError(f"both sentences are heard over the same bit of {sound}")
    _, blend = placed
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        samples = mix_blend(blend, around, around, Mixer(Clips(cache), 0.0, bed=open_bed(sound, "", cache)))
    start, length = ticks_to_ms(around) / 1000, ticks_to_ms(blend.length) / 1000
    title = f"bed: {sound}, blended in {length:.2f} s"
    path = FOLDER / f"blend-{sound}.png"
    _draw(samples, title, path, _measure_level(samples), (-50, -30), [start, start + length])


def draw_rooms(path: Path) -> None:
    """Draw a sentence as the voice speaks it, as it is prepared, and in each room."""
    mpl.use("Agg")
    spoken: list[Samples] = []
    with open_engine("hibari") as engine, patch.object(clip, "polish_voice", lambda dry: spoken.append(dry) or dry):
        engine.synthesize("Plant your hands under your shoulders.", Voice("hibari", "heart", "en", 0.85))
    prepared = polish_voice(spoken[0])
    shown = {"as spoken": spoken[0], "prepared": prepared, **{name: add_room(prepared, name) for name in ROOMS}}
    figure, axes = plt.subplots(len(shown), 1, figsize=(8, 8), dpi=80, sharex=True, layout="constrained")
    edges = np.linspace(_LOWEST, 12_000.0, 241)
    frames = max(map(len, shown.values())) + SAMPLE_RATE // 10
    for axis, (name, samples) in zip(axes, shown.items(), strict=True):
        padded = np.pad(samples.mean(axis=1), (SAMPLE_RATE // 20, frames - len(samples)))
        power = _measure_power(padded, edges, 1024)
        axis.pcolormesh(np.linspace(0, len(padded) / SAMPLE_RATE, 501), edges, power, cmap="magma", vmin=-110, vmax=-10)
        axis.set(ylabel="Hz", title=name)
    axes[-1].set(xlabel="s")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    """Write a figure with a palette: a spectrogram has so many shades that a PNG of all of them is large."""
    drawn = io.BytesIO()
    figure.savefig(drawn)
    plt.close(figure)
    with Image.open(drawn) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Write every picture."""
    for name in BELLS:
        samples = get_samples(strike_bell(name))
        draw_sound(
            np.pad(samples, ((max(len(samples) // 20, 2400), 0), (0, 0))), f"bell: {name}", FOLDER / f"bell-{name}.png"
        )
    soft = get_samples(strike_bell("bowl", mallet=SOFT))
    draw_sound(np.pad(soft, ((len(soft) // 20, 0), (0, 0))), "bell: bowl, mallet: soft", FOLDER / "bell-bowl-soft.png")
    tones = [get_samples(make_tone(phase, 4008)) for phase in ("in", "hold", "out")]
    draw_sound(np.concatenate(tones), "breath: in, hold, out, four seconds each", FOLDER / "breath.png")
    for name in BEDS:
        draw_blend(name)
    draw_rooms(FOLDER / "room.png")
    draw_sound(mix_ducked(), "rain, ducked by 8 dB under two sentences and a chime", FOLDER / "ducked.png")


if __name__ == "__main__":
    main()
