"""One sound by itself as a file, to hear a voice or a bell by."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.audio.frame import AudioFrame

from narrator.errors import PublishError
from narrator.files import replace_file
from narrator.sound.audio import Samples
from narrator.units import SAMPLE_RATE

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

CODECS = {".wav": ("wav", "pcm_s16le", "s16"), ".mp3": ("mp3", "libmp3lame", "s16p")}
"""Container, codec and sample format by the file's ending."""


def write_sample(path: Path, samples: Samples) -> None:
    """Write samples of shape (frames, channels) as WAV or MP3, as the file's ending says; whole or not at all.

    Raises:
        PublishError: it cannot be written.

    """
    container_name, codec, form = CODECS[path.suffix.lower()]
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    pcm = (np.clip(samples, -1, 1) * 32767).round().astype("<i2")
    # Planar for the encoder of MP3, interleaved for WAV.
    pcm = np.ascontiguousarray(pcm.T) if form.endswith("p") else pcm.reshape(1, -1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as file, av.open(file, "w", format=container_name) as container:
            stream = cast("AudioStream", container.add_stream(codec, rate=SAMPLE_RATE, layout=layout, format=form))
            frame = AudioFrame.from_ndarray(pcm, format=form, layout=layout)
            frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), 0
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except OSError as error:
        raise PublishError(f"cannot write {path}: {error.strerror or error}; choose another --output") from error
