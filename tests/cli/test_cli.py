"""The command line: messages, exit codes, files."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from measure import list_processes

ROUTINE = """\
title: Short
voice: silent
steps:
  - say: Sit down.
  - hold: 20s..2m
  - bell: tick
"""


@pytest.fixture(autouse=True)
def routine(write):
    return write(ROUTINE, "mine.yaml")


def test_tracks_are_named_after_what_was_asked(narrator, tmp_path):
    result = narrator("render", "mine.yaml", "--length", "45s,1m30s")
    assert (result.code, result.err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == [
        "mine-1m30s.mp3", "mine-45s.mp3"
    ]  # fmt: skip
    assert "output/mine-45s.mp3  45s, silent:en" in result.out
    assert narrator("render", "mine.yaml").code == 0
    assert (tmp_path / "output" / "mine.mp3").exists()
    assert narrator("render", "mine.yaml", "--guidance", "brief", "--length", "1m").code == 0
    assert (tmp_path / "output" / "mine-1m-brief.mp3").exists()


@pytest.mark.slow
def test_an_unchanged_track_is_reported(narrator, narrator_process):
    narrator("render", "mine.yaml")
    assert "unchanged (--force makes it again)" in narrator("render", "mine.yaml").out
    # Another process recognises it, too.
    assert "unchanged (--force makes it again)" in narrator_process("render", "mine.yaml").out
    assert "unchanged" not in narrator("render", "mine.yaml", "--force").out


def test_json_is_one_object_a_line(narrator):
    (line,) = narrator("render", "mine.yaml", "--length", "45s", "--json").out.splitlines()
    known = json.loads(line)
    assert set(known) == {
        "path", "voice", "length_ms", "samples", "lufs", "words_lufs", "true_peak_db", "clips_new", "clips_cached", "seconds", "skipped",
        "replaced", "captions", "language", "size_bytes", "sha256", "fingerprint",
    }  # fmt: skip
    assert (known["length_ms"], known["samples"], known["voice"]) == (45_000, 2_160_000, "silent:en")


def test_quiet_says_nothing(narrator):
    result = narrator("render", "mine.yaml", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


@pytest.mark.slow
def test_a_render_needs_no_ffmpeg_on_the_path(narrator_process, tmp_path):
    (tmp_path / "bin").mkdir()
    result = narrator_process("render", "mine.yaml", env={"PATH": str(tmp_path / "bin")})
    assert (result.code, result.err) == (0, "")
    assert (tmp_path / "output" / "mine.mp3").exists()


BAD = {
    "not YAML": ("title: [x\n", 1, "bad.yaml:1:8: error: the bracket [ that opens here is not closed"),
    "a list": ("- say: hi\n", 1, "bad.yaml:1:1: error: this file is a list"),
    "an unknown key": ("title: x\ncolour: red\nsteps: [{say: a}]\n", 1, "bad.yaml:2:1: error: unknown key 'colour'"),
    "a misspelt kind": (
        "title: x\nsteps: [{sya: a}]\n",
        1,
        "bad.yaml:2:10: error: 'sya' is not a kind of step; did you mean",
    ),
    "two kinds": ("title: x\nsteps: [{say: a, hold: 1m}]\n", 1, "bad.yaml:2:18: error: two kinds in one step"),
    "a negative hold": ("title: x\nsteps: [{hold: -5s}]\n", 1, "bad.yaml:2:16: error: -5s is negative"),
    "a range backwards": (
        "title: x\nsteps: [{hold: 2m..20s}]\n",
        1,
        "bad.yaml:2:16: error: the range 2m..20s runs back",
    ),
    "an empty say": ("title: x\nsteps: [{say: ''}]\n", 1, "bad.yaml:2:15: error: the text is empty"),
    "no steps": ("title: x\n", 1, "bad.yaml:1:1: error: 'steps' is missing"),
    "an impossible length": (
        "title: x\nlength: 1h\nsteps: [{hold: 1m}]\n",
        1,
        "bad.yaml:2:9: error: this routine cannot ",
    ),
    "an unknown voice": (
        "title: x\nvoice: hibary\nsteps: [{say: a}]\n",
        1,
        "bad.yaml:2:8: error: there is no engine 'hibary'; did",
    ),
    "an unknown language": (
        "title: x\nlanguage: xx\nsteps: [{say: a}]\n",
        3,
        "bad.yaml:1:1: error: the engine 'espeak' does not",
    ),
}


@pytest.mark.parametrize(("text", "code", "message"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_clear_message(narrator, write, tmp_path, text, code, message):
    write(text, "bad.yaml")
    result = narrator("render", "bad.yaml")
    assert result.code == code
    assert result.err.startswith(message)
    assert len(re.findall(r"(?m)^(?:\S*: )?error: ", result.err)) == 1
    assert not list(tmp_path.rglob("*.mp3"))


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["render", "missing.yaml"], 1, "error: there is no file missing.yaml"),
        (
            ["render", "ten-minute-hip"],
            1,
            "error: there is no routine 'ten-minute-hip'; did you mean 'ten-minute-hips'?",
        ),
        (["render", "mine"], 1, "error: there is no 'mine'; did you mean 'mine.yaml'?"),
        (["render", "mine.yml"], 1, "error: there is no 'mine.yml'; did you mean 'mine.yaml'?"),
        (["render", "."], 1, "error: . is a folder"),
        (
            ["render", "mine.yaml", "--length", "2s"],
            1,
            "mine.yaml:5:5: error: this routine cannot take 2s: the shortest",
        ),
        (["render", "mine.yaml", "--length", "25h"], 1, "error: 25h is over 24h"),
        (["render", "mine.yaml", "--length", "10"], 2, "error: --length: '10' has no unit; write 10s or 10m"),
        (["render", "mine.yaml", "mine.yaml"], 2, "error: two tracks would be written to output/mine.mp3"),
        (["render", "mine.yaml", "--voice", "espeek"], 2, "error: there is no engine 'espeek'; did you mean 'espeak'?"),
        (["render", "mine.yaml", "--voice", "espeak:zz"], 2, "error: 'espeak' has no voice 'zz' for 'en'"),
        (["render", "mine.yaml", "--bitrate", "100"], 2, "error: the bit rate of MP3 cannot be 100; it can be 64, 80"),
        (
            ["render", "mine.yaml", "--bitrate", "33", "--mono"],
            2,
            "error: the bit rate of MP3 cannot be 33; it can be 32, 40",
        ),
        (
            ["render", "mine.yaml", "--bitrate", "32"],
            2,
            "error: the bit rate of MP3 in stereo cannot be 32; it can be 64, 80",
        ),
        (["render", "mine.yaml", "--output", "mine.yaml"], 2, "error: --output: a track cannot be written as .yaml"),
        (["render", "mine.yaml", "--output", "/proc/none"], 3, "error: cannot make the folder /proc/none"),
        (["script", "mine.yaml", "--output", "/proc/none/a.txt"], 3, "error: cannot write /proc/none/a.txt"),
        (["script", "mine.yaml", "--length", "1m,2m"], 2, "error: a script has one length"),
    ],
)
def test_wrong_usage_gets_one_clear_message(narrator, args, code, message):
    result = narrator(*args)
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith(message)
    assert len(re.findall(r"(?m)^(?:\S*: )?error: ", result.err)) == 1


def test_unknown_options_are_wrong_usage(narrator):
    assert narrator("render", "mine.yaml", "--lenght", "1m").code == 2


def test_a_batch_continues_after_a_fault_and_returns_the_highest_code(narrator, write, tmp_path):
    write("title: x\n", "bad.yaml")
    result = narrator("render", "bad.yaml", "mine.yaml", "--length", "45s")
    assert result.code == 1
    assert (tmp_path / "output" / "mine-45s.mp3").exists()


def test_an_unwritable_folder_is_reported(narrator, tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "mine.mp3").mkdir()
    result = narrator("render", "mine.yaml", "--force")
    assert result.code == 3
    assert result.err.startswith("error: cannot write output/mine.mp3: it is a folder")


def test_a_cache_that_cannot_be_written_is_reported(narrator, write):
    write("", "file")
    result = narrator("render", "mine.yaml", env={"NARRATOR_CACHE_DIR": "file/cache"})
    assert result.code == 3
    assert "the cache" in result.err
    assert "NARRATOR_CACHE_DIR" in result.err


@pytest.mark.slow
@pytest.mark.parametrize(
    "sent", [signal.SIGINT, *(pytest.param(sent, marks=pytest.mark.long) for sent in (signal.SIGTERM, signal.SIGHUP))]
)
def test_an_interrupt_leaves_no_partial_track_and_no_process(write, tmp_path, sent):
    sentences = "".join(f"  - say: This is sentence number {n}, which takes a while.\n" for n in range(400))
    write(f"title: Long\nvoice: espeak\nsteps:\n{sentences}", "long.yaml")
    env = os.environ | {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "narrator", "render", "long.yaml", "--length"]
    started = subprocess.Popen(
        [*command[:-1]], cwd=tmp_path, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    while not list(tmp_path.glob("cache/clips/*/*")):
        time.sleep(0.05)
    os.killpg(started.pid, sent) if sent == signal.SIGINT else started.send_signal(sent)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, out, err) == (
        130,
        "",
        "interrupted; finished speech is kept, and no partial files are left\n",
    )
    assert not list((tmp_path / "output").glob("*"))
    assert not list((tmp_path / "cache").rglob("*.part"))
    assert list_processes(tmp_path) == []


@pytest.mark.long
def test_a_closed_terminal_is_ignored_under_nohup(write, tmp_path):
    env = os.environ | {"NARRATOR_CACHE_DIR": str(tmp_path / "cache")}
    started = subprocess.Popen(
        ["nohup", sys.executable, "-m", "narrator", "render", "mine.yaml"], cwd=tmp_path, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (tmp_path / "cache").exists():
        time.sleep(0.01)
    started.send_signal(signal.SIGHUP)
    assert started.wait(20) == 0
    assert (tmp_path / "output" / "mine.mp3").exists()


def test_a_script_is_shown_in_three_forms(narrator, tmp_path):
    text = narrator("script", "mine.yaml", "--length", "1m").out
    assert "0:00.5  Sit down." in text
    data = json.loads(narrator("script", "mine.yaml", "--length", "1m", "--format", "json").out)
    assert (data["format"], data["voice"], data["length_ms"]) == (1, "silent:en", 60_000)
    assert set(data) == {
        "format", "title", "language", "voice", "length_ms", "factor", "left_out", "added", "sections", "cues", "holds",
    }  # fmt: skip
    assert tuple(data["cues"][0][key] for key in ("kind", "start_ms", "line")) == ("speech", 504, 4)
    assert data["holds"][0]["line"] == 5
    assert narrator("script", "mine.yaml", "--length", "1m", "--output", "scripts/mine.yaml").out == ""
    assert (tmp_path / "scripts" / "mine.yaml").read_text().count("at: ") == 2
    assert narrator("render", "scripts/mine.yaml", "--output", "b").code == 0


def test_check_reports_lengths_and_faults(narrator, write):
    result = narrator("check", "mine.yaml", env={"NARRATOR_CACHE_DIR": "empty"})
    assert result.code == 0
    assert "natural length about 5" in result.out
    write("title: x\nsteps:\n  - sya: a\n  - hold: -1s\n", "bad.yaml")
    result = narrator("check", "bad.yaml", "mine.yaml")
    assert result.code == 1
    assert re.findall(r"(?m)^bad.yaml:(\d+):", result.err) == ["3", "4"]
    reported = [json.loads(line) for line in narrator("check", "bad.yaml", "mine.yaml", "--json").out.splitlines()]
    assert [(entry["kind"], entry.get("line")) for entry in reported] == [("error", 3), ("error", 4), ("length", None)]


def test_a_cue_that_is_left_out_is_reported_on_standard_error(narrator, write):
    write(
        "title: x\nvoice: silent\nsteps:\n  - hold: 2s..2s\n    cues: [{at: half, say: Far too many words}]\n",
        "bad.yaml",
    )
    result = narrator("render", "bad.yaml")
    assert result.code == 0
    assert result.err == (
        "bad.yaml:5:12: warning: 'Far too many words' is left out: no room for it in a hold of 2s\n"
        "    cues: [{at: half, say: Far too many words}]\n"
        "           ^\n"
    )


def test_the_list_shows_routines(narrator):
    assert "ten-minute-hips" in narrator("list").out


@pytest.mark.long
def test_a_new_routine_checks_and_renders(narrator, tmp_path):
    result = narrator("new", "Morning stretch")
    assert (result.code, result.err) == (0, "")
    assert narrator("new", "Morning stretch").code == 2
    checked = narrator("check", "Morning stretch.yaml")
    assert (checked.code, checked.err) == (0, "")
    result = narrator("render", "Morning stretch.yaml", "--voice", "silent", "--length", "7m", "--guidance", "bells")
    assert (result.code, result.err) == (0, "")
    assert (tmp_path / "output" / "Morning stretch-silent-7m-bells.mp3").exists()


def test_the_schema_is_printed(narrator):
    assert json.loads(narrator("schema").out)["title"] == "Routine"


@pytest.mark.slow
def test_a_language_names_its_track_and_is_asked_for_everywhere(narrator, write, tmp_path):
    write("title: x\nvoice: silent\nsteps:\n  - say: {en: Welcome., de: Willkommen.}\n  - hold: 5s..1m\n", "two.yaml")
    result = narrator("render", "two.yaml", "--language", "de", "--length", "30s")
    assert (result.code, result.err) == (0, "")
    assert (tmp_path / "output" / "two-de-30s.mp3").exists()
    assert "Willkommen." in narrator("script", "box-breathing", "--language", "de", "--voice", "silent").out
    result = narrator("check", "box-breathing", "--language", "fr", "--voice", "silent")
    assert result.code == 1
    assert (
        "this routine is not in 'fr', only in en, de, es; write 'fr: ...' in each text, or add a PO file" in result.err
    )


def test_cues_left_out_are_reported_with_their_lines(narrator, write):
    write(
        "title: x\nvoice: silent\nsteps:\n  - hold: 5s..1m\n    cues: [{at: half}, {countdown: 3}]\n  - bell: tick\n",
        "h.yaml",
    )
    result = narrator("render", "h.yaml", "--length", "6.3s")
    assert result.code == 0
    assert "h.yaml:5:12: warning: 'Halfway.' is left out: no room for it in a hold of 5" in result.err


@pytest.mark.slow
def test_a_render_on_a_terminal_shows_its_progress_and_ends_well(write, tmp_path):
    write("title: x\nvoice: silent\nsteps:\n  - say: Hello there.\n  - bell: tick\n", "bell.yaml")
    command = f"{sys.executable} -m narrator render bell.yaml"
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "bell.mp3" in done.stdout
    assert "%" in done.stdout
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == ["bell.mp3"]


def test_a_missing_file_leaves_the_others_of_a_batch_alone(narrator, tmp_path):
    result = narrator("render", "nowhere.yaml", "mine.yaml", "--length", "45s")
    assert result.code == 1
    assert result.err.startswith("error: there is no file nowhere.yaml")
    assert (tmp_path / "output" / "mine-45s.mp3").exists()


def test_a_script_never_replaces_the_routine_it_is_made_from(narrator, write, tmp_path):
    before = (tmp_path / "mine.yaml").read_text()
    assert narrator("script", "mine.yaml", "--output", "mine.yaml").code == 2
    write("title: y\nsteps: [{hold: 1m}]\n", "other.yaml")
    assert narrator("script", "mine.yaml", "--output", "other.yaml").code == 3
    assert (tmp_path / "mine.yaml").read_text() == before
    assert narrator("script", "mine.yaml", "--output", "s.yaml").code == 0
    assert narrator("script", "mine.yaml", "--output", "s.yaml").code == 0


@pytest.mark.parametrize("text", ["!!", "../de", ""])
def test_a_language_is_a_code(narrator, text):
    assert narrator("render", "mine.yaml", "--language", text).code == 2


def test_a_natural_length_over_a_day_is_refused(narrator, write):
    write("title: x\nvoice: silent\nsteps:\n  - repeat: 1000\n    steps: [{hold: 1h}]\n", "long.yaml")
    assert narrator("check", "long.yaml").code == 1
    result = narrator("render", "long.yaml")
    assert (result.code, "cannot take 1000h" in result.err) == (1, True)


def test_notes_of_an_unchanged_track_are_reported_as_they_were(narrator, write):
    write(
        "title: x\nvoice: silent\nsteps:\n  - hold: 2s..2s\n    cues: [{at: half, say: Far too many words}]\n", "n.yaml"
    )
    assert narrator("render", "n.yaml").err == narrator("render", "n.yaml").err
