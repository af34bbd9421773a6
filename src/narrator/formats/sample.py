"""Samples: files with a single sound, to try a voice or a bell."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.audio.frame import AudioFrame

from narrator.errors import PublishError
from narrator.files import replace_file
from narrator.formats.sink import Sink
from narrator.paths import refuse_special
from narrator.sound.samples import Samples
from narrator.units import SAMPLE_RATE

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

CODECS = {".wav": ("wav", "pcm_s16le", "s16"), ".mp3": ("mp3", "libmp3lame", "s16p")}
"""Container, codec and sample format by suffix."""


LARGEST = {".wav": 2**32 - 2**16}
"""Size limit of a file in bytes, by suffix."""


def write_sample(path: Path, blocks: Iterable[Samples]) -> None:
    """Write blocks of samples as WAV or MP3, depending on the suffix; the file appears whole or not at all.

    Blocks have the shape (frames, channels), with one or two channels; there is at least one block.

    Raises:
        PublishError: it cannot be written.

    """
    container_name, codec, form = CODECS[path.suffix.lower()]
    waiting = iter(blocks)
    first = next(waiting)
    layout = "mono" if first.shape[1] == 1 else "stereo"
    try:
        refuse_special(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as file:
            sink = Sink(file)
            with av.open(sink, "w", format=container_name) as container:
                stream = cast("AudioStream", container.add_stream(codec, rate=SAMPLE_RATE, layout=layout, format=form))
                start = 0
                for block in chain([first], waiting):
                    container.mux(stream.encode(_make_frame(block, form, layout, start)))
                    start += len(block)
                    sink.check()
                container.mux(stream.encode(None))
            sink.check()
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}; choose another place"
        raise PublishError(message, options=("output",)) from error


def _make_frame(samples: Samples, form: str, layout: str, start: int) -> AudioFrame:
    pcm = (np.clip(samples, -1, 1) * 32767).round().astype("<i2")
    # The MP3 encoder needs planar samples, WAV interleaved ones.
    pcm = np.ascontiguousarray(pcm.T) if form.endswith("p") else pcm.reshape(1, -1)
    frame = AudioFrame.from_ndarray(pcm, format=form, layout=layout)
    frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), start
    return frame
