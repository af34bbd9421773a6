"""Speech: sentences to clips, through a cache that keeps every clip ever spoken."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from narrator.cache import Cache, make_key
from narrator.errors import SpeechError
from narrator.sound.loudness import Loudness
from narrator.speech.clip import Clip, measure_packed
from narrator.speech.engine import Engine, Voice
from narrator.speech.silent import estimate_length
from narrator.units import Lufs, Ms, ceil_ticks, ticks_to_ms

SHELF = "clips"
_FORMAT = 2
"""Raised whenever the making or packing of clips changes."""

# Tracks rendered side by side often hold the same sentences: whoever comes second waits for the first one's clip.
_LOCKS = [threading.Lock() for _ in range(64)]


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    length: Ms
    loudness: Loudness
    level: Lufs | None


class Clips:
    """The clips of one session: lengths and loudness at hand, the sound itself in the cache until it is asked for."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._entries: dict[str, _Entry] = {}
        self.new = 0
        self.cached = 0

    def add(self, key: str, clip: Clip) -> None:
        """Take note of a clip that the cache holds under a key."""
        self._entries[clip.text] = _Entry(key, clip.length, clip.loudness, clip.level)

    @property
    def lengths(self) -> dict[str, Ms]:
        """Length of each clip by its text."""
        return {text: entry.length for text, entry in self._entries.items()}

    def get_key(self, text: str) -> str:
        """Name of a clip in the cache: its sound follows from it."""
        return self._entries[text].key

    def get_loudness(self, text: str) -> Loudness:
        """Loudness of a clip as it is heard between two silences."""
        return self._entries[text].loudness

    def get_level(self, text: str) -> Lufs | None:
        """Loudness of a clip by itself, however short it is; None for silence."""
        return self._entries[text].level

    def load(self, text: str) -> Clip:
        """Read a clip from the cache.

        Raises:
            SpeechError: it has vanished from there since it was spoken.

        """
        data = self.cache.get(SHELF, self._entries[text].key)
        if data is None:
            raise SpeechError(f"the clip of {text[:40]!r} has vanished from {self.cache.root}; run the command again")
        return Clip.unpack(data)


def make_clip_key(text: str, voice: Voice, version: str) -> str:
    """Name of a clip in the cache: everything its sound depends on."""
    return make_key(_FORMAT, voice.engine, version, voice.language, voice.name, voice.pace, text)


def find_lengths(texts: Iterable[str], voice: Voice, version: str, cache: Cache) -> tuple[dict[str, Ms], bool]:
    """Lengths of texts without speaking: of cached clips, else estimates; and whether any is an estimate."""
    lengths: dict[str, Ms] = {}
    is_estimate = False
    for text in texts:
        data = cache.get(SHELF, make_clip_key(text, voice, version))
        is_estimate = is_estimate or data is None
        lengths[text] = (
            ticks_to_ms(ceil_ticks(estimate_length(text, voice.pace))) if data is None else measure_packed(data)
        )
    return lengths, is_estimate


def speak(
    texts: Sequence[str],
    voice: Voice,
    engine: Engine,
    cache: Cache,
    report: Callable[[int, int], None] | None = None,
) -> Clips:
    """Speak each text, or find it in the cache; `report` is told how many are done of how many.

    Raises:
        SpeechError: the engine failed; what was spoken until then is in the cache.

    """
    clips = Clips(cache)
    for done, text in enumerate(texts):
        if report:
            report(done, len(texts))
        key = make_clip_key(text, voice, engine.version)
        with _LOCKS[hash(key) % len(_LOCKS)]:
            data = cache.get(SHELF, key)
            if data is None:
                # Unpacked again below, so that a new clip and a cached one are the same to the last bit.
                data = engine.synthesize(text, voice).pack()
                cache.put(SHELF, key, data)
                clips.new += 1
            else:
                clips.cached += 1
        clips.add(key, Clip.unpack(data))
    if report:
        report(len(texts), len(texts))
    return clips
