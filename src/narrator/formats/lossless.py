"""The sound of a track as 16-bit samples, for formats that lose none of it.

It is mixed for each track: that takes as long as it would to read it from a cache.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from narrator.formats.ahead import map_ahead
from narrator.formats.encoded import find_surroundings
from narrator.formats.format import Encoding, Mixdown
from narrator.formats.meter import Meter
from narrator.mix.mixing import mix_part
from narrator.mix.parts import Part, Piece, list_parts
from narrator.sound.ebur128 import measure_loudness
from narrator.sound.loudness import Loudness
from narrator.sound.samples import Samples, mix_down
from narrator.units import TICK_SAMPLES, Ms, ms_to_samples, samples_to_ms

Pcm = NDArray[np.int16]
WIDTH = 2
"""Bytes of a sample."""
_SCALE = np.float32(2**15)
_KEPT = 32
"""Number of stretches of background that are kept, because loops are short and repeat often."""


def mix_pcm(
    mixdown: Mixdown, encoding: Encoding, meter: Meter, report: Callable[[Ms, Ms], None] | None = None
) -> Iterator[Pcm]:
    """Yield the samples of a track in order, shape (frames, channels), as many as its length; `meter` measures them.

    Raises:
        SpeechError: a clip has vanished from the cache.

    """
    whole = left = ms_to_samples(mixdown.layout.length)
    make = _PartMixer(mixdown, encoding.channels).make
    parts = list_parts(mixdown.layout, mixdown.mixer, -(-whole // TICK_SAMPLES))
    with ThreadPoolExecutor(encoding.threads, "mix") as pool:
        for pcm, loudness in map_ahead(pool, make, parts, 2 * encoding.threads):
            meter.add(loudness)
            yield pcm[:left]
            left -= min(len(pcm), left)
            if report:
                report(samples_to_ms(whole - left), mixdown.layout.length)


class _PartMixer:
    """Mixes parts and rounds them; many threads can use it at once."""

    def __init__(self, mixdown: Mixdown, channels: int) -> None:
        self._mixdown, self._channels = mixdown, channels
        self._repeat = lru_cache(maxsize=_KEPT)(self._mix)

    def make(self, part: Part) -> tuple[Pcm, Loudness]:
        """Return a part and its loudness as it is heard, for one channel from two loudspeakers."""
        return self._mix(part) if isinstance(part, Piece) else self._repeat(part)

    def _mix(self, part: Part) -> tuple[Pcm, Loudness]:
        layout, mixer = self._mixdown.layout, self._mixdown.mixer
        mixed = mix_down(mix_part(part, layout, mixer, find_surroundings(part, mixer)), self._channels)
        pcm = round_samples(mixed)
        return pcm[:, : self._channels], measure_loudness(read_samples(pcm))


def round_samples(samples: Samples) -> Pcm:
    """Return samples rounded to 16 bits."""
    rounded: Pcm = np.clip(np.rint(samples * _SCALE), -_SCALE, _SCALE - 1).astype(np.int16)
    return rounded


def read_samples(pcm: Pcm) -> Samples:
    """Return 16-bit samples as float32."""
    return pcm.astype(np.float32) / _SCALE
