"""Shared by all tests: a cache of their own, and sound measured from the finished file."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory):
    """One cache for the whole run: a sentence is spoken once."""
    # The parent is shared by all processes of a run.
    folder = tmp_path_factory.getbasetemp().parent / "narrator-cache"
    os.environ["NARRATOR_CACHE_DIR"] = str(folder)
    # Nothing of the user's own: no configuration, no voices, no wish.
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text("")
    os.environ["NARRATOR_CONFIG"] = str(config)
    os.environ["NARRATOR_DATA_DIR"] = str(config.parent)
    for name in ("NARRATOR_VOICE", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    return folder


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


def run_narrator(*args: str, cwd: Path | None = None, env: dict[str, str] | None = None, **options) -> Result:
    """Run the command as a user does, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "narrator", *args],
        cwd=cwd,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def narrator(tmp_path):
    """Run the command in an empty folder."""
    return lambda *args, **options: run_narrator(*args, **({"cwd": tmp_path} | options))


@pytest.fixture
def write(tmp_path):
    """Write a routine and give its path."""

    def write_file(text: str, name: str = "routine.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file
