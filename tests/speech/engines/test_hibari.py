"""The included natural voice: the real library and its model, and its other voices from a server on loopback."""

import hashlib
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hibari
import numpy as np
import pytest
from typer.testing import CliRunner

from loopback import Handler, Server, running
from narrator.cli.app import make_app
from narrator.errors import SpeechError
from narrator.routine.heading import VoiceSpec
from narrator.speech.engine import Voice
from narrator.speech.engines import hibari as engine_module
from narrator.speech.engines.hibari import Hibari
from narrator.speech.registry import choose_voice, open_voice
from narrator.speech.speak import make_clip_key

TEXTS = ["Breathe in, and let your shoulders sink.", "Hold.", "Four, seven, eight.", "Lie down on your back."] * 2
MODEL = Path(hibari.__file__).parent / "assets" / "hibari.onnx"
HEART = Voice("hibari", "heart", "en")


def digest(clips):
    return hashlib.sha256(b"".join(clip.samples.tobytes() for clip in clips)).hexdigest()


@pytest.fixture(scope="module")
def engine():
    with Hibari() as opened:
        yield opened


@pytest.mark.long
def test_the_same_text_gives_the_same_samples_in_any_thread_and_process(engine):
    alone = digest(engine.synthesize(text, HEART) for text in TEXTS)
    with Hibari() as other, ThreadPoolExecutor(4) as pool:
        assert digest(pool.map(lambda text: other.synthesize(text, HEART), TEXTS)) == alone
    program = f"""
import hashlib
from narrator.speech.engine import Voice
from narrator.speech.engines.hibari import Hibari
samples = [Hibari().synthesize(text, Voice("hibari", "heart", "en")).samples.tobytes() for text in {TEXTS!r}[:4] * 2]
print(hashlib.sha256(b"".join(samples)).hexdigest())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == alone


@pytest.mark.slow
def test_a_slower_pace_takes_longer_and_a_cue_is_not_drawn_out(engine):
    def measure(text, pace):
        return engine.synthesize(text, Voice("hibari", "heart", "en", pace)).length

    sentence = "Lie down on your back, and let your feet fall open."
    assert measure(sentence, 0.6) > 1.5 * measure(sentence, 1.2)
    assert measure("Hold.", 0.6) == measure("Hold.", 1.0)
    assert measure("Hold.", 1.0) > measure("Hold.", 1.5)


def test_sound_begins_and_ends_where_the_clip_does(engine):
    for text in TEXTS[:4]:
        level = np.abs(engine.synthesize(text, HEART).samples[:, 0])
        heard = np.flatnonzero(level > 0.01 * level.max())
        assert heard[0] < 48 * 12
        assert len(level) - heard[-1] < 48 * 200


@pytest.mark.long
def test_a_long_text_is_spoken_a_breath_at_a_time(engine, monkeypatch):
    asked = []
    model = engine._load("heart")
    monkeypatch.setitem(engine._models, "heart", lambda text, **options: asked.append(text) or model(text, **options))
    engine.synthesize("and then you let the weight of your hips sink into the floor " * 20, HEART)
    assert len(asked) > 5
    assert max(len(text.split()) for text in asked) <= 40


def test_unspeakable_text_is_an_error_and_empty_text_is_silence(engine):
    assert engine.synthesize("…", HEART).length == 24
    with pytest.raises(SpeechError, match="finds nothing to say in '息を吸って。'"):
        engine.synthesize("息を吸って。", HEART)


def test_a_clip_depends_on_the_libraries_and_the_arithmetic_that_made_it(engine, monkeypatch):
    keys = {make_clip_key(("Hold.",), choose_voice(engine, None, "en", 1.0))}
    real = engine_module.importlib.metadata.version
    for library in ("hibari-tts", "onnxruntime", "numpy"):
        with monkeypatch.context() as patch:
            versions = {library: "9"}
            patch.setattr("importlib.metadata.version", lambda name, known=versions: known.get(name) or real(name))
            keys.add(make_clip_key(("Hold.",), choose_voice(engine, None, "en", 1.0)))
    monkeypatch.setattr(engine_module, "FFT_BACKEND", "another")
    keys.add(make_clip_key(("Hold.",), choose_voice(engine, None, "en", 1.0)))
    assert len(keys) == 5


class VoiceHandler(Handler):
    def do_GET(self):  # noqa: N802 - the library's name
        self.server.paths.append(self.path)
        data = self.server.data
        if self.server.mode == "silent":
            self.server.released.wait(20)
            return
        if self.server.mode == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data if self.server.mode == "good" else data[: len(data) // 2])


@pytest.fixture
def store(monkeypatch, tmp_path):
    """Start a server with the voice emma: heart's sound under another name, so that it really speaks."""
    server = Server(("127.0.0.1", 0), VoiceHandler)
    server.paths, server.mode, server.data, server.released = [], "good", MODEL.read_bytes(), threading.Event()
    known = hibari.voices.VOICES["emma"] | {
        "sha256": hashlib.sha256(server.data).hexdigest(),
        "bytes": len(server.data),
    }
    monkeypatch.setitem(engine_module.VOICES, "emma", known)
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path / "data"))
    with running(server):
        monkeypatch.setattr(engine_module, "BASE_URL", f"http://127.0.0.1:{server.server_port}/")
        yield server
        server.released.set()


def run(*args):
    return CliRunner().invoke(make_app(), ["voices", *args])


def list_files(tmp_path):
    return sorted(path.name for path in (tmp_path / "data").rglob("*") if path.is_file())


def name_voice(language):
    engine, voice = open_voice(None, VoiceSpec(), language)
    engine.close()
    return str(voice)


@pytest.mark.long
def test_a_british_voice_is_added_speaks_british_english_and_is_removed(store, tmp_path):
    assert name_voice("en-gb") == "hibari:heart"
    rows = json.loads(run("--language", "en-gb", "--json").stdout.splitlines()[0])
    assert rows["natural"] == {"en-gb": {"voice": "hibari:emma", "commands": ["narrator voices add hibari:emma"]}}
    added = run("add", "hibari", "--language", "en-gb")
    assert (added.exit_code, added.stderr) == (0, "")
    assert "British English, female" in added.stdout
    assert "Apache-2.0" in added.stdout
    assert (store.paths, list_files(tmp_path)) == (["/bf_emma.int8.onnx"], ["bf_emma.int8.onnx"])
    assert run("add", "hibari:emma").stdout == "hibari:emma is already installed\n"
    assert (name_voice("en-gb"), name_voice("en"), name_voice("en-us")) == (
        "hibari:emma",
        "hibari:heart",
        "hibari:heart",
    )
    with Hibari() as engine:
        british = engine.synthesize("Bath.", Voice("hibari", "emma", "en-gb"))
        assert digest([british]) != digest([engine.synthesize("Bath.", HEART)])
    assert run("remove", "hibari:emma").exit_code == 0
    assert list_files(tmp_path) == []
    assert run("remove", "hibari:emma").stderr == "error: the voice hibari:emma is not installed\n"
    assert "is part of narrator and cannot be removed" in run("remove", "hibari").stderr
    assert run("add", "hibari").stdout == "hibari:heart is already installed\n"


@pytest.mark.parametrize(
    ("mode", "message"),
    [("missing", "Not Found; check the network"), ("cut", "does not match"), ("silent", "nothing arrived for 0.5 s")],
)
def test_a_wrong_download_is_not_kept(store, tmp_path, monkeypatch, mode, message):
    store.mode = mode
    monkeypatch.setattr("narrator.speech.net.watched.STALL_S", 0.5)
    started = time.monotonic()
    failed = run("add", "hibari:emma")
    assert (failed.exit_code, len(failed.stderr.splitlines())) == (3, 1)
    assert "the voice hibari:emma cannot be downloaded from http://127.0.0.1" in failed.stderr
    assert message in failed.stderr
    assert time.monotonic() - started < 10
    assert list_files(tmp_path) == []


def test_a_missing_network_is_reported_in_one_line(store, tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "BASE_URL", "http://127.0.0.1:9/")
    failed = run("add", "hibari:emma")
    told = "the voice hibari:emma cannot be downloaded from http://127.0.0.1:9/: Connection refused; check the network and the"
    assert (failed.exit_code, failed.stderr) == (3, f"error: {told} space on the disk, then run the command again\n")
    assert list_files(tmp_path) == []


def test_a_file_from_another_source_is_accepted_if_it_is_the_right_one(store, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    file = folder / "bf_emma.int8.onnx"
    assert (
        "No such file or directory; check that this file is there"
        in run("add", "hibari:emma", "--from", str(folder)).stderr
    )
    file.write_bytes(store.data[:-1] + b"x")
    assert (
        "is not the file that hibari expects for this voice" in run("add", "hibari:emma", "--from", str(folder)).stderr
    )
    assert list_files(tmp_path) == []
    file.write_bytes(store.data)
    assert run("add", "hibari:emma", "--from", str(folder)).exit_code == 0
    assert (store.paths, list_files(tmp_path)) == ([], ["bf_emma.int8.onnx"])
    assert "--from: nowhere is not a folder" in run("add", "hibari:emma", "--from", "nowhere").stderr


def test_a_voice_that_was_changed_on_disk_is_not_loaded(store, tmp_path):
    assert run("add", "hibari:emma").exit_code == 0
    (tmp_path / "data" / "voices" / "hibari" / "bf_emma.int8.onnx").write_bytes(b"\x08\x07rubbish")
    with Hibari() as engine, pytest.raises(SpeechError, match="is not the file that hibari expects for this voice"):
        engine.synthesize("Hello.", Voice("hibari", "emma", "en-gb"))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["add", "hibari:ema"], "hibari has no voice 'ema'; did you mean 'emma'?"),
        (["add", "hibari", "--language", "de"], "hibari only speaks English"),
    ],
)
def test_unknown_voices_and_languages_are_wrong_usage(args, message):
    result = run(*args)
    assert (result.exit_code, message in result.stderr) == (2, True)
