"""Speaking of sentences to clips, through a cache that keeps every clip."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from narrator.cache import Cache, make_key, pull, push
from narrator.errors import LostClipError, NarratorError, OutsideError, SpeechError, describe_error
from narrator.sound.loudness import Loudness
from narrator.speech.clip_head import read_head
from narrator.speech.clip_index import INDEX_SHELF, SHELF, Described, describe_clip, keep_index, name_index, read_index
from narrator.speech.engine import Voice
from narrator.speech.engines.silent import estimate_length
from narrator.speech.runs import Phonemes
from narrator.speech.text.reading import Reader, Reading, write_plain
from narrator.units import TICK_SAMPLES, Lufs, Ms, ceil_ticks, ticks_to_ms
from narrator.versions import find_version

if TYPE_CHECKING:
    from narrator.speech.clip import Clip

Report: TypeAlias = Callable[[int, int], None]
"""A function that receives how many are done, and of how many."""

_FORMAT = 5
"""Version of the cached clips; raise it with every change to how they are made or packed."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The description of a clip in the cache."""

    key: str
    described: Described
    reading: Reading
    """What the voice received."""
    is_new: bool
    """Whether it was spoken now, and not found in the cache."""


class Clips:
    """The clips of a session: their lengths and loudness are in memory, the sound is in the cache."""

    def __init__(self, cache: Cache, index: str | None = None) -> None:
        """Start without clips; `index` is the key of their index in the cache, if there is one."""
        self.cache = cache
        self._index = index
        self._entries: dict[str, Spoken] = {}
        self.new = 0
        self.cached = 0

    def add(self, text: str, spoken: Spoken) -> None:
        """Add the clip of a text."""
        self._entries[text] = spoken
        self.new += spoken.is_new
        self.cached += not spoken.is_new

    def settle(self) -> None:
        """Count the clips that were new as cached, because another session is made from them."""
        self.new, self.cached = 0, self.cached + self.new

    @property
    def lengths(self) -> dict[str, Ms]:
        """The length of each clip by its text."""
        return {text: entry.described.length for text, entry in self._entries.items()}

    def describe(self) -> dict[str, Described]:
        """Return the description of each clip, by its cache key."""
        return {entry.key: entry.described for entry in self._entries.values()}

    def get_digest(self, text: str) -> str:
        """Return the digest of a clip's sound."""
        return self._entries[text].described.digest

    def get_reading(self, text: str) -> Reading:
        """Return what the voice received for a text."""
        return self._entries[text].reading

    def get_loudness(self, text: str) -> Loudness:
        """Return the loudness of a clip between two silences."""
        return self._entries[text].described.loudness

    def get_level(self, text: str) -> Lufs | None:
        """Return the loudness of a clip by itself, even if it is short; None for silence."""
        return self._entries[text].described.level

    def load(self, text: str) -> "Clip":
        """Read a clip from the cache.

        Raises:
            LostClipError: it has vanished from there since it was spoken, or is damaged.

        """
        from narrator.speech.clip import Clip

        data = self.cache.get(SHELF, self._entries[text].key)
        if data is None:
            # The next run checks every clip.
            if self._index:
                self.cache.drop(INDEX_SHELF, self._index)
            raise LostClipError(f"the clip of {text[:40]!r} has vanished from {self.cache.root}; run the command again")
        return Clip.unpack(data)


def make_clip_key(reading: Reading, voice: Voice, sound: str = "") -> str:
    """Return the cache key of a clip: everything that its sound depends on, including what the voice received.

    `sound` is the engine's own name for it, if it has one.
    """
    if sound:
        return make_key(_FORMAT, find_version("av"), voice.engine, sound, reading)
    known = voice.engine, voice.version, voice.language, voice.name, voice.pace
    return make_key(_FORMAT, find_version("av"), *known, reading)


def find_clip_key(text: str, reader: Reader) -> str:
    """Return the cache key of a text's clip, as a reader's voice speaks it.

    Raises:
        SpeechError: the engine cannot speak it.

    """
    if text not in reader.keys:
        sound = reader.engine.identify(text, reader.voice)
        reader.keys[text] = make_clip_key(reader.read(text), reader.voice, sound)
    return reader.keys[text]


def find_lengths(texts: Iterable[str], reader: Reader, cache: Cache) -> tuple[dict[str, Ms], bool]:
    """Return the lengths of texts, from cached clips or as estimates, and whether any is an estimate."""
    lengths: dict[str, Ms] = {}
    is_estimate = False
    for text in texts:
        reading = reader.read(text)
        data = cache.get(SHELF, find_clip_key(text, reader))
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
    title: str = "",
) -> Clips:
    """Speak each text as the reader prepares it, or find it in the cache.

    `report` receives how many are done, and of how many, and may raise to stop.

    With `again`, nothing is taken from the cache, and entries are replaced. `title` is that of what is spoken: a store
    behind the cache keeps its clips together. As many sentences are spoken at once as the
    engine allows; each clip is stored as soon as it is made.

    Raises:
        SpeechError: the engine failed; what was spoken before is in the cache.

    """
    report = report or (lambda _done, _total: None)
    lines = [_Line(text, reader.read(text), find_clip_key(text, reader)) for text in texts]
    index, group = name_index(line.key for line in lines), _name_group(title, reader.voice)
    if not again:
        pull(cache, SHELF, group, (line.key for line in lines))
    known = {} if again else read_index(index, cache)
    missing = [line for line in lines if line.key not in known]
    found = len(lines) - len(missing)
    report(found, len(lines))
    spoken = iter(_speak_all(missing, reader, cache, lambda done: report(found + done, len(lines)), again=again))
    clips = Clips(cache, index)
    for line in lines:
        described = known.get(line.key)
        clips.add(line.text, Spoken(line.key, described, line.reading, is_new=False) if described else next(spoken))
    if missing:
        # An index that cannot be stored is made again next time.
        with contextlib.suppress(OutsideError):
            keep_index(index, clips.describe(), cache)
    push(cache, SHELF, group, (line.key for line in lines), again=again)
    return clips


def _name_group(title: str, voice: Voice) -> str:
    return make_key(_FORMAT, find_version("av"), title, voice)


@dataclass(frozen=True, slots=True)
class _Line:
    """A text, what the voice receives for it, and the cache key of its clip."""

    text: str
    reading: Reading
    key: str


def _speak_all(
    lines: Sequence[_Line], reader: Reader, cache: Cache, report: Callable[[int], None], *, again: bool
) -> list[Spoken]:
    """Find or speak lines, as many at once as the engine allows; `report` receives how many are done."""
    if not lines:
        return []
    find = _speak_again if again else _find_or_speak
    given_up = threading.Event()
    engine = reader.engine
    with ThreadPoolExecutor(engine.workers, "speak") as pool:
        futures = [pool.submit(find, line, reader, cache, given_up) for line in lines]
        try:
            _follow(futures, report, lambda ended: _end_after_failure(ended, pool))
        except SpeechError:
            given_up.set()
            raise
        except BaseException:
            # The session is cancelled: sentences that are being spoken need not be waited for.
            given_up.set()
            pool.shutdown(wait=False, cancel_futures=True)
            engine.close()
            raise
    return [future.result() for future in futures]


def _end_after_failure(ended: Future[Spoken], pool: ThreadPoolExecutor) -> None:
    """Start nothing new after a sentence has failed; called by the thread that would start it."""
    if not ended.cancelled() and ended.exception():
        pool.shutdown(wait=False, cancel_futures=True)


def _follow(
    futures: Sequence[Future[Spoken]], report: Callable[[int], None], notice: Callable[[Future[Spoken]], None]
) -> None:
    """Wait for all futures, and raise the first error; `notice` receives each future as it ends."""
    ended: SimpleQueue[Future[Spoken]] = SimpleQueue()
    for future in futures:
        # The failed one is in the queue before others are cancelled because of it.
        future.add_done_callback(ended.put)
        future.add_done_callback(notice)
    done = 0
    while done < len(futures):
        # A wait without a timeout would not notice an interrupt.
        with contextlib.suppress(Empty):
            ended.get(timeout=0.2).result()
            done += 1
        report(done)


def _find_or_speak(line: _Line, reader: Reader, cache: Cache, given_up: threading.Event) -> Spoken:
    data, is_new = cache.get_or_make(SHELF, line.key, lambda: _synthesize(line.reading, reader), stop=given_up.is_set)
    return Spoken(line.key, describe_clip(data), line.reading, is_new)


def _speak_again(line: _Line, reader: Reader, cache: Cache, _given_up: threading.Event) -> Spoken:
    data = _synthesize(line.reading, reader)
    cache.put(SHELF, line.key, data)
    return Spoken(line.key, describe_clip(data), line.reading, is_new=True)


def _synthesize(reading: Reading, reader: Reader) -> bytes:
    """Speak a reading, and return the packed clip."""
    engine, voice, text = reader.engine, reader.voice, write_plain(reading)
    try:
        if any(isinstance(run, Phonemes) for run in reading):
            return _check_clip(engine.synthesize_runs(reading, voice)).pack()
        return _check_clip(engine.synthesize(text, voice)).pack()
    except NarratorError:
        raise
    except (Exception, SystemExit) as error:  # an engine may come from another package
        raise SpeechError(
            f"the engine {engine.name!r} failed on {text[:40]!r}: {describe_error(error)}; try another voice"
        ) from error


def _check_clip(found: object) -> "Clip":
    import numpy as np

    from narrator.speech.clip import Clip

    if not isinstance(found, Clip):
        raise TypeError(f"it returned {found!r}, not a Clip")
    samples = found.samples
    if samples.ndim != 2 or samples.shape[1] != 1 or len(samples) % TICK_SAMPLES or not np.isfinite(samples).all():
        raise ValueError("its clip is not mono, not whole ticks, or not numbers; make_clip makes one that is")
    return found
