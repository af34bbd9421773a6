"""Measurement of loudness and true peak by libavfilter's `ebur128` (EBU R 128, ITU-R BS.1770-4)."""

import gc
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext

from narrator.sound.loudness import Loudness
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE, Db, Lufs, db_to_ratio

_BLOCK = SAMPLE_RATE // 10
_SILENT: Lufs = -70.0
"""The absolute gate of BS.1770-4; blocks below it are not counted."""
_LEAST_PEAK: Db = -120.0


def measure_loudness(samples: Samples, around: int = 0) -> Loudness:
    """Measure samples of shape (frames, 2) at 48 kHz, as they sound between two silences.

    For a loop, `around` more frames are measured, across its end.
    """
    if not samples.any():
        return Loudness((), _LEAST_PEAK)
    graph = Graph()
    source = graph.add_abuffer(
        format="flt", sample_rate=SAMPLE_RATE, layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
    )
    meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    blocks: list[Lufs] = []
    peak = db_to_ratio(_LEAST_PEAK)
    # The meter reads whole blocks of 100 ms over a window of 400 ms, and reports nothing before its first window is
    # full: three blocks of silence go before and after. They are sent one by one, because for the true peak the meter
    # holds its input four times over.
    margin = 3
    for number in range(-margin, -(-(len(samples) + around) // _BLOCK) + margin):
        start = (number + margin) * _BLOCK
        block = _take_block(samples, number * _BLOCK, len(samples) + around)
        if len(block) < _BLOCK:
            block = np.concatenate([block, np.zeros((_BLOCK - len(block), 2), block.dtype)])
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block).reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        source.push(frame)
        for metadata in _pull(sink):
            momentary = float(metadata.get("lavfi.r128.M", "nan"))
            if momentary > _SILENT:
                blocks.append(momentary)
            peak = max(peak, float(metadata.get("lavfi.r128.true_peak", 0.0)))
    _release(graph)
    return Loudness(tuple(blocks), float(20 * np.log10(peak)))


def _release(graph: Graph) -> None:
    """Let a graph be freed as soon as nothing else refers to it.

    In PyAV 19 a graph and its filters refer to each other. This one holds 2 MB, and hundreds would wait for the garbage
    collector, which does not know how large they are.
    """
    for known in gc.get_referents(graph):
        if isinstance(known, dict):
            known.clear()


def _take_block(samples: Samples, start: int, end: int) -> Samples:
    """Return the block from `start`, at most up to `end`; past its end a sound begins again, before 0 it is empty."""
    stop = min(start + _BLOCK, end)
    if start < 0 or stop <= len(samples):
        return samples[max(start, 0) : max(stop, 0)] if start >= 0 else samples[:0]
    head = samples[start:stop]
    begun = max(start - len(samples), 0)
    return np.concatenate([head, samples[begun : begun + max(stop - start, 0) - len(head)]])


def _pull(sink: FilterContext) -> Iterator[dict[str, str]]:
    """Yield the metadata of the frames that wait at the end of a graph."""
    while True:
        try:
            yield sink.pull().metadata
        except (av.EOFError, av.BlockingIOError):
            return
