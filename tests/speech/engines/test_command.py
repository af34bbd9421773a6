import shlex
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path

import pytest

from narrator.errors import SpeechError
from narrator.speech.engine import Voice
from narrator.speech.engines.command import Command, CommandConfig
from narrator.speech.registry import choose_voice

SPEAKER = (sys.executable, str(Path(__file__).parents[2] / "speaker.py"))
VOICE = Voice("command", "box", "en", 0.9)


@pytest.fixture
def make(tmp_path):
    def make_engine(*args, **options):
        run = (*SPEAKER, "--log", str(tmp_path / "log"), *args)
        return Command({"box": CommandConfig(run=run, **options)})

    return make_engine


def read_log(tmp_path):
    return (tmp_path / "log").read_text().splitlines()


@pytest.mark.parametrize(
    "args", [(), ("--text", "{text}"), ("--output", "{output}"), ("--output={output}", "--text={text}")]
)
def test_a_program_speaks_in_every_way_it_can_be_reached(make, tmp_path, args):
    clip = make(*args).synthesize("Breathe in.", VOICE)
    assert 1000 < clip.length <= 1224
    assert read_log(tmp_path) == ["Breathe in."]


@pytest.mark.parametrize("text", ["$(touch x); `id`", "{output} {pace}", "--fault rubbish", "'\" \\ %s"])
def test_a_text_that_looks_like_an_option_is_spoken(make, tmp_path, text):
    make("--text={text}").synthesize(text, VOICE)
    assert read_log(tmp_path) == [text]


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (["--fault", "code"], {}, r"failed on 'Breathe in.' with code 1: speaker: no such voice$"),
        (
            ["--fault", "nothing"],
            {},
            r"wrote nothing for 'Breathe in.'; try it by itself, and check 'run' of command:box",
        ),
        (["--fault", "rubbish"], {}, r"wrote no WAV that can be read for 'Breathe in.'"),
        (["--fault", "cut"], {}, r"wrote sound that is cut short for 'Breathe in.'"),
        (["--delay", "20"], {"timeout": 0.5}, r"did not finish 'Breathe in.' within 0.5 s; raise 'timeout'"),
    ],
)
def test_what_goes_wrong_is_reported(make, args, options, message):
    with pytest.raises(SpeechError, match=message):
        make(*args, **options).synthesize("Breathe in.", VOICE)


def test_a_program_that_is_not_there_is_reported():
    engine = Command({"box": CommandConfig(run=("no-such-program", "{text}"))})
    with pytest.raises(SpeechError, match=r"'no-such-program' cannot be run: No such file or directory; check 'run'"):
        engine.synthesize("Breathe in.", VOICE)
    with pytest.raises(SpeechError, match=r"no program yet; name one in the configuration file, such as \[command"):
        Command({})


LATE = "sleep 20; echo late"
"""A shell that has it done by a child."""
AWAY = "setsid sleep 20 & sleep 20"
"""A shell whose child holds on to its output from another session."""


@pytest.mark.parametrize("script", [LATE, AWAY, f"({LATE}) & exit"])
def test_the_time_is_up_for_a_program_and_all_that_it_started(script):
    engine = Command({"box": CommandConfig(run=("sh", "-c", script), timeout=0.3)})
    started = time.monotonic()
    with pytest.raises(SpeechError, match=r"did not finish 'Breathe in.' within 0.3 s"):
        engine.synthesize("Breathe in.", VOICE)
    assert time.monotonic() - started < 5


def test_nothing_goes_on_behind_a_program_whose_time_is_up(tmp_path):
    file = tmp_path / "late"
    engine = Command({"box": CommandConfig(run=("sh", "-c", f"(sleep 0.8; touch {file}); cat"), timeout=0.3)})
    with pytest.raises(SpeechError, match="did not finish"):
        engine.synthesize("Breathe in.", VOICE)
    time.sleep(0.8)
    assert not file.exists()


def test_closing_ends_the_program_and_all_that_it_started():
    engine = Command({"box": CommandConfig(run=("sh", "-c", LATE))})
    threading.Timer(0.3, engine.close).start()
    started = time.monotonic()
    with pytest.raises(SpeechError, match="with code -9"):
        engine.synthesize("Breathe in.", VOICE)
    assert time.monotonic() - started < 5


def test_a_background_process_of_a_program_keeps_running(tmp_path, make):
    file = tmp_path / "server"
    script = f"(sleep 0.5; echo still here > {file}) >/dev/null 2>&1 & exec {shlex.join(SPEAKER)}"
    Command({"box": CommandConfig(run=("sh", "-c", script))}).synthesize("Breathe in.", VOICE)
    time.sleep(1)
    assert file.exists()


def test_language_and_pace_are_reported(make, tmp_path):
    make("--text", "{text} in {language} at {pace}").synthesize("Atme ein.", Voice("command", "box", "de", 0.85))
    assert read_log(tmp_path) == ["Atme ein. in de at 0.85"]


def test_each_program_runs_as_often_side_by_side_as_it_may(tmp_path):
    # Each notes when it begins and when it ends.
    script = "echo + >> $1; sleep 0.3; echo - >> $1; exit 1"
    programs = {
        name: CommandConfig(run=("sh", "-c", script, "sh", str(tmp_path / name)), workers=workers)
        for name, workers in {"one": 1, "two": 2}.items()
    }
    engine = Command(programs)

    def fail(name):
        with pytest.raises(SpeechError, match="with code 1"):
            engine.synthesize("Breathe in.", Voice("command", name, "en"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, ["one", "two"] * 4))
    most = {
        name: max(accumulate(1 if line == "+" else -1 for line in (tmp_path / name).read_text().split()))
        for name in programs
    }
    assert most == {"one": 1, "two": 2}


def test_programs_are_voices_of_their_languages():
    programs = {
        "say": CommandConfig(run=("say",), languages=("de", "fr"), workers=3),
        "box": CommandConfig(run=("box",)),
    }
    engine = Command(programs)
    assert (list(engine.voices("de-AT")), list(engine.voices("en"))) == (["say", "box"], ["box"])
    assert list(engine.languages()) == ["de", "fr", "any"]
    assert engine.workers == 3


def test_a_voice_is_another_when_its_own_program_changes_and_no_other():
    box, say = CommandConfig(run=("box",)), CommandConfig(run=("say",))

    def settle(**programs):
        return choose_voice(Command(programs), "box", "en", 1)

    assert settle(box=box) == settle(say=say, box=box)
    assert settle(box=box) != settle(box=CommandConfig(run=("box", "-x")))


def test_a_voice_is_another_when_a_file_that_it_runs_has_changed(tmp_path):
    script = tmp_path / "speak.sh"
    engine = Command({"box": CommandConfig(run=("sh", str(script)))})
    versions = []
    for text in ("cat a.wav", "cat other.wav"):
        script.write_text(text)
        versions.append(choose_voice(engine, "box", "en", 1).version)
    assert versions[0] != versions[1]
