import hashlib
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from narrator.errors import SpeechError
from narrator.speech.engine import Voice
from narrator.speech.registry import choose_voice, open_engine
from narrator.speech.tiny import engine as engine_module
from narrator.speech.tiny import fetch
from narrator.speech.tiny.engine import Tiny
from speech.tiny.fake import make_tensors, write_checkpoint

VOICE = Voice("tiny", "default", "en")
TEXTS = ["Breathe in.", "Let the shoulders sink.", "And rest.", "Turn your right toes out."]


@pytest.fixture
def lay(tmp_path, monkeypatch):
    """Lay the weights of a voice where they would lie if they had been fetched."""
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path))

    def lay_weights(tensors):
        fetch.find_checkpoint().parent.mkdir(parents=True, exist_ok=True)
        data = write_checkpoint(fetch.find_checkpoint(), tensors).read_bytes()
        monkeypatch.setattr(engine_module, "PIN", replace(fetch.PIN, checkpoint_hash=hashlib.sha256(data).hexdigest()))

    return lay_weights


@pytest.fixture
def data(lay):
    """A voice of random weights."""
    lay(make_tensors())


class Recorder(Tiny):
    """Notes what its processes are asked for."""

    def __init__(self):
        super().__init__(1)
        self.asked = []

    def _ask(self, request):
        self.asked.append(request)
        return super()._ask(request)


@pytest.fixture
def engine(data):
    with Tiny(1) as engine:
        yield engine


def test_without_weights_it_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path))
    with pytest.raises(SpeechError, match=r"narrator voices add tiny .* \(18\.5 MB\)"):
        open_engine("tiny")


def test_it_speaks_english_with_one_voice(engine):
    assert choose_voice(engine, None, "en-GB", 1).name == "default"
    assert list(engine.languages()) == ["en"]
    with pytest.raises(SpeechError, match="does not speak 'de'"):
        choose_voice(engine, None, "de", 1)


def test_the_same_text_gives_the_same_samples_from_one_worker_or_three(engine, data):
    expected = {text: engine.synthesize(text, VOICE).pack() for text in TEXTS}
    found = {}
    with Tiny(3) as several:
        threads = [
            threading.Thread(target=lambda text=text: found.update({text: several.synthesize(text, VOICE).pack()}))
            for text in TEXTS
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == expected


def test_processes_start_when_they_are_needed_and_end_when_closed(data):
    with Tiny(3) as engine:
        assert not any(child.process for child in engine._children)
        engine.synthesize("Hold.", VOICE)
        (process,) = [child.process for child in engine._children if child.process]
    assert process.poll() is not None


def test_a_worker_that_is_killed_is_told_and_replaced(engine):
    expected = engine.synthesize("Hold.", VOICE).pack()
    engine._children[0].process.kill()
    engine._children[0].process.wait()
    with pytest.raises(SpeechError, match=r"the voice tiny .*run the command again"):
        engine.synthesize("Hold.", VOICE)
    assert engine.synthesize("Hold.", VOICE).pack() == expected


def test_a_worker_ends_with_its_parent(engine):
    engine.synthesize("Hold.", VOICE)
    process = engine._children[0].process
    process.stdin.close()
    process.stdin = None
    assert process.wait(5) == 0


def test_a_text_without_words_is_a_moment_of_silence(engine):
    clip = engine.synthesize("...", VOICE)
    assert clip.length == 24
    assert not np.any(clip.samples)
    assert not engine._children[0].process


def test_a_slower_pace_takes_longer(engine):
    slow = engine.synthesize(TEXTS[1], Voice("tiny", "default", "en", 0.5))
    assert slow.length > 1.2 * engine.synthesize(TEXTS[1], VOICE).length


def test_a_long_text_is_spoken_in_breaths(engine):
    clause = "and let the breath go out slowly"
    one = engine.synthesize(clause, VOICE).length
    many = engine.synthesize(", ".join([clause] * 12), VOICE).length
    assert many > 8 * one


def test_weights_that_are_not_those_that_were_fetched_are_told(engine):
    path = fetch.find_checkpoint()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SpeechError, match=r"not what was fetched.*narrator voices remove tiny"):
        engine.synthesize("Hold.", VOICE)


def test_weights_of_another_voice_are_told(lay):
    lay(make_tensors() | {"emb_g.weight": np.zeros((1, 5), np.float16)})
    with Tiny(1) as engine, pytest.raises(SpeechError, match="tensors of another voice"):
        engine.synthesize("Hold.", VOICE)


def test_a_cue_comes_after_a_stop_that_is_cut_off(data):
    with Recorder() as engine:
        cue, sentence = (engine.synthesize(text, VOICE) for text in ("Hold.", "Hold it for now."))
        asked, other = engine.asked
        # A blank, the start, a blank, the stop; the blank after it is heard.
        assert (asked["lead"], asked["symbols"][:5]) == (4, [0, 0, 0, 211, 0])
        assert (other["lead"], other["symbols"][3]) == (0, 49)
        whole, _ = super(Recorder, engine)._ask(asked | {"lead": 0})
        heard, _ = super(Recorder, engine)._ask(asked)
    # Each phone is at least a frame long: 512 samples of four bytes.
    assert whole["bytes"] - heard["bytes"] >= 4 * 512 * 4
    assert cue.length < sentence.length


def test_it_speaks_more_slowly_and_evenly_than_its_makers_had_it(data):
    with Recorder() as engine:
        engine.synthesize("Let the shoulders sink.", Voice("tiny", "default", "en", 0.8))
    assert engine.asked[0]["speed"] == pytest.approx(0.85 * 0.8)
    assert 0.3 <= engine.asked[0]["noise"] <= 0.4


def test_only_what_stands_alone_is_a_cue(data):
    with Recorder() as engine:
        engine.synthesize("and let it go " * 10 + "now.", VOICE)
    assert [request["lead"] for request in engine.asked] == [0, 0]


def test_the_processes_do_their_sums_on_one_thread_each(data):
    with Tiny(1) as engine:
        engine.load()
        pid = engine._children[0].process.pid
        environment = Path(f"/proc/{pid}/environ").read_text() if Path("/proc").exists() else ""
    assert "OPENBLAS_NUM_THREADS=1" in environment or not environment


def test_once_closed_it_says_nothing_more_and_starts_nothing(data):
    engine = Tiny(1)
    engine.load()
    failed = []

    def speak():
        with pytest.raises(SpeechError) as told:
            engine.synthesize("and let the breath go out slowly, " * 200, VOICE)
        failed.append(told.value)

    thread = threading.Thread(target=speak)
    thread.start()
    time.sleep(0.2)
    engine.close()
    thread.join(5)
    assert failed
    assert not any(child.process for child in (*engine._children, engine._espeak._child))
    with pytest.raises(SpeechError, match="ended before"):
        engine.synthesize("Hold.", VOICE)


def test_loading_starts_one_worker(engine):
    start = time.monotonic()
    engine.load()
    assert time.monotonic() - start < 10
    assert engine._children[0].process


REAL = fetch.find_checkpoint()
"""The user's own, found before the tests are given a folder of their own."""


@pytest.mark.skipif(not REAL.is_file(), reason="the voice tiny is not installed")
def test_the_real_voice_speaks(monkeypatch):
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(REAL.parents[2]))
    with Tiny(1) as engine:
        clip = engine.synthesize("Let your shoulders sink away from your ears.", VOICE)
    assert 2000 < clip.length < 5000
    assert -30 < clip.loudness.integrated < -12
