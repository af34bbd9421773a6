"""Speech: sentences to clips, through a cache that keeps every clip ever spoken."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeAlias

import av
import numpy as np

from narrator.cache import Cache, hash_bytes, make_key
from narrator.errors import NarratorError, SpeechError, describe_error
from narrator.sound.loudness import Loudness
from narrator.speech.clip import Clip, read_head
from narrator.speech.engine import Voice
from narrator.speech.engines.silent import estimate_length
from narrator.speech.runs import Phonemes
from narrator.speech.text.reading import Reader, Reading, write_plain
from narrator.units import TICK_SAMPLES, Lufs, Ms, ceil_ticks, ticks_to_ms

Report: TypeAlias = Callable[[int, int], None]
"""Told how many are done, of how many."""

SHELF = "clips"
_FORMAT = 4
"""Raised whenever the making or packing of clips changes."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is known of a clip that is in the cache."""

    key: str
    digest: str
    """Of its sound."""
    length: Ms
    loudness: Loudness
    level: Lufs | None
    reading: Reading
    """What the voice was given."""
    is_new: bool
    """Whether it was spoken now, rather than found."""


class Clips:
    """The clips of one session: lengths and loudness at hand, the sound itself in the cache until it is asked for."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._entries: dict[str, Spoken] = {}
        self.new = 0
        self.cached = 0

    def add(self, text: str, spoken: Spoken) -> None:
        """Take note of the clip of a text."""
        self._entries[text] = spoken
        self.new += spoken.is_new
        self.cached += not spoken.is_new

    @property
    def lengths(self) -> dict[str, Ms]:
        """Length of each clip by its text."""
        return {text: entry.length for text, entry in self._entries.items()}

    def get_digest(self, text: str) -> str:
        """Return what stands for a clip's sound: another sound has another digest."""
        return self._entries[text].digest

    def get_reading(self, text: str) -> Reading:
        """Return what the voice was given for a text."""
        return self._entries[text].reading

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


def make_clip_key(reading: Reading, voice: Voice) -> str:
    """Return the name of a clip in the cache: everything its sound depends on, so what the voice is given."""
    known = voice.engine, voice.version, voice.language, voice.name, voice.pace
    return make_key(_FORMAT, av.__version__, *known, reading)


def find_lengths(texts: Iterable[str], reader: Reader, cache: Cache) -> tuple[dict[str, Ms], bool]:
    """Return the lengths of texts without speaking, of cached clips, else estimates; and whether any is an estimate."""
    lengths: dict[str, Ms] = {}
    is_estimate = False
    for text in texts:
        reading = reader.read(text)
        data = cache.get(SHELF, make_clip_key(reading, reader.voice))
        is_estimate = is_estimate or data is None
        lengths[text] = _estimate(reading, reader.voice) if data is None else read_head(data).length
    return lengths, is_estimate


def _estimate(reading: Reading, voice: Voice) -> Ms:
    return ticks_to_ms(ceil_ticks(estimate_length(write_plain(reading), voice.pace)))


def speak(
    texts: Sequence[str],
    reader: Reader,
    cache: Cache,
    report: Report | None = None,
    *,
    again: bool = False,
) -> Clips:
    """Speak each text as a voice's reader reads it, or find it in the cache.

    `report` receives how many are done of how many, and may raise to stop.

    With `again` nothing is taken from the cache, and what is there is replaced. The engine is asked for as many at the
    same time as it allows; each clip is kept as soon as it is there.

    Raises:
        SpeechError: the engine failed; what was spoken until then is in the cache.

    """
    report = report or (lambda _done, _total: None)
    clips = Clips(cache)
    given_up = threading.Event()
    report(0, len(texts))
    find = _speak_again if again else _find_or_speak
    engine = reader.engine
    with ThreadPoolExecutor(engine.workers, "speak") as pool:
        futures = [pool.submit(find, text, reader, cache, given_up) for text in texts]
        for future in futures:
            future.add_done_callback(lambda ended: _end_after_failure(ended, pool))
        try:
            _follow(futures, report)
        except SpeechError:
            given_up.set()
            raise
        except BaseException:
            # The session is given up: what is being spoken need not be waited for.
            given_up.set()
            pool.shutdown(wait=False, cancel_futures=True)
            engine.close()
            raise
    for text, future in zip(texts, futures, strict=True):
        clips.add(text, future.result())
    return clips


def _end_after_failure(ended: Future[Spoken], pool: ThreadPoolExecutor) -> None:
    """Begin nothing more once a sentence has failed; called by the thread that would begin it."""
    if not ended.cancelled() and ended.exception():
        pool.shutdown(wait=False, cancel_futures=True)


def _follow(futures: Iterable[Future[Spoken]], report: Report) -> None:
    """Wait until every future is done; raises what the first of them raised."""
    waiting = list(futures)
    done, total = 0, len(waiting)
    while waiting:
        # A wait without an end would not hear that the command was interrupted.
        ended = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED).done
        for future in waiting:
            if future in ended:
                future.result()
                done += 1
                report(done, total)
        waiting = [future for future in waiting if future not in ended]
        if not ended:
            report(done, total)


def _find_or_speak(text: str, reader: Reader, cache: Cache, given_up: threading.Event) -> Spoken:
    reading = reader.read(text)
    key = make_clip_key(reading, reader.voice)
    data, is_new = cache.get_or_make(SHELF, key, lambda: _synthesize(reading, reader), stop=given_up.is_set)
    return _describe_clip(key, data, reading, is_new=is_new)


def _speak_again(text: str, reader: Reader, cache: Cache, _given_up: threading.Event) -> Spoken:
    reading = reader.read(text)
    key, data = make_clip_key(reading, reader.voice), _synthesize(reading, reader)
    cache.put(SHELF, key, data)
    return _describe_clip(key, data, reading, is_new=True)


def _describe_clip(key: str, data: bytes, reading: Reading, *, is_new: bool) -> Spoken:
    head = read_head(data)
    digest = hash_bytes(data).hex()
    return Spoken(key, digest, head.length, head.loudness, head.level, reading, is_new)


def _synthesize(reading: Reading, reader: Reader) -> bytes:
    """Have a reading spoken; the clip, packed."""
    engine, voice, text = reader.engine, reader.voice, write_plain(reading)
    try:
        if any(isinstance(run, Phonemes) for run in reading):
            return _check_clip(engine.synthesize_runs(reading, voice)).pack()
        return _check_clip(engine.synthesize(text, voice)).pack()
    except NarratorError:
        raise
    except (Exception, SystemExit) as error:  # an engine may be anybody's
        raise SpeechError(
            f"the engine {engine.name!r} failed on {text[:40]!r}: {describe_error(error)}; try another voice"
        ) from error


def _check_clip(found: object) -> Clip:
    if not isinstance(found, Clip):
        raise TypeError(f"it gave {found!r} for a Clip")
    samples = found.samples
    if samples.ndim != 2 or samples.shape[1] != 1 or len(samples) % TICK_SAMPLES or not np.isfinite(samples).all():
        raise ValueError("its clip is not mono, not whole ticks, or not numbers; make_clip makes one that is")
    return found
