"""MP3 frames: each island and each loop of background is encoded once, cached, and joined with the others.

The bit reservoir is off, so every frame is independent. Everything is encoded with its surroundings on either side,
whose frames are dropped: so frames of different encodings join as if they came from one. An hour of session costs no
more than its few minutes of sound. Because frames are cached, a second length, or a track with one changed sentence,
costs only what is new.
"""

import threading
from array import array
from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from narrator.cache import make_key, pull, push
from narrator.formats.coding import DELAY, Coding
from narrator.formats.crc16 import crc_bytes, join_crcs
from narrator.formats.encoded import Encoded, Frames, find_surroundings
from narrator.formats.names import PartNames
from narrator.mix import Layout, Mixer
from narrator.mix.parts import BLOCK, Part, Stretch, find_block, find_loop
from narrator.script import Heading
from narrator.sound.loudness import Loudness
from narrator.units import TICK_SAMPLES, Ms, Ticks, ms_to_samples
from narrator.versions import find_version

_SHELF = "frames"
_FORMAT = 7
"""Version of the cached frames; raise it with every change that gives other frames for the same input."""

_CRCS: dict[str, int] = {}
"""Checksums of the pieces and blends that this process has used, by their keys in the cache."""
_MOST_CRCS = 50_000


def count_frames(length: Ms) -> int:
    """Return the number of frames of a track, without the Info frame."""
    return -(-(ms_to_samples(length) + DELAY) // TICK_SAMPLES)


class FrameMaker:
    """Makes the frames of parts, or reads them from the cache; many threads can use it at once."""

    def __init__(self, layout: Layout, mixer: Mixer, coding: Coding) -> None:
        self._layout = layout
        self._mixer = mixer
        self._coding = coding
        self._recent: OrderedDict[str, Encoded] = OrderedDict()
        self._names = PartNames(layout, mixer, find_surroundings, _FORMAT, find_version("av"), coding)
        self._given_up = threading.Event()

    def make(self, part: Part) -> Frames:
        """Return the frames of a part.

        Raises:
            SpeechError: a clip has vanished from the cache.

        """
        if frames := self.find(part):
            return frames
        block, at = find_block(part, self._mixer)
        key = self._names.find(block)
        return self._take(part, at, key, self._keep(key, block))

    def find(self, part: Part) -> Frames | None:
        """Return the frames of a part if nothing has to be encoded for them."""
        if self._is_silent(part):
            return self._silence.cut(0, part.ticks)
        block, at = find_block(part, self._mixer)
        key = self._names.find(block)
        if encoded := self._recent.get(key):
            return self._take(part, at, key, encoded)
        data = self._mixer.clips.cache.get(_SHELF, key)
        return None if data is None else self._take(part, at, key, Encoded.unpack(data))

    def find_crc(self, part: Part) -> int:
        """Return the checksum of the frames of a part; frames that this process has used are not read again.

        Raises:
            SpeechError: as `make`.

        """
        known = None if isinstance(part, Stretch) else _CRCS.get(self._names.find(part))
        return self.make(part).crc if known is None else known

    def pull(self, heading: Heading, parts: Iterable[Part]) -> None:
        """Copy frames of the parts from the store behind the cache."""
        if self._mixer.clips.cache.shared:
            pull(self._mixer.clips.cache, _SHELF, self._name_group(heading), self._list_keys(parts))

    def push(self, heading: Heading, parts: Iterable[Part]) -> None:
        """Write frames of the parts to the store behind the cache."""
        if self._mixer.clips.cache.shared:
            push(self._mixer.clips.cache, _SHELF, self._name_group(heading), self._list_keys(parts))

    def _name_group(self, heading: Heading) -> str:
        """Return the name under which a store keeps the frames that tracks of a session may have in common.

        Frames made by another kind of processor can differ in their last bits: a track has the same bytes on every
        machine of one kind.
        """
        from narrator.sound.processor import name_processor

        made_by = find_version("av"), find_version("numpy"), name_processor()
        return make_key(_FORMAT, made_by, heading.title, heading.language, self._mixer.gain, self._coding)

    def _list_keys(self, parts: Iterable[Part]) -> set[str]:
        blocks = (find_block(part, self._mixer)[0] for part in parts if not self._is_silent(part))
        return {self._names.find(block) for block in blocks}

    def _is_silent(self, part: Part) -> bool:
        return isinstance(part, Stretch) and find_loop(part.level, self._mixer) is None

    def _take(self, part: Part, at: Ticks, key: str, encoded: Encoded) -> Frames:
        """Return the frames of a part from those of its block, in which it starts at a tick."""
        if isinstance(part, Stretch):
            self._remember(key, encoded)
            return encoded.cut(at, part.ticks)
        frames = encoded.whole
        if len(_CRCS) >= _MOST_CRCS:
            _CRCS.clear()
        _CRCS[key] = frames.crc
        return frames

    def _remember(self, key: str, encoded: Encoded) -> None:
        """Keep the pieces of loops that were used last: a loop is short and repeats often."""
        self._recent[key] = encoded
        while len(self._recent) > 16:
            self._recent.popitem(last=False)

    def _keep(self, key: str, block: Part) -> Encoded:
        data, _ = self._mixer.clips.cache.get_or_make(
            _SHELF, key, lambda: self._encode(block).pack(), must_keep=False, stop=self._given_up.is_set
        )
        return Encoded.unpack(data)

    def _encode(self, block: Part) -> Encoded:
        from narrator.formats.encoding import encode_block

        return encode_block(block, self._layout, self._mixer, self._coding)

    @property
    def encoder(self) -> bytes:
        """The name and version that LAME writes into spare room in a frame: LAME3.100, or a newer one."""
        start = self._silent_frame.index(b"LAME")
        return self._silent_frame[start : start + 9]

    @cached_property
    def _silent_frame(self) -> bytes:
        """The frame for silence, which is encoded once."""

        def encode() -> bytes:
            from narrator.formats.lame import encode_silence

            return encode_silence(self._coding)

        key = make_key(_FORMAT, "silence", find_version("av"), self._coding)
        frame, _ = self._mixer.clips.cache.get_or_make(_SHELF, key, encode, must_keep=False)
        return frame

    @cached_property
    def _silence(self) -> Encoded:
        """The longest possible stretch of silence."""
        frame = self._silent_frame
        crc = crc_bytes(frame)
        crcs = accumulate([crc] * BLOCK, lambda before, crc: join_crcs(before, crc, len(frame)))
        return Encoded(frame * BLOCK, array("H", crcs), Loudness((), -120.0))

    def give_up(self) -> None:
        """Stop waiting for what another process makes."""
        self._given_up.set()
