import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from narrator.errors import SpeechError
from narrator.speech.engine import Voice
from narrator.speech.engines.espeak import Espeak, list_codes

VOICE = Voice("espeak", "en-us", "en", 0.9)
TEXT = "From hands and knees, bring your right knee forward."


@pytest.fixture
def engine():
    with Espeak() as engine:
        yield engine


def test_the_same_text_always_gives_the_same_samples(engine):
    first = engine.synthesize(TEXT, VOICE)
    engine.synthesize("Something else entirely.", VOICE)
    assert np.array_equal(engine.synthesize(TEXT, VOICE).samples, first.samples)
    with Espeak() as other:
        assert np.array_equal(other.synthesize(TEXT, VOICE).samples, first.samples)


def test_without_fork_each_sentence_gets_a_process_and_sounds_the_same(engine, monkeypatch):
    expected = engine.synthesize(TEXT, VOICE)
    with Espeak() as other:
        monkeypatch.delattr(os, "fork")
        assert np.array_equal(other.synthesize(TEXT, VOICE).samples, expected.samples)
        assert other._child.process is None
        assert np.array_equal(other.synthesize(TEXT, VOICE).samples, expected.samples)


def test_speech_is_speech(engine):
    clip = engine.synthesize(TEXT, VOICE)
    assert 2000 < clip.length < 6000
    assert -26 < clip.loudness.integrated < -12


def test_a_slower_pace_takes_longer(engine):
    slow = engine.synthesize(TEXT, Voice("espeak", "en-us", "en", 0.6))
    assert slow.length > 1.3 * engine.synthesize(TEXT, Voice("espeak", "en-us", "en", 1.0)).length


def test_languages_and_voices_are_known(engine):
    assert engine.voices("en")[0] == "en-us"
    assert engine.voices("en-GB")[0] == "en-gb"
    assert engine.voices("de")[0] == "de"
    assert not engine.voices("xx")
    assert len(engine.languages()) > 100


def test_an_unknown_voice_is_reported(engine):
    with pytest.raises(SpeechError, match="no voice 'nobody'"):
        engine.synthesize(TEXT, Voice("espeak", "nobody", "en"))


def test_a_child_that_dies_is_reported_and_replaced(engine):
    engine.synthesize(TEXT, VOICE)
    engine._child.process.kill()
    engine._child.process.wait()
    with pytest.raises(SpeechError, match="espeak-ng"):
        engine.synthesize("Another sentence.", VOICE)
    assert engine.synthesize(TEXT, VOICE).length > 2000


def test_the_child_outlives_ctrl_c_and_ends_with_its_parent(engine):
    engine.synthesize(TEXT, VOICE)
    child = engine._child.process
    child.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert engine.synthesize("Another sentence.", VOICE).length > 500
    engine.close()
    assert child.poll() is not None


@pytest.mark.slow
def test_engines_in_several_threads_do_not_disturb_one_another():
    found = []

    def speak():
        with Espeak() as engine:
            found.append([engine.synthesize(f"{TEXT} {n}", VOICE).pack() for n in range(4)])

    threads = [threading.Thread(target=speak) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == found[2]


def test_nothing_is_said_without_words(engine):
    assert not np.any(engine.synthesize("...", VOICE).samples)


def test_words_are_transcribed(engine):
    assert engine.transcribe(["Breathe in", "hold"], "en-us") == ["bɹˈiːð ˈɪn", "hˈo^ʊld"]


@pytest.mark.slow
def test_the_codes_that_are_read_from_files_are_those_of_the_library():
    program = (
        "from narrator.speech.engines import espeak_child as c; print(*sorted(c._list_voices(c._open_library()[0])))"
    )
    known = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert list_codes() == known
    assert len(known) > 100


def test_voices_are_listed_without_starting_a_process(monkeypatch):
    with Espeak() as engine:
        monkeypatch.setattr(engine, "_ask", None)
        assert engine.voices("en")[0] == "en-us"
        assert "de" in engine.languages()


def test_a_package_without_voices_is_reported(tmp_path, monkeypatch):
    (tmp_path / "espeakng_loader.py").write_text("")
    spec = importlib.util.spec_from_file_location("espeakng_loader", tmp_path / "espeakng_loader.py")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: spec)
    with pytest.raises(SpeechError, match="has no voices in"):
        list_codes()
    languages = tmp_path / "espeak-ng-data" / "lang"
    languages.mkdir(parents=True)
    (languages / "xx").write_text("name Another\nlanguage xx\nlanguage yy 5\n")
    (languages / ".DS_Store").write_bytes(b"\0\xff\xfe")
    assert list_codes() == ["xx"]
