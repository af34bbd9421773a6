"""The examples on the page about extending narrator work."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import av
import numpy as np
import pytest

from measure import decode, find_onset
from narrator import UsageError, plan
from narrator.captions.forms import FORMS, Form
from narrator.formats.registry import FORMATS
from narrator.routine import phrases
from narrator.routine.importers import read_source
from narrator.routine.phrases import find_phrases
from narrator.sound.catalog import BELLS, BellSound, Partial

PAGE = (Path(__file__).parents[1] / "docs" / "extending.md").read_text("utf-8")


def get_blocks(title):
    """Blocks of code of a section, in order."""
    (section,) = [text for text in PAGE.split("\n## ") if text.startswith(f"{title}\n")]
    return re.findall(r"^```\w+\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def test_the_bell_is_heard(narrator, write, tmp_path, monkeypatch):
    (block,) = get_blocks("A bell")
    shown = eval(f"{{{block}}}", {"BellSound": BellSound, "Partial": Partial})  # noqa: S307 - the page's own
    monkeypatch.setitem(BELLS, "clay", shown["clay"])
    rows = {row["name"]: row for row in map(json.loads, narrator("sounds", "--json").out.splitlines())}
    assert (rows["clay"]["pitch_hz"], rows["clay"]["level_db"], rows["clay"]["length_ms"]) == (330.0, -10.0, 1200)
    write("title: x\nfloor: none\nsteps: [{bell: clay}, {pause: 2s}, {bell: {sound: clay, pitch: 440}}]\n", "x.yaml")
    track = json.loads(narrator("render", "x.yaml", "--voice", "silent", "--json").out)
    script = json.loads(plan(tmp_path / "x.yaml", voice="silent").script("json"))
    (first, second) = [cue["start_ms"] for cue in script["cues"]]
    sound = decode(tmp_path / track["path"])
    for start, pitch in ((first, 330), (second, 440)):
        assert find_onset(sound, start) is not None
        heard = sound[48 * start : 48 * (start + 1000), 0]
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 48_000 * 4))
        assert abs(spectrum.argmax() / 4 - pitch) < 2


@pytest.mark.slow
def test_the_engine_is_a_package_that_speaks(narrator_process, write, tmp_path):
    project, module = get_blocks("An engine")
    known = tomllib.loads(project)["project"]
    (site := tmp_path / "site").mkdir()
    (site / "hummer.py").write_text(module)
    about = site / f"{known['name'].replace('-', '_')}-{known['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {known['name']}\nVersion: {known['version']}\n")
    ((group, points),) = known["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {place}" for name, place in points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines))
    env = {"PYTHONPATH": str(site), "NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    listed = narrator_process("voices", "--json", env=env).out
    (row,) = [row for row in map(json.loads, listed.splitlines()) if row["engine"] == "hummer"]
    assert (row["quality"], row["licence"], row["offline"], row["remedy"]) == ("humming", "MIT", True, None)
    write("title: x\nvoice: hummer\nsteps: [{say: Breathe in.}]\n", "hum.yaml")
    track = json.loads(narrator_process("render", "hum.yaml", "--json", env=env).out)
    assert (track["voice"], track["clips_new"]) == ("hummer:low", 1)
    sound = decode(tmp_path / track["path"])[:, 0]
    spectrum = np.abs(np.fft.rfft(sound, 48_000 * 8))
    assert abs(spectrum.argmax() / 8 - 110) < 2


@pytest.fixture
def format_au(tmp_path, monkeypatch):
    """Install the format on the page."""
    line, module = get_blocks("A format")
    ((ending, name),) = eval(f"{{{line}}}").items()  # noqa: S307 - the page's own
    stem = name.rpartition(".")[2]
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / f"{stem}.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path / "formats")
    monkeypatch.setitem(FORMATS, ending, stem)


@pytest.mark.slow
@pytest.mark.usefixtures("format_au")
def test_the_format_is_written_and_read(narrator, write, tmp_path):
    path = write("title: x\nbed: rain\nsteps: [{bell: bowl}, {say: Rest.}, {hold: 5s..5m}]\n", "x.yaml")
    result = narrator("render", "x.yaml", "--length", "20s10ms", "--voice", "espeak", "--output", "x.au", "--json")
    track = json.loads(result.out)
    assert (track["samples"], result.code) == (20_010 * 48, 0)
    narrator("render", "x.yaml", "--length", "20s10ms", "--voice", "espeak", "--output", "x.mp3")
    with av.open(str(tmp_path / "x.au")) as container:
        (stream,) = container.streams.audio
        assert (stream.rate, stream.channels) == (48_000, 2)
        samples = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).reshape(-1, 2)
    assert len(samples) == 20_010 * 48
    # The MP3 is the same sound.
    encoded = decode(tmp_path / "x.mp3")
    assert np.corrcoef(samples[:, 0] / 32768, encoded[:, 0])[0, 1] > 0.99
    with pytest.raises(UsageError, match=r"Sun audio cannot be opened.*open mp3, or call render\('track.au'\)"):
        plan(path, length="20s10ms", voice="espeak").open("au")
    verified = narrator("verify", "x.au")
    assert (verified.code, verified.out.count(" ok")) == (0, 8), verified.out
    (tmp_path / "theirs.au").write_bytes(b"not ours")
    refused = narrator("render", "x.yaml", "--voice", "espeak", "--output", "theirs.au")
    assert (refused.code, (tmp_path / "theirs.au").read_bytes()) == (3, b"not ours")


def test_the_captions_are_written(narrator, write, tmp_path, monkeypatch):
    line, module = get_blocks("A caption format")
    form = eval(line, {"Form": Form})  # noqa: S307 - the page's own
    (tmp_path / "captions").mkdir()
    (tmp_path / "captions" / "sbv.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path / "captions")
    monkeypatch.setitem(FORMS, form.name, form._replace(module=form.module.rpartition(".")[2]))
    write("title: x\nvoice: silent\nsteps: [{bell: bowl}, {say: Rest.}]\n", "x.yaml")
    assert narrator("script", "x.yaml", "--output", "x.sbv", "--caption-bells").code == 0
    assert (tmp_path / "x.sbv").read_text() == "00:00:00.504,00:00:01.704\n[bell]\n\n00:00:04.512,00:00:05.712\nRest.\n"
    assert narrator("render", "x.yaml", "--captions", "sbv", "--output", "y.mp3").code == 0
    assert (tmp_path / "y.sbv").read_text() == "00:00:04.512,00:00:05.712\nRest.\n"


@pytest.fixture
def swedish(tmp_path, monkeypatch):
    """Install the language on the page."""
    folder = tmp_path / "phrases"
    shutil.copytree(phrases._FOLDER, folder)
    (block,) = get_blocks("A language")
    (folder / "sv.yaml").write_text(block, "utf-8")
    monkeypatch.setattr(phrases, "_FOLDER", folder)
    find_phrases.cache_clear()
    yield folder / "sv.yaml"
    find_phrases.cache_clear()


def test_the_language_says_all_that_english_says(swedish):
    known, english = find_phrases("sv"), find_phrases("en")
    assert read_source(swedish).data.keys() == read_source(swedish.with_name("en.yaml")).data.keys()
    assert list(known.sides) == list(english.sides)
    assert (len(set(known.numbers)), len(set(known.ordinals))) == (61, 30)
    assert (len(known.safety) >= 12, len(known.poses) >= 30) == (True, True)
    assert (known.say_seconds_more(1), known.say_seconds_more(21)) == ("En sekund till.", "Tjugoett sekunder till.")


@pytest.mark.slow
@pytest.mark.usefixtures("swedish")
def test_the_language_is_spoken(write, tmp_path):
    path = write(
        "title: Vila\nlanguage: sv\nsteps:\n"
        "  - section: Vridning\n    sides: [right, left]\n    steps:\n"
        "      - say: Lägg dig på {side} sida. Om det gör ont, lätta lite.\n"
        "      - {hold: 30s..2m, cues: [{at: -10s}]}\n"
        "  - repeat: 2\n    steps: [{say: '{Nth} omgången.'}]\n"
    )
    session = plan(path, voice="espeak")
    texts = [cue["text"] for cue in json.loads(session.script("json"))["cues"]]
    assert texts == [
        "Lägg dig på höger sida.", "Om det gör ont, lätta lite.", "Tio sekunder till.",
        "Lägg dig på vänster sida.", "Om det gör ont, lätta lite.", "Tio sekunder till.",
        "Första omgången.", "Andra omgången.",
    ]  # fmt: skip
    assert (session.voice, session.notes) == ("espeak:sv", ())
    track = session.render(tmp_path / "vila.mp3")
    sound = decode(track.path)
    assert len(sound) == session.length * 48
    starts = [cue["start_ms"] for cue in json.loads(session.script("json"))["cues"]]
    assert all(find_onset(sound, start) is not None for start in starts)
