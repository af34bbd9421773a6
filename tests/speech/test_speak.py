import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from narrator.cache import Cache
from narrator.errors import CancelledError, LostClipError, SpeechError
from narrator.speech.engine import Voice
from narrator.speech.engines.silent import Silent
from narrator.speech.speak import SHELF, _follow, find_lengths, make_clip_key, speak
from narrator.speech.text.reading import Reader

VOICE = Voice("silent", "en", "en")


class Failing(Silent):
    """Speaks a few sentences, then fails."""

    def __init__(self, good):
        self.good = good

    def synthesize(self, text, voice):
        if not self.good:
            raise SpeechError("no more")
        self.good -= 1
        return super().synthesize(text, voice)


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path)


def test_a_sentence_is_spoken_once(cache):
    first = speak(["One.", "Two."], Reader(Silent(), VOICE), cache)
    second = speak(["Two.", "Three."], Reader(Silent(), VOICE), cache)
    assert (first.new, first.cached, second.new, second.cached) == (2, 0, 1, 1)
    assert first.lengths["Two."] == second.lengths["Two."]


def test_clips_made_before_a_failure_are_kept(cache):
    texts = [f"Sentence {n}." for n in range(5)]
    with pytest.raises(SpeechError):
        speak(texts, Reader(Failing(3), VOICE), cache)
    clips = speak(texts, Reader(Silent(), VOICE), cache)
    assert (clips.new, clips.cached) == (2, 3)


@pytest.mark.parametrize("samples", [np.zeros((1152, 2)), np.zeros((1151, 1)), np.full((1152, 1), np.nan)])
def test_a_clip_that_cannot_be_placed_is_not_kept(cache, samples):
    class Faulty(Silent):
        def synthesize(self, text, voice):
            return replace(super().synthesize(text, voice), samples=samples.astype(np.float32))

    with pytest.raises(SpeechError, match=r"not mono, not whole ticks, or not numbers"):
        speak(["One."], Reader(Faulty(), VOICE), cache)
    assert speak(["One."], Reader(Silent(), VOICE), cache).new == 1


def test_a_cut_entry_is_made_again(cache):
    speak(["One."], Reader(Silent(), VOICE), cache)
    path = cache.path(SHELF, make_clip_key(("One.",), VOICE))
    path.write_bytes(path.read_bytes()[:-7])
    clips = speak(["One."], Reader(Silent(), VOICE), cache)
    assert clips.new == 1
    assert clips.load("One.").length == clips.lengths["One."]


def test_a_clip_that_vanished_is_reported(cache):
    clips = speak(["One."], Reader(Silent(), VOICE), cache)
    cache.path(SHELF, make_clip_key(("One.",), VOICE)).unlink()
    with pytest.raises(SpeechError, match="run the command again"):
        clips.load("One.")


def test_keys_depend_on_everything_that_can_be_heard():
    changes = [{}, {"engine": "espeak"}, {"name": "de"}, {"language": "de"}, {"pace": 0.9}, {"version": "2"}]
    keys = {make_clip_key((text,), replace(VOICE, **change)) for text in "ab" for change in changes}
    assert len(keys) == 12


def test_progress_is_reported(cache):
    told = []
    speak(["One.", "Two."], Reader(Silent(), VOICE), cache, lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_lengths_are_estimated_until_they_are_known(cache):
    _, guessed = find_lengths(["One."], Reader(Silent(), VOICE), cache)
    speak(["One."], Reader(Silent(), VOICE), cache)
    _, guessed_later = find_lengths(["One."], Reader(Silent(), VOICE), cache)
    assert (guessed, guessed_later) == (True, False)


class Several(Silent):
    """Speaks several sentences at a time, and notes how many; fails at one of them."""

    def __init__(self, workers, *, failing=""):
        self.workers, self.failing = workers, failing
        self.texts, self.busy, self.most, self.closed = [], 0, 0, False
        self.lock = threading.Lock()

    def synthesize(self, text, voice):
        with self.lock:
            self.texts.append(text)
            self.busy += 1
            self.most = max(self.most, self.busy)
        time.sleep(0.02)
        with self.lock:
            self.busy -= 1
        if text == self.failing:
            raise SpeechError("no more")
        return super().synthesize(text, voice)

    def close(self):
        self.closed = True


TEXTS = [f"Sentence {n}{'.' * n}" for n in range(12)]


def test_the_result_does_not_depend_on_how_many_speak_at_a_time(tmp_path):
    engines = {workers: Several(workers) for workers in (1, 3)}
    spoken = {n: speak(TEXTS, Reader(engine, VOICE), Cache(tmp_path / str(n))) for n, engine in engines.items()}
    assert list(spoken[1].lengths.items()) == list(spoken[3].lengths.items())
    assert {n: engine.most for n, engine in engines.items()} == {1: 1, 3: 3}
    assert spoken[3].new == 12


def test_concurrent_sessions_never_speak_a_sentence_twice(cache):
    engines = [Several(3), Several(3)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda engine: speak(TEXTS, Reader(engine, VOICE), cache), engines))
    assert sorted(engines[0].texts + engines[1].texts) == sorted(TEXTS)


def test_after_a_failure_nothing_new_is_started_and_running_work_is_kept(cache):
    engine = Several(2, failing=TEXTS[3])
    with pytest.raises(SpeechError, match="no more"):
        speak(TEXTS, Reader(engine, VOICE), cache)
    assert len(engine.texts) < 9
    assert not engine.closed
    again = speak(TEXTS, Reader(Silent(), VOICE), cache)
    assert again.cached == len(engine.texts) - 1


def measure_following(count):
    """Return the CPU seconds that it takes to follow so many sentences, each of which ends after the one before."""
    futures = [Future() for _ in range(count + 1)]
    futures[0].set_result(None)
    started = time.process_time()
    _follow(futures[:-1], lambda done: futures[done].done() or futures[done].set_result(None), lambda _ended: None)
    return time.process_time() - started


def test_the_time_to_follow_many_sentences_grows_with_their_number_alone():
    few, many = (min(measure_following(count) for _ in range(3)) for count in (500, 4000))
    assert many < 3 * 8 * few


def test_an_interrupt_closes_the_engine_and_starts_nothing_new(cache):
    engine = Several(1)

    def report(done, _total):
        if done == 2:
            raise CancelledError("interrupted")

    with pytest.raises(CancelledError):
        speak(TEXTS, Reader(engine, VOICE), cache, report)
    assert engine.closed
    assert len(engine.texts) <= 4


def test_a_fault_of_anybodys_engine_is_reported_as_one(cache):
    class Broken(Silent):
        def synthesize(self, text, voice):
            raise ZeroDivisionError("by zero")

    with pytest.raises(
        SpeechError, match=r"the engine 'silent' failed on 'One.': ZeroDivisionError: by zero; try another"
    ):
        speak(["One."], Reader(Broken(), VOICE), cache)


def test_a_second_plan_reads_no_clip(cache, monkeypatch):
    reader = Reader(Silent(), VOICE)
    first = speak(["One.", "Two."], reader, cache)
    read = []
    original = Cache.get
    monkeypatch.setattr(Cache, "get", lambda self, kind, key: read.append(kind) or original(self, kind, key))
    again = speak(["Two.", "One."], reader, cache)
    assert read == ["index"]
    assert (again.new, again.cached) == (0, 2)
    assert again.describe() == first.describe()
    assert again.lengths == {"Two.": first.lengths["Two."], "One.": first.lengths["One."]}


def test_a_damaged_clip_is_spoken_again_the_next_time(cache):
    reader = Reader(Silent(), VOICE)
    speak(["One.", "Two."], reader, cache)
    path = cache.path(SHELF, make_clip_key(("One.",), VOICE))
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    clips = speak(["One.", "Two."], reader, cache)
    with pytest.raises(LostClipError, match="run the command again"):
        clips.load("One.")
    assert speak(["One.", "Two."], reader, cache).new == 1
