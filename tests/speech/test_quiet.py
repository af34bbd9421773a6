"""Speaking writes nothing outside narrator's own folders, and contacts no server."""

import ast
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import guarded
import narrator

ROOT = Path(narrator.__file__).parent
ROUTINE = "title: Short\nsteps:\n  - say: Sit down. Breathe in.\n"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in guarded.SYSTEMS, reason="needs Linux's seccomp"
)


@pytest.fixture
def run_guarded(tmp_path):
    """Run Python in a new home and in a process that dies if it opens a socket to a network."""
    home = tmp_path / "home"
    home.mkdir()
    # Nothing else: on a machine for tests the library is quiet by itself.
    ours = {"PATH": os.environ["PATH"]}

    def run(*arguments):
        command = [sys.executable, guarded.__file__, sys.executable, *arguments]
        return subprocess.run(
            command, env=ours | {"HOME": str(home)}, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


def list_files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_guard_works(run_guarded):
    assert run_guarded("-c", "import socket; socket.socketpair()").returncode == 0
    for family in ("AF_INET", "AF_INET6"):
        assert run_guarded("-c", f"import socket; socket.socket(socket.{family})").returncode == -31


@pytest.mark.slow
def test_the_library_that_voices_run_on_would_leave_something(run_guarded, tmp_path):
    """Else the test below would show nothing."""
    done = run_guarded("-c", "from hibari import Hibari; Hibari()('Hello.')")
    assert done.returncode in {0, -31}
    assert done.returncode == -31 or any("onnxruntime" in name for name in list_files(tmp_path / "home"))


@pytest.mark.slow
def test_a_render_contacts_no_server_and_writes_only_to_its_folders(run_guarded, tmp_path):
    (tmp_path / "short.yaml").write_text(ROUTINE)
    done = run_guarded("-m", "narrator", "render", "short.yaml", "--voice", "hibari")
    assert (done.returncode, done.stderr) == (0, "")
    found = list_files(tmp_path / "home")
    assert found
    assert {name for name in found if not name.startswith(".cache/narrator/")} == set()
    assert list_files(tmp_path) - {f"home/{name}" for name in found} == {"short.yaml", "output/short-hibari.mp3"}


def test_onnxruntime_is_imported_below_the_package_that_silences_it():
    importing = [
        path.relative_to(ROOT)
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
        if name.split(".")[0] in {"onnxruntime", "hibari", "piper"}
    ]
    assert importing
    assert {path.parts[0] for path in importing} == {"speech"}
