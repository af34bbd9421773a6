"""A track as bytes at known positions, before any of them is made: tag, Info frame, and the frames of its parts.

The number of frames of a part follows from the layout, and every frame of a track has the same number of bytes. So the
size of a track, and the part that a byte is in, are known without sound. Only one checksum in the head needs it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from itertools import accumulate

from narrator.formats.ahead import map_ahead
from narrator.formats.coding import Coding
from narrator.formats.crc16 import join_crcs
from narrator.formats.encoded import Frames
from narrator.formats.format import Mixdown
from narrator.formats.id3 import MOST_CHAPTERS, write_id3
from narrator.formats.info_frame import InfoFrame
from narrator.formats.mp3_frames import FrameMaker, count_frames
from narrator.formats.tags import make_tags
from narrator.mix.parts import list_parts
from narrator.timeline import list_chapters
from narrator.units import Ms, ms_to_samples, ticks_to_ms


class TrackStream:
    """The bytes of a track, which can be read from any position; many threads can read at once."""

    def __init__(self, mixdown: Mixdown, coding: Coding) -> None:
        heading, layout, mixer = mixdown.heading, mixdown.layout, mixdown.mixer
        self.length = layout.length
        self._coding, self._heading = coding, heading
        frames = count_frames(layout.length)
        self._parts = list(list_parts(layout, mixer, frames))
        self._maker = FrameMaker(layout, mixer, coding)
        self._crcs: dict[int, int] = {}
        chapters = list_chapters(mixdown.timeline, heading.language, MOST_CHAPTERS)
        self._tag = write_id3(make_tags(heading), chapters, layout.length, mixdown.captions, mixdown.cover)
        samples = ms_to_samples(layout.length)
        self._info = InfoFrame(frames, samples, coding.bitrate, coding.channels, self._maker.encoder)
        head = len(self._tag) + self._info.size
        sizes = (part.ticks * coding.frame_size for part in self._parts)
        self._starts = [*accumulate(sizes, initial=head)]
        """Start of each part, and the end of the last."""
        self.size: int = self._starts[-1]
        """Bytes of the whole track."""

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end` (exclusive); fewer if the track ends before."""
        return b"".join(self.list_blocks(start, end))

    def list_blocks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` (by default the track's), block by block; parts are made when needed.

        The Info frame has a checksum of everything after it: reading any of it makes the whole track.

        Raises:
            ValueError: a position is negative.
            SpeechError: a clip has vanished from the cache.

        """
        end = self.size if end is None else min(end, self.size)
        if start < 0 or end < 0:
            raise ValueError(f"a track has no bytes from {start} to {end}")
        if start < min(len(self._tag), end):
            yield self._tag[start:end]
        if start < min(self._starts[0], end) and end > len(self._tag):
            yield self.make_head()[max(start, len(self._tag)) : end]
        first = max(bisect_right(self._starts, start) - 1, 0)
        for index in range(first, len(self._parts)):
            at = self._starts[index]
            if at >= end:
                return
            yield self._make(index).data[max(start - at, 0) : end - at]

    def make_head(self) -> bytes:
        """Return tag and Info frame; for the checksum all parts that do not exist yet are made."""
        crc = 0
        for index, part in enumerate(self._parts):
            if index not in self._crcs:
                self._crcs[index] = self._maker.find_crc(part)
            crc = join_crcs(crc, self._crcs[index], part.ticks * self._coding.frame_size)
        return self._tag + self._info.write(crc)

    @property
    def head_size(self) -> int:
        """Bytes of tag and Info frame."""
        return self._starts[0]

    def make_parts(
        self, pool: Executor, *, ahead: int, report: Callable[[Ms, Ms], None] | None = None
    ) -> Iterator[Frames]:
        """Yield the parts in order; `report` receives the ms done.

        Stored parts are read here, the others are made on a pool, with at most `ahead` of both waiting.
        """
        laid = 0
        self._maker.pull(self._heading, self._parts)
        try:
            made = map_ahead(pool, self._make, range(len(self._parts)), ahead, self._find)
            for frames, part in zip(made, self._parts, strict=True):
                yield frames
                laid += part.ticks
                if report:
                    report(min(ticks_to_ms(laid), self.length), self.length)
            self._maker.push(self._heading, self._parts)
        finally:
            self._maker.give_up()

    def _find(self, index: int) -> Frames | None:
        frames = self._maker.find(self._parts[index])
        return frames and self._note(index, frames)

    def _make(self, index: int) -> Frames:
        return self._note(index, self._maker.make(self._parts[index]))

    def _note(self, index: int, frames: Frames) -> Frames:
        self._crcs[index] = frames.crc
        return frames
