"""Small inputs of any kind take little time and memory."""

import json
import subprocess
import sys

import pytest

from large_inputs import CONFIGURATIONS, ROUTINES, SCRIPTS, write_sounds

pytestmark = pytest.mark.long

MOST_MB, MOST_S = 500, 10
RUN = r"""
import json, re, sys, time, narrator.cli.app
for name, file, text, arguments in json.load(sys.stdin):
    open(file, "w").write(text)
    sys.argv = ["narrator", *arguments]
    started = time.process_time()
    try:
        narrator.cli.app.main()
    except SystemExit as ended:
        # Not ru_maxrss: that of a new process begins with the memory of the one that started it.
        peak = int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]) / 1024
        print("ended", json.dumps([name, ended.code, time.process_time() - started, peak]))
"""


def run(folder, inputs, env=None):
    """Take inputs through the command in one process; exit code, seconds of the processor, and MB by name."""
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps(inputs), capture_output=True, text=True, cwd=folder, timeout=110, check=False
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    ended = [json.loads(line.removeprefix("ended ")) for line in done.stdout.splitlines() if line.startswith("ended ")]
    assert [name for name, *_ in ended] == [name for name, *_ in inputs]
    return {name: rest for name, *rest in ended}


WORST = [
    "cues every second of a day", "short breaths for a day", "strokes", "a text again and again", "words to respell", "languages",
    "cues again and again", "faults", "aliases of aliases", "digits", "quotes",
]  # fmt: skip


@pytest.mark.parametrize("part", [WORST[:6], WORST[6:]])
def test_a_small_routine_takes_little(tmp_path, part):
    ended = run(tmp_path, [(name, "r.yaml", ROUTINES[name], ["check", "r.yaml"]) for name in part])
    for name, (code, seconds, megabytes) in ended.items():
        assert code == 1, name
        assert seconds < MOST_S, name
        assert megabytes < MOST_MB, name


def test_a_small_sound_takes_little(tmp_path):
    write_sounds(tmp_path)
    assert (tmp_path / "bed.mp3").stat().st_size < 2**20
    (code, seconds, megabytes) = run(tmp_path, [("a bed", "r.yaml", ROUTINES["a bed"], ["check", "r.yaml"])])["a bed"]
    assert (code, seconds < MOST_S, megabytes < MOST_MB) == (0, True, True), (seconds, megabytes)


def test_a_small_script_takes_little(tmp_path):
    name = "cues in sections"
    (_, seconds, megabytes) = run(tmp_path, [(name, "s.yaml", SCRIPTS[name], ["check", "s.yaml"])])[name]
    assert (seconds < MOST_S, megabytes < MOST_MB) == (True, True), (seconds, megabytes)


def test_a_small_configuration_takes_little(tmp_path, monkeypatch):
    monkeypatch.setenv("NARRATOR_CONFIG", str(tmp_path / "c.toml"))
    inputs = [(name, "c.toml", text, ["check", "none.yaml"]) for name, text in CONFIGURATIONS.items()]
    for name, (code, seconds, megabytes) in run(tmp_path, inputs).items():
        assert code == 1, name
        assert seconds < MOST_S, name
        assert megabytes < MOST_MB, name


def test_an_hour_of_a_bed_is_written_as_it_is_made(tmp_path):
    inputs = [("rain", "x", "", ["sounds", "rain", "--length", "20m", "--output", "rain.wav"])]
    (code, _, megabytes) = run(tmp_path, inputs)["rain"]
    assert (code, megabytes < 300) == (0, True), megabytes
    assert (tmp_path / "rain.wav").stat().st_size == pytest.approx(20 * 60 * 48_000 * 4, abs=200)
