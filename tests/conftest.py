"""Fixtures for all tests, with a separate cache."""

import gc
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from narrator.cli.app import main
from narrator.cores import count_cores

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background jobs ignore Ctrl-C, and so would the programs that the tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("middle", deadline=None, max_examples=400)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory):
    """Use one cache for the whole run, so that each sentence is spoken once."""
    base = tmp_path_factory.getbasetemp()
    # Each worker has a folder in that of the run; without workers, the parent would be shared by all runs.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "narrator-cache"
    os.environ["NARRATOR_CACHE_DIR"] = str(folder)
    # Without the user's configuration, voices and variables.
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text("")
    os.environ["NARRATOR_CONFIG"] = str(config)
    os.environ["NARRATOR_DATA_DIR"] = str(config.parent)
    for name in ("NARRATOR_VOICE", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    return folder


def pytest_xdist_auto_num_workers():
    """Use one more worker than there are cores, because tests of servers and programs often wait."""
    return count_cores() + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Leave thousands of tests, which stay to the end, out of every later search for garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark long and network tests as slow, and run slow tests first, so that none is left at the end."""
    for item in items:
        if item.get_closest_marker("long") or item.get_closest_marker("network"):
            item.add_marker("slow")
    # The README's commands take longest.
    items.sort(key=lambda item: (item.path.name != "test_readme.py", item.get_closest_marker("slow") is None))


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


def run_process(*args: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> Result:
    done = subprocess.run(
        [sys.executable, "-m", "narrator", *args],
        cwd=cwd,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def narrator_process(tmp_path):
    """Run the command in an empty folder and a separate process, as a user does."""
    return lambda *args, **options: run_process(*args, **({"cwd": tmp_path} | options))


@pytest.fixture
def narrator(tmp_path, monkeypatch, capfd):
    """Run the command in an empty folder in this process, because starting one takes longer than most commands.

    What it writes is caught where it leaves the process, whoever writes it; what it raises fails the test.
    """

    def run_here(*args: str, cwd: Path = tmp_path, env: dict[str, str] | None = None) -> Result:
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
        capfd.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr(sys, "argv", ["narrator", *args])
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            try:
                with pytest.raises(SystemExit) as ended:
                    main()
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
        out, err = capfd.readouterr()
        assert "Traceback" not in err, err
        return Result(ended.value.code or 0, out, err)

    return run_here


@pytest.fixture
def write(tmp_path):
    """Write a routine and return its path."""

    def write_file(text: str, name: str = "routine.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file
