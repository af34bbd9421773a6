"""The real piper, with a model made here: a tone, as long as there are phonemes."""

import json
import threading
import time

import numpy as np
import piper.download_voices
import pytest
from onnx import TensorProto, helper
from typer.testing import CliRunner

from loopback import Handler, Server, running
from narrator.cache import Cache
from narrator.cli.app import make_app
from narrator.errors import SpeechError, UsageError
from narrator.routine.heading import VoiceSpec
from narrator.speech.engine import Voice
from narrator.speech.engines.piper import Piper
from narrator.speech.registry import choose_voice, find_installable, open_voice
from narrator.speech.speak import speak
from narrator.speech.text.reading import Reader

NAME = "en_GB-tone-low"
RATE = 16_000
PHONEMES = "_^$ abdefhijklmnoprstuvwzæðŋɐɑɒɔəɜɡɪɹʃʊʌʒθˈˌː.,"


def make_model() -> bytes:
    """Return a model with piper's inputs and output: 640 samples of a tone for each phoneme, times the length scale."""
    numbers = {"one": 1, "start": 0.0, "step": 1.0, "each": 640.0, "pitch": 0.2, "level": 0.5}
    constants = [
        helper.make_tensor(name, TensorProto.INT64 if isinstance(value, int) else TensorProto.FLOAT, [], [value])
        for name, value in numbers.items()
    ]
    constants.append(helper.make_tensor("shape", TensorProto.INT64, [4], [1, 1, 1, -1]))
    steps = [
        ("Shape", ["input"], "sizes"), ("Gather", ["sizes", "one"], "count"), ("Gather", ["scales", "one"], "scale"),
        ("Mul", ["scale", "each"], "long"), ("Mul", ["many", "long"], "length"), ("Range", ["start", "length", "step"], "time"),
        ("Mul", ["time", "pitch"], "phase"), ("Sin", ["phase"], "wave"), ("Mul", ["wave", "level"], "tone"),
        ("Reshape", ["tone", "shape"], "output"),
    ]  # fmt: skip
    nodes = [helper.make_node(kind, inputs, [output]) for kind, inputs, output in steps]
    nodes.insert(2, helper.make_node("Cast", ["count"], ["many"], to=TensorProto.FLOAT))
    inputs = [
        ("input", TensorProto.INT64, [1, None]),
        ("input_lengths", TensorProto.INT64, [1]),
        ("scales", TensorProto.FLOAT, [3]),
    ]
    graph = helper.make_graph(
        nodes,
        "tone",
        [helper.make_tensor_value_info(*each) for each in inputs],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, None])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


CONFIG = {
    "audio": {"sample_rate": RATE},
    "espeak": {"voice": "en-us"},
    "phoneme_type": "espeak",
    "num_symbols": len(PHONEMES),
    "num_speakers": 1,
    "phoneme_id_map": {phoneme: [number] for number, phoneme in enumerate(PHONEMES)},
}


BLOCK = 200_000


class VoiceHandler(Handler):
    def do_GET(self):  # noqa: N802 - the library's name
        self.server.paths.append(self.path)
        data = self.server.files.get(self.path.rpartition("/")[2])
        if self.server.is_silent:
            self.server.released.wait(20)
        elif self.server.is_rubbish:
            self.wfile.write(b"rubbish\r\n\r\n")
        elif data is None:
            self.answer(404, b"")
        else:
            self.answer(200, data, length=len(data) * (2 if self.server.is_cut else 1))

    def answer(self, status, body, headers=None, length=None):
        """Answers of some size take their time."""
        super().answer(status, body[:BLOCK], headers, len(body) if length is None else length)
        for start in range(BLOCK, len(body), BLOCK):
            time.sleep(0.3)
            self.wfile.write(body[start : start + BLOCK])


@pytest.fixture
def store(monkeypatch, tmp_path):
    """Start a server with one voice instead of the one known to piper's downloader, and make a folder for voices."""
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path / "data"))
    server = Server(("127.0.0.1", 0), VoiceHandler)
    server.files = {f"{NAME}.onnx": make_model(), f"{NAME}.onnx.json": json.dumps(CONFIG).encode()}
    server.paths, server.is_cut, server.is_rubbish, server.is_silent = [], False, False, False
    server.released = threading.Event()
    address = f"http://127.0.0.1:{server.server_port}/{{lang_code}}/{{lang_code}}-{{voice_name}}-{{voice_quality}}{{extension}}"
    monkeypatch.setattr(piper.download_voices, "URL_FORMAT", address)
    with running(server):
        yield server
        server.released.set()


def run(*args):
    return CliRunner().invoke(make_app(), ["voices", *args])


def list_files(tmp_path):
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


def test_a_voice_is_added_speaks_and_is_removed(store, tmp_path):
    with pytest.raises(SpeechError, match="has no installed voice; narrator voices lists"):
        Piper()
    added = run("add", f"piper:{NAME}")
    assert (added.exit_code, added.stderr) == (0, "")
    assert "huggingface.co/rhasspy/piper-voices" in added.stdout
    assert list_files(tmp_path) == [f"{NAME}.onnx", f"{NAME}.onnx.json"]
    assert run("add", f"piper:{NAME}").stdout == f"piper:{NAME} is already installed\n"

    with Piper() as engine:
        assert (list(engine.languages()), engine.voices("en"), engine.voices("de")) == (["en-GB"], [NAME], [])
        clip = engine.synthesize("Breathe in.", Voice("piper", NAME, "en"))
        slow = engine.synthesize("Breathe in.", Voice("piper", NAME, "en", 0.5))
        assert 300 < clip.length < 2000
        assert slow.length == pytest.approx(2 * clip.length, abs=48)
        spectrum = np.abs(np.fft.rfft(clip.samples[:9600, 0]))
        assert 5 * spectrum.argmax() == pytest.approx(0.2 / (2 * np.pi) * RATE, abs=5)
        assert engine.synthesize("...", Voice("piper", NAME, "en")).length == 24

    engine, voice = open_voice("auto", VoiceSpec(name=NAME), "en")
    assert str(voice) == f"piper:{NAME}"
    assert run("remove", f"piper:{NAME}").exit_code == 0
    assert list_files(tmp_path) == []
    engine, voice = open_voice("auto", VoiceSpec(), "en")
    engine.close()
    assert str(voice) == "hibari:heart"
    assert run("remove", f"piper:{NAME}").exit_code == 3


def test_a_damaged_or_missing_download_leaves_nothing_behind(store, tmp_path):
    missing = run("add", "piper:en_GB-nobody-low")
    assert missing.exit_code == 3
    assert "cannot be downloaded from huggingface.co/rhasspy/piper-voices: Not Found; check its name" in missing.stderr
    whole = store.files[f"{NAME}.onnx"]
    store.files[f"{NAME}.onnx"], store.is_cut = whole[: len(whole) // 2], True
    damaged = run("add", f"piper:{NAME}")
    assert (damaged.exit_code, len(damaged.stderr.splitlines())) == (3, 1)
    assert damaged.stderr == (
        f"error: the voice piper:{NAME} cannot be read; the download from huggingface.co/rhasspy/piper-voices is damaged, "
        "and was not kept; run the command again\n"
    )
    assert list_files(tmp_path) == []
    store.files[f"{NAME}.onnx"], store.is_cut = whole, False
    assert run("add", f"piper:{NAME}").exit_code == 0


@pytest.mark.parametrize(
    ("name", "fault", "message"),
    [
        (NAME, "is_rubbish", "BadStatusLine: rubbish"),
        (NAME, "is_silent", "nothing arrived for 0.5 s"),
        ("en_US-a b-low", None, "InvalidURL: URL can't contain control characters"),
        ("en_US-ü-low", None, "ordinal not in range(128)"),
    ],
)
def test_what_is_no_answer_or_no_address_is_reported(store, tmp_path, monkeypatch, name, fault, message):
    monkeypatch.setattr("narrator.speech.net.watched.STALL_S", 0.5)
    if fault:
        setattr(store, fault, True)
    result = run("add", f"piper:{name}")
    assert (result.exit_code, len(result.stderr.splitlines())) == (3, 1)
    assert f"cannot be downloaded from huggingface.co/rhasspy/piper-voices: {message}" in result.stderr
    assert list_files(tmp_path) == []


def test_a_slow_server_is_waited_for_as_long_as_something_comes(store, monkeypatch):
    monkeypatch.setattr("narrator.speech.net.watched.STALL_S", 0.5)
    store.files[f"{NAME}.onnx.json"] += b" " * 4 * BLOCK
    assert run("add", f"piper:{NAME}").exit_code == 0


def test_a_partial_voice_is_not_installed_and_can_be_removed(store, tmp_path):
    assert run("add", f"piper:{NAME}").exit_code == 0
    (tmp_path / "data" / "voices" / "piper" / f"{NAME}.onnx").unlink()
    with pytest.raises(SpeechError, match="has no installed voice"):
        Piper()
    assert run("remove", f"piper:{NAME}").exit_code == 0
    assert list_files(tmp_path) == []


def test_a_damaged_voice_is_fetched_anew(store, tmp_path):
    assert run("add", f"piper:{NAME}").exit_code == 0
    (tmp_path / "data" / "voices" / "piper" / f"{NAME}.onnx").write_bytes(b"no model")
    again = f"narrator voices remove piper:{NAME}, then narrator voices add piper:{NAME}"
    with Piper() as engine, pytest.raises(SpeechError, match=f"cannot be read; download it again: {again}"):
        engine.synthesize("Breathe in.", Voice("piper", NAME, "en"))


def test_letters_that_a_voice_lacks_are_left_out_in_silence(store, caplog):
    assert run("add", f"piper:{NAME}").exit_code == 0
    with Piper() as engine:
        assert engine.synthesize("Breathe in Zürich, 你好.", Voice("piper", NAME, "en")).length > 300
    assert caplog.records == []


def test_another_model_under_a_name_is_another_voice(store, tmp_path):
    assert run("add", f"piper:{NAME}").exit_code == 0
    cache = Cache(tmp_path / "cache")

    def speak_with(*texts):
        with Piper() as engine:
            return speak(texts, Reader(engine, choose_voice(engine, NAME, "en", 1)), cache)

    short = speak_with("Breathe in.")
    assert speak_with("Breathe in.").cached == 1
    store.files[f"{NAME}.onnx.json"] = json.dumps(CONFIG | {"inference": {"length_scale": 3.0}}).encode()
    assert [run(what, f"piper:{NAME}").exit_code for what in ("remove", "add")] == [0, 0]
    long = speak_with("Breathe in.", "Breathe out.")
    assert (long.new, long.cached) == (2, 0)
    assert long.lengths["Breathe in."] > 2 * short.lengths["Breathe in."]


@pytest.mark.parametrize("name", ["piper", "piper:lessac", "piper:../../x_y-z-w"])
def test_a_name_has_a_form(store, name):
    with pytest.raises(UsageError, match="have names such as piper:de_DE-thorsten-medium"):
        find_installable(name)
    assert store.paths == []
