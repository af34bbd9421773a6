"""Another package's engine joins by an entry point."""

import json

import pytest

PACKAGE = """\
from narrator.sound.resample import resample_pcm
from narrator.speech.clip import make_clip
from narrator.speech.engine import Engine
import numpy as np
class Hummer(Engine):
    name, version, quality, licence, is_offline = "hummer", "1", "musical", "MIT", True
    def languages(self): return ["en"]
    def voices(self, language): return ["low"] if language == "en" else []
    def synthesize(self, text, voice):
        return make_clip(text, resample_pcm((9000 * np.sin(np.arange(400 * len(text)) / 9)).astype("<i2"), 16_000))
"""


@pytest.fixture
def install(tmp_path):
    """Lay a package out as an installed one lies; gives the environment that finds it."""

    def install_package(source=PACKAGE, entry="hummer = hummer:Hummer"):
        site = tmp_path / "site"
        site.mkdir()
        (site / "hummer.py").write_text(source)
        about = site / "hummer-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hummer\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[narrator.engines]\n{entry}\n")
        (about / "RECORD").write_text("hummer.py,,\nhummer-1.0.dist-info/METADATA,,\n")
        return {"PYTHONPATH": str(site), "NARRATOR_CACHE_DIR": str(tmp_path / "cache")}

    return install_package


def test_an_installed_package_speaks(narrator, write, install):
    assert len(PACKAGE.splitlines()) == 10
    env = install()
    rows = {row["engine"]: row for row in map(json.loads, narrator("voices", "--json", env=env).out.splitlines())}
    assert (rows["hummer"]["quality"], rows["hummer"]["licence"], rows["hummer"]["offline"]) == ("musical", "MIT", True)
    write("title: x\nvoice: hummer\nsteps: [{say: Hum along.}]\n", "hum.yaml")
    track = json.loads(narrator("render", "hum.yaml", "--json", env=env).out)
    assert (track["voice"], track["clips_new"]) == ("hummer:low", 1)
    assert narrator("voices", "try", "humer", "Hi.", env=env).err == (
        "error: there is no engine 'humer'; did you mean 'hummer'?\n"
    )


@pytest.mark.parametrize(
    ("source", "entry", "message"),
    [
        ("import nothing_there\n", "hummer = hummer:Hummer", "ModuleNotFoundError: No module named 'nothing_there'"),
        (PACKAGE, "hummer = hummer:Hummmer", "AttributeError"),
        (PACKAGE.replace('"hummer"', '"silent"'), "hummer = hummer:Hummer", "it calls itself 'silent'"),
    ],
)
def test_a_broken_package_is_told_and_harms_nobody_else(narrator, install, source, entry, message):
    env = install(source, entry)
    result = narrator("voices", "try", "hummer", "Hi.", env=env)
    assert result.code == 3
    assert result.err.startswith("error: the engine 'hummer' of the package hummer cannot be loaded: ")
    assert message in result.err
    listed = narrator("voices", env=env)
    assert (listed.code, listed.err) == (0, "")
    assert "espeak    robotic" in listed.out


def test_no_package_takes_the_name_of_narrators_own(narrator, install):
    env = install(entry="espeak = hummer:Hummer")
    assert narrator("voices", "try", "espeak", "Hi.", env=env).out.startswith("espeak.wav  espeak:en-us")
