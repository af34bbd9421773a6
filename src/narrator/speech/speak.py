"""Speech: sentences to clips, through a cache that keeps every clip ever spoken."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias

import av
import numpy as np

from narrator.cache import Cache, make_key
from narrator.errors import LostClipError, NarratorError, OutsideError, SpeechError, describe_error
from narrator.sound.loudness import Loudness
from narrator.speech.clip import Clip, read_head
from narrator.speech.clip_index import INDEX_SHELF, SHELF, Described, describe_clip, keep_index, name_index, read_index
from narrator.speech.engine import Voice
from narrator.speech.engines.silent import estimate_length
from narrator.speech.runs import Phonemes
from narrator.speech.text.reading import Reader, Reading, write_plain
from narrator.units import TICK_SAMPLES, Lufs, Ms, ceil_ticks, ticks_to_ms

Report: TypeAlias = Callable[[int, int], None]
"""Told how many are done, of how many."""

_FORMAT = 4
"""Raised whenever the making or packing of clips changes."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is known of a clip that is in the cache."""

    key: str
    described: Described
    reading: Reading
    """What the voice was given."""
    is_new: bool
    """Whether it was spoken now, rather than found."""


class Clips:
    """The clips of one session: lengths and loudness at hand, the sound itself in the cache until it is asked for."""

    def __init__(self, cache: Cache, index: str | None = None) -> None:
        """Begin with no clips; `index` is the name of their index in the cache, where there is one."""
        self.cache = cache
        self._index = index
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
        return {text: entry.described.length for text, entry in self._entries.items()}

    def describe(self) -> dict[str, Described]:
        """Return what is known of each clip, by its name in the cache."""
        return {entry.key: entry.described for entry in self._entries.values()}

    def get_digest(self, text: str) -> str:
        """Return what stands for a clip's sound: another sound has another digest."""
        return self._entries[text].described.digest

    def get_reading(self, text: str) -> Reading:
        """Return what the voice was given for a text."""
        return self._entries[text].reading

    def get_loudness(self, text: str) -> Loudness:
        """Loudness of a clip as it is heard between two silences."""
        return self._entries[text].described.loudness

    def get_level(self, text: str) -> Lufs | None:
        """Loudness of a clip by itself, however short it is; None for silence."""
        return self._entries[text].described.level

    def load(self, text: str) -> Clip:
        """Read a clip from the cache.

        Raises:
            LostClipError: it has vanished from there since it was spoken, or is damaged.

        """
        data = self.cache.get(SHELF, self._entries[text].key)
        if data is None:
            # The next run looks at every clip itself.
            if self._index:
                self.cache.drop(INDEX_SHELF, self._index)
            raise LostClipError(f"the clip of {text[:40]!r} has vanished from {self.cache.root}; run the command again")
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
    lines = [_Line(text, reading, make_clip_key(reading, reader.voice)) for text, reading in _read(texts, reader)]
    index = name_index(line.key for line in lines)
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
        # What cannot be kept is looked up again.
        with contextlib.suppress(OutsideError):
            keep_index(index, clips.describe(), cache)
    return clips


@dataclass(frozen=True, slots=True)
class _Line:
    """A text, what the voice is given for it, and the name of its clip in the cache."""

    text: str
    reading: Reading
    key: str


def _read(texts: Iterable[str], reader: Reader) -> Iterator[tuple[str, Reading]]:
    return ((text, reader.read(text)) for text in texts)


def _speak_all(
    lines: Sequence[_Line], reader: Reader, cache: Cache, report: Callable[[int], None], *, again: bool
) -> list[Spoken]:
    """Find or speak lines, as many at the same time as the engine allows; `report` receives how many are done."""
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
            # The session is given up: what is being spoken need not be waited for.
            given_up.set()
            pool.shutdown(wait=False, cancel_futures=True)
            engine.close()
            raise
    return [future.result() for future in futures]


def _end_after_failure(ended: Future[Spoken], pool: ThreadPoolExecutor) -> None:
    """Begin nothing more once a sentence has failed; called by the thread that would begin it."""
    if not ended.cancelled() and ended.exception():
        pool.shutdown(wait=False, cancel_futures=True)


def _follow(
    futures: Sequence[Future[Spoken]], report: Callable[[int], None], notice: Callable[[Future[Spoken]], None]
) -> None:
    """Wait until every future is done, and raise what the first of them raised; `notice` gets each as it ends."""
    ended: SimpleQueue[Future[Spoken]] = SimpleQueue()
    for future in futures:
        # What failed is in the queue before anything is cancelled for it.
        future.add_done_callback(ended.put)
        future.add_done_callback(notice)
    done = 0
    while done < len(futures):
        # A wait without an end would not hear that the command was interrupted.
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
