"""Tracks as FLAC files: lossless, with a table for seeking (RFC 9639)."""

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame

from narrator.files import replace_track
from narrator.formats.comments import MOST_CHAPTERS, write_comments, write_picture
from narrator.formats.finished import decode_track, has_picture, list_chapter_starts, open_track, split_words
from narrator.formats.format import Contents, Encoding, Measured, Mixdown
from narrator.formats.lossless import WIDTH, Pcm, mix_pcm
from narrator.formats.meter import Meter
from narrator.formats.tags import MAKER, is_ours, make_tags
from narrator.sound.samples import Samples
from narrator.timeline import list_chapters
from narrator.units import SAMPLE_RATE, Ms, ms_to_samples

BLOCK = 4608
"""Samples of each frame except the last: libav's choice at this rate and level of compression."""
_LEVEL = "8"
_STREAM_INFO, _SEEK_TABLE, _COMMENTS, _PICTURE, _LAST = 0, 3, 4, 6, 0x80
_SEEK_EVERY: Ms = 10_000
_LAYOUTS = {1: "mono", 2: "stereo"}


class Flac:
    """The FLAC format."""

    name = "FLAC"
    bitrates: dict[int, Sequence[int]] = {}  # noqa: RUF012 - never changed
    default_bitrates: dict[int, int] = {}  # noqa: RUF012
    most_chapters = MOST_CHAPTERS

    def write(
        self, path: Path, mixdown: Mixdown, encoding: Encoding, report: Callable[[Ms, Ms], None] | None = None
    ) -> Measured:
        """Mix, encode and write a track; see `Format.write`."""
        meter, encoder = Meter(), _Encoder(encoding.channels)
        samples = ms_to_samples(mixdown.layout.length)
        head_size = len(_write_head(mixdown, encoder.found, encoding.channels))
        with replace_track(path) as file:
            # The head has sizes and a checksum of what follows it.
            file.seek(head_size)
            for pcm in mix_pcm(mixdown, encoding, meter, report):
                file.writelines(encoder.encode(pcm))
            file.writelines(encoder.finish())
            file.seek(0)
            file.write(_write_head(mixdown, encoder.found, encoding.channels))
        return Measured(samples, meter.lufs, meter.peak)

    def inspect(self, path: Path, length: Ms) -> Contents:
        """Return what a finished file has besides its sound; see `Format.inspect`."""
        with open_track(path, "flac") as container:
            chapters, words = list_chapter_starts(container, length), split_words(container)
            channels, has_cover = container.streams.audio[0].channels, has_picture(container)
            frames = sum(bool(packet.size) for packet in container.demux(audio=0))
        counts = -(-ms_to_samples(length) // BLOCK), frames
        return Contents(channels, chapters, words, counts, has_cover=has_cover)

    def decode(self, path: Path) -> Iterator[Samples]:
        """Yield the sound of a finished file; see `Format.decode`."""
        return decode_track(path, "flac")

    def is_ours(self, path: Path) -> bool:
        """Return whether narrator made the file at `path`."""
        return is_ours(path, "flac")


@dataclass
class _Found:
    """What is known of frames once they are made: sizes in bytes, in order, and the checksum of their samples."""

    sizes: list[int] = field(default_factory=list)
    digest: bytes = bytes(16)


class _Encoder:
    """Encodes samples as frames, in order."""

    def __init__(self, channels: int) -> None:
        self._encoder: Any = av.CodecContext.create("flac", "w")
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format = SAMPLE_RATE, _LAYOUTS[channels], "s16"
        self._encoder.time_base = Fraction(1, SAMPLE_RATE)
        self._encoder.options = {"compression_level": _LEVEL}
        self._layout = _LAYOUTS[channels]
        self._digest = hashlib.md5(usedforsecurity=False)
        self._at = 0
        self.found = _Found()

    def encode(self, pcm: Pcm) -> list[bytes]:
        """Return the frames that are complete with these samples, shape (frames, channels)."""
        data = np.ascontiguousarray(pcm)
        self._digest.update(data.astype("<i2", copy=False).data)
        frame = AudioFrame.from_ndarray(data.reshape(1, -1), format="s16", layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._at, Fraction(1, SAMPLE_RATE)
        self._at += len(pcm)
        return self._take(frame)

    def finish(self) -> list[bytes]:
        """Return the frames that are left."""
        frames = self._take(None)
        self.found.digest = self._digest.digest()
        return frames

    def _take(self, frame: AudioFrame | None) -> list[bytes]:
        frames = [bytes(packet) for packet in self._encoder.encode(frame)]
        self.found.sizes += map(len, frames)
        return frames


def _write_comments(mixdown: Mixdown) -> bytes:
    heading = mixdown.heading
    chapters = list_chapters(mixdown.timeline, heading.language, MOST_CHAPTERS)
    return write_comments(MAKER, make_tags(heading), chapters, mixdown.captions)


def _write_head(mixdown: Mixdown, found: _Found, channels: int) -> bytes:
    """Return everything before the first frame; its size does not depend on what is found."""
    samples = ms_to_samples(mixdown.layout.length)
    blocks = [
        (_STREAM_INFO, _write_stream_info(found, samples, channels)),
        (_SEEK_TABLE, _write_seek_table(found, samples)),
        (_COMMENTS, _write_comments(mixdown)),
        *([(_PICTURE, write_picture(mixdown.cover))] if mixdown.cover else []),
    ]
    last = len(blocks) - 1
    packed = (
        bytes([kind | (_LAST if number == last else 0)]) + len(body).to_bytes(3) + body
        for number, (kind, body) in enumerate(blocks)
    )
    return b"fLaC" + b"".join(packed)


def _write_stream_info(found: _Found, samples: int, channels: int) -> bytes:
    sizes = found.sizes or [0]
    packed = SAMPLE_RATE << 44 | (channels - 1) << 41 | (8 * WIDTH - 1) << 36 | samples
    return (
        struct.pack(">HH", BLOCK, BLOCK)
        + min(sizes).to_bytes(3)
        + max(sizes).to_bytes(3)
        + packed.to_bytes(8)
        + found.digest
    )


def _write_seek_table(found: _Found, samples: int) -> bytes:
    """Return a point for the frame at each ten seconds: its first sample, place in bytes, and samples."""
    starts = [0, *np.cumsum(found.sizes, dtype=np.int64).tolist()]
    points = []
    for number in dict.fromkeys(at // BLOCK for at in range(0, samples, ms_to_samples(_SEEK_EVERY))):
        place = starts[number] if number < len(starts) else 0
        points.append(struct.pack(">QQH", number * BLOCK, place, min(BLOCK, samples - number * BLOCK)))
    return b"".join(points)


FORMAT = Flac()
