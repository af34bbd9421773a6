"""Engines of other packages, found by entry points."""

import json
import shutil
import subprocess
import sys
import zipfile

import pytest
from typer.testing import CliRunner

from narrator.cli.app import make_app
from narrator.speech import registry

PACKAGE = """\
from narrator.sound.resample import resample_pcm
from narrator.speech.clip import make_clip
from narrator.speech.engine import Engine
import numpy as np
class Hummer(Engine):
    version, quality, licence, is_offline = "1", "musical", "MIT", True
    def languages(self): return ["en"]
    def voices(self, language): return ["low"] if language == "en" else []
    def synthesize(self, text, voice):
        return make_clip(text, resample_pcm((9000 * np.sin(np.arange(400 * len(text)) / 9)).astype("<i2"), 16_000))
"""
ABOUT = "hummer-1.0.dist-info"
FILES = {
    "hummer.py": PACKAGE,
    f"{ABOUT}/METADATA": "Metadata-Version: 2.1\nName: hummer\nVersion: 1.0\n",
    f"{ABOUT}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{ABOUT}/entry_points.txt": "[narrator.engines]\nhummer = hummer:Hummer\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return a folder into which pip has installed the package from a wheel."""
    folder = tmp_path_factory.mktemp("packages")
    with zipfile.ZipFile(folder / "hummer-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{ABOUT}/RECORD", "".join(f"{name},,\n" for name in [*FILES, f"{ABOUT}/RECORD"]))
    options = ["--no-index", "--no-deps", "--no-input", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(folder / "site"), wheel.filename]
    subprocess.run(command, check=True)
    return folder / "site"


@pytest.mark.slow
def test_an_installed_package_speaks(narrator, write, site, tmp_path):
    assert len(PACKAGE.splitlines()) == 10
    env = {"PYTHONPATH": str(site), "NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    rows = {row["engine"]: row for row in map(json.loads, narrator("voices", "--json", env=env).out.splitlines())}
    assert (rows["hummer"]["quality"], rows["hummer"]["licence"], rows["hummer"]["offline"]) == ("musical", "MIT", True)
    assert (rows["hummer"]["installed"], rows["hummer"]["remedy"]) == (True, None)
    write("title: x\nvoice: hummer\nsteps: [{say: Hum along.}]\n", "hum.yaml")
    track = json.loads(narrator("render", "hum.yaml", "--format", "wav", "--json", env=env).out)
    assert (track["voice"], track["clips_new"]) == ("hummer:low", 1)
    assert narrator("voices", "try", "humer", "Hi.", env=env).err == (
        "error: there is no engine 'humer'; did you mean 'hummer'?\n"
    )


@pytest.fixture
def change(site, tmp_path, monkeypatch):
    """Put a changed package in place of the installed one, and run commands here with it and two engines of ours."""
    kept = {name: offer for name, offer in registry.BUILT_IN.items() if name in {"espeak", "silent"}}
    monkeypatch.setattr(registry, "BUILT_IN", kept)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NARRATOR_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "hum.yaml").write_text("title: x\nvoice: hummer\nsteps: [{say: Hum along.}]\n")

    def change_package(source=PACKAGE, entry="hummer = hummer:Hummer"):
        # Without what was compiled from the source that is replaced here: its age in seconds and its size may be the same.
        copy = shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("__pycache__"))
        (copy / "hummer.py").write_text(source)
        (copy / ABOUT / "entry_points.txt").write_text(f"[narrator.engines]\n{entry}\n")
        monkeypatch.syspath_prepend(copy)
        monkeypatch.delitem(sys.modules, "hummer", raising=False)
        return lambda *args: CliRunner().invoke(make_app(), args)

    yield change_package
    sys.modules.pop("hummer", None)


def list_rows(run):
    listed = run("voices", "--json", "--language", "en")
    assert (listed.exit_code, listed.stderr) == (0, "")
    return {row["engine"]: row for row in map(json.loads, listed.stdout.splitlines())}


def replaced(old, new):
    assert old in PACKAGE
    return PACKAGE.replace(old, new)


BROKEN = {
    "no module": ("import nothing_there\n", "ModuleNotFoundError: No module named 'nothing_there'"),
    "no Python": ("class\n", "SyntaxError: invalid syntax"),
    "an exit on import": ("raise SystemExit(3)\n", "SystemExit: 3"),
    "another class": (replaced("Hummer", "Hammer"), "AttributeError: module 'hummer' has no attribute 'Hummer'"),
    "no class": ("Hummer = 3\n", "TypeError: 'int' object is not callable"),
    "a method less": (replaced("def languages", "def langs"), "TypeError: Can't instantiate abstract class Hummer"),
    "a method less, and no Engine": (
        replaced("def languages", "def langs").replace("(Engine)", ""), "TypeError: it has no method 'languages'",
    ),
    "a number for its version": (replaced('= "1"', "= 1"), "TypeError: its version is 1, which is not a string"),
    "no workers": (f"{PACKAGE}    workers = 0\n", "ValueError: it has 0 workers"),
    "an exit when made": (f"{PACKAGE}    def __init__(self): exit(3)\n", "SystemExit: 3"),
    "languages that fail": (replaced('["en"]', "1 / 0"), "ZeroDivisionError: division by zero"),
    "one text for languages": (replaced('["en"]', '"en"'), "TypeError: 'en' is not a list of strings"),
    "voices that fail": (replaced('["low"]', "1 / 0"), "ZeroDivisionError: division by zero"),
    "numbers for voices": (replaced('["low"]', "[3]"), "TypeError: [3] is not a list of strings"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_package_is_reported_and_harms_nobody_else(change, fault):
    source, message = BROKEN[fault]
    run = change(source)
    told = f"the engine 'hummer' of the package hummer is at fault: {message}"
    rows = list_rows(run)
    assert list(rows) == ["espeak", "silent", "hummer"]
    assert rows["hummer"]["remedy"].startswith(told)
    assert rows["hummer"]["remedy"].endswith("; update that package, or remove it")
    assert not rows["hummer"]["installed"]
    if "languages" not in fault:  # which are asked for only to be listed
        tried = run("voices", "try", "hummer", "Hi.", "--language", "en")
        assert (tried.exit_code, tried.stdout, tried.stderr.startswith(f"error: {told}")) == (3, "", True)


@pytest.mark.slow
def test_nobody_knows_whether_a_package_that_cannot_be_loaded_is_offline(change):
    row = list_rows(change("import nothing_there\n"))["hummer"]
    assert (row["offline"], row["quality"], row["licence"]) == (False, "unknown", "unknown")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (replaced("return make_clip", "make_clip"), "TypeError: it returned None, not a Clip"),
        (replaced("return make_clip", "exit(3) #"), "SystemExit: 3"),
        (replaced("return make_clip", "return __import__('narrator.speech.clip').speech.clip.Clip(*[1] * 4) #"), ""),
    ],
)
def test_what_is_no_clip_is_reported(change, source, message):
    result = change(source)("render", "hum.yaml")
    assert (result.exit_code, len(result.stderr.splitlines())) == (3, 1)
    assert result.stderr.startswith(f"error: the engine 'hummer' failed on 'Hum along.': {message}")


PLAIN = """\
from narrator.speech.clip import make_silent_clip
class Hummer:
    def languages(self): return ("en",)
    def voices(self, language): return {"low"}
    def synthesize(self, text, voice): return make_silent_clip(text)
"""


@pytest.mark.slow
def test_a_class_need_have_no_more_than_three_methods(change):
    run = change(PLAIN)
    assert list_rows(run)["hummer"]["voices"] == ["low"]
    assert json.loads(run("render", "hum.yaml", "--json").stdout)["voice"] == "hummer:low"
    # Without a version of its own, it has that of its package.
    with registry.open_engine("hummer") as engine:
        assert (engine.version, engine.workers, engine.takes_any_name) == ("1.0", 1, False)


@pytest.mark.slow
def test_speech_is_not_lost_when_an_engine_fails_to_close(change):
    run = change(f"{PACKAGE}    def close(self): 1 / 0\n")
    assert list_rows(run)["hummer"]["remedy"] is None
    assert run("render", "hum.yaml").exit_code == 0


def test_an_engine_may_have_a_version_for_each_voice(change):
    settle = "    def resolve_voice(self, voice): return __import__('dataclasses').replace(voice, version='low 2')\n"
    change(PACKAGE + settle)
    with registry.open_engine("hummer") as engine:
        assert registry.choose_voice(engine, None, "en", 1).version == "low 2"


def test_no_package_replaces_an_engine_of_narrators_own(change):
    run = change(entry="espeak = hummer:Hummer")
    assert run("voices", "try", "espeak", "Hi.").stdout.startswith("espeak.wav  espeak:en-us")
    assert list_rows(run)["espeak"]["quality"] == "robotic"
